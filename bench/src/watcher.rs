//! A socket of the product's, or of the floor's, and what it shows.

use crate::failure::Failure;
use domain::{
    events::{ClientFrame, Hello},
    ids::{ConversationId, MessageId},
    message::{MessageKind, Sender},
};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{
        Message as Frame, client::IntoClientRequest, http::header, protocol::WebSocketConfig,
    },
};

/// Silence after which no more jobs are waited for.
const SILENCE: Duration = Duration::from_secs(5);
/// The same as long as there was no job at all.
const SHORT_SILENCE: Duration = Duration::from_millis(300);
/// A client's read buffer, in bytes; the default of 128 kB is for transfers.
const READ_BUFFER: usize = 4 * 1024;

/// Where a socket is opened.
#[derive(Clone)]
pub struct SocketDoor {
    pub url: String,
    /// The session cookie, for agents.
    pub cookie: Option<String>,
    pub hello: Hello,
}

/// An open socket.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl SocketDoor {
    /// Opens a socket, says hello and waits until that is taken. `early` gets
    /// the frames before that.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn open(&self, mut early: impl FnMut(&str)) -> Result<Socket, Failure> {
        let mut request = self.url.as_str().into_client_request()?;
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse()?);
        }
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER);
        let (mut socket, _) = connect_async_with_config(request, Some(config), true).await?;
        let hello = serde_json::to_string(&ClientFrame::Hello(self.hello.clone()))?;
        socket.send(Frame::text(hello)).await?;
        loop {
            match socket.next().await {
                Some(Ok(Frame::Text(text))) if text.starts_with(r#"{"ready""#) => {
                    return Ok(socket);
                }
                Some(Ok(Frame::Text(text))) if text.starts_with(r#"{"error""#) => {
                    return Err(format!("the socket was refused: {text}").into());
                }
                Some(Ok(Frame::Text(text))) => early(&text),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err("the socket was closed at once".into()),
            }
        }
    }
}

/// What matters of what an agent's socket shows.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    Message(SeenMessage),
    /// The AI is through with a message.
    JobDone,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SeenMessage {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub sender: Sender,
    /// The floor's have none.
    #[serde(default)]
    pub kind: MessageKind,
}

fn read(text: &str) -> Option<Seen> {
    #[derive(Deserialize)]
    struct Wrapped {
        message: SeenMessage,
    }
    if text.starts_with(r#"{"message":"#) {
        let wrapped: Wrapped = serde_json::from_str(text).ok()?;
        return Some(Seen::Message(wrapped.message));
    }
    (text.starts_with(r#"{"ai":"#) && text.contains(r#""done""#)).then_some(Seen::JobDone)
}

/// An agent's socket that comes back by its cursors when it is cut, as the
/// dashboard does.
pub struct Watcher {
    door: SocketDoor,
    socket: Socket,
    /// Messages replayed while coming back.
    replayed: Vec<SeenMessage>,
    reconnects: usize,
}

impl Watcher {
    /// # Errors
    /// If the socket can't be opened.
    pub async fn open(door: SocketDoor) -> Result<Self, Failure> {
        let socket = door.open(|_| {}).await?;
        Ok(Self {
            door,
            socket,
            replayed: Vec::new(),
            reconnects: 0,
        })
    }

    /// How often the socket was cut so far.
    pub fn reconnects(&self) -> usize {
        self.reconnects
    }

    /// The next thing that matters.
    ///
    /// # Errors
    /// If the socket was cut and can't be opened again.
    pub async fn next(&mut self) -> Result<Seen, Failure> {
        loop {
            if let Some(message) = self.replayed.pop() {
                return Ok(Seen::Message(message));
            }
            match self.socket.next().await {
                Some(Ok(Frame::Text(text))) => {
                    let Some(seen) = read(&text) else { continue };
                    if let Seen::Message(message) = seen {
                        self.door
                            .hello
                            .cursors
                            .set(message.conversation_id, message.seq);
                    }
                    return Ok(seen);
                }
                Some(Ok(Frame::Close(_)) | Err(_)) | None => self.come_back().await?,
                Some(Ok(_)) => {}
            }
        }
    }

    async fn come_back(&mut self) -> Result<(), Failure> {
        self.reconnects += 1;
        let mut replayed = Vec::new();
        self.socket = self.door.open(|text| replayed.extend(read(text))).await?;
        for seen in replayed {
            if let Seen::Message(message) = seen {
                self.door
                    .hello
                    .cursors
                    .set(message.conversation_id, message.seq);
                self.replayed.push(message);
            }
        }
        Ok(())
    }

    /// When each message was seen, and how many jobs were done by then.
    pub async fn see_all(
        &mut self,
        places: &HashMap<MessageId, usize>,
    ) -> Result<(Vec<Instant>, usize), Failure> {
        let mut seen = vec![None; places.len()];
        let (mut missing, mut jobs_done) = (places.len(), 0);
        while missing > 0 {
            match self.next().await? {
                Seen::Message(message) => {
                    let now = Instant::now();
                    let place = places.get(&message.id).map(|&at| &mut seen[at]);
                    if let Some(place @ None) = place {
                        *place = Some(now);
                        missing -= 1;
                    }
                }
                Seen::JobDone => jobs_done += 1,
            }
        }
        Ok((seen.into_iter().flatten().collect(), jobs_done))
    }

    /// Waits until `all` jobs are done, and says how many were and when the last
    /// one was. Not for long if none is done so far: there may be none.
    pub async fn see_jobs_done(
        &mut self,
        done: usize,
        all: usize,
    ) -> Result<(usize, Instant), Failure> {
        let (mut done, mut last) = (done, Instant::now());
        while done < all {
            let silence = if done == 0 { SHORT_SILENCE } else { SILENCE };
            match timeout(silence, self.next()).await {
                Ok(seen) => {
                    if let Seen::JobDone = seen? {
                        done += 1;
                        last = Instant::now();
                    }
                }
                Err(_) => break,
            }
        }
        Ok((done, last))
    }
}
