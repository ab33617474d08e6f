//! Order look-ups of one process within a window of time.

use super::rules::{
    Asked, LOOKUP_WINDOW, LOOKUPS_OF_VISITOR, MayLookUp, NUMBER_WINDOW, numbers_of_organisation,
};
use domain::ids::StoreId;
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

/// What was looked up, by hash: numbers, emails, pairs.
#[derive(Default)]
pub struct Lookups {
    by_visitor: HashMap<String, Window>,
    by_network: HashMap<u64, Window>,
    /// What was looked up in a store by number alone, and by whom.
    by_number: HashMap<StoreId, Window>,
    /// The same from one organisation.
    by_organisation: HashMap<(StoreId, u64), Window>,
}

struct Window {
    since: Instant,
    seen: HashSet<u64>,
}

impl Lookups {
    /// See [`super::Limits::may_look_up`].
    pub fn may_look_up(&mut self, asked: &Asked<'_>) -> MayLookUp {
        self.forget_old();
        let networks = || {
            asked
                .client
                .into_iter()
                .flat_map(|client| client.networks())
        };
        let has_room = |window: Option<&Window>, more: &[u64], most| match window {
            Some(window) => window.has_room(more, most),
            None => more.len() <= most,
        };
        let visitor = self.by_visitor.get(asked.visitor);
        if !has_room(visitor, &asked.lookups, LOOKUPS_OF_VISITOR)
            || networks().any(|(network, most)| {
                !has_room(self.by_network.get(&network), &asked.lookups, most)
            })
        {
            return MayLookUp::No;
        }
        if !asked.by_number.is_empty() {
            let part = (asked.store_id, asked.organisation);
            let most_of_part = numbers_of_organisation(asked.most_by_number);
            let of_store = self.by_number.get(&asked.store_id);
            let of_part = self.by_organisation.get(&part);
            if !has_room(of_store, &asked.by_number, asked.most_by_number)
                || !has_room(of_part, &asked.by_number, most_of_part)
            {
                return MayLookUp::WithEmail;
            }
            let of_store = self.by_number.entry(asked.store_id);
            of_store.or_default().seen.extend(&asked.by_number);
            let of_part = self.by_organisation.entry(part);
            of_part.or_default().seen.extend(&asked.by_number);
        }
        let visitor = self.by_visitor.entry(asked.visitor.to_owned());
        visitor.or_default().seen.extend(&asked.lookups);
        for (network, _) in networks() {
            let network = self.by_network.entry(network);
            network.or_default().seen.extend(&asked.lookups);
        }
        MayLookUp::Yes
    }

    fn forget_old(&mut self) {
        self.by_visitor
            .retain(|_, window| !window.is_over(LOOKUP_WINDOW));
        self.by_network
            .retain(|_, window| !window.is_over(LOOKUP_WINDOW));
        self.by_number
            .retain(|_, window| !window.is_over(NUMBER_WINDOW));
        self.by_organisation
            .retain(|_, window| !window.is_over(NUMBER_WINDOW));
    }
}

impl Default for Window {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            seen: HashSet::new(),
        }
    }
}

impl Window {
    fn is_over(&self, length: Duration) -> bool {
        self.since.elapsed() > length
    }

    fn has_room(&self, more: &[u64], most: usize) -> bool {
        let new = more.iter().filter(|n| !self.seen.contains(n)).count();
        new == 0 || self.seen.len() + new <= most
    }
}
