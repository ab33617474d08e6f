//! What can't be done without: a bare handler that inserts one row into SQLite,
//! as durable as the product's, and broadcasts it to one socket. No sessions,
//! no conversations, no jobs, no grouping of commits.

mod queries;

use crate::{
    Failure,
    client::{Door, Target},
    temporary_folder,
    watcher::SocketDoor,
};
use axum::{
    Json, Router,
    extract::{
        State,
        ws::{Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{
    events::{Hello, ServerEvent},
    ids::ConversationId,
    message::{Message, Sender},
    widget_api::NewMessage,
};
use sqlx::SqliteConnection;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{Mutex, broadcast},
    task::JoinSet,
};

/// Events the socket may be behind: the floor never drops one.
const BACKLOG: usize = 65_536;

/// A running floor; dropping it ends it and removes its data.
pub struct Floor {
    /// Aborted when dropped.
    _server: JoinSet<()>,
    _folder: TempDir,
}

struct Shared {
    writer: Mutex<SqliteConnection>,
    events: broadcast::Sender<Utf8Bytes>,
    conversation_id: ConversationId,
}

impl Floor {
    /// Starts one on an empty database.
    ///
    /// # Errors
    /// If the folder, the database or the port can't be had.
    pub async fn start() -> Result<(Self, Target), Failure> {
        let folder = temporary_folder()?;
        let conversation_id = ConversationId::generate();
        let shared = Arc::new(Shared {
            writer: Mutex::new(queries::open(&folder.path().join("floor.db")).await?),
            events: broadcast::Sender::new(BACKLOG),
            conversation_id,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let app = Router::new()
            .route("/messages", post(insert))
            .route("/ws", get(watch))
            .with_state(shared);
        let mut server = JoinSet::new();
        server.spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the floor ended");
            }
        });
        let target = Target {
            doors: vec![Door {
                url: format!("http://{addr}/messages"),
                token: "as-long-as-a-visitors-token-of-the-product".to_owned(),
                conversation_id,
            }],
            socket: SocketDoor {
                url: format!("ws://{addr}/ws"),
                cookie: None,
                hello: Hello::default(),
            },
            has_jobs: false,
        };
        Ok((
            Self {
                _server: server,
                _folder: folder,
            },
            target,
        ))
    }
}

async fn insert(State(shared): State<Arc<Shared>>, Json(new): Json<NewMessage>) -> Response {
    match store(&shared, new).await {
        Ok(message) => (StatusCode::CREATED, Json(message)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn store(shared: &Shared, new: NewMessage) -> Result<Message, Failure> {
    let created_at = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let seq = {
        let mut writer = shared.writer.lock().await;
        queries::insert(&mut writer, &new.id.to_string(), &new.body, created_at).await?
    };
    // The product's own wire format: the same bytes to write and to read.
    let message = Message {
        id: new.id,
        conversation_id: shared.conversation_id,
        seq,
        sender: Sender::Customer,
        body: new.body,
        created_at,
        read_at: None,
        attachments: Vec::new(),
        agent_name: None,
        answer_kind: None,
        ai: None,
    };
    let event = ServerEvent::Message(message.clone());
    // Nobody watching is no failure.
    let _ = shared.events.send(serde_json::to_string(&event)?.into());
    Ok(message)
}

async fn watch(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    let events = shared.events.subscribe();
    upgrade.on_upgrade(|socket| pass_on(socket, events))
}

async fn pass_on(mut socket: WebSocket, mut events: broadcast::Receiver<Utf8Bytes>) {
    let said_hello = socket.recv().await.is_some();
    if !said_hello || socket.send(Frame::text(r#"{"ready":{}}"#)).await.is_err() {
        return;
    }
    while let Ok(event) = events.recv().await {
        if socket.send(Frame::Text(event)).await.is_err() {
            return;
        }
    }
}
