//! The one write path: every change of a conversation that leaves a trace in
//! its thread goes through [`append`], whichever door it came by.
//!
//! In the caller's transaction: take the next `seq`, change the conversation,
//! insert the message, enqueue the jobs it causes; after the commit, publish.

use super::{
    announce,
    change::{Change, Entry},
    queries::{self, Stored},
    reactions::reactions,
};
use crate::{
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    jobs,
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
/// [`Error::NotFound`] if there is no such conversation in the store, or not of
/// that visitor ([`Change::only_of`]), and also if the message is there already;
/// [`Conflict::EpochChanged`] if the AI's work was ended meanwhile
/// ([`Change::only_in_epoch`]).
pub(crate) async fn append(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> Result<Appended> {
    let appended = queries::append(tx, store_id, id, &entry, &change, now).await?;
    let Some((stored, summary)) = appended else {
        return Err(match change.only_in_epoch {
            Some(_) => Error::Conflict(Conflict::EpochChanged),
            None => Error::NotFound(Noun::Conversation),
        });
    };
    let message = Message {
        id: entry.id,
        conversation_id: id,
        seq: stored.last_seq,
        sender: entry.sender,
        kind: entry.kind,
        data: entry.data,
        body: entry.body,
        created_at: now,
        read_at: None,
        attachments: Vec::new(),
        agent_name: entry.author.name().map(str::to_owned),
        answer_kind: entry.answer_kind,
        ai: entry.ai,
    };
    announce::appended(tx, store_id, &message, &stored, summary);
    jobs::enqueue(tx, reactions(store_id, &message, &stored, &change)?).await?;
    Ok(Appended { message, stored })
}
