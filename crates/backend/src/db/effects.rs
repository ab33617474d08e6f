//! What a write leaves to be done once it is committed.

use crate::{
    cache::Forget,
    jobs::places::{AfterCommit, Held},
    realtime::hub::Outgoing,
};

/// See above. Nothing of it happens if there is no commit.
#[derive(Default)]
pub struct Effects {
    pub(super) outbox: Vec<Outgoing>,
    pub(super) forgets: Vec<Forget>,
    pub(super) jobs: AfterCommit,
}

impl Effects {
    /// Publishes `outgoing`.
    pub fn publish(&mut self, outgoing: Outgoing) {
        self.outbox.push(outgoing);
    }

    /// Forgets what is kept of answers that this write changes, here and on the
    /// other servers.
    pub fn forget(&mut self, what: Forget) {
        self.forgets.push(what);
    }

    /// Wakes the job worker.
    pub fn wake_jobs(&mut self) {
        self.jobs.wake = true;
    }

    /// Lets the worker begin a job that was born claimed.
    pub(crate) fn hand_over(&mut self, held: Held) {
        self.jobs.held.push(held);
    }

    /// Both together.
    pub(super) fn extend(&mut self, other: Self) {
        self.outbox.extend(other.outbox);
        self.forgets.extend(other.forgets);
        self.jobs.extend(other.jobs);
    }
}
