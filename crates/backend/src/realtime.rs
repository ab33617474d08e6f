//! Live events: what is committed is announced here, and reaches whoever
//! follows it.
//!
//! Announcing never waits: an ordered queue is drained by one task, away from
//! the writer and its lock.

pub mod hub;

use hub::{Hub, Outgoing};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How long later announcements wait for the commit of an earlier one. It is
/// announced all the same when it comes, only out of its turn.
const TURN: Duration = Duration::from_secs(1);

/// The way out for live events. Cheap to clone; the last one ends the task that
/// sends them.
#[derive(Clone)]
pub struct Realtime {
    hub: Hub,
    queue: mpsc::UnboundedSender<Queued>,
}

/// A turn to announce something.
enum Queued {
    Now(Vec<Outgoing>),
    /// Taken by somebody whose commit is under way.
    Soon(oneshot::Receiver<Vec<Outgoing>>),
}

/// A turn that was taken before the commit. Dropped unused, nothing is
/// announced.
#[must_use]
pub struct Turn {
    realtime: Realtime,
    events: oneshot::Sender<Vec<Outgoing>>,
}

impl Realtime {
    /// A new one, with the task that sends what is announced. Must be called
    /// inside the runtime.
    #[must_use]
    pub fn start() -> Self {
        let hub = Hub::default();
        let (queue, announced) = mpsc::unbounded_channel();
        tokio::spawn(send(announced, hub.clone()));
        Self { hub, queue }
    }

    /// Who follows what in this process.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Sends `events` to whoever follows their topics, after all that was
    /// announced before. Never blocks.
    pub fn announce(&self, events: Vec<Outgoing>) {
        if !events.is_empty() {
            // Without the task the process is ending, and nobody listens.
            let _ = self.queue.send(Queued::Now(events));
        }
    }

    /// Takes a turn for events that will be announced once they are committed.
    /// Taken while a conversation's row is locked, turns come in the order of
    /// its numbers, whoever hears of their commit first.
    pub fn take_turn(&self) -> Turn {
        let (events, committed) = oneshot::channel();
        let _ = self.queue.send(Queued::Soon(committed));
        Turn {
            realtime: self.clone(),
            events,
        }
    }
}

impl Turn {
    /// As [`Realtime::announce`], in this turn.
    pub fn announce(self, events: Vec<Outgoing>) {
        if let Err(late) = self.events.send(events) {
            self.realtime.announce(late);
        }
    }
}

async fn send(mut announced: mpsc::UnboundedReceiver<Queued>, hub: Hub) {
    while let Some(queued) = announced.recv().await {
        let events = match queued {
            Queued::Now(events) => events,
            // Not committed, or later: then it comes back as `Now`.
            Queued::Soon(committed) => match timeout(TURN, committed).await {
                Ok(Ok(events)) => events,
                _ => continue,
            },
        };
        for outgoing in events {
            hub.publish(&outgoing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{hub::Topic, *};
    use domain::{
        events::{AiActivity, AiState, ServerEvent, Side, Typing},
        ids::{ConversationId, StoreId},
    };

    fn typing(store: StoreId, name: &str) -> Vec<Outgoing> {
        vec![Outgoing {
            topic: Topic::Store(store),
            event: ServerEvent::Typing(Typing {
                conversation_id: ConversationId::generate(),
                by: Side::Agent,
                name: Some(name.to_owned()),
            }),
        }]
    }

    #[tokio::test]
    async fn a_turn_taken_first_is_announced_first() {
        let realtime = Realtime::start();
        let store = StoreId::generate();
        let mut subscriber = realtime.hub().subscriber();
        subscriber.follow(Topic::Store(store));
        let (first, dropped, second) = (
            realtime.take_turn(),
            realtime.take_turn(),
            realtime.take_turn(),
        );
        realtime.announce(typing(store, "third"));
        second.announce(typing(store, "second"));
        drop(dropped);
        first.announce(typing(store, "first"));
        for name in ["first", "second", "third"] {
            let delivery = subscriber.next().await.expect("an event");
            assert!(delivery.json.contains(name), "{}", delivery.json);
        }
    }

    #[tokio::test]
    async fn a_commit_that_takes_too_long_holds_nobody_up_and_is_announced_late() {
        let realtime = Realtime::start();
        let store = StoreId::generate();
        let mut subscriber = realtime.hub().subscriber();
        subscriber.follow(Topic::Store(store));
        let slow = realtime.take_turn();
        realtime.announce(vec![Outgoing {
            topic: Topic::Store(store),
            event: ServerEvent::Ai(AiActivity {
                conversation_id: ConversationId::generate(),
                state: AiState::Done,
            }),
        }]);
        let quick = subscriber.next().await.expect("an event");
        assert!(quick.json.contains("done"), "{}", quick.json);
        slow.announce(typing(store, "late"));
        let late = subscriber.next().await.expect("an event");
        assert!(late.json.contains("late"), "{}", late.json);
    }
}
