//! The durable queue. A job's row is part of the transaction that causes it;
//! its effect and its end are one transaction too, guarded by the lease, so
//! that each job takes effect exactly once however often a worker dies.
//!
//! A kind of job is a type that implements [`Job`], in a file of its own in
//! `kinds/`; being listed in [`KINDS`] is all else it needs. What is finished
//! is deleted; what was tried too often stays as a dead letter.

pub mod queue;
pub mod worker;

mod dead_letters;
pub(crate) mod dialect;
pub mod kinds;
pub(crate) mod queries;
mod turns;

#[cfg(test)]
mod tests;

pub use dead_letters::{dead_letters, discard, retry};
pub use queue::Jobs;

use crate::{
    Ctx,
    db::{Tx, to_json},
    error::{Conflict, Error, Result},
};
use domain::ids::{JobId, StoreId};
use futures::future::BoxFuture;
use queue::Place;
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, collections::HashSet, fmt, future::Future, sync::Arc, time::Duration};

/// The kinds of job that this executable knows. It leaves all others alone: a
/// newer server may have written them.
static KINDS: &[Kind] = &[
    Kind::of::<kinds::ai_reply::AiReply>(),
    Kind::of::<kinds::embed_faq::EmbedFaq>(),
    #[cfg(test)]
    Kind::of::<tests::probe::Probe>(),
];

/// Work that may be slow or fail. It is stored as JSON and may be run more than
/// once: its effect must be keyed by the job's id, and be one transaction with
/// [`finish`].
pub trait Job: Serialize + DeserializeOwned + Send + Sync + Sized + 'static {
    /// The kind's name in the database; never changed.
    const KIND: &'static str;
    /// What it does, for people.
    const TITLE: &'static str;
    /// How it is worked on.
    const POLICY: Policy;

    /// Jobs of one lane of a store run one after the other, in the order in
    /// which they were written. Whoever enqueues one holds the lock of what its
    /// lane is about.
    fn lane(&self) -> String;

    /// While a job of this kind with the same key is unfinished, another one is
    /// not written.
    fn dedupe_key(&self) -> Option<String> {
        None
    }

    /// Does it.
    fn run(&self, ctx: &Ctx, claimed: &Claimed) -> impl Future<Output = Result<()>> + Send;

    /// Makes good what the job owed, in the transaction that gives it up.
    fn on_dead(
        &self,
        _ctx: &Ctx,
        _tx: &mut Tx<'_>,
        _store_id: StoreId,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// How jobs of a kind are worked on.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Kinds of one queue share a store's turn.
    pub queue: &'static str,
    /// Who goes first within a turn: the lower one.
    pub priority: u8,
    /// How long a claim lasts. It is renewed as long as the job runs, so that
    /// this is how long others wait when a process has died.
    pub lease: Duration,
    /// When a job that still runs is given up as hanging.
    pub patience: Duration,
    /// Tries before a job becomes a dead letter.
    pub attempts: i64,
    /// Most that run at the same time in a process.
    pub concurrency: usize,
}

/// A kind of job, its type forgotten.
pub(crate) struct Kind {
    pub name: &'static str,
    pub title: &'static str,
    pub policy: Policy,
    read: fn(&str) -> Result<Arc<dyn Work>>,
}

impl Kind {
    const fn of<J: Job>() -> Self {
        Self {
            name: J::KIND,
            title: J::TITLE,
            policy: J::POLICY,
            read: read::<J>,
        }
    }

    /// The kind called `name`, if this executable knows it.
    fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The lease in milliseconds, as the database counts.
    fn lease_ms(&self) -> i64 {
        i64::try_from(self.policy.lease.as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn read<J: Job>(payload: &str) -> Result<Arc<dyn Work>> {
    serde_json::from_str::<J>(payload)
        .map(|job| Arc::new(job) as Arc<dyn Work>)
        .map_err(|_| Error::corrupt("payload"))
}

/// [`Job`] without its type.
pub(crate) trait Work: Send + Sync {
    fn run<'a>(&'a self, ctx: &'a Ctx, claimed: &'a Claimed) -> BoxFuture<'a, Result<()>>;

    fn on_dead<'a>(
        &'a self,
        ctx: &'a Ctx,
        tx: &'a mut Tx<'_>,
        store_id: StoreId,
    ) -> BoxFuture<'a, Result<()>>;
}

impl<J: Job> Work for J {
    fn run<'a>(&'a self, ctx: &'a Ctx, claimed: &'a Claimed) -> BoxFuture<'a, Result<()>> {
        Box::pin(Job::run(self, ctx, claimed))
    }

    fn on_dead<'a>(
        &'a self,
        ctx: &'a Ctx,
        tx: &'a mut Tx<'_>,
        store_id: StoreId,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(Job::on_dead(self, ctx, tx, store_id))
    }
}

