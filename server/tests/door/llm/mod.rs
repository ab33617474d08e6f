//! An OpenAI-compatible server of the suite's own: chat completions that reply
//! as they are told to, and a record of what was asked.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use std::{
    future::pending,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
    task::JoinHandle,
};

/// The name of the model that the harness asks for.
pub const MODEL: &str = "test-model";
/// The key that the harness gives with it.
const KEY: &str = "test-key";
/// What a reply is counted as.
pub const TOKENS: i64 = 123;

/// How the server replies.
#[derive(Debug, Clone)]
pub enum Script {
    /// With this text.
    Says(&'static str),
    /// With this text, once [`Llm::release`] was called.
    SaysWhenReleased(&'static str),
    /// Never: longer than any client's patience.
    Never,
    /// With an error of this status, as OpenAI words them.
    Fails(u16),
    /// With a body that is no JSON.
    Malformed,
    /// With JSON of another shape.
    AnotherShape,
    /// With no choices at all.
    NoChoices,
    /// With a choice that has no text.
    NoText,
    /// With this text, which ends where the allowance of tokens ended.
    CutShort(&'static str),
}

/// The server. It ends with the value.
pub struct Llm {
    addr: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    script: Mutex<Script>,
    requests: Mutex<Vec<Value>>,
    arrived: Notify,
    released: Semaphore,
}

impl Llm {
    /// Starts one that replies as `script` says.
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            script: Mutex::new(script),
            requests: Mutex::default(),
            arrived: Notify::new(),
            released: Semaphore::new(0),
        });
        let app = Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            axum::serve(listener, app)
                .await
                .expect("the test server serves");
        });
        Self { addr, shared, task }
    }

    /// Its address, with a slash at the end as some operators write it.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1/", self.addr)
    }

    /// Replies as `script` says from now on.
    pub fn will(&self, script: Script) {
        *self
            .shared
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = script;
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Value> {
        self.shared
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until a request has come in that nobody has waited for yet.
    pub async fn asked(&self) {
        self.shared.arrived.notified().await;
    }

    /// Lets one [`Script::SaysWhenReleased`] go.
    pub fn release(&self) {
        self.shared.released.add_permits(1);
    }
}

impl Drop for Llm {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn complete(
    State(shared): State<Arc<Shared>>,
    headers: axum::http::HeaderMap,
    body: String,
) -> Response {
    let authorised = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value.as_bytes() == format!("Bearer {KEY}").as_bytes());
    if !authorised {
        return error(StatusCode::UNAUTHORIZED);
    }
    let Ok(request) = serde_json::from_str(&body) else {
        return error(StatusCode::BAD_REQUEST);
    };
    shared
        .requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    let script = shared
        .script
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    shared.arrived.notify_one();
    match script {
        Script::Says(text) => completion(json!([choice(Some(text))])),
        Script::SaysWhenReleased(text) => {
            shared
                .released
                .acquire()
                .await
                .expect("never closed")
                .forget();
            completion(json!([choice(Some(text))]))
        }
        Script::Never => pending().await,
        Script::Fails(status) => error(StatusCode::from_u16(status).expect("a status")),
        Script::Malformed => "{\"choices\": [{".into_response(),
        Script::AnotherShape => Json(json!({"answer": "42"})).into_response(),
        Script::NoChoices => completion(json!([])),
        Script::NoText => completion(json!([choice(None)])),
        Script::CutShort(text) => {
            let mut choice = choice(Some(text));
            choice["finish_reason"] = json!("length");
            completion(json!([choice]))
        }
    }
}

fn completion(choices: Value) -> Response {
    Json(json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": MODEL,
        "choices": choices,
        "usage": {"prompt_tokens": TOKENS - 23, "completion_tokens": 23, "total_tokens": TOKENS},
    }))
    .into_response()
}

fn choice(content: Option<&str>) -> Value {
    json!({
        "index": 0,
        "message": {"role": "assistant", "content": content},
        "finish_reason": "stop",
    })
}

fn error(status: StatusCode) -> Response {
    let body = json!({"error": {
        "message": "The suite's server was told to fail.",
        "type": "rate_limit_error",
        "param": null,
        "code": null,
    }});
    (status, Json(body)).into_response()
}
