//! Who is next. Stores take turns, and within a store the queues: a free place
//! goes to the one that holds the fewest places; among these shoppers come
//! first, then the one that has waited longest for its turn.

use super::{job::Kind, places::Taken, queries::Pick};
use domain::ids::StoreId;
use std::collections::HashMap;

/// A store that has ready work of a kind.
pub(super) type Waiting = (&'static Kind, StoreId);

/// Gives `places` to those who wait, one after the other. `waiting` is in the
/// order in which the stores' turn comes.
pub(super) fn plan(waiting: &[Waiting], taken: &Taken, places: usize) -> Vec<Pick> {
    let mut load: HashMap<(&str, StoreId), usize> = waiting
        .iter()
        .map(|(kind, store_id)| {
            let queue = (kind.policy.queue, *store_id);
            (queue, taken.in_queue(&queue))
        })
        .collect();
    let mut free: HashMap<&str, usize> = waiting
        .iter()
        .map(|(kind, _)| (kind.name, taken.free_of(kind)))
        .collect();
    let mut counts = vec![0; waiting.len()];
    for _ in 0..places {
        let next = (0..waiting.len())
            .filter(|&at| free[waiting[at].0.name] > 0)
            .min_by_key(|&at| {
                let (kind, store_id) = waiting[at];
                let load = load[&(kind.policy.queue, store_id)];
                (load, kind.policy.priority, counts[at], at)
            });
        let Some(at) = next else { break };
        let (kind, store_id) = waiting[at];
        counts[at] += 1;
        if let Some(free) = free.get_mut(kind.name) {
            *free -= 1;
        }
        if let Some(load) = load.get_mut(&(kind.policy.queue, store_id)) {
            *load += 1;
        }
    }
    waiting
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(&(kind, store_id), count)| Pick {
            kind,
            store_id,
            count,
            lease_ms: kind.lease_ms(),
        })
        .collect()
}
