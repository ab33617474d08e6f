//! Shoppers who never give a message up, and an agent who follows them all.

use super::random::Random;
use crate::common::{Reply, Socket, client};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, MessageId, StoreId},
    message::Message,
    widget_api::{ConversationStarted, NewMessage, StartConversation},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};
use tokio::sync::mpsc;

/// Questions that the AI answers from the demo's orders, each with one answer
/// that names the order.
pub const QUESTIONS: [(&str, &str); 4] = [
    ("Where is my order #1001?", "#1001"),
    ("Has order #1002 shipped yet?", "#1002"),
    ("What's the status of order #1003?", "#1003"),
    ("where is order #1004", "#1004"),
];

/// A shopper with two tabs open.
pub struct Shopper {
    start: StartConversation,
    token: Option<String>,
    tabs: [Tab; 2],
    random: Random,
    /// How many messages a retry found stored: only the reply had been lost.
    pub found_stored: usize,
    /// What the server has confirmed: message → number and text.
    pub acknowledged: BTreeMap<MessageId, (i64, String)>,
}

#[derive(Default)]
struct Tab {
    /// Sent, but not confirmed: sent again with the same id.
    pending: Option<NewMessage>,
    /// Confirmed before, and sent again all the same.
    is_repeat: bool,
    /// The server went away before it confirmed it.
    is_in_doubt: bool,
    found_stored: usize,
    confirmed: Vec<Message>,
}

impl Shopper {
    pub fn new(mut random: Random) -> Self {
        Self {
            start: StartConversation {
                id: ConversationId::generate(),
                visitor: Default::default(),
                page: Default::default(),
                message: Some(question(&mut random)),
                identity: None,
            },
            token: None,
            tabs: Default::default(),
            random,
            found_stored: 0,
            acknowledged: BTreeMap::new(),
        }
    }

    /// The conversation.
    pub fn conversation(&self) -> ConversationId {
        self.start.id
    }

    /// Whether the server has confirmed that it exists.
    pub fn has_started(&self) -> bool {
        self.token.is_some()
    }

    /// Messages that are on their way; they may or may not have been stored.
    pub fn pending(&self) -> impl Iterator<Item = MessageId> {
        let first = self.start.message.as_ref().filter(|_| self.token.is_none());
        let later = self.tabs.iter().filter_map(|tab| tab.pending.as_ref());
        first.into_iter().chain(later).map(|message| message.id)
    }

    /// Writes until the server is gone.
    pub async fn write(mut self, addr: SocketAddr, confirmed: mpsc::UnboundedSender<()>) -> Self {
        let http = client();
        let base = format!("http://{addr}/widget/v1");
        let token = match &self.token {
            Some(token) => token.clone(),
            None => {
                let url = format!("{base}/stores/demo/conversations");
                let Ok(reply) = Reply::try_to(http.post(url).json(&self.start)).await else {
                    return self;
                };
                let started: ConversationStarted = reply.json(created_or_ok(&reply));
                let first = started.messages.first().expect("the message it began with");
                self.acknowledged
                    .insert(first.id, (first.seq, first.body.clone()));
                let _ = confirmed.send(());
                self.token.insert(started.token).clone()
            }
        };
        let url = format!("{base}/conversations/{}/messages", self.start.id);
        let write = |tab: &mut Tab, random: &mut Random| {
            let post = http.post(&url).bearer_auth(&token);
            let (confirmed, mut random) = (confirmed.clone(), random.fork());
            let mut tab = std::mem::take(tab);
            async move {
                tab.write(post, &mut random, confirmed).await;
                tab
            }
        };
        let [first, second] = &mut self.tabs;
        let (one, two) = (
            write(first, &mut self.random),
            write(second, &mut self.random),
        );
        let (one, two) = tokio::join!(one, two);
        self.tabs = [one, two];
        self.found_stored = self.tabs.iter().map(|tab| tab.found_stored).sum();
        for message in self.tabs.iter_mut().flat_map(|tab| tab.confirmed.drain(..)) {
            let confirmed = (message.seq, message.body);
            // A message may be confirmed again, but never otherwise.
            let before = self.acknowledged.insert(message.id, confirmed.clone());
            assert!(
                before.is_none_or(|before| before == confirmed),
                "{confirmed:?}"
            );
        }
        self
    }
}

