//! Topics and their subscribers. Knows no sockets and no database.
//!
//! A subscriber is also known by the token that let it in: when that may have ended, it is
//! told to have itself asked again.
//!
//! A subscriber that doesn't keep up is dropped, never silently skipped: its
//! channel closes, it reconnects and resumes by cursor.

use crate::cache::Forget;
use domain::{
    events::{ServerEvent, Skipped},
    ids::{ConversationId, StoreId},
    message::Message,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::mpsc;

/// Events that a subscriber may be behind.
const BACKLOG: usize = 256;

/// What can be followed. Clients make the ids of conversations, so that one id
/// may stand in several stores: a conversation is named together with its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A store's inbox, for its agents.
    Store(StoreId),
    /// A conversation as agents see it.
    ConversationForAgents(StoreId, ConversationId),
    /// A conversation as its shopper sees it.
    ConversationForVisitor(StoreId, ConversationId),
    /// A store's widget settings, for open widgets.
    Widgets(StoreId),
}

impl Topic {
    /// The store it belongs to.
    #[must_use]
    pub fn store(self) -> StoreId {
        match self {
            Self::Store(store)
            | Self::ConversationForAgents(store, _)
            | Self::ConversationForVisitor(store, _)
            | Self::Widgets(store) => store,
        }
    }

    /// The conversation that it is about, if it is about one.
    #[must_use]
    pub fn conversation(self) -> Option<(StoreId, ConversationId)> {
        match self {
            Self::ConversationForAgents(store, id) | Self::ConversationForVisitor(store, id) => {
                Some((store, id))
            }
            Self::Store(_) | Self::Widgets(_) => None,
        }
    }
}

/// An event with the topic it belongs to.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Who gets it.
    pub topic: Topic,
    /// What they get.
    pub event: ServerEvent,
}

impl Outgoing {
    /// A message as agents see it, and as its shopper does: what they aren't
    /// shown is accounted for by its number.
    #[must_use]
    pub fn message(store_id: StoreId, message: &Message) -> [Self; 2] {
        let id = message.conversation_id;
        let for_visitor = match message.for_visitor() {
            Some(visible) => ServerEvent::Message(visible),
            None => ServerEvent::Skipped(Skipped {
                conversation_id: id,
                seq: message.seq,
            }),
        };
        [
            Self {
                topic: Topic::ConversationForAgents(store_id, id),
                event: ServerEvent::Message(message.for_team()),
            },
            Self {
                topic: Topic::ConversationForVisitor(store_id, id),
                event: for_visitor,
            },
        ]
    }
}

/// What a subscriber receives. Small, since it has room for some.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Something happened.
    Event(Arc<Serialised>),
    /// Events are missing: everything that is followed must be read from the
    /// database.
    Missed,
    /// The token that it is known by may have ended.
    Doubted,
}

/// An event, serialised once, however many receive it.
#[derive(Debug)]
pub struct Serialised {
    /// The frame's JSON.
    pub json: Box<str>,
    /// The conversation and number it accounts for, if it is a message: lets
    /// the receiver drop what it has and notice what it lacks.
    pub position: Option<(ConversationId, i64)>,
}

/// The hub. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hub {
    inner: Arc<Inner>,
}

type Topics = HashMap<Reason, HashMap<u64, Arc<Mailbox>>>;

/// Why a subscriber gets something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Reason {
    /// It follows a topic.
    Follows(Topic),
    /// It is known by a token, by the hash of whose hash: to be asked once for nothing,
    /// when two are alike, does no harm.
    KnownBy(u64),
}

impl Reason {
    fn known_by(token_hash: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        token_hash.hash(&mut hasher);
        Self::KnownBy(hasher.finish())
    }
}

/// What everybody of a store's team is known by.
fn team_of(store_id: StoreId) -> String {
    format!("team of {store_id}")
}

#[derive(Default)]
struct Inner {
    topics: Mutex<Topics>,
    next_subscriber: AtomicU64,
}

/// One subscriber's way in, shared by all topics it follows.
struct Mailbox {
    sender: mpsc::Sender<Delivery>,
    overflowed: AtomicBool,
}

impl Mailbox {
    /// Whether the subscriber is still worth keeping.
    fn deliver(&self, delivery: Delivery) -> bool {
        if self.overflowed.load(Ordering::Acquire) {
            return false;
        }
        let delivered = self.sender.try_send(delivery).is_ok();
        if !delivered {
            self.overflowed.store(true, Ordering::Release);
        }
        delivered
    }
}

