//! What somebody had who has left the team becomes nobody's.

use super::{
    append::append,
    change::{Change, Entry},
    queries,
};
use crate::{Ctx, access::Actor, error::Result, stores};
use domain::{
    conversation::Status,
    ids::{ConversationId, StoreId, UserId},
};

/// Conversations that are read at once.
const BATCH: i64 = 200;
/// Most of them in one go: what is left is another job's, so that none takes long.
const AT_ONCE: usize = 2_000;

/// Takes all conversations off somebody who isn't of the store's team any more, in small
/// writes, so that a thousand of them hold nobody up. Those that the team still works on say
/// so in their thread; the resolved ones are nobody's should they be opened again. Whoever
/// is in the team again meanwhile keeps what is left. `false` if there is more to do.
///
/// # Errors
/// If the database fails.
pub(crate) async fn release(ctx: &Ctx, store_id: StoreId, user_id: UserId) -> Result<bool> {
    let mut seen = 0;
    // Once more at the end, for what has come back from a snooze or was opened meanwhile.
    for status in [
        Status::Open,
        Status::Snoozed,
        Status::Resolved,
        Status::Open,
    ] {
        loop {
            let ids = {
                let mut connection = ctx.db().read().await?;
                queries::assigned_to(&mut connection, store_id, user_id, status, BATCH).await?
            };
            if ids.is_empty() {
                break;
            }
            if seen >= AT_ONCE {
                return Ok(false);
            }
            seen += ids.len();
            let together = if status == Status::Resolved {
                ids.len()
            } else {
                1
            };
            for ids in ids.chunks(together) {
                if !release_some(ctx, store_id, user_id, ids.to_vec()).await? {
                    return Ok(true);
                }
            }
        }
    }
    Ok(true)
}

/// `false` if they are in the team again.
async fn release_some(
    ctx: &Ctx,
    store_id: StoreId,
    user_id: UserId,
    ids: Vec<ConversationId>,
) -> Result<bool> {
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // The store's lock comes first, everywhere.
                tx.lock(store_id).await?;
                let role = stores::queries::role(tx.connection, store_id, user_id).await?;
                if role.is_some() {
                    return Ok(false);
                }
                for id in ids {
                    tx.lock(id).await?;
                    let stored = queries::stored(tx.connection, store_id, id).await?;
                    let theirs = stored.filter(|stored| stored.assignee_id == Some(user_id));
                    match theirs.map(|stored| stored.status) {
                        None => {}
                        Some(Status::Resolved) => {
                            queries::set_assignee(tx.connection, store_id, id, None).await?;
                        }
                        Some(Status::Open | Status::Snoozed) => {
                            let entry = Entry::assigned(None, Actor::System);
                            append(tx, store_id, id, entry, Change::assign(None), now).await?;
                        }
                    }
                }
                Ok(true)
            })
        })
        .await
}
