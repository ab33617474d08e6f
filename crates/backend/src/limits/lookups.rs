//! Order look-ups of one process within a window of time.

use super::rules::{Client, LOOKUP_WINDOW, LOOKUPS_OF_CLIENT, LOOKUPS_OF_VISITOR, MISSES_OF_STORE};
use domain::ids::StoreId;
use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

/// What was looked up, by hash: numbers, emails, pairs.
#[derive(Default)]
pub struct Lookups {
    by_visitor: HashMap<String, Window>,
    by_client: HashMap<Client, Window>,
    /// What was looked up in a store and not found.
    misses: HashMap<StoreId, Window>,
}

struct Window {
    since: Instant,
    seen: HashSet<u64>,
}

impl Lookups {
    /// See [`super::Limits::may_look_up`].
    pub fn may_look_up(
        &mut self,
        visitor: &str,
        client: Option<Client>,
        store_id: StoreId,
        lookups: &[u64],
    ) -> bool {
        self.forget_old();
        let misses = self
            .misses
            .get(&store_id)
            .map_or(0, |window| window.seen.len());
        let visitor = self
            .by_visitor
            .entry(visitor.to_owned())
            .or_insert_with(Window::new);
        let mut client =
            client.map(|client| self.by_client.entry(client).or_insert_with(Window::new));
        let allowed = misses < MISSES_OF_STORE
            && visitor.has_room(lookups, LOOKUPS_OF_VISITOR)
            && client
                .as_ref()
                .is_none_or(|client| client.has_room(lookups, LOOKUPS_OF_CLIENT));
        if allowed {
            visitor.seen.extend(lookups);
            if let Some(client) = &mut client {
                client.seen.extend(lookups);
            }
        }
        allowed
    }

    /// Counts what was not found.
    pub fn missed(&mut self, store_id: StoreId, miss: u64) {
        self.misses
            .entry(store_id)
            .or_insert_with(Window::new)
            .seen
            .insert(miss);
    }

    fn forget_old(&mut self) {
        self.by_visitor.retain(|_, window| !window.is_over());
        self.by_client.retain(|_, window| !window.is_over());
        self.misses.retain(|_, window| !window.is_over());
    }
}

impl Window {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            seen: HashSet::new(),
        }
    }

    fn is_over(&self) -> bool {
        self.since.elapsed() > LOOKUP_WINDOW
    }

    fn has_room(&self, more: &[u64], most: usize) -> bool {
        let new: HashSet<_> = more.iter().filter(|n| !self.seen.contains(n)).collect();
        self.seen.len() + new.len() <= most
    }
}
