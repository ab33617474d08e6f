//! Whose turn it is, and the claim.
//!
//! Claiming costs the same however much waits. A row of `jobs` says by its state
//! whether it can be claimed (it is due, and the first of its lane), kept so by
//! whoever writes, ends or puts back a job; an index of these rows by kind and
//! store is walked from store to store, from where the last claim has ended, and
//! as many are taken as there are places.

use super::{
    job::Claimed,
    kinds::{self, KINDS},
    places::{Held, PLACES},
    queries::{self, Abandoned, Asked, Taken},
    registry, turns,
};
use crate::{
    Ctx,
    db::Kind,
    error::{Conflict, Error, Result},
    tokens,
};
use domain::{UnixMillis, job::Failure};
use sqlx::AnyConnection;
use std::collections::HashMap;

/// What [`look`] found.
#[derive(Default)]
pub(super) struct Found {
    pub held: Vec<Held>,
    /// Milliseconds until something is due that isn't yet.
    pub next_in: Option<i64>,
}

/// Claims up to `limit` jobs that are due, for whom it is their turn.
///
/// # Errors
/// If the database fails.
pub async fn claim(ctx: &Ctx, limit: usize) -> Result<Vec<Claimed>> {
    let found = look(ctx, limit, None).await?;
    Ok(found.held.into_iter().map(|held| held.claimed).collect())
}

/// Claims up to `limit` jobs, no more than there are places, and gives them
/// places. Only `now` counts as time if it is given, else the database's clock.
/// An idle worker only reads.
pub(super) async fn look(ctx: &Ctx, limit: usize, now: Option<UnixMillis>) -> Result<Found> {
    let (jobs, database) = (ctx.jobs(), ctx.db().kind());
    jobs.state().backlog = false;
    let mut connection = ctx.db().read().await?;
    let outlook = queries::outlook(&mut connection, database).await?;
    let now = now.unwrap_or(outlook.now);
    let is_due = outlook.due.is_some_and(|due| due <= now);
    let is_abandoned = outlook.lease_end.is_some_and(|end| end < now);
    if is_due || is_abandoned {
        drop(connection);
        release(ctx, now, is_due, is_abandoned).await?;
        connection = ctx.db().read().await?;
    }
    let next_in = [outlook.due, outlook.lease_end]
        .into_iter()
        .flatten()
        .map(|time| time - now)
        .filter(|wait| *wait >= 0)
        .min();

    let (served, depth) = {
        let state = jobs.state();
        let limit = limit.min(PLACES);
        (state.served.clone(), limit + state.taken.queues())
    };
    let waiting = waiting(&mut connection, database, &served, depth).await?;
    drop(connection);
    if waiting.is_empty() {
        return Ok(Found {
            held: Vec::new(),
            next_in,
        });
    }
    let picks = {
        let mut state = jobs.state();
        state.backlog = true;
        let free = PLACES.saturating_sub(state.taken.total());
        let picks = turns::plan(&waiting, &state.taken, limit.min(free));
        for pick in &picks {
            let store = pick.store_id.to_string();
            state.served.insert(pick.kind.name, store);
        }
        picks
    };
    if picks.is_empty() {
        return Ok(Found {
            held: Vec::new(),
            next_in,
        });
    }
    let lease = tokens::random::<12>()?;
    let claimed = take(ctx, &picks, &lease, now).await?;
    let held = claimed
        .into_iter()
        .map(|claimed| Held {
            place: jobs.occupy(&claimed),
            is_first: true,
            claimed,
        })
        .collect();
    Ok(Found { held, next_in })
}

/// Claims what was picked. What can't be read is given up.
async fn take(
    ctx: &Ctx,
    picks: &[queries::Pick],
    lease: &str,
    now: UnixMillis,
) -> Result<Vec<Claimed>> {
    let values = queries::claim_values(picks, lease, now)?;
    let own = lease.to_owned();
    let read = move |rows: Result<_>, _: &mut _| queries::read_claimed(rows?, &own);
    let taken = ctx.db().write_query(&queries::CLAIM, values, read).await?;
    let mut claimed = Vec::with_capacity(taken.len());
    for job in taken {
        match job {
            Taken::Readable(job) => claimed.push(job),
            Taken::Unreadable(job) => {
                tracing::error!(job = %job.id, kind = job.kind.name, "a job can't be read");
                let reason = Error::corrupt("payload").to_string();
                let buried = bury_with(ctx, &job, Failure::Unreadable, &reason, false).await;
                if let Err(error) = buried {
                    // The others are ours already; this one's lease will run out.
                    tracing::error!(job = %job.id, %error, "it could not be put away");
                }
            }
        }
    }
    Ok(claimed)
}