impl Hub {
    /// Sends `outgoing` to everybody who follows its topic. Never blocks.
    pub fn publish(&self, outgoing: &Outgoing) {
        // Serialised outside the lock, and only for somebody.
        if !self.is_followed(outgoing.topic) {
            return;
        }
        let Some(event) = serialised(&outgoing.event) else {
            return;
        };
        self.deliver(Reason::Follows(outgoing.topic), &Delivery::Event(event));
    }

    /// Tells those who are known by a token that may have ended, or by a team that has
    /// changed.
    pub fn doubt(&self, what: &Forget) {
        let reason = match what {
            Forget::Visitor(token_hash) | Forget::Session(token_hash) => {
                Reason::known_by(token_hash)
            }
            Forget::Member(store_id, _) => Reason::known_by(&team_of(*store_id)),
            Forget::Place(store_id, id) => {
                for topic in [
                    Topic::ConversationForAgents(*store_id, *id),
                    Topic::ConversationForVisitor(*store_id, *id),
                ] {
                    self.deliver(Reason::Follows(topic), &Delivery::Missed);
                }
                return;
            }
            Forget::Settings(_) | Forget::ApiKey(_) | Forget::Webhooks(_) => return,
        };
        self.deliver(reason, &Delivery::Doubted);
    }

    fn deliver(&self, reason: Reason, delivery: &Delivery) {
        let mut topics = self.lock();
        let Some(subscribers) = topics.get_mut(&reason) else {
            return;
        };
        subscribers.retain(|_, mailbox| mailbox.deliver(delivery.clone()));
        if subscribers.is_empty() {
            topics.remove(&reason);
        }
    }

    /// Tells everybody who follows anything that events are missing.
    pub fn missed(&self) {
        let topics = self.lock();
        let mut told = HashSet::new();
        for (id, mailbox) in topics.values().flatten() {
            if told.insert(*id) {
                // Whoever is too slow for this one reconnects, and reads everything.
                mailbox.deliver(Delivery::Missed);
            }
        }
    }

    /// Whether anybody here follows `topic`.
    #[must_use]
    pub fn is_followed(&self, topic: Topic) -> bool {
        self.lock().contains_key(&Reason::Follows(topic))
    }

    /// A new subscriber that follows nothing yet.
    #[must_use]
    pub fn subscriber(&self) -> Subscriber {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        Subscriber {
            hub: self.clone(),
            id: self.inner.next_subscriber.fetch_add(1, Ordering::Relaxed),
            mailbox: Arc::new(Mailbox {
                sender,
                overflowed: AtomicBool::new(false),
            }),
            receiver,
            reasons: HashSet::new(),
        }
    }

