//! The queue's side in this process: the places in which jobs run, whose turn
//! it is, and the claim.
//!
//! Claiming costs the same however much waits. A row of `jobs` says by its state
//! whether it can be claimed (it is due, and the first of its lane), kept so by
//! whoever writes, ends or puts back a job; an index of these rows by kind and
//! store is walked from store to store, from where the last claim has ended, and
//! as many are taken as there are places.

use super::{
    Claimed, KINDS, Kind, NewJob,
    queries::{self, Abandoned, Asked},
    turns::{self, Taken},
};
use crate::{
    Ctx,
    error::{Conflict, Error, Result},
    tokens,
};
use domain::{UnixMillis, ids::StoreId, job::Failure};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, mpsc};

/// Jobs that run at the same time in this process.
/// Most of them wait for something; a slow language model must not keep the
/// others from their turn.
pub(super) const PLACES: usize = 32;

/// What this process knows of the queue. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    inner: Arc<Inner>,
}

struct Inner {
    /// Woken when there may be something to claim.
    wake: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The worker that takes what is born claimed. None while none runs.
    worker: Option<mpsc::UnboundedSender<Held>>,
    /// Begins every lease of this process; random.
    lease_prefix: String,
    leases: u64,
    /// Something waits that was not born claimed: it comes first.
    backlog: bool,
    taken: Taken,
    /// Lanes that have a place.
    lanes: HashSet<(StoreId, String)>,
    /// For each kind the store that was served last.
    served: HashMap<&'static str, String>,
}

/// A job and the place in which it runs.
pub(crate) struct Held {
    pub(super) claimed: Claimed,
    pub(super) place: Place,
}

/// A place in which a job runs. Free again when it is dropped.
pub(crate) struct Place {
    jobs: Jobs,
    kind: &'static Kind,
    store_id: StoreId,
    /// If no other job of it may be born claimed meanwhile.
    lane: Option<String>,
    lease: String,
    /// Who runs it if it is born claimed. A worker that stops waits for these.
    worker: Option<mpsc::UnboundedSender<Held>>,
}

impl Place {
    pub(super) fn lease(&self) -> &str {
        &self.lease
    }

    pub(super) fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// Whether its job was written as running.
    pub(super) fn is_born_claimed(&self) -> bool {
        self.worker.is_some()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.jobs.state();
        state.taken.free(self.kind, self.store_id);
        if let Some(lane) = self.lane.take() {
            state.lanes.remove(&(self.store_id, lane));
        }
        let is_waited_for = state.backlog;
        drop(state);
        if is_waited_for {
            self.jobs.wake();
        }
    }
}

/// What a transaction leaves to be done once it is committed.
#[derive(Default)]
pub(crate) struct AfterCommit {
    pub wake: bool,
    pub held: Vec<Held>,
}

impl AfterCommit {
    /// Both together.
    pub fn extend(&mut self, other: Self) {
        self.wake |= other.wake;
        self.held.extend(other.held);
    }
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                wake: Notify::new(),
                state: Mutex::default(),
            }),
        }
    }
}

impl Jobs {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for `job`, if it may begin as soon as it is written: a worker
    /// runs here, there is room, nothing else waits for it, and no other job of
    /// the lane has a place. What happens on other servers is checked when the
    /// row is written.
    #[must_use]
    pub(super) fn reserve(&self, job: &NewJob) -> Option<Place> {
        let kind = Kind::named(&job.kind)?;
        if job.delay > 0 || job.follows || job.work.is_none() {
            return None;
        }
        let mut state = self.state();
        let worker = state.worker.clone()?;
        let is_full = state.taken.total() >= PLACES || state.taken.free_of(kind) == 0;
        let lane = (job.store_id, job.lane.clone());
        if is_full || state.backlog || state.lanes.contains(&lane) {
            return None;
        }
        state.lanes.insert(lane);
        state.taken.take(kind, job.store_id);
        state.leases += 1;
        let lease = format!("{}-{}", state.lease_prefix, state.leases);
        Some(Place {
            jobs: self.clone(),
            kind,
            store_id: job.store_id,
            lane: Some(job.lane.clone()),
            lease,
            worker: Some(worker),
        })
    }

