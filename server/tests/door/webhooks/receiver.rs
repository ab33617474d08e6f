//! A merchant's own program that is told what happens.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{net::TcpListener, task::JoinHandle};

/// How it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It takes what it is told.
    Well,
    /// It fails at everything.
    Failing,
    /// It sends everybody elsewhere.
    Redirects,
}

/// Something that it was told.
#[derive(Debug, Clone)]
pub struct Told {
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .unwrap_or_else(|| panic!("no {name}"))
            .to_str()
            .expect("text")
    }

    pub fn event(&self) -> &str {
        self.body["event"].as_str().expect("an event")
    }
}

/// The server. It ends with the value.
pub struct Receiver {
    pub address: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    mode: Mutex<Mode>,
    told: Mutex<Vec<Told>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            mode: Mutex::new(Mode::Well),
            told: Mutex::default(),
        });
        let app = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("a test server");
        });
        Self {
            address: format!("http://{addr}/hook?key=7"),
            shared,
            task,
        }
    }

    /// From now on it does so.
    pub fn does(&self, mode: Mode) {
        *self
            .shared
            .mode
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = mode;
    }

    /// What it was told, in order.
    pub fn told(&self) -> Vec<Told> {
        let told = self.shared.told.lock();
        told.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The events of it.
    pub fn events(&self) -> Vec<String> {
        let told = self.told();
        told.iter().map(|told| told.event().to_owned()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8(body.to_vec()).expect("UTF-8");
    let told = Told {
        headers,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    };
    let all = shared.told.lock();
    all.unwrap_or_else(PoisonError::into_inner).push(told);
    let mode = *shared.mode.lock().unwrap_or_else(PoisonError::into_inner);
    match mode {
        Mode::Well => "thanks".into_response(),
        Mode::Failing => (StatusCode::INTERNAL_SERVER_ERROR, "out of order").into_response(),
        Mode::Redirects => Redirect::to("/elsewhere").into_response(),
    }
}
