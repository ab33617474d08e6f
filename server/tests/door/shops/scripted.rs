//! A shop's server of the suite's own, which does well or badly as a test says.

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

/// How it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// As it should.
    Well,
    /// Its key was revoked.
    Revoked,
    /// It refuses one call, and does well again.
    Expired,
    /// It asks for fewer calls.
    Throttled,
    /// The same, and says for how many seconds.
    AsksToWait(u64),
    /// The same for one call, and does well again.
    AsksToWaitOnce(u64),
    /// It fails at everything.
    Failing,
    /// It fails at so many calls, and does well again.
    FailingFor(usize),
    /// It does well, and takes its time.
    Leisurely,
    /// It is the storefront: HTML at every address.
    Storefront,
    /// It sends everybody to this address.
    Redirects(String),
    /// It answers after longer than anybody waits.
    Slow,
    /// It never ends to answer.
    Endless,
}

/// What it is.
pub struct Script {
    /// What it answers whoever has its key.
    pub routes: Router,
    /// Where it looks for its key.
    pub header: &'static str,
    /// What has to be there.
    pub key: String,
    /// What it says to others.
    pub wrong_key: Value,
    /// What it says to whoever asks too often, and with which status.
    pub throttled: (u16, Value),
    /// Where it asks for no key.
    pub without_key: Option<&'static str>,
}

/// The server. It ends with the value.
pub struct Scripted {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    header: &'static str,
    key: Mutex<String>,
    wrong_key: Value,
    throttled: (u16, Value),
    without_key: Option<&'static str>,
    mode: Mutex<Mode>,
    calls: Mutex<Vec<String>>,
    /// How many it is working on, and how many that ever were.
    at_once: Mutex<(usize, usize)>,
}

impl Scripted {
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            header: script.header,
            key: Mutex::new(script.key),
            wrong_key: script.wrong_key,
            throttled: script.throttled,
            without_key: script.without_key,
            mode: Mutex::new(Mode::Well),
            calls: Mutex::default(),
            at_once: Mutex::default(),
        });
        let layer = from_fn_with_state(Arc::clone(&shared), as_it_does);
        let app = script.routes.layer(layer);
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("a test server");
        });
        Self { addr, shared, task }
    }

    /// Where merchants say it is.
    pub fn address(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// From now on it does so.
    pub fn does(&self, mode: Mode) {
        *self
            .shared
            .mode
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = mode;
    }

    /// From now on this has to stand where its key is looked for.
    pub fn takes(&self, key: String) {
        *self
            .shared
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// How many calls it ever had at the same time.
    pub fn most_at_once(&self) -> usize {
        let at_once = self.shared.at_once.lock();
        at_once.unwrap_or_else(PoisonError::into_inner).1
    }

    /// What it was asked, by path and query.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.shared.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn as_it_does(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let asked = request.uri().to_string();
    shared
        .calls
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked);
    let mode = shared
        .mode
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let given = request.headers().get(shared.header);
    let key = shared
        .key
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let given = given.is_some_and(|given| given.as_bytes() == key.as_bytes());
    let is_in = given || shared.without_key == Some(request.uri().path());
    let _working = Working::on(&shared);
    match mode {
        Mode::Well if is_in => next.run(request).await,
        Mode::Leisurely if is_in => {
            sleep(Duration::from_millis(30)).await;
            next.run(request).await
        }
        Mode::FailingFor(calls) => {
            let left = match calls {
                0 | 1 => Mode::Well,
                more => Mode::FailingFor(more - 1),
            };
            *shared.mode.lock().unwrap_or_else(PoisonError::into_inner) = left;
            failure()
        }
        Mode::Well | Mode::Leisurely | Mode::Revoked => refusal(401, shared.wrong_key.clone()),
        Mode::Expired => {
            *shared.mode.lock().unwrap_or_else(PoisonError::into_inner) = Mode::Well;
            refusal(401, shared.wrong_key.clone())
        }
        Mode::Throttled => refusal(shared.throttled.0, shared.throttled.1.clone()),
        Mode::AsksToWait(seconds) => put_off(&shared, seconds),
        Mode::AsksToWaitOnce(seconds) => {
            *shared.mode.lock().unwrap_or_else(PoisonError::into_inner) = Mode::Well;
            put_off(&shared, seconds)
        }
        Mode::Failing => failure(),
        Mode::Storefront => Html("<!doctype html><title>Shop</title>").into_response(),
        Mode::Redirects(to) => Redirect::temporary(&to).into_response(),
        Mode::Slow => {
            sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        Mode::Endless => {
            let chunk = || Ok::<_, std::io::Error>("[".repeat(64 * 1024));
            let chunks = futures::stream::repeat_with(chunk);
            Body::from_stream(chunks).into_response()
        }
    }
}

fn put_off(shared: &Shared, seconds: u64) -> Response {
    let mut response = refusal(429, shared.throttled.1.clone());
    let header = (RETRY_AFTER, HeaderValue::from(seconds));
    response.headers_mut().extend([header]);
    response
}

fn failure() -> Response {
    refusal(
        500,
        json!({"code": "unknown_error", "type": "unknown_error", "message": "An unknown error occurred."}),
    )
}

/// A call that is being worked on.
struct Working<'s>(&'s Shared);

impl<'s> Working<'s> {
    fn on(shared: &'s Shared) -> Self {
        let mut at_once = shared
            .at_once
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
        Self(shared)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let at_once = self.0.at_once.lock();
        at_once.unwrap_or_else(PoisonError::into_inner).0 -= 1;
    }
}

pub fn refusal(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(body)).into_response()
}

/// Those of a query, in order, with their names as they are sent.
pub fn parameters(request: &Request) -> Vec<(String, String)> {
    parameters_of(&request.uri().to_string())
}

/// The same of a path with its query.
pub fn parameters_of(path: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://shop{path}")).expect("a URL");
    url.query_pairs().into_owned().collect()
}

pub fn number(parameters: &[(String, String)], name: &str, otherwise: usize) -> usize {
    let given = parameters.iter().find(|(key, _)| key == name);
    given.map_or(otherwise, |(_, value)| value.parse().expect("a number"))
}
