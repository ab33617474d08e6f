//! Putting a conversation off until a time.

use super::{
    append::append,
    change::{Also, Change, Entry},
    queries,
    status::change,
};
use crate::{
    Ctx,
    access::{Actor, Permission, Principal},
    db::Tx,
    error::Result,
};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{ConversationId, StoreId},
    inbox::{ConversationSummary, parse_snooze},
};

/// Snoozes a conversation until a time, or until another one if it is snoozed. It comes back
/// then, or as soon as its shopper writes. To snooze it until the same time changes nothing.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) if it isn't this store's;
/// [`Error::Invalid`](crate::Error::Invalid) for a time that is past or too far.
pub async fn snooze(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    until: UnixMillis,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let until = parse_snooze(until, ctx.now())?;
    let author = who.actor.clone();
    change(ctx, who, id, move |stored| {
        // Spam is out of sight already.
        (stored.snoozed_until != Some(until) && !stored.spam)
            .then(|| (Entry::snoozed(until, author), Change::snooze(until)))
    })
    .await
}

/// The snooze until `until` is over, unless somebody has ended or changed it meanwhile.
///
/// # Errors
/// If the database fails.
pub(crate) async fn end_snooze(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    until: UnixMillis,
    now: UnixMillis,
) -> Result<()> {
    tx.lock(id).await?;
    let stored = queries::stored(tx.connection, store_id, id).await?;
    let is_over = stored.is_some_and(|stored| {
        stored.status == Status::Snoozed && stored.snoozed_until == Some(until)
    });
    if is_over {
        let entry = Entry::snooze_ended(Actor::System);
        append(
            tx,
            store_id,
            id,
            entry,
            Change::end_snooze(Some(Also::ComeToTop)),
            now,
        )
        .await?;
    }
    Ok(())
}