/// A job that is about to be written: a row of `jobs`, as JSON.
#[derive(Serialize)]
pub struct NewJob {
    id: JobId,
    store_id: StoreId,
    kind: Cow<'static, str>,
    payload: String,
    lane: String,
    dedupe_key: Option<String>,
    /// Milliseconds until it is due.
    delay: i64,
    /// Behind another one of its lane that is written together with it.
    follows: bool,
    /// The lease of one that is born claimed.
    lease: Option<String>,
    lease_ms: i64,
    #[serde(skip)]
    work: Option<Arc<dyn Work>>,
    #[serde(skip)]
    place: Option<Place>,
}

/// `job` as a row that is ready to be written.
///
/// # Errors
/// If it can't be written as JSON.
pub fn prepare<J: Job>(store_id: StoreId, job: J) -> Result<NewJob> {
    Ok(NewJob {
        id: JobId::generate(),
        store_id,
        kind: Cow::Borrowed(J::KIND),
        payload: to_json(&job)?,
        lane: job.lane(),
        dedupe_key: job.dedupe_key(),
        delay: 0,
        follows: false,
        lease: None,
        lease_ms: 0,
        work: Some(Arc::new(job)),
        place: None,
    })
}

impl NewJob {
    /// A dead letter that is tried again.
    fn again(id: JobId, store_id: StoreId, exhumed: queries::Exhumed) -> Self {
        Self {
            id,
            store_id,
            kind: Cow::Owned(exhumed.kind),
            payload: exhumed.payload,
            lane: exhumed.lane,
            dedupe_key: exhumed.dedupe_key,
            delay: 0,
            follows: false,
            lease: None,
            lease_ms: 0,
            work: None,
            place: None,
        }
    }

    /// Its id; the key of its effect.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Due only after `delay`.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        self
    }

    /// The job is written as running in `place`, and begun after the commit
    /// without anybody looking for it. If the transaction fails, the place is
    /// free again.
    #[must_use]
    fn born_claimed(mut self, place: Place) -> Self {
        self.lease = Some(place.lease().to_owned());
        self.lease_ms = place.kind().lease_ms();
        self.place = Some(place);
        self
    }
}

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
    written_as(tx, jobs, &written);
    Ok(())
}

/// `jobs` with the places that they get, and the JSON of their rows: the
/// parameter of the dialects' `insert_jobs!`, for those who write jobs in a
/// statement of their own. What the statement returned goes to [`written_as`].
///
/// # Errors
/// If they can't be written as JSON.
pub(crate) fn as_rows(queue: &Jobs, jobs: Vec<NewJob>) -> Result<(Vec<NewJob>, String)> {
    let mut lanes = HashSet::new();
    let jobs: Vec<_> = jobs
        .into_iter()
        .map(|mut job| {
            job.follows = !lanes.insert((job.store_id, job.lane.clone()));
            match queue.reserve(&job) {
                Some(place) => job.born_claimed(place),
                None => job,
            }
        })
        .collect();
    let rows = to_json(&jobs)?;
    Ok((jobs, rows))
}

/// A row that `insert_jobs!` has returned.
pub(crate) struct Written {
    pub id: JobId,
    pub state: State,
}

/// What follows from how `jobs` were written: those born claimed are handed
/// over after the commit, for the others the worker is woken.
pub(crate) fn written_as(tx: &mut Tx<'_>, jobs: Vec<NewJob>, written: &[Written]) {
    for job in jobs {
        let state = written.iter().find(|row| row.id == job.id);
        match (state.map(|row| row.state), job.place, job.work) {
            (Some(State::Running), Some(place), Some(work)) => {
                let claimed = Claimed {
                    id: job.id,
                    store_id: job.store_id,
                    kind: place.kind(),
                    lane: job.lane,
                    attempts: 1,
                    lease: place.lease().to_owned(),
                    work,
                };
                tx.hand_over(queue::Held { claimed, place });
            }
            (Some(State::Ready | State::Later), ..) => tx.wake_jobs(),
            // Another one of its lane comes first; or the same is under way.
            _ => {}
        }
    }
}

/// Where a job stands. Finished ones are no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Another job of its lane comes first.
    Queued,
    /// Not due yet.
    Later,
    /// To be claimed.
    Ready,
    /// Somebody holds its lease.
    Running,
    /// Given up; a person may look at it.
    Dead,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Later => "later",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Later,
            Self::Ready,
            Self::Running,
            Self::Dead,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// A job that this process holds the lease of.
#[derive(Clone)]
pub struct Claimed {
    /// The job's id; the key of its effect.
    pub id: JobId,
    /// The store it belongs to.
    pub store_id: StoreId,
    /// How often it was begun, this time included.
    pub attempts: i64,
    kind: &'static Kind,
    lane: String,
    work: Arc<dyn Work>,
    /// Proves that it is still ours.
    lease: String,
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
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
    if !ended.is_ours {
        return Err(Error::Conflict(Conflict::LeaseLost));
    }
    if ended.is_followed {
        tx.wake_jobs();
    }
    Ok(())
}
