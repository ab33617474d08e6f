//! What can't be done without: a bare handler that inserts one row, as durable
//! as the product's, and broadcasts it to one socket. No sessions, no
//! conversations, no jobs; on SQLite no grouping of commits.

mod queries;

use crate::{
    client::{Door, Target},
    database::{Database, Engine},
    failure::Failure,
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
    message::{Message, MessageKind, Sender},
    widget_api::NewMessage,
};
use sqlx::{PgPool, SqliteConnection};
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, broadcast},
    task::JoinSet,
};

/// Events the socket may be behind: the floor never drops one.
const BACKLOG: usize = 65_536;

/// A running floor. To be stopped by [`Floor::stop`].
pub struct Floor {
    server: JoinSet<()>,
    shared: Arc<Shared>,
    database: Database,
}

/// Where its one table is.
enum Rows {
    /// SQLite has one writer.
    Sqlite(Mutex<SqliteConnection>),
    Postgres(PgPool),
}

struct Shared {
    rows: Rows,
    events: broadcast::Sender<Utf8Bytes>,
    conversation_id: ConversationId,
}

impl Floor {
    /// Starts one on an empty database.
    ///
    /// # Errors
    /// If the folder, the database or the port can't be had.
    pub async fn start(engine: &Engine) -> Result<(Self, Target), Failure> {
        let database = engine.create().await?;
        let rows = match engine {
            Engine::Sqlite => {
                let file = database.folder.path().join("floor.db");
                Rows::Sqlite(Mutex::new(queries::open_sqlite(&file).await?))
            }
            Engine::Postgres(_) => Rows::Postgres(queries::open_postgres(&database.url).await?),
        };
        let conversation_id = ConversationId::generate();
        let shared = Arc::new(Shared {
            rows,
            events: broadcast::Sender::new(BACKLOG),
            conversation_id,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let app = Router::new()
            .route("/messages", post(insert))
            .route("/ws", get(watch))
            .with_state(Arc::clone(&shared));
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
                server,
                shared,
                database,
            },
            target,
        ))
    }

    /// Ends it and removes its data.
    ///
    /// # Errors
    /// If the database can't be removed.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.server.shutdown().await;
        if let Rows::Postgres(pool) = &self.shared.rows {
            pool.close().await;
        }
        self.database.remove().await
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
    let id = new.id.to_string();
    let seq = match &shared.rows {
        Rows::Sqlite(writer) => {
            let mut writer = writer.lock().await;
            queries::insert_sqlite(&mut writer, &id, &new.body, created_at).await?
        }
        Rows::Postgres(pool) => queries::insert_postgres(pool, &id, &new.body, created_at).await?,
    };
    // The product's own wire format: the same bytes to write and to read.
    let message = Message {
        id: new.id,
        conversation_id: shared.conversation_id,
        seq,
        sender: Sender::Customer,
        kind: MessageKind::Text,
        data: None,
        body: new.body,
        created_at,
        read_at: None,
        attachments: Vec::new(),
        agent_name: None,
        answer_kind: None,
        ai: None,
        sentiment: None,
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