impl Tab {
    async fn write(
        &mut self,
        post: reqwest::RequestBuilder,
        random: &mut Random,
        confirmed: mpsc::UnboundedSender<()>,
    ) {
        loop {
            let message = self.pending.get_or_insert_with(|| question(random)).clone();
            let request = post.try_clone().expect("a request").json(&message);
            let Ok(reply) = Reply::try_to(request).await else {
                self.is_in_doubt = !self.is_repeat;
                return;
            };
            if std::mem::take(&mut self.is_in_doubt) && reply.status == 200 {
                self.found_stored += 1;
            }
            let stored: Message = reply.json(created_or_ok(&reply));
            assert_eq!((stored.id, &stored.body), (message.id, &message.body));
            self.confirmed.push(stored);
            let _ = confirmed.send(());
            // Now and then the reply is as good as lost, and it is sent again.
            self.is_repeat = random.one_in(8);
            if !self.is_repeat {
                self.pending = None;
            }
            tokio::time::sleep(Duration::from_millis(random.below(20))).await;
        }
    }
}

fn created_or_ok(reply: &Reply) -> u16 {
    if reply.status == 200 { 200 } else { 201 }
}

fn question(random: &mut Random) -> NewMessage {
    NewMessage::text(MessageId::generate(), random.pick(&QUESTIONS).0)
}

/// An agent who keeps a cursor for each conversation, as the dashboard does.
pub struct Agent {
    cookie: String,
    store: StoreId,
    cursors: BTreeMap<ConversationId, i64>,
    /// Every message seen, in its place.
    pub seen: BTreeMap<(ConversationId, i64), MessageId>,
}

impl Agent {
    /// Signs in as the demo's owner.
    pub async fn sign_in(addr: SocketAddr, store: StoreId) -> Self {
        let form = "email=owner%40demo.shop&password=demo-password";
        let request = client()
            .post(format!("http://{addr}/api/app/account/sign-in"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let reply = Reply::to(request).await;
        let cookie = reply
            .header("set-cookie")
            .split(';')
            .next()
            .expect("a cookie")
            .to_owned();
        Self {
            cookie,
            store,
            cursors: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Follows `conversations`, and any that come up, until the server is gone
    /// or it is `enough`.
    pub async fn follow(
        mut self,
        addr: SocketAddr,
        conversations: Vec<ConversationId>,
        enough: impl Fn(&Self) -> bool,
    ) -> Self {
        let cookie = [("cookie", self.cookie.as_str())];
        let Ok(mut socket) = Socket::connect(addr, "/ws", &cookie).await else {
            return self;
        };
        for id in conversations {
            self.cursors.entry(id).or_insert(0);
        }
        let mut open: BTreeSet<_> = self.cursors.keys().copied().collect();
        let hello = json!({"hello": {"store": self.store, "cursors": self.cursors}});
        if !socket.try_send_json(&hello).await {
            return self;
        }
        while !enough(&self) {
            match socket.try_next().await {
                None => return self,
                Some(ServerEvent::Message(message)) => self.see(&message),
                Some(ServerEvent::Conversation(row)) if open.insert(row.id) => {
                    let frame = json!({"open": {"conversation_id": row.id, "after_seq": 0}});
                    if !socket.try_send_json(&frame).await {
                        return self;
                    }
                }
                Some(ServerEvent::Error(problem)) => panic!("the agent was refused: {problem:?}"),
                Some(_) => {}
            }
        }
        self
    }

    fn see(&mut self, message: &Message) {
        let place = (message.conversation_id, message.seq);
        let cursor = self.cursors.entry(place.0).or_insert(0);
        assert_eq!(message.seq, *cursor + 1, "a gap or a repeat in {}", place.0);
        *cursor = message.seq;
        self.seen.insert(place, message.id);
    }
}
