//! Shoppers and an agent who go on with another server when theirs is gone.

use crate::{
    common::{Reply, Socket, people::new_message, socket::position, within},
    forms::encoded,
};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, MessageId, StoreId},
    message::Message,
    widget_api::{ConversationStarted, StartConversation},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};
use tokio::sync::watch;

/// Pause before another server is tried.
const PAUSE: Duration = Duration::from_millis(50);

/// The servers, one after the other.
#[derive(Clone)]
pub struct Servers {
    addrs: Vec<SocketAddr>,
    at: usize,
    http: Client,
}

/// What was confirmed: message → number and text.
pub type Confirmed = BTreeMap<MessageId, (i64, String)>;
/// What a socket has shown: message, or its absence, by place.
pub type Seen = BTreeMap<(ConversationId, i64), Option<MessageId>>;
/// The last number of each conversation, once all is written.
pub type End = watch::Receiver<Option<BTreeMap<ConversationId, i64>>>;

impl Servers {
    /// Begins with the one `at`.
    pub fn new(addrs: &[SocketAddr], at: usize) -> Self {
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build();
        Self {
            addrs: addrs.to_vec(),
            at,
            http: http.expect("an HTTP client"),
        }
    }

    /// The one that is used now.
    pub fn addr(&self) -> SocketAddr {
        self.addrs[self.at % self.addrs.len()]
    }

    fn go_on(&mut self) {
        self.at += 1;
    }

