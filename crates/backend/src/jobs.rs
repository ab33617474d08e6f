//! The durable queue. A job's row is part of the transaction that causes it;
//! its effect and its end are one transaction too, guarded by the lease, so
//! that each job takes effect exactly once however often a worker dies.
//!
//! A kind of job is a type that implements [`Job`], in a file of its own in
//! `kinds/`, and [`Run`] in a file below it; all else it needs is to be listed
//! in `kinds.rs` and in `registry.rs`. Who wants something done reaches only the
//! first: what does it stands above all use cases. What is finished is deleted;
//! what was tried too often stays as a dead letter.

pub mod dead_letters;
pub mod queue;
pub mod worker;

pub(crate) mod dialect;
mod job;
pub mod kinds;
mod new_job;
pub(crate) mod places;
pub(crate) mod queries;
mod registry;
mod run;
mod turns;

#[cfg(test)]
mod tests;

pub use job::{Claimed, Job, Policy};
pub(crate) use job::{Remembered, State, Written};
pub use new_job::{NewJob, prepare};
pub use places::Jobs;
pub use run::Run;

use crate::{
    db::{Effects, Kind, Tx, to_json},
    error::{Conflict, Error, Result},
};
use domain::ids::StoreId;
use queries::Ended;
use sqlx::any::AnyRow;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// Writes `jobs` in the transaction that causes them, in one statement. Those
/// that have a place here are born claimed.
///
/// # Errors
/// If the database fails.
pub async fn enqueue(tx: &mut Tx<'_>, jobs: Vec<NewJob>) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let (jobs, rows) = as_rows(tx.jobs(), jobs)?;
    let written = queries::insert(tx.connection, tx.kind(), &rows).await?;
    // On PostgreSQL two writes at the same moment don't see each other's rows.
    let known = Known {
        is_first: tx.kind() == Kind::Sqlite,
        remembered: None,
    };
    written_as(&mut tx.effects, jobs, &written, known);
    Ok(())
}

/// Whether a job of the lane of `job` waits for longer than `delay`, so that it is to do what one
/// would that is enqueued now.
///
/// # Errors
/// If the database fails.
pub(crate) async fn is_put_off(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    job: &impl Job,
    delay: Duration,
) -> Result<bool> {
    let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    queries::is_put_off(tx, store_id, job.lane(), delay).await
}

/// `jobs` with the places that they get, and the JSON of their rows: the
/// parameter of the dialects' `insert_jobs!`, for those who write jobs in a
/// statement of their own. What the statement returned goes to [`written_as`].
///
/// # Errors
/// If they can't be written as JSON.
pub(crate) fn as_rows(queue: &Jobs, jobs: Vec<NewJob>) -> Result<(Vec<NewJob>, String)> {
    let mut lanes: HashMap<_, usize> = HashMap::new();
    for job in &jobs {
        *lanes.entry((job.store_id, job.lane.clone())).or_default() += 1;
    }
    let mut begun = HashSet::new();
    let jobs: Vec<_> = jobs
        .into_iter()
        .map(|mut job| {
            let lane = (job.store_id, job.lane.clone());
            job.followed = lanes.get(&lane).is_some_and(|count| *count > 1);
            job.follows = !begun.insert(lane);
            match job.place_in(queue) {
                Some(place) => job.born_claimed(place),
                None => job,
            }
        })
        .collect();
    let rows = to_json(&jobs)?;
    Ok((jobs, rows))
}

/// What is known of jobs that were written as running.
#[derive(Clone)]
pub(crate) struct Known {
    /// That each is the first of its lane: whoever wrote it held the lane.
    pub is_first: bool,
    pub remembered: Option<Remembered>,
}

/// What follows from how `jobs` were written: those born claimed are handed
/// over after the commit, for the others the worker is woken.
pub(crate) fn written_as(
    effects: &mut Effects,
    jobs: Vec<NewJob>,
    written: &[Written],
    known: Known,
) {
    for job in jobs {
        let state = written.iter().find(|row| row.id == job.id);
        match (state.map(|row| row.state), job.place) {
            (Some(State::Running), Some(place)) => {
                let claimed = Claimed {
                    id: job.id,
                    store_id: job.store_id,
                    kind: place.kind(),
                    lane: job.lane,
                    attempts: 1,
                    lease: place.lease().to_owned(),
                    payload: job.payload,
                    remembered: known.remembered.clone(),
                };
                effects.hand_over(places::Held {
                    claimed,
                    place,
                    is_first: known.is_first,
                });
            }
            (Some(State::Ready | State::Later), ..) => effects.wake_jobs(),
            // Another one of its lane comes first; or the same is under way.
            _ => {}
        }
    }
}

/// Ends `claimed` in the transaction of its effect, and lets the next one of its
/// lane begin.
///
/// # Errors
/// [`Error::Conflict`] if the lease was lost: another worker has the job, and
/// this transaction must not stand.
pub(crate) async fn finish(tx: &mut Tx<'_>, claimed: &Claimed) -> Result<()> {
    let ended = queries::finish(tx.connection, tx.kind(), claimed).await?;
    ended_as(&mut tx.effects, ended)
}

/// What follows from how a query has ended a job, by its `rows`. `false` if it
/// did nothing: then the job is to be ended step by step, so that a step sees what
/// the query couldn't, or says why not.
///
/// # Errors
/// As [`finish`].
pub(crate) fn ended_in_query(effects: &mut Effects, rows: &[AnyRow]) -> Result<bool> {
    if rows.is_empty() {
        return Ok(false);
    }
    ended_as(effects, Ended::read(rows))?;
    Ok(true)
}

/// What follows from how a job was `ended`.
///
/// # Errors
/// As [`finish`].
fn ended_as(effects: &mut Effects, ended: Ended) -> Result<()> {
    if !ended.is_ours {
        return Err(Error::Conflict(Conflict::LeaseLost));
    }
    if ended.is_followed {
        effects.wake_jobs();
    }
    Ok(())
}
