//! Which jobs follow from what happens in a conversation.

use super::change::{Change, Entry};
use crate::{
    ai::need::Need,
    error::Result,
    jobs::{self, NewJob, kinds::ai_reply::AiReply},
};
use domain::ids::{ConversationId, StoreId};

/// The jobs that follow from `entry` if the AI is active in the conversation,
/// to be written in the transaction of what happens. What the settings have to say
/// went into `change` before.
///
/// # Errors
/// If a job can't be written as JSON.
pub(super) fn reactions(
    store_id: StoreId,
    conversation_id: ConversationId,
    entry: &Entry,
    change: &Change,
) -> Result<Vec<NewJob>> {
    let mut jobs = Vec::new();
    if change.look != Need::Never {
        let job = AiReply {
            conversation_id,
            message_id: entry.id,
            client: change.client,
        };
        jobs.push(jobs::prepare(store_id, job)?);
    }
    Ok(jobs)
}
