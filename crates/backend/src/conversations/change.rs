//! What happens to a conversation: an entry in its thread, and what that does
//! to the conversation besides standing in it.

use crate::{access::User, limits::Client};
use domain::{
    conversation::Status,
    ids::MessageId,
    message::{AiTrace, AnswerKind, Sender},
};

/// A message to be added.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub id: MessageId,
    pub sender: Sender,
    /// The agent, on agents' messages and notes.
    pub agent: Option<User>,
    pub body: String,
    pub answer_kind: Option<AnswerKind>,
    pub ai: Option<AiTrace>,
}

impl Entry {
    pub fn customer(id: MessageId, body: String) -> Self {
        Self::of(Sender::Customer, id, body)
    }

    pub fn agent(id: MessageId, body: String, agent: User) -> Self {
        Self {
            agent: Some(agent),
            ..Self::of(Sender::Agent, id, body)
        }
    }

    pub fn ai(id: MessageId, body: String, kind: AnswerKind, trace: AiTrace) -> Self {
        Self {
            answer_kind: Some(kind),
            ai: Some(trace),
            ..Self::of(Sender::Ai, id, body)
        }
    }

    pub fn system(body: String) -> Self {
        Self::of(Sender::System, MessageId::generate(), body)
    }

    /// What happened, for the team only: a note without an author.
    pub fn team_event(body: String) -> Self {
        Self::of(Sender::Note, MessageId::generate(), body)
    }

    fn of(sender: Sender, id: MessageId, body: String) -> Self {
        Self {
            id,
            sender,
            agent: None,
            body,
            answer_kind: None,
            ai: None,
        }
    }
}

/// What an entry does to its conversation besides standing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Change {
    pub status: Option<Status>,
    pub unread: Unread,
    /// A person took over, or the conversation ended: AI answers that are
    /// being prepared must not be sent.
    pub ends_ai_work: bool,
    pub ai_active: Option<bool>,
    pub needs_human: Option<bool>,
    pub ai_handled: bool,
    pub awaiting_order: Option<bool>,
    /// Only if nothing has ended the AI's work since: the epoch it began in.
    pub only_in_epoch: Option<i64>,
    /// Enqueue the job that lets the AI look at it.
    pub asks_ai: bool,
    /// Where a customer's message came from.
    pub client: Option<Client>,
}

/// What happens to the count of unread customer messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Unread {
    #[default]
    Same,
    OneMore,
    None,
}

impl Change {
    /// A customer's message opens the conversation again, whatever it was.
    pub fn customer_message(client: Option<Client>) -> Self {
        Self {
            client,
            status: Some(Status::Open),
            unread: Unread::OneMore,
            asks_ai: true,
            ..Self::default()
        }
    }

    /// A person replies: they have read the thread, and the AI goes quiet.
    pub fn agent_reply() -> Self {
        Self {
            unread: Unread::None,
            ends_ai_work: true,
            ai_active: Some(false),
            needs_human: Some(false),
            ..Self::default()
        }
    }

    /// The AI answers, if nobody came between. `awaiting_order` says whether
    /// it asked for an order number.
    pub fn ai_reply(epoch: i64, awaiting_order: bool) -> Self {
        Self {
            ai_handled: true,
            awaiting_order: Some(awaiting_order),
            only_in_epoch: Some(epoch),
            ..Self::default()
        }
    }

    pub fn human_requested() -> Self {
        Self {
            status: Some(Status::Open),
            ends_ai_work: true,
            needs_human: Some(true),
            ..Self::default()
        }
    }

    /// Resolving lets the AI answer the next time the shopper writes.
    pub fn status(status: Status) -> Self {
        let resolved = status == Status::Resolved;
        Self {
            status: Some(status),
            unread: if resolved { Unread::None } else { Unread::Same },
            ends_ai_work: true,
            ai_active: resolved.then_some(true),
            needs_human: resolved.then_some(false),
            awaiting_order: resolved.then_some(false),
            ..Self::default()
        }
    }

    pub fn ai_active(active: bool) -> Self {
        Self {
            ends_ai_work: true,
            ai_active: Some(active),
            ..Self::default()
        }
    }
}