    /// Sends `request` to one server after the other until one has an answer.
    pub async fn insist(
        &mut self,
        request: impl Fn(&Client, SocketAddr) -> RequestBuilder,
    ) -> Reply {
        within("an answer of any server", async {
            loop {
                match Reply::try_to(request(&self.http, self.addr())).await {
                    Ok(reply) if reply.status < 500 => return reply,
                    _ => {
                        self.go_on();
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        })
        .await
    }
}

/// A shopper with a conversation.
#[derive(Clone)]
pub struct Shopper {
    pub token: String,
    pub conversation: ConversationId,
}

impl Shopper {
    /// Starts a conversation in the demo shop.
    pub async fn start(servers: &mut Servers) -> Self {
        let request = StartConversation {
            id: ConversationId::generate(),
            visitor: Default::default(),
            page: Default::default(),
            message: None,
            identity: None,
        };
        let reply = servers
            .insist(|http, addr| {
                http.post(format!("http://{addr}/widget/v1/stores/demo/conversations"))
                    .json(&request)
            })
            .await;
        let started: ConversationStarted = reply.json(reply.status);
        Self {
            token: started.token,
            conversation: started.conversation.id,
        }
    }

    /// Sends `body`, as often as it takes, with one id.
    pub async fn send(&self, servers: &mut Servers, body: &str) -> Message {
        let message = new_message(body);
        let reply = servers
            .insist(|http, addr| {
                http.post(format!(
                    "http://{addr}/widget/v1/conversations/{}/messages",
                    self.conversation
                ))
                .bearer_auth(&self.token)
                .json(&message)
            })
            .await;
        let stored: Message = reply.json(if reply.status == 200 { 200 } else { 201 });
        assert_eq!((stored.id, stored.body.as_str()), (message.id, body));
        stored
    }

    /// Writes until it is told to stop.
    pub async fn write(self, mut servers: Servers, stop: watch::Receiver<bool>) -> Confirmed {
        let mut confirmed = Confirmed::new();
        while !*stop.borrow() {
            let body = format!("My message {}", confirmed.len());
            let stored = self.send(&mut servers, &body).await;
            confirmed.insert(stored.id, (stored.seq, body));
            tokio::time::sleep(PAUSE).await;
        }
        confirmed
    }

    /// A socket that follows the conversation from `after_seq` on.
    pub async fn socket(&self, addr: SocketAddr, after_seq: i64) -> Socket {
        let mut socket = Socket::connect(addr, "/widget/v1/ws", &[])
            .await
            .expect("a socket");
        let cursors = [(self.conversation, after_seq)].into();
        socket.send_json(&self.hello(&cursors)).await;
        socket
    }

    fn hello(&self, cursors: &BTreeMap<ConversationId, i64>) -> Value {
        json!({"hello": {"token": self.token, "cursors": cursors}})
    }

    /// Follows the conversation on one server after the other, as a widget does.
    pub async fn follow(self, servers: Servers, end: End) -> Followed {
        let cursors = [(self.conversation, 0)].into();
        follow(servers, "/widget/v1/ws", &[], cursors, end, |cursors| {
            self.hello(cursors)
        })
        .await
    }
}

/// The demo's owner, at the inbox.
#[derive(Clone)]
pub struct Agent {
    pub cookie: String,
    pub store: StoreId,
}

impl Agent {
    /// Signs in.
    pub async fn sign_in(servers: &mut Servers, store: StoreId) -> Self {
        let mut agent = Self {
            cookie: String::new(),
            store,
        };
        let form = [("email", "owner@demo.shop"), ("password", "demo-password")];
        let reply = agent.post(servers, "account/sign-in", &form).await;
        agent.cookie = crate::forms::session_of(&reply);
        agent
    }

    /// Calls a server function, as often as it takes.
    pub async fn post(
        &self,
        servers: &mut Servers,
        path: &str,
        fields: &[(impl AsRef<str>, impl AsRef<str>)],
    ) -> Reply {
        let body = encoded(fields);
        servers
            .insist(|http, addr| {
                let request = http
                    .post(format!("http://{addr}/api/app/{path}"))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("accept", "application/json")
                    .body(body.clone());
                match self.cookie.as_str() {
                    "" => request,
                    cookie => request.header("cookie", cookie),
                }
            })
            .await
    }

    /// Calls a server function about a conversation, which must succeed.
    pub async fn about<const N: usize>(
        &self,
        servers: &mut Servers,
        path: &str,
        conversation: ConversationId,
        more: [(&str, &str); N],
    ) -> Reply {
        let (store, conversation) = (self.store.to_string(), conversation.to_string());
        let mut fields = vec![
            ("store", store.as_str()),
            ("conversation", conversation.as_str()),
        ];
        fields.extend(more);
        let reply = self.post(servers, path, &fields).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply
    }

    /// Replies, as often as it takes, with one id.
    pub async fn reply(
        &self,
        servers: &mut Servers,
        conversation: ConversationId,
        body: &str,
    ) -> Message {
        let id = MessageId::generate().to_string();
        let fields = [("id", id.as_str()), ("body", body)];
        let reply = self
            .about(servers, "inbox/reply", conversation, fields)
            .await;
        reply.json(200)
    }

    /// Replies in one conversation after the other until it is told to stop.
    pub async fn write(
        self,
        mut servers: Servers,
        conversations: Vec<ConversationId>,
        stop: watch::Receiver<bool>,
    ) -> Vec<(ConversationId, Message)> {
        let mut confirmed = Vec::new();
        while !*stop.borrow() {
            let conversation = conversations[confirmed.len() % conversations.len()];
            let body = format!("Our reply {}", confirmed.len());
            let stored = self.reply(&mut servers, conversation, &body).await;
            assert_eq!(stored.body, body);
            confirmed.push((conversation, stored));
            tokio::time::sleep(PAUSE).await;
        }
        confirmed
    }

    /// A socket that follows the inbox and a conversation from its beginning.
    pub async fn socket(&self, addr: SocketAddr, conversation: ConversationId) -> Socket {
        let cookie = [("cookie", self.cookie.as_str())];
        let mut socket = Socket::connect(addr, "/ws", &cookie)
            .await
            .expect("a socket");
        let cursors = [(conversation, 0)].into();
        socket.send_json(&self.hello(&cursors)).await;
        socket
    }

    fn hello(&self, cursors: &BTreeMap<ConversationId, i64>) -> Value {
        json!({"hello": {"store": self.store, "cursors": cursors}})
    }

    /// Follows conversations on one server after the other.
    pub async fn follow(
        self,
        servers: Servers,
        conversations: Vec<ConversationId>,
        end: End,
    ) -> Followed {
        let cookie = [("cookie", self.cookie.as_str())];
        let cursors = conversations.into_iter().map(|id| (id, 0)).collect();
        follow(servers, "/ws", &cookie, cursors, end, |cursors| {
            self.hello(cursors)
        })
        .await
    }
}

/// What came of following.
pub struct Followed {
    pub seen: Seen,
    /// How often it connected.
    pub connections: usize,
}

/// Keeps a cursor for each conversation, and comes back with them, until it has
/// seen everything.
async fn follow(
    mut servers: Servers,
    path: &str,
    headers: &[(&str, &str)],
    mut cursors: BTreeMap<ConversationId, i64>,
    mut end: End,
    hello: impl Fn(&BTreeMap<ConversationId, i64>) -> Value,
) -> Followed {
    let (mut seen, mut connections) = (Seen::new(), 0);
    'connections: loop {
        let Ok(mut socket) = Socket::connect(servers.addr(), path, headers).await else {
            servers.go_on();
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        connections += 1;
        if !socket.try_send_json(&hello(&cursors)).await {
            continue;
        }
        loop {
            let is_complete = end.borrow().as_ref().is_some_and(|end| {
                cursors
                    .iter()
                    .all(|(id, cursor)| end.get(id).is_none_or(|last| cursor >= last))
            });
            if is_complete {
                return Followed { seen, connections };
            }
            let event = tokio::select! {
                event = socket.try_next() => event,
                changed = end.changed() => {
                    changed.expect("a test that goes on");
                    continue;
                }
            };
            let Some(event) = event else {
                tokio::time::sleep(PAUSE).await;
                continue 'connections;
            };
            if let Some((conversation, seq)) = position(&event) {
                let cursor = cursors.get_mut(&conversation).expect("one of ours");
                assert_eq!(seq, *cursor + 1, "a gap or a repeat in {conversation}");
                *cursor = seq;
                let message = match event {
                    ServerEvent::Message(message) => Some(message.id),
                    _ => None,
                };
                seen.insert((conversation, seq), message);
            }
        }
    }
}
