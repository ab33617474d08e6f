//! The durable queue. A job's row is part of the transaction that causes it;
//! its effect and its end are one transaction too, guarded by the lease, so
//! that each job takes effect exactly once however often a worker dies.

pub mod queries;
pub mod worker;

mod kinds;
#[cfg(test)]
mod tests;

use crate::{
    db::{Tx, to_json},
    error::{Conflict, Error, Result},
    limits::Client,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, FaqItemId, JobId, MessageId, StoreId},
};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

/// What is to be done. One file each beside this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Let the AI look at a customer's message.
    AiReply {
        /// Where it stands.
        conversation_id: ConversationId,
        /// The message.
        message_id: MessageId,
        /// Where it came from.
        #[serde(default)]
        client: Option<Client>,
    },
    /// Make the embedding of an FAQ item.
    EmbedFaq {
        /// The item.
        item_id: FaqItemId,
        /// The item's revision this is for; a later one has a job of its own.
        revision: i64,
    },
}

impl Job {
    fn kind(&self) -> &'static str {
        match self {
            Self::AiReply { .. } => "ai_reply",
            Self::EmbedFaq { .. } => "embed_faq",
        }
    }

    /// Jobs of one lane run in order. Clients make the ids of conversations,
    /// so one may stand in several stores.
    fn lane(&self, store_id: StoreId) -> String {
        match self {
            Self::AiReply {
                conversation_id, ..
            } => format!("{store_id}/{conversation_id}"),
            Self::EmbedFaq { item_id, .. } => item_id.to_string(),
        }
    }
}

/// A job that this worker holds the lease of.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The job's id; the key of its effect.
    pub id: JobId,
    /// The store it belongs to.
    pub store_id: StoreId,
    /// What is to be done.
    pub job: Job,
    /// How often it was begun, this time included.
    pub attempts: i64,
    /// Proves that it is still ours.
    lease: String,
}

/// Enqueues `job` in the transaction that causes it.
///
/// # Errors
/// If the database fails.
pub async fn enqueue(tx: &mut Tx<'_>, store_id: StoreId, job: &Job, now: UnixMillis) -> Result<()> {
    queries::insert(
        tx.connection,
        JobId::generate(),
        store_id,
        job.kind(),
        &to_json(job)?,
        &job.lane(store_id),
        now,
    )
    .await?;
    tx.wake_jobs();
    Ok(())
}

/// Ends `claimed` in the transaction of its effect.
///
/// # Errors
/// [`Error::Conflict`] if the lease was lost: another worker has the job, and
/// this transaction must not stand.
pub(crate) async fn finish(
    connection: &mut AnyConnection,
    claimed: &Claimed,
    now: UnixMillis,
) -> Result<()> {
    let ended = queries::finish(connection, claimed.id, &claimed.lease, now).await?;
    if ended == 0 {
        return Err(Error::Conflict(Conflict::LeaseLost));
    }
    Ok(())
}
