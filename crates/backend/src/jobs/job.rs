//! What a job is: what is to be done, how it is worked on, and where it stands.

use domain::ids::{JobId, StoreId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{any::Any, fmt, sync::Arc, time::Duration};

/// What is to be done, stored as JSON. How it is done is [`Run`](super::run::Run):
/// whoever wants it done need not reach what does it.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + Sized + 'static {
    /// The kind's name in the database; never changed.
    const KIND: &'static str;
    /// What it does, for people.
    const TITLE: &'static str;
    /// How it is worked on.
    const POLICY: Policy;

    /// Jobs of one lane of a store run one after the other, in the order in
    /// which they were written.
    fn lane(&self) -> String;

    /// While a job of this kind with the same key is unfinished, another one is
    /// not written.
    fn dedupe_key(&self) -> Option<String> {
        None
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
    /// Whether a payload can be read.
    pub reads: fn(&str) -> bool,
}

impl Kind {
    pub const fn of<J: Job>() -> Self {
        Self {
            name: J::KIND,
            title: J::TITLE,
            policy: J::POLICY,
            reads: |payload| serde_json::from_str::<J>(payload).is_ok(),
        }
    }

    /// The lease in milliseconds, as the database counts.
    pub fn lease_ms(&self) -> i64 {
        i64::try_from(self.policy.lease.as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A row that `insert_jobs!` has returned.
#[derive(Deserialize)]
pub(crate) struct Written {
    pub id: JobId,
    pub state: State,
}

/// Where a job stands. Finished ones are no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// What the write that has caused a job knew, or what was read for several at once, for
/// the job itself: it saves reading it again. The queue doesn't know what it is.
pub(crate) type Remembered = Arc<dyn Any + Send + Sync>;

/// A job that this process holds the lease of.
#[derive(Clone)]
pub struct Claimed {
    /// The job's id; the key of its effect.
    pub id: JobId,
    /// The store it belongs to.
    pub store_id: StoreId,
    /// How often it was begun, this time included.
    pub attempts: i64,
    pub(super) kind: &'static Kind,
    pub(crate) lane: String,
    pub(super) payload: String,
    /// Proves that it is still ours.
    pub(crate) lease: String,
    /// What is known already of what it will ask for.
    pub(super) remembered: Option<Remembered>,
}

impl Claimed {
    /// The job itself, if it can be read.
    pub(super) fn job<J: Job>(&self) -> Option<J> {
        serde_json::from_str(&self.payload).ok()
    }

    /// Lets it remember `what` it will ask for.
    pub(super) fn remember<T: Any + Send + Sync>(&mut self, what: T) {
        self.remembered = Some(Arc::new(what));
    }

    /// What the write that has caused it knew, or who claimed it, as of then.
    pub(crate) fn remembered<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.remembered.as_deref()?.downcast_ref()
    }
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
