//! Which jobs follow from what happened in a conversation.

use super::{change::Change, queries::Stored};
use crate::{
    ai::need::Need,
    error::Result,
    jobs::{self, NewJob, kinds::ai_reply::AiReply},
};
use domain::{ids::StoreId, message::Message};

/// The jobs that follow, to be written in the transaction of what happened.
/// What the settings have to say went into `change` before the write.
///
/// # Errors
/// If a job can't be written as JSON.
pub(super) fn reactions(
    store_id: StoreId,
    message: &Message,
    stored: &Stored,
    change: &Change,
) -> Result<Vec<NewJob>> {
    let mut jobs = Vec::new();
    let must_look = match change.look {
        Need::Always => stored.ai_active,
        Need::IfAwaitingOrder => stored.ai_active && stored.awaiting_order,
        Need::Never => false,
    };
    if must_look {
        let job = AiReply {
            conversation_id: message.conversation_id,
            message_id: message.id,
            client: change.client,
        };
        jobs.push(jobs::prepare(store_id, job)?);
    }
    Ok(jobs)
}
