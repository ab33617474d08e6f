//! What travels between servers: hints, from which another server finds out in
//! the database what to tell its own followers.

use super::hub::{Outgoing, Topic};
use crate::cache::Forget;
use domain::{
    events::ServerEvent,
    ids::{ConversationId, StoreId},
};
use serde::{Deserialize, Serialize};

/// Something happened. Losing one costs time, never a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hint {
    /// A message, or what the shopper isn't shown, has this number.
    Message {
        /// The store.
        store: StoreId,
        /// The conversation.
        conversation: ConversationId,
        /// The number.
        seq: i64,
    },
    /// A row of the inbox changed.
    Conversation {
        /// The store.
        store: StoreId,
        /// The conversation.
        conversation: ConversationId,
    },
    /// The conversation changed as its shopper sees it.
    Status {
        /// The store.
        store: StoreId,
        /// The conversation.
        conversation: ConversationId,
    },
    /// Something that no table holds, or that is small enough to travel whole:
    /// typing, reading, what the AI is doing.
    Event {
        /// Who gets it.
        topic: Topic,
        /// What they get.
        event: Box<ServerEvent>,
    },
    /// What was kept of an answer is out of date.
    Forget {
        /// Which answers.
        what: Forget,
    },
    /// There is work for a job worker.
    Jobs,
    /// The sender may have lost hints: whoever hears this has missed some.
    Missed,
    /// The sender is there; so is the connection to it.
    Alive,
    /// The sender has begun to listen: whoever hears this says that it is there.
    Joined,
}

/// A server process, known by a name of its own as long as it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin(String);

impl Origin {
    /// A new process's.
    #[must_use]
    pub fn generate() -> Self {
        // A conversation's id is as random as any.
        Self(ConversationId::generate().to_string())
    }
}

impl Hint {
    /// What `outgoing` is to other servers.
    #[must_use]
    pub fn of(outgoing: &Outgoing) -> Self {
        let Outgoing { topic, event } = outgoing;
        let store = topic.store();
        match event {
            ServerEvent::Message(message) => Self::Message {
                store,
                conversation: message.conversation_id,
                seq: message.seq,
            },
            ServerEvent::Skipped(skipped) => Self::Message {
                store,
                conversation: skipped.conversation_id,
                seq: skipped.seq,
            },
            ServerEvent::Conversation(row) => Self::Conversation {
                store,
                conversation: row.id,
            },
            ServerEvent::Status(conversation) => Self::Status {
                store,
                conversation: conversation.id,
            },
            event => Self::Event {
                topic: *topic,
                event: Box::new(event.clone()),
            },
        }
    }