    fn leave(&self, reason: Reason, id: u64) {
        let mut topics = self.lock();
        if let Some(subscribers) = topics.get_mut(&reason) {
            subscribers.remove(&id);
            if subscribers.is_empty() {
                topics.remove(&reason);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Topics> {
        // Nothing in here can be left half-done by a panic.
        self.inner
            .topics
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serialises `event`; `None` (and a log line) if that is impossible.
fn serialised(event: &ServerEvent) -> Option<Arc<Serialised>> {
    let position = match event {
        ServerEvent::Message(message) => Some((message.conversation_id, message.seq)),
        ServerEvent::Skipped(skipped) => Some((skipped.conversation_id, skipped.seq)),
        _ => None,
    };
    match serde_json::to_string(event) {
        Ok(json) => Some(Arc::new(Serialised {
            json: json.into(),
            position,
        })),
        Err(error) => {
            tracing::error!(%error, "an event could not be serialised");
            None
        }
    }
}

/// One receiver with all that it is told for. Dropping it ends that.
pub struct Subscriber {
    hub: Hub,
    id: u64,
    mailbox: Arc<Mailbox>,
    receiver: mpsc::Receiver<Delivery>,
    reasons: HashSet<Reason>,
}

impl Subscriber {
    /// Follows `topic` from now on.
    pub fn follow(&mut self, topic: Topic) {
        self.join(Reason::Follows(topic));
    }

    /// Is known by the token of this hash from now on.
    pub fn known_by(&mut self, token_hash: &str) {
        self.join(Reason::known_by(token_hash));
    }

    /// Is known by the team of this store from now on.
    pub fn of_team(&mut self, store_id: StoreId) {
        self.join(Reason::known_by(&team_of(store_id)));
    }

    fn join(&mut self, reason: Reason) {
        if self.reasons.insert(reason) {
            self.hub
                .lock()
                .entry(reason)
                .or_default()
                .insert(self.id, Arc::clone(&self.mailbox));
        }
    }

    /// Stops following `topic`.
    pub fn unfollow(&mut self, topic: Topic) {
        let reason = Reason::Follows(topic);
        if self.reasons.remove(&reason) {
            self.hub.leave(reason, self.id);
        }
    }

    /// A part of `time` that differs from subscriber to subscriber.
    #[must_use]
    pub fn spread(&self, time: Duration) -> Duration {
        const PARTS: u64 = 64;
        let part = u32::try_from(self.id % PARTS).unwrap_or(0);
        time * part / 64
    }

    /// The next event; `None` once this subscriber was too slow and has missed
    /// one. Safe to cancel.
    pub async fn next(&mut self) -> Option<Delivery> {
        if self.mailbox.overflowed.load(Ordering::Acquire) {
            return None;
        }
        self.receiver.recv().await
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        for reason in self.reasons.drain() {
            self.hub.leave(reason, self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::events::Noun;

    fn outgoing(store: StoreId) -> Outgoing {
        Outgoing {
            topic: Topic::Store(store),
            event: ServerEvent::changed(Noun::Faq),
        }
    }

    #[tokio::test]
    async fn everybody_is_told_once_that_events_are_missing() {
        let hub = Hub::default();
        let mut subscriber = hub.subscriber();
        for _ in 0..3 {
            subscriber.follow(Topic::Store(StoreId::generate()));
        }
        hub.missed();
        assert!(matches!(subscriber.next().await, Some(Delivery::Missed)));
        assert!(subscriber.receiver.try_recv().is_err());
    }

    #[tokio::test]
    async fn events_reach_only_those_who_follow() {
        let hub = Hub::default();
        let (mine, other) = (StoreId::generate(), StoreId::generate());
        let mut subscriber = hub.subscriber();
        subscriber.follow(Topic::Store(mine));
        hub.publish(&outgoing(other));
        hub.publish(&outgoing(mine));
        let Some(Delivery::Event(event)) = subscriber.next().await else {
            panic!("one event");
        };
        assert_eq!(&*event.json, r#"{"changed":{"what":"faq"}}"#);
        assert!(subscriber.receiver.try_recv().is_err());
        subscriber.unfollow(Topic::Store(mine));
        assert!(hub.lock().is_empty());
    }

    #[tokio::test]
    async fn whose_token_may_have_ended_is_told_and_nobody_else() {
        let hub = Hub::default();
        let (mut hers, mut his) = (hub.subscriber(), hub.subscriber());
        hers.known_by("her hash");
        his.known_by("his hash");
        hub.doubt(&Forget::Settings(StoreId::generate()));
        for what in [Forget::Visitor, Forget::Session] {
            hub.doubt(&what("her hash".to_owned()));
            assert!(matches!(hers.next().await, Some(Delivery::Doubted)));
        }
        assert!(his.receiver.try_recv().is_err());
        drop((hers, his));
        assert!(hub.lock().is_empty());
    }

    #[tokio::test]
    async fn a_team_is_told_when_it_has_changed_and_no_other_team() {
        let hub = Hub::default();
        let (mine, other) = (StoreId::generate(), StoreId::generate());
        let (mut here, mut there) = (hub.subscriber(), hub.subscriber());
        here.of_team(mine);
        there.of_team(other);
        hub.doubt(&Forget::Member(mine, domain::ids::UserId::generate()));
        assert!(matches!(here.next().await, Some(Delivery::Doubted)));
        assert!(there.receiver.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_slow_subscriber_is_dropped_not_skipped() {
        let hub = Hub::default();
        let store = StoreId::generate();
        let mut slow = hub.subscriber();
        slow.follow(Topic::Store(store));
        for _ in 0..=BACKLOG {
            hub.publish(&outgoing(store));
        }
        assert!(slow.next().await.is_none());
        assert!(hub.lock().is_empty());
    }
}
