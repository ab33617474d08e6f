//! The one write path: every change of a conversation that leaves a trace in
//! its thread goes through [`append`], whichever door it came by.
//!
//! In the caller's transaction: take the next `seq`, change the conversation,
//! insert the message, enqueue the jobs it causes; after the commit, publish.

use crate::{
    access::User,
    conversations::queries::{self, Stored},
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    jobs::{self, Job},
    limits::Client,
    messages,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    UnixMillis,
    conversation::Status,
    events::{ServerEvent, Skipped},
    ids::{ConversationId, MessageId, StoreId},
    message::{AiTrace, AnswerKind, Message, Sender},
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

/// What [`append`] left behind.
pub(crate) struct Appended {
    pub message: Message,
    pub stored: Stored,
}

/// Adds `entry` to a conversation of the store.
///
/// # Errors
/// [`Error::NotFound`] if there is no such conversation in the store;
/// [`Error::Conflict`] if the AI's work was ended meanwhile
/// ([`Change::only_in_epoch`]).
pub(crate) async fn append(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> Result<Appended> {
    tx.lock(id).await?;
    let stored = match queries::advance(tx.connection, store_id, id, &entry, &change, now).await? {
        Some(stored) => stored,
        None if change.only_in_epoch.is_some() => {
            return Err(Error::Conflict(Conflict::EpochChanged));
        }
        None => return Err(Error::NotFound(Noun::Conversation)),
    };
    let message = Message {
        id: entry.id,
        conversation_id: id,
        seq: stored.last_seq,
        sender: entry.sender,
        body: entry.body,
        created_at: now,
        read_at: None,
        attachments: Vec::new(),
        agent_name: entry.agent.as_ref().map(|agent| agent.name.clone()),
        answer_kind: entry.answer_kind,
        ai: entry.ai,
    };
    let agent_id = entry.agent.map(|agent| agent.id);
    messages::queries::insert(tx.connection, store_id, &message, agent_id).await?;

    if change.asks_ai {
        let job = Job::AiReply {
            conversation_id: id,
            message_id: message.id,
            client: change.client,
        };
        jobs::enqueue(tx, store_id, &job, now).await?;
    }

    publish(tx, store_id, &message, &stored, change);
    publish_summary(tx, store_id, id).await?;
    Ok(Appended { message, stored })
}

fn publish(tx: &mut Tx<'_>, store_id: StoreId, message: &Message, stored: &Stored, change: Change) {
    let id = message.conversation_id;
    tx.publish(Outgoing {
        topic: Topic::ConversationForAgents(store_id, id),
        event: ServerEvent::Message(message.clone()),
    });
    tx.publish(Outgoing {
        topic: Topic::ConversationForVisitor(store_id, id),
        event: match message.for_visitor() {
            Some(visible) => ServerEvent::Message(visible),
            None => ServerEvent::Skipped(Skipped {
                conversation_id: id,
                seq: message.seq,
            }),
        },
    });
    if change.status.is_some() || change.needs_human.is_some() {
        tx.publish(Outgoing {
            topic: Topic::ConversationForVisitor(store_id, id),
            event: ServerEvent::Status(stored.for_visitor()),
        });
    }
}

/// Tells the store's inbox what the conversation looks like now.
pub(crate) async fn publish_summary(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
) -> Result<()> {
    if let Some(summary) = queries::summary(tx.connection, store_id, id).await? {
        tx.publish(Outgoing {
            topic: Topic::Store(store_id),
            event: ServerEvent::Conversation(summary),
        });
    }
    Ok(())
}