/// Who has ready work, in the order in which their turn comes: for each kind the
/// stores after the one that was served last, then the others.
async fn waiting(
    connection: &mut AnyConnection,
    database: Kind,
    served: &HashMap<&'static str, String>,
    depth: usize,
) -> Result<Vec<turns::Waiting>> {
    let mut asked = Vec::with_capacity(2 * KINDS.len());
    for kind in KINDS {
        let last = served.get(kind.name).map(String::as_str);
        asked.push(Asked {
            kind: kind.name,
            after: last.unwrap_or_default(),
            until: None,
        });
        if last.is_some() {
            asked.push(Asked {
                kind: kind.name,
                after: "",
                until: last,
            });
        }
    }
    let depth = i64::try_from(depth).unwrap_or(i64::MAX);
    queries::waiting(connection, database, &asked, depth).await
}

/// Makes ready what is due, and what a dead worker has left. What has ended the
/// process each time it ran is given up.
async fn release(ctx: &Ctx, now: UnixMillis, is_due: bool, is_abandoned: bool) -> Result<()> {
    if is_abandoned {
        let abandoned = {
            let mut connection = ctx.db().read().await?;
            queries::abandoned(&mut connection, now).await?
        };
        for job in abandoned {
            let attempts_max = kinds::named(&job.kind).map(|kind| kind.policy.attempts);
            if attempts_max.is_some_and(|max| job.attempts >= max) {
                give_up(ctx, job).await?;
            }
        }
    }
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if is_due {
                    queries::release_due(tx.connection, now).await?;
                }
                if is_abandoned {
                    queries::release_abandoned(tx.connection, now).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn give_up(ctx: &Ctx, job: Abandoned) -> Result<()> {
    tracing::error!(job = %job.id, kind = job.kind, "the process ended each time a job ran");
    let kind = kinds::named(&job.kind).filter(|kind| (kind.reads)(&job.payload));
    let Some(kind) = kind else {
        // It is found out, and buried, when it is claimed.
        return Ok(());
    };
    let claimed = Claimed {
        id: job.id,
        store_id: job.store_id,
        attempts: job.attempts,
        kind,
        lane: job.lane,
        payload: job.payload,
        lease: job.lease,
        remembered: None,
    };
    let reason = "the process ended each time this ran";
    match bury(ctx, &claimed, Failure::ProcessEnded, reason).await {
        // Another server was faster.
        Ok(()) | Err(Error::Conflict(Conflict::LeaseLost)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Gives a job up for good, and makes good what it owed.
pub(super) async fn bury(
    ctx: &Ctx,
    claimed: &Claimed,
    failure: Failure,
    reason: &str,
) -> Result<()> {
    let buried = bury_with(ctx, claimed, failure, reason, true).await;
    if let Err(error) = &buried {
        // It must come to its end all the same.
        tracing::error!(job = %claimed.id, %error, "what a dead job owed could not be made good");
        return bury_with(ctx, claimed, failure, reason, false).await;
    }
    buried
}

async fn bury_with(
    ctx: &Ctx,
    claimed: &Claimed,
    failure: Failure,
    reason: &str,
    makes_good: bool,
) -> Result<()> {
    let (own, claimed, reason) = (ctx.clone(), claimed.clone(), reason.to_owned());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let database = own.db().kind();
                if makes_good {
                    let work = registry::work(&claimed)?;
                    work.on_dead(&own, tx, claimed.store_id).await?;
                }
                let (id, lease) = (claimed.id, claimed.lease.as_str());
                let buried =
                    queries::bury(tx.connection, database, id, lease, failure, &reason).await?;
                if buried == 0 {
                    return Err(Error::Conflict(Conflict::LeaseLost));
                }
                if queries::start_next(tx.connection, database, claimed.store_id, &claimed.lane)
                    .await?
                {
                    tx.effects.wake_jobs();
                }
                Ok(())
            })
        })
        .await
}