    /// The conversation it is about, if it is about one.
    #[must_use]
    pub fn conversation(&self) -> Option<(StoreId, ConversationId)> {
        match *self {
            Self::Message {
                store,
                conversation,
                ..
            }
            | Self::Conversation {
                store,
                conversation,
            }
            | Self::Status {
                store,
                conversation,
            } => Some((store, conversation)),
            Self::Event { topic, .. } => topic.conversation(),
            Self::Forget { .. } | Self::Jobs | Self::Missed | Self::Alive | Self::Joined => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Payload<T> {
    from: Origin,
    hints: Vec<T>,
}

/// `hints` of `from` as texts of at most `size_max` bytes. A hint that is larger
/// becomes [`Hint::Missed`].
#[must_use]
pub fn pack(from: &Origin, hints: &[Hint], size_max: usize) -> Vec<String> {
    let Ok(empty) = to_json(&Payload::<Hint> {
        from: from.clone(),
        hints: Vec::new(),
    }) else {
        return Vec::new();
    };
    let (head, tail) = empty.split_at(empty.len() - "]}".len());
    let mut payloads: Vec<String> = Vec::new();
    for hint in without_repeats(hints) {
        let json = to_json(hint)
            .ok()
            .filter(|json| head.len() + json.len() + tail.len() <= size_max)
            .unwrap_or_else(|| r#"{"kind":"missed"}"#.to_owned());
        match payloads.last_mut() {
            Some(open) if open.len() + 1 + json.len() + tail.len() <= size_max => {
                open.push(',');
                open.push_str(&json);
            }
            _ => payloads.push(format!("{head}{json}")),
        }
    }
    for payload in &mut payloads {
        payload.push_str(tail);
    }
    payloads
}

/// Whose hints `payload` has, and these, unless they are `own`; those of a newer server
/// that aren't known here are left out.
#[must_use]
pub fn unpack(payload: &str, own: &Origin) -> Option<(Origin, Vec<Hint>)> {
    // A server hears itself with every write, and need not read it.
    let is_own = payload
        .strip_prefix(r#"{"from":""#)
        .is_some_and(|rest| rest.starts_with(&own.0));
    if is_own {
        return None;
    }
    match serde_json::from_str::<Payload<serde_json::Value>>(payload) {
        Ok(Payload { from, hints }) => {
            let known = |hint| serde_json::from_value(hint).ok();
            Some((from, hints.into_iter().filter_map(known).collect()))
        }
        Err(error) => {
            tracing::warn!(%error, "another server's hints can't be read");
            None
        }
    }
}

/// A message is announced twice, as agents and as shoppers see it, and several
/// changes of one conversation come together.
fn without_repeats(hints: &[Hint]) -> impl Iterator<Item = &Hint> {
    let mut told = std::collections::HashSet::new();
    hints.iter().filter(move |hint| match hint {
        Hint::Event { .. } | Hint::Forget { .. } => true,
        Hint::Message {
            store,
            conversation,
            seq,
        } => told.insert((0, Some((*store, *conversation)), *seq)),
        Hint::Conversation { .. } => told.insert((1, hint.conversation(), 0)),
        Hint::Status { .. } => told.insert((2, hint.conversation(), 0)),
        Hint::Jobs => told.insert((3, None, 0)),
        Hint::Missed => told.insert((4, None, 0)),
        Hint::Alive => told.insert((5, None, 0)),
        Hint::Joined => told.insert((6, None, 0)),
    })
}

fn to_json(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::events::{Side, Typing};

    const NIL: &str = "00000000-0000-0000-0000-000000000000";

    fn store() -> StoreId {
        NIL.parse().expect("an id")
    }

    fn conversation() -> ConversationId {
        NIL.parse().expect("an id")
    }

    fn message(seq: i64) -> Hint {
        Hint::Message {
            store: store(),
            conversation: conversation(),
            seq,
        }
    }

    fn typing(name: String) -> Hint {
        Hint::Event {
            topic: Topic::ConversationForVisitor(store(), conversation()),
            event: Box::new(ServerEvent::Typing(Typing {
                conversation_id: conversation(),
                by: Side::Agent,
                name: Some(name),
            })),
        }
    }

    fn heard(payload: &str, by: &Origin) -> Vec<Hint> {
        let (_, hints) = unpack(payload, by).expect("another server's hints");
        hints
    }

    #[test]
    fn the_form_of_a_hint_is_pinned() {
        assert_eq!(
            to_json(&message(7)).expect("JSON"),
            format!(r#"{{"kind":"message","store":"{NIL}","conversation":"{NIL}","seq":7}}"#)
        );
        assert_eq!(to_json(&Hint::Jobs).expect("JSON"), r#"{"kind":"jobs"}"#);
    }

    #[test]
    fn what_is_packed_is_unpacked_by_others_alone() {
        let (own, other) = (Origin::generate(), Origin::generate());
        let hints: Vec<_> = (1..100)
            .map(message)
            .chain([typing("Ada".to_owned()), Hint::Jobs])
            .collect();
        let payloads = pack(&own, &hints, 1_000);
        assert!(payloads.len() > 5);
        assert!(payloads.iter().all(|payload| payload.len() <= 1_000));
        let unpacked: Vec<_> = payloads
            .iter()
            .flat_map(|payload| heard(payload, &other))
            .collect();
        assert_eq!(unpacked, hints);
        assert!(
            payloads
                .iter()
                .all(|payload| unpack(payload, &own).is_none())
        );
    }

    #[test]
    fn one_thing_is_told_once_in_a_payload() {
        let row = Hint::Conversation {
            store: store(),
            conversation: conversation(),
        };
        let hints = [message(1), message(1), row.clone(), message(2), row.clone()];
        let payloads = pack(&Origin::generate(), &hints, 8_000);
        let unpacked = heard(&payloads[0], &Origin::generate());
        assert_eq!(unpacked, [message(1), row, message(2)]);
    }

    #[test]
    fn what_is_too_large_to_travel_counts_as_missed() {
        let payloads = pack(&Origin::generate(), &[typing("x".repeat(2_000))], 1_000);
        assert_eq!(heard(&payloads[0], &Origin::generate()), [Hint::Missed]);
    }

    #[test]
    fn hints_of_a_newer_server_are_left_out() {
        let payload = r#"{"from":"a","hints":[{"kind":"fax","page":1},{"kind":"jobs"}]}"#;
        assert_eq!(heard(payload, &Origin::generate()), [Hint::Jobs]);
        assert!(unpack("no JSON", &Origin::generate()).is_none());
    }
}
