//! What few entries do besides standing in their thread.

use super::{change::Also, queries};
use crate::{
    db::Tx,
    error::Result,
    jobs::{self, kinds::end_snooze::EndSnooze},
    team,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId},
};
use std::time::Duration;

/// Does it, before the entry is added and in its transaction: what is announced of the
/// entry then shows it.
///
/// # Errors
/// If the database fails.
pub(super) async fn carry_out(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    also: Also,
    now: UnixMillis,
) -> Result<()> {
    match also {
        Also::SnoozeUntil(until) => {
            queries::set_snoozed_until(tx.connection, store_id, id, until).await?;
            let job = EndSnooze {
                conversation_id: id,
                until,
            };
            let delay = u64::try_from(until - now).unwrap_or_default();
            let job = jobs::prepare(store_id, job)?.after(Duration::from_millis(delay));
            jobs::enqueue(tx, vec![job]).await
        }
        Also::Assign(user) => {
            queries::set_assignee(tx.connection, store_id, id, user).await?;
            // Where a rule gives them, whoever got one by hand has had their turn as well.
            match user {
                Some(user) => team::queries::note_turn(tx.connection, store_id, user).await,
                None => Ok(()),
            }
        }
        Also::Spam(is_spam) => {
            queries::set_spam(tx.connection, store_id, id, is_spam.then_some(now)).await
        }
        Also::ComeToTop => queries::come_to_top(tx.connection, store_id, id, now).await,
    }
}
