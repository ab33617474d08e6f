//! What failed for good: seen, tried again or thrown away by people.

use super::{enqueue, new_job::NewJob, queries};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result},
};
use domain::{ids::JobId, job::DeadLetters};

/// Most that are shown; the overview says how many there are.
const SHOWN_MAX: i64 = 20;

/// The store's dead letters, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn dead_letters(ctx: &Ctx, who: &Principal) -> Result<DeadLetters> {
    who.require(Permission::ReadStore)?;
    let mut connection = ctx.db().read().await?;
    Ok(DeadLetters {
        letters: queries::dead_letters(&mut connection, who.store_id, SHOWN_MAX).await?,
        may_retry: who.has(Permission::ManageJobs),
    })
}

/// Puts a dead letter back at the end of its lane, with all its tries. If the
/// same work is under way already, that is all there is to do.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for agents.
pub async fn retry(ctx: &Ctx, who: &Principal, id: JobId) -> Result<()> {
    who.require(Permission::ManageJobs)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let exhumed = queries::take_dead(tx.connection, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Job))?;
                enqueue(tx, vec![NewJob::again(id, store_id, exhumed)]).await
            })
        })
        .await
}

/// Throws a dead letter away.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for agents.
pub async fn discard(ctx: &Ctx, who: &Principal, id: JobId) -> Result<()> {
    who.require(Permission::ManageJobs)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let taken = queries::take_dead(tx.connection, store_id, id).await?;
                taken.map(|_| ()).ok_or(Error::NotFound(Noun::Job))
            })
        })
        .await
}
