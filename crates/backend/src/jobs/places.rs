//! The queue's side in this process: the places in which jobs run.

use super::job::{Claimed, Kind};
use crate::{error::Result, tokens};
use domain::ids::StoreId;
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
pub(super) struct State {
    /// The worker that takes what is born claimed. None while none runs.
    worker: Option<mpsc::UnboundedSender<Held>>,
    /// Begins every lease of this process; random.
    lease_prefix: String,
    leases: u64,
    /// Something waits that was not born claimed: it comes first.
    pub backlog: bool,
    pub taken: Taken,
    /// Lanes that have a place.
    lanes: HashSet<(StoreId, String)>,
    /// For each kind the store that was served last.
    pub served: HashMap<&'static str, String>,
}

/// A job and the place in which it runs.
pub(crate) struct Held {
    pub(super) claimed: Claimed,
    pub(super) place: Place,
    /// Whether it is sure that nothing stands before it in its lane.
    pub(super) is_first: bool,
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
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a job, if it may begin as soon as it is written: a worker
    /// runs here, there is room, nothing else waits for it, and no other job of
    /// the lane has a place. What happens on other servers is checked when the
    /// row is written.
    #[must_use]
    pub(super) fn reserve(
        &self,
        kind: &'static Kind,
        store_id: StoreId,
        lane: &str,
    ) -> Option<Place> {
        let mut state = self.state();
        let worker = state.worker.clone()?;
        let is_full = state.taken.total() >= PLACES || state.taken.free_of(kind) == 0;
        let place = (store_id, lane.to_owned());
        if is_full || state.backlog || state.lanes.contains(&place) {
            return None;
        }
        state.lanes.insert(place);
        state.taken.take(kind, store_id);
        state.leases += 1;
        let lease = format!("{}-{}", state.lease_prefix, state.leases);
        Some(Place {
            jobs: self.clone(),
            kind,
            store_id,
            lane: Some(lane.to_owned()),
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
    pub fn wake(&self) {
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

    /// How many places are free.
    pub(super) fn room(&self) -> usize {
        PLACES.saturating_sub(self.state().taken.total())
    }

    /// Whether jobs wait that somebody must look for.
    pub(super) fn has_backlog(&self) -> bool {
        self.state().backlog
    }

    /// The place of a job that was claimed.
    pub(super) fn occupy(&self, claimed: &Claimed) -> Place {
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

/// Places that are taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    total: usize,
    of_kind: HashMap<&'static str, usize>,
    of_queue: HashMap<(&'static str, StoreId), usize>,
}

impl Taken {
    /// How many are taken.
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many in a queue of a store.
    pub fn in_queue(&self, queue: &(&'static str, StoreId)) -> usize {
        self.of_queue.get(queue).copied().unwrap_or_default()
    }

    /// In how many different queues.
    pub fn queues(&self) -> usize {
        self.of_queue.len()
    }

    /// How many more jobs of `kind` may run.
    pub fn free_of(&self, kind: &Kind) -> usize {
        let taken = self.of_kind.get(kind.name).copied().unwrap_or_default();
        kind.policy.concurrency.saturating_sub(taken)
    }

    /// One more is taken.
    pub fn take(&mut self, kind: &Kind, store_id: StoreId) {
        self.total += 1;
        *self.of_kind.entry(kind.name).or_default() += 1;
        let queue = (kind.policy.queue, store_id);
        *self.of_queue.entry(queue).or_default() += 1;
    }

    /// One is free again.
    pub fn free(&mut self, kind: &Kind, store_id: StoreId) {
        self.total = self.total.saturating_sub(1);
        if let Some(taken) = self.of_kind.get_mut(kind.name) {
            *taken = taken.saturating_sub(1);
        }
        let queue = (kind.policy.queue, store_id);
        if let Some(taken) = self.of_queue.get_mut(&queue) {
            *taken -= 1;
            if *taken == 0 {
                self.of_queue.remove(&queue);
            }
        }
    }
}
