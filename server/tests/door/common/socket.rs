//! A WebSocket client that waits for events.

use super::{PATIENCE, within};
use domain::{
    events::{ClientFrame, ServerEvent},
    ids::ConversationId,
    message::{Message, Sender},
    problem::Problem,
};
use futures::{SinkExt, StreamExt};
use std::{collections::VecDeque, net::SocketAddr, panic::Location, time::Duration};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message as Frame,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

/// Less than the pause between two heartbeats.
const SOON: Duration = Duration::from_secs(15);

/// What a client is connected by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// This machine's own.
    Usual,
    /// One that holds next to nothing for a client that doesn't read.
    TinyWindow,
}

/// An open WebSocket.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// Events that came while something else was waited for.
    early: VecDeque<ServerEvent>,
}

impl Socket {
    /// Opens `path` with more `headers`.
    pub async fn connect(
        addr: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> tungstenite::Result<Self> {
        Self::connect_over(Network::Usual, addr, path, headers).await
    }

    /// As [`Socket::connect`], over a network of choice.
    pub async fn connect_over(
        network: Network,
        addr: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> tungstenite::Result<Self> {
        let mut request = format!("ws://{addr}{path}").into_client_request()?;
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header's name");
            let value = HeaderValue::from_str(value).expect("a header's value");
            request.headers_mut().insert(name, value);
        }
        let tcp = TcpSocket::new_v4()?;
        if network == Network::TinyWindow {
            tcp.set_recv_buffer_size(4 * 1024)?;
        }
        let (stream, _) = within("a connection", async {
            client_async(request, tcp.connect(addr).await?).await
        })
        .await?;
        let early = VecDeque::new();
        Ok(Self { stream, early })
    }

    /// Sends `frame` as text.
    pub async fn send_json(&mut self, frame: &impl serde::Serialize) {
        let text = serde_json::to_string(frame).expect("JSON");
        self.send(Frame::text(text)).await.expect("an open socket");
    }

    /// As [`Socket::send_json`], for servers that may be gone: whether it went
    /// out.
    pub async fn try_send_json(&mut self, frame: &impl serde::Serialize) -> bool {
        let text = serde_json::to_string(frame).expect("JSON");
        self.send(Frame::text(text)).await.is_ok()
    }

    /// Sends any frame; an error if the server has closed.
    pub async fn send(&mut self, frame: Frame) -> tungstenite::Result<()> {
        self.stream.send(frame).await
    }

    /// The next event, heartbeats left out; `None` when the connection has
    /// ended.
    pub async fn try_next(&mut self) -> Option<ServerEvent> {
        within("an event", async {
            loop {
                let event = match self.early.pop_front() {
                    Some(event) => event,
                    None => self.receive().await?,
                };
                if event != (ServerEvent::Pong {}) {
                    return Some(event);
                }
            }
        })
        .await
    }

    /// Waits until the server has taken every frame sent so far.
    pub async fn settled(&mut self) {
        self.send_json(&ClientFrame::Ping {}).await;
        within("an answer", async {
            loop {
                match self.receive().await.expect("an open socket") {
                    ServerEvent::Pong {} => return,
                    event => self.early.push_back(event),
                }
            }
        })
        .await;
    }

    /// As [`Socket::try_next`], heartbeats and all, and without any patience.
    async fn receive(&mut self) -> Option<ServerEvent> {
        loop {
            match self.stream.next().await?.ok()? {
                Frame::Text(text) => {
                    let event = serde_json::from_str(&text);
                    return Some(event.unwrap_or_else(|error| panic!("{error}: {text}")));
                }
                Frame::Close(_) => return None,
                Frame::Binary(_) => panic!("a binary frame"),
                Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => {}
            }
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> ServerEvent {
        self.try_next().await.expect("an event, not the end")
    }

    /// The first event that `pick` takes; others are passed over.
    ///
    /// # Panics
    /// With the events that came instead, if it doesn't come.
    #[track_caller]
    pub fn until<T>(
        &mut self,
        mut pick: impl FnMut(ServerEvent) -> Option<T>,
    ) -> impl Future<Output = T> {
        let waiting = Location::caller();
        async move {
            let mut others = Vec::new();
            let picked = timeout(PATIENCE, async {
                loop {
                    let event = self.next().await;
                    let shown = format!("{event:?}");
                    if let Some(picked) = pick(event) {
                        return picked;
                    }
                    others.push(shown);
                }
            });
            match picked.await {
                Ok(picked) => picked,
                Err(_) => panic!("{waiting}: it never came; only {others:#?}"),
            }
        }
    }

    /// Waits for the greeting's end; everything that was replayed before it.
    pub async fn ready(&mut self) -> Vec<ServerEvent> {
        let mut replayed = Vec::new();
        within("the greeting's end", async {
            loop {
                match self.next().await {
                    ServerEvent::Ready {} => return replayed,
                    event => replayed.push(event),
                }
            }
        })
        .await
    }

    /// The next message, other events passed over.
    pub async fn message(&mut self) -> Message {
        self.until(|event| match event {
            ServerEvent::Message(message) => Some(message),
            _ => None,
        })
        .await
    }

    /// The next message of `sender`, others passed over.
    pub async fn message_from(&mut self, sender: Sender) -> Message {
        loop {
            let message = self.message().await;
            if message.sender == sender {
                return message;
            }
        }
    }

    /// The next number that is accounted for, by a message or its absence.
    pub async fn position(&mut self) -> (ConversationId, i64) {
        self.until(|event| position(&event)).await
    }

    /// The error that the server closes with, and the close frame's code.
    pub async fn refusal(&mut self) -> (Problem, u16) {
        let problem = self
            .until(|event| match event {
                ServerEvent::Error(problem) => Some(problem),
                _ => None,
            })
            .await;
        (problem, self.close_code().await.expect("a close frame"))
    }

    /// Waits until the server closes since its token has ended, which must be sooner than a
    /// heartbeat would tell; what came before.
    pub async fn ended(&mut self) -> Vec<ServerEvent> {
        let mut before = Vec::new();
        let ended = timeout(SOON, async {
            loop {
                match self.next().await {
                    ServerEvent::Error(problem) => break problem,
                    event => before.push(event),
                }
            }
        });
        let problem = ended.await.expect("an end before any heartbeat");
        assert_eq!(problem.status, 401, "{problem:?}");
        assert_eq!(self.close_code().await, Some(4401));
        before
    }

    /// Reads on to the end; the close frame's code if there is one.
    pub async fn close_code(&mut self) -> Option<u16> {
        within("the end", async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Frame::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }
}

/// The number that an event accounts for.
pub fn position(event: &ServerEvent) -> Option<(ConversationId, i64)> {
    match event {
        ServerEvent::Message(message) => Some((message.conversation_id, message.seq)),
        ServerEvent::Skipped(skipped) => Some((skipped.conversation_id, skipped.seq)),
        _ => None,
    }
}
