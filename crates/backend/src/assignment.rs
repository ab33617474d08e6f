//! Conversations that need a person are given to somebody, where a store's rule says so.
//!
//! What needs a person, and who may have it, is read off what the database holds: whatever made
//! it so (a message, an AI that found nothing, a person who came or has resolved something) need
//! not know of the rule, and nothing is forgotten when a server is killed. It is looked for every
//! second. One conversation is given in one transaction under the store's lock, so that of two
//! servers each sees what the other has given.

mod queries;

use crate::{
    Ctx, alarms,
    conversations::{
        self,
        append::append,
        change::{Change, Entry},
    },
    db::Tx,
    error::Result,
    presence, settings, stores,
    task::Task,
};
use domain::{assignment, ids::StoreId, settings::AssignmentRule};
use std::time::Duration;

/// Pause between two looks.
const POLL: Duration = Duration::from_secs(1);
/// Conversations that are given in one store before others get theirs.
const AT_ONCE: usize = 50;

/// The task that looks for who is gone, and for who waits. A server that does jobs has one.
#[must_use]
pub fn watch(ctx: Ctx) -> Task {
    Task::every(POLL, move || {
        let ctx = ctx.clone();
        async move {
            if let Err(error) = presence::note_gone(&ctx).await {
                tracing::warn!(%error, "who has left could not be looked for; it is tried again");
            }
            if let Err(error) = give(&ctx).await {
                tracing::warn!(%error, "conversations could not be given to anybody; it is tried again");
            }
        }
    })
}

/// Gives conversations that need a person to whom the stores' rules name; how many. Who waits
/// longest comes first.
///
/// # Errors
/// If the database fails. A store in which it does keeps no other from being looked at.
pub async fn give(ctx: &Ctx) -> Result<usize> {
    let waiting = {
        let mut connection = ctx.db().read().await?;
        queries::stores_that_wait(&mut connection).await?
    };
    let (mut given, mut failed) = (0, None);
    for store_id in waiting {
        match give_in(ctx, store_id).await {
            Ok(more) => given += more,
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(given), Err)
}

async fn give_in(ctx: &Ctx, store_id: StoreId) -> Result<usize> {
    let mut given = 0;
    for _ in 0..AT_ONCE {
        if !is_any_to_give(ctx, store_id).await? {
            break;
        }
        let work = ctx.clone();
        let is_given = ctx
            .db()
            .write(move |tx| Box::pin(async move { give_one(&work, tx, store_id).await }))
            .await?;
        given += usize::from(is_given);
    }
    Ok(given)
}

/// Whether somebody could have what waits: without the writer, for at night much may wait for
/// nobody.
async fn is_any_to_give(ctx: &Ctx, store_id: StoreId) -> Result<bool> {
    let mut connection = ctx.db().read().await?;
    let settings = settings::queries::load(&mut connection, store_id).await?;
    let rule = settings.settings.assignment;
    if rule.rule != AssignmentRule::RoundRobin {
        return Ok(false);
    }
    let team = queries::candidates(&mut connection, store_id, ctx.now()).await?;
    if assignment::next(&team, rule.limit_per_person).is_none() {
        return Ok(false);
    }
    let waiting = queries::longest_waiting(&mut connection, store_id).await?;
    Ok(waiting.is_some())
}

/// Gives the one that waits longest; `false` if it can't be given, or is no longer to be.
async fn give_one(ctx: &Ctx, tx: &mut Tx<'_>, store_id: StoreId) -> Result<bool> {
    // Who gives another one waits until this is committed: the order and the limit hold.
    tx.lock(store_id).await?;
    let now = ctx.now();
    let settings = settings::queries::load(tx.connection, store_id).await?;
    let rule = settings.settings.assignment;
    if rule.rule != AssignmentRule::RoundRobin {
        return Ok(false);
    }
    let Some(id) = queries::longest_waiting(tx.connection, store_id).await? else {
        return Ok(false);
    };
    let team = queries::candidates(tx.connection, store_id, now).await?;
    let Some(user) = assignment::next(&team, rule.limit_per_person) else {
        return Ok(false);
    };
    let Some(user) = stores::queries::of_team(tx.connection, store_id, user).await? else {
        return Ok(false);
    };
    tx.lock(id).await?;
    conversations::queries::hold(tx, store_id, id).await?;
    // Somebody may have taken it meanwhile, or answered.
    if !queries::waits(tx.connection, store_id, id).await? {
        return Ok(false);
    }
    let entry = Entry::given(user.name, rule.rule);
    append(tx, store_id, id, entry, Change::assign(Some(user.id)), now).await?;
    alarms::handed_over(ctx, tx, store_id, id, user.id).await?;
    Ok(true)
}
