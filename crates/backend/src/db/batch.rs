//! Queries that wait for SQLite's writer.

use super::{
    effects::Effects,
    query::{Query, Value},
};
use crate::error::Result;
use sqlx::any::AnyRow;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most queries that share one commit: bounds how long the first one waits.
const BATCH_MAX: usize = 64;

/// Tells the caller of a query.
pub(super) type Tell = Box<dyn FnOnce() + Send>;
/// Reads what a query returned, or why it failed.
pub(super) type Then = Box<dyn FnOnce(Result<Vec<AnyRow>>, &mut Effects) -> Tell + Send>;

/// A query with its values.
pub(super) struct Asked {
    pub query: &'static Query,
    pub values: Vec<Value>,
}

impl Asked {
    /// Whether both can be in one set.
    fn is_apart(&self, other: &Self) -> bool {
        match (self.query.set(), other.query.set()) {
            (Some(set), Some(same)) => {
                std::ptr::eq(set, same) && set.about(&self.values) != set.about(&other.values)
            }
            _ => false,
        }
    }
}

/// One that waits.
pub(super) struct Waiting {
    pub asked: Asked,
    pub then: Then,
}

/// All that wait.
#[derive(Default)]
pub(super) struct Batch {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    /// Somebody takes what waits, until nothing does.
    is_served: bool,
}

impl Batch {
    /// Lets `waiting` wait; `true` if the caller has to see to it.
    pub fn put(&self, waiting: Waiting) -> bool {
        let mut state = self.lock();
        state.waiting.push(waiting);
        !std::mem::replace(&mut state.is_served, true)
    }

    /// What has come, in order. None: who served is free to go.
    pub fn take(&self) -> Vec<Waiting> {
        let mut state = self.lock();
        let most = state.waiting.len().min(BATCH_MAX);
        let rest = state.waiting.split_off(most);
        let taken = std::mem::replace(&mut state.waiting, rest);
        state.is_served = !taken.is_empty();
        taken
    }

    /// As [`Batch::take`], up to `most` with a form for several at once, each about
    /// something else. The others go on waiting, in order.
    pub fn take_set(&self, most: usize) -> Vec<Waiting> {
        let mut state = self.lock();
        let mut taken: Vec<Waiting> = Vec::new();
        let mut rest = Vec::new();
        for waiting in state.waiting.drain(..) {
            if taken.len() < most
                && taken
                    .iter()
                    .all(|other| waiting.asked.is_apart(&other.asked))
            {
                taken.push(waiting);
            } else {
                rest.push(waiting);
            }
        }
        state.waiting = rest;
        state.is_served = !taken.is_empty();
        taken
    }

    /// Nobody serves it any more: who waits is told that the write was stopped,
    /// and the next one that comes serves.
    pub fn give_up(&self) {
        let mut state = self.lock();
        state.is_served = false;
        let stopped = std::mem::take(&mut state.waiting);
        drop(state);
        drop(stopped);
    }

    /// How many wait.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
