//! Queries that wait: for SQLite's writer, or for PostgreSQL's next set.

use super::{
    effects::Effects,
    query::{Query, Set, Value},
};
use crate::error::Result;
use sqlx::any::AnyRow;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Most queries that share one commit: bounds how long the first one waits.
const BATCH_MAX: usize = 64;
/// Sets of one group that are made at the same time: while one is on its way to the
/// disk, the next is worked on.
const SETS_AT_ONCE: usize = 2;

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
    fn is_of_set_of(&self, other: &Self) -> bool {
        match (self.query.set(), other.query.set()) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            _ => false,
        }
    }

    /// What it is about, as far as its set says.
    pub fn about(&self) -> &[Value] {
        self.query.set().map_or(&[], |set| set.about(&self.values))
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
    /// How many take sets.
    makers: usize,
    /// What the sets are about that are being made.
    under_way: Vec<Vec<Value>>,
}

/// What waits for the sets of each group.
#[derive(Default)]
pub(super) struct Sets {
    batches: Mutex<HashMap<&'static str, Arc<Batch>>>,
}

impl Sets {
    /// What waits for `set`, and for others of its group.
    pub fn of(&self, set: &'static Set) -> Arc<Batch> {
        // Nothing panics while it holds the lock.
        let mut batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(batches.entry(set.group()).or_default())
    }
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

    /// Lets `waiting` wait for a set; `true` if the caller has to see to it.
    pub fn put_for_set(&self, waiting: Waiting) -> bool {
        let mut state = self.lock();
        state.waiting.push(waiting);
        let is_wanted = state.makers < SETS_AT_ONCE;
        state.makers += usize::from(is_wanted);
        is_wanted
    }

    /// Takes up to `most` of one set, each about something else, and about nothing that
    /// is under way. The others go on waiting, in order. None: who made sets is free to
    /// go; somebody else who does takes what remains.
    pub fn take_set(&self, most: usize) -> Vec<Waiting> {
        let mut state = self.lock();
        let mut taken: Vec<Waiting> = Vec::new();
        let mut rest = Vec::new();
        for waiting in std::mem::take(&mut state.waiting) {
            let about = waiting.asked.about();
            let is_same = |first: &Waiting| waiting.asked.is_of_set_of(&first.asked);
            if taken.len() < most
                && taken.first().is_none_or(is_same)
                && !state.under_way.iter().any(|other| other == about)
            {
                state.under_way.push(about.to_vec());
                taken.push(waiting);
            } else {
                rest.push(waiting);
            }
        }
        state.waiting = rest;
        if taken.is_empty() {
            state.makers = state.makers.saturating_sub(1);
        }
        taken
    }

    /// What a set was about is not under way any more.
    pub fn made(&self, abouts: &[Vec<Value>]) {
        self.lock()
            .under_way
            .retain(|about| !abouts.contains(about));
    }

    /// Nobody serves it any more: who waits is told that the write was stopped,
    /// and the next one that comes serves.
    pub fn give_up(&self) {
        let mut state = self.lock();
        state.is_served = false;
        state.makers = 0;
        state.under_way.clear();
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

#[cfg(test)]
mod tests {
    use super::*;

    static ONE: Query = Query::new(2, "", "").with_set(&ONES);
    static ONES: Set = Set::new("things", 1, String::new);
    static OTHER: Query = Query::new(2, "", "").with_set(&OTHERS);
    static OTHERS: Set = Set::new("things", 1, String::new);

    fn put(batch: &Batch, query: &'static Query, about: i64) -> bool {
        let values = vec![about.into(), 0.into()];
        batch.put_for_set(Waiting {
            asked: Asked { query, values },
            then: Box::new(|_, _| Box::new(|| ())),
        })
    }

    fn take(batch: &Batch, most: usize) -> Vec<Vec<Value>> {
        let taken = batch.take_set(most);
        taken
            .iter()
            .map(|waiting| waiting.asked.about().to_vec())
            .collect()
    }

    fn about(numbers: &[i64]) -> Vec<Vec<Value>> {
        numbers.iter().map(|n| vec![(*n).into()]).collect()
    }

    #[test]
    fn a_set_is_about_different_things_and_nothing_that_is_under_way() {
        let batch = Batch::default();
        for n in [1, 1, 2, 3, 4] {
            put(&batch, &ONE, n);
        }
        assert_eq!(take(&batch, 3), about(&[1, 2, 3]));
        assert_eq!(take(&batch, 3), about(&[4]));
        assert!(take(&batch, 3).is_empty(), "1 is under way");
        batch.made(&about(&[1, 2, 3]));
        assert_eq!(take(&batch, 3), about(&[1]));
    }

    #[test]
    fn a_set_is_of_one_kind_and_others_of_its_group_keep_clear_of_it() {
        let batch = Batch::default();
        for (query, n) in [(&ONE, 1), (&OTHER, 1), (&OTHER, 2), (&ONE, 3)] {
            put(&batch, query, n);
        }
        assert_eq!(take(&batch, 9), about(&[1, 3]));
        assert_eq!(take(&batch, 9), about(&[2]));
        batch.made(&about(&[1, 3]));
        assert_eq!(take(&batch, 9), about(&[1]));
    }

    #[test]
    fn somebody_is_wanted_until_enough_make_sets() {
        let batch = Batch::default();
        let wanted: Vec<_> = (0..3).map(|n| put(&batch, &ONE, n)).collect();
        assert_eq!(wanted, [true, true, false]);
        assert_eq!(take(&batch, 9).len(), 3);
        // One goes, and comes again.
        assert!(take(&batch, 9).is_empty());
        assert!(put(&batch, &ONE, 4));
    }
}