    /// To be called once the transaction is committed.
    pub(crate) fn after_commit(&self, after: AfterCommit) {
        for held in after.held {
            let worker = held.place.worker.clone();
            if worker.is_none_or(|worker| worker.send(held).is_err()) {
                tracing::error!("the worker has ended badly: a job waits for its lease to run out");
            }
        }
        if after.wake {
            self.state().backlog = true;
            self.wake();
        }
    }

    /// Lets the worker look: another server may have written jobs.
    pub(crate) fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// Ends when there may be something to claim.
    pub(super) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// From now on jobs may be born claimed: `worker` takes them.
    pub(super) fn open(&self, worker: mpsc::UnboundedSender<Held>) -> Result<()> {
        let prefix = tokens::random::<9>()?;
        let mut state = self.state();
        state.worker = Some(worker);
        state.lease_prefix = prefix;
        // Until the first look says otherwise.
        state.backlog = true;
        Ok(())
    }

    /// No job is born claimed for `worker` any more.
    pub(super) fn close(&self, worker: &mpsc::UnboundedSender<Held>) {
        let mut state = self.state();
        if state
            .worker
            .as_ref()
            .is_some_and(|open| open.same_channel(worker))
        {
            state.worker = None;
        }
    }

    /// Whether a place is free.
    pub(super) fn has_room(&self) -> bool {
        self.state().taken.total() < PLACES
    }

    /// Whether jobs wait that somebody must look for.
    pub(super) fn has_backlog(&self) -> bool {
        self.state().backlog
    }

    /// The place of a job that was claimed.
    fn occupy(&self, claimed: &Claimed) -> Place {
        let mut state = self.state();
        state.taken.take(claimed.kind, claimed.store_id);
        let lane = (claimed.store_id, claimed.lane.clone());
        let is_new = state.lanes.insert(lane);
        Place {
            jobs: self.clone(),
            kind: claimed.kind,
            store_id: claimed.store_id,
            lane: is_new.then(|| claimed.lane.clone()),
            lease: claimed.lease.clone(),
            worker: None,
        }
    }
}

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
    let outlook = {
        let mut connection = ctx.db().read().await?;
        queries::outlook(&mut connection, database).await?
    };
    let now = now.unwrap_or(outlook.now);
    let is_due = outlook.due.is_some_and(|due| due <= now);
    let is_abandoned = outlook.lease_end.is_some_and(|end| end < now);
    if is_due || is_abandoned {
        release(ctx, now, is_due, is_abandoned).await?;
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
    let waiting = waiting(ctx, &served, depth).await?;
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
    let claimed = ctx
        .db()
        .write(move |tx| {
            Box::pin(
                async move { queries::claim(tx.connection, database, &picks, &lease, now).await },
            )
        })
        .await?;
    let held = claimed
        .into_iter()
        .map(|claimed| Held {
            place: jobs.occupy(&claimed),
            claimed,
        })
        .collect();
    Ok(Found { held, next_in })
}

/// Who has ready work, in the order in which their turn comes: for each kind the
/// stores after the one that was served last, then the others.
async fn waiting(
    ctx: &Ctx,
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
    let mut connection = ctx.db().read().await?;
    queries::waiting(&mut connection, ctx.db().kind(), &asked, depth).await
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
            let attempts_max = Kind::named(&job.kind).map(|kind| kind.policy.attempts);
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
    let read = Kind::named(&job.kind).map(|kind| (kind, (kind.read)(&job.payload)));
    let Some((kind, Ok(work))) = read else {
        // It is found out, and buried, when it is claimed.
        return Ok(());
    };
    let claimed = Claimed {
        id: job.id,
        store_id: job.store_id,
        attempts: job.attempts,
        kind,
        lane: job.lane,
        work,
        lease: job.lease,
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
                    claimed.work.on_dead(&own, tx, claimed.store_id).await?;
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
                    tx.wake_jobs();
                }
                Ok(())
            })
        })
        .await
}
