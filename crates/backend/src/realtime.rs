//! Live events: what is committed is announced here, and reaches whoever
//! follows it, on this server and on the others.
//!
//! Announcing never waits: an ordered queue is drained by one task, away from
//! the writer and its lock. It hands each event to the hub, for those who are
//! connected here, and a hint of it to the bus. The other servers' hints
//! arrive in [`relay`].

pub mod bus;
pub mod hint;
pub mod hub;
mod queries;
pub mod relay;

use bus::{Bus, Incoming, Memory};
use hint::Hint;
use hub::{Hub, Outgoing};
use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};
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
    bus: Arc<OnceLock<Box<dyn Bus>>>,
    /// Until a relay takes it.
    incoming: Arc<Mutex<Option<Incoming>>>,
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
        let (hub, bus) = (Hub::default(), Arc::default());
        let (queue, announced) = mpsc::unbounded_channel();
        tokio::spawn(send(announced, hub.clone(), Arc::clone(&bus)));
        Self {
            hub,
            bus,
            incoming: Arc::default(),
            queue,
        }
    }

    /// Connects it to the other servers. Before that it knows none; there is no
    /// second time.
    pub fn join(&self, (bus, incoming): (Box<dyn Bus>, Incoming)) {
        if self.bus.set(bus).is_ok() {
            *self.lock_incoming() = Some(incoming);
        }
    }

    /// What connects this server to the others.
    #[must_use]
    pub fn bus(&self) -> &dyn Bus {
        joined(&self.bus)
    }

    /// Ends when this server hears the others; at once if it is alone, or if a
    /// relay listens already.
    pub async fn listening(&self) {
        let listening = self.lock_incoming().as_ref().map(Incoming::listening);
        if let Some(listening) = listening {
            listening.await;
        }
    }

    /// What the other servers say, for the one who listens to them.
    fn incoming(&self) -> Option<Incoming> {
        self.lock_incoming().take()
    }

    fn lock_incoming(&self) -> MutexGuard<'_, Option<Incoming>> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner)
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

fn joined(bus: &OnceLock<Box<dyn Bus>>) -> &dyn Bus {
    bus.get().map_or(&Memory, |bus| &**bus)
}

async fn send(
    mut announced: mpsc::UnboundedReceiver<Queued>,
    hub: Hub,
    bus: Arc<OnceLock<Box<dyn Bus>>>,
) {
    while let Some(queued) = announced.recv().await {
        let events = match queued {
            Queued::Now(events) => events,
            Queued::Soon(mut committed) => match timeout(TURN, &mut committed).await {
                Ok(Ok(events)) => events,
                // Not committed.
                Ok(Err(_)) => continue,
                Err(_) => {
                    // What comes from now on comes back as `Now`.
                    committed.close();
                    committed.try_recv().unwrap_or_default()
                }
            },
        };
        for outgoing in events {
            hub.publish(&outgoing);
            joined(&bus).publish(Hint::of(&outgoing));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        hub::{Delivery, Subscriber, Topic},
        *,
    };
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

    async fn next(subscriber: &mut Subscriber) -> String {
        match subscriber.next().await {
            Some(Delivery::Event(event)) => event.json.to_string(),
            other => panic!("{other:?}"),
        }
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
            let event = next(&mut subscriber).await;
            assert!(event.contains(name), "{event}");
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
        let quick = next(&mut subscriber).await;
        assert!(quick.contains("done"), "{quick}");
        slow.announce(typing(store, "late"));
        let late = next(&mut subscriber).await;
        assert!(late.contains("late"), "{late}");
    }
}
