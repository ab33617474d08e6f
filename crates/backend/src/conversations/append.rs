//! The one write path: every change of a conversation that leaves a trace in
//! its thread goes through [`append`], whichever door it came by.
//!
//! In the caller's transaction: take the next `seq`, change the conversation,
//! insert the message, enqueue the jobs it causes; after the commit, publish.

use super::{
    announce::{publish, publish_summary},
    change::{Change, Entry},
    messages,
    queries::{self, Stored},
};
use crate::{
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    jobs::{self, kinds::ai_reply::AiReply},
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId},
    message::Message,
};

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
    messages::insert(tx.connection, store_id, &message, agent_id).await?;

    if change.asks_ai {
        let job = AiReply {
            conversation_id: id,
            message_id: message.id,
            client: change.client,
        };
        jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await?;
    }

    publish(tx, store_id, &message, &stored, change);
    publish_summary(tx, store_id, id).await?;
    Ok(Appended { message, stored })
}
