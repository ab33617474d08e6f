//! Rate limits, kept in memory: each server process counts for itself.

use crate::error::{Error, RateLimit, Result};
use domain::ids::StoreId;
use governor::{Quota, RateLimiter, clock::Clock, state::keyed::DefaultKeyedStateStore};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{BuildHasher, Hash, Hasher, RandomState},
    num::NonZeroU32,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

type Keyed = RateLimiter<String, DefaultKeyedStateStore<String>, governor::clock::DefaultClock>;

/// How often the counters of clients that went away are thrown out: after this
/// many checks.
const SWEEP_EVERY: u64 = 10_000;

/// Every limit of the product.
pub struct Limits {
    enabled: bool,
    /// Sign-ins for one account from one address: ten, then one every 30
    /// seconds. Not for the account alone: anybody could keep its owner out.
    pub sign_in_account: Limit,
    /// Sign-ins for one account from everywhere: 300, then one a second.
    pub sign_in_everywhere: Limit,
    /// Tries of the current password by somebody who is signed in: ten, then one
    /// every 30 seconds.
    pub change_password: Limit,
    /// Sign-ins from one address: 50, then one every five seconds.
    pub sign_in_address: Limit,
    /// New conversations from one address (many shoppers may share one): 300,
    /// then five a second.
    pub start_conversation: Limit,
    /// Messages of one visitor: 100, then five a second.
    pub visitor_message: Limit,
    /// Messages from one address: 300, then three a second.
    pub address_message: Limit,
    /// Widget calls from one address: 600, then 100 a second. Sockets count when
    /// they are opened.
    pub widget_call: Limit,
    lookups: Mutex<Lookups>,
    /// Makes keys of addresses; another one in each process.
    secret: RandomState,
}

/// The address that something came from, for counting. It can't be read back,
/// and is another one after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Client(u64);

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Order look-ups within a window of time.
#[derive(Default)]
struct Lookups {
    /// What each visitor has looked up, by hash: numbers, emails, pairs.
    by_visitor: HashMap<String, Window<HashSet<u64>>>,
    /// The same for each address.
    by_client: HashMap<Client, Window<HashSet<u64>>>,
    /// What was looked up in a store and not found.
    misses: HashMap<StoreId, Window<HashSet<u64>>>,
}

struct Window<T> {
    since: Instant,
    seen: T,
}

impl<T: Default> Window<T> {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            seen: T::default(),
        }
    }

    fn is_over(&self) -> bool {
        self.since.elapsed() > LOOKUP_WINDOW
    }
}

/// Different orders or emails that one visitor may look up within
/// [`LOOKUP_WINDOW`]; the same again is free.
const LOOKUPS_OF_VISITOR: usize = 8;
/// The same for all visitors from one address: to be another visitor takes no
/// more than another conversation.
const LOOKUPS_OF_CLIENT: usize = 30;
/// Look-ups of all visitors of a store that may find nothing within
/// [`LOOKUP_WINDOW`]: the last resort against many addresses that guess. No
/// address can use up more than a small part of it.
const MISSES_OF_STORE: usize = 500;
const LOOKUP_WINDOW: Duration = Duration::from_secs(15 * 60);

/// One limit, counted by key.
pub struct Limit {
    limiter: Keyed,
    enabled: bool,
    checks: AtomicU64,
    limit: RateLimit,
}

impl Limits {
    /// All limits, or none of them.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        let limit = |burst, refill_milliseconds, limit| {
            Limit::new(
                enabled,
                burst,
                Duration::from_millis(refill_milliseconds),
                limit,
            )
        };
        Self {
            enabled,
            sign_in_account: limit(10, 30_000, RateLimit::SignIn),
            sign_in_everywhere: limit(300, 1_000, RateLimit::SignIn),
            change_password: limit(10, 30_000, RateLimit::ChangePassword),
            sign_in_address: limit(50, 5_000, RateLimit::SignIn),
            start_conversation: limit(300, 200, RateLimit::StartConversation),
            visitor_message: limit(100, 200, RateLimit::VisitorMessage),
            address_message: limit(300, 333, RateLimit::AddressMessage),
            widget_call: limit(600, 10, RateLimit::WidgetCall),
            lookups: Mutex::default(),
            secret: RandomState::new(),
        }
    }

    /// The key of `address`.
    #[must_use]
    pub fn client(&self, address: &str) -> Client {
        Client(self.secret.hash_one(address))
    }

    /// Counts the look-ups of one message. `false` if it must not be looked up:
    /// somebody may be trying out order numbers.
    #[must_use]
    pub fn may_look_up(
        &self,
        visitor: &str,
        client: Option<Client>,
        store_id: StoreId,
        lookups: &[impl Hash],
    ) -> bool {
        if !self.enabled {
            return true;
        }
        let lookups: Vec<u64> = lookups.iter().map(number).collect();
        let mut counted = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        counted.forget_old();
        let Lookups {
            by_visitor,
            by_client,
            misses,
        } = &mut *counted;
        let misses = misses.get(&store_id).map_or(0, |window| window.seen.len());
        let visitor = by_visitor
            .entry(visitor.to_owned())
            .or_insert_with(Window::new);
        let mut client = client.map(|client| by_client.entry(client).or_insert_with(Window::new));
        let allowed = misses < MISSES_OF_STORE
            && visitor.has_room(&lookups, LOOKUPS_OF_VISITOR)
            && client
                .as_ref()
                .is_none_or(|client| client.has_room(&lookups, LOOKUPS_OF_CLIENT));
        if allowed {
            visitor.seen.extend(&lookups);
            if let Some(client) = &mut client {
                client.seen.extend(&lookups);
            }
        }
        allowed
    }

    /// Counts a look-up that found nothing.
    pub fn order_lookup_missed(
        &self,
        visitor: &str,
        client: Option<Client>,
        store_id: StoreId,
        lookup: &impl Hash,
    ) {
        let mut counted = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        // The same miss again tells nobody anything.
        let miss = match client {
            Some(client) => number(&(client, number(lookup))),
            None => number(&(visitor, number(lookup))),
        };
        counted
            .misses
            .entry(store_id)
            .or_insert_with(Window::new)
            .seen
            .insert(miss);
    }
}

impl Lookups {
    fn forget_old(&mut self) {
        self.by_visitor.retain(|_, window| !window.is_over());
        self.by_client.retain(|_, window| !window.is_over());
        self.misses.retain(|_, window| !window.is_over());
    }
}

impl Window<HashSet<u64>> {
    fn has_room(&self, more: &[u64], most: usize) -> bool {
        let new: HashSet<_> = more.iter().filter(|n| !self.seen.contains(n)).collect();
        self.seen.len() + new.len() <= most
    }
}

fn number(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Limit {
    fn new(enabled: bool, burst: u32, refill: Duration, limit: RateLimit) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        // A zero period is the only thing `with_period` refuses.
        let quota = Quota::with_period(refill)
            .unwrap_or_else(|| Quota::per_second(burst))
            .allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            enabled,
            checks: AtomicU64::new(0),
            limit,
        }
    }

    /// Counts one use by `key`.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the time to wait if there were too many.
    pub fn check(&self, key: impl Into<String>) -> Result<()> {
        if !self.enabled {
            return Ok(());
        }
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&key.into()).map_err(|until| {
            let wait = until.wait_time_from(self.limiter.clock().now());
            Error::RateLimited {
                retry_after_seconds: wait.as_secs().max(1),
                limit: self.limit,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_is_slowed_down_and_others_are_not() {
        let limits = Limits::new(true);
        let attempts = (0..12)
            .filter(|_| limits.sign_in_account.check("jane").is_ok())
            .count();
        assert_eq!(attempts, 10);
        assert!(limits.sign_in_account.check("john").is_ok());
        let waiting = limits.sign_in_account.check("jane").expect_err("too many");
        assert!(
            waiting
                .cause()
                .retry_after_seconds()
                .is_some_and(|seconds| (1..=30).contains(&seconds))
        );
    }

    #[test]
    fn trying_out_order_numbers_ends_soon() {
        let (limits, store) = (Limits::new(true), StoreId::generate());
        let may =
            |visitor: &str, lookups: &[i32]| limits.may_look_up(visitor, None, store, lookups);
        let allowed = (1_001..1_100)
            .take_while(|&number| may("visitor", &[number]))
            .count();
        assert_eq!(allowed, LOOKUPS_OF_VISITOR);
        // What was shown may be shown again, and others aren't concerned.
        assert!(may("visitor", &[1_001]));
        assert!(may("another", &[1_050]));
        assert!(!may("third", &(0..9).collect::<Vec<_>>()));
    }

    #[test]
    fn a_new_conversation_makes_nobody_another_guesser() {
        let (limits, store) = (Limits::new(true), StoreId::generate());
        let client = limits.client("203.0.113.7");
        let may = |client, number: i32| {
            let visitor = format!("visitor {number}");
            limits.may_look_up(&visitor, Some(client), store, &[number])
        };
        let allowed = (1_001..1_100)
            .take_while(|&number| may(client, number))
            .count();
        assert_eq!(allowed, LOOKUPS_OF_CLIENT);
        assert!(may(client, 1_001));
        assert!(may(limits.client("203.0.113.8"), 1_099));
    }

    #[test]
    fn many_addresses_that_guess_are_stopped_together() {
        let (limits, store) = (Limits::new(true), StoreId::generate());
        let miss = |client, number: usize| {
            limits.order_lookup_missed("anybody", Some(client), store, &number);
        };
        // One address repeats itself in vain.
        for _ in 0..2 * MISSES_OF_STORE {
            miss(limits.client("203.0.113.7"), 1);
        }
        assert!(limits.may_look_up("anybody", None, store, &[1]));
        for number in 0..MISSES_OF_STORE {
            miss(
                limits.client(&format!("203.0.113.{}", number % 250)),
                number,
            );
        }
        assert!(!limits.may_look_up("anybody", None, store, &[1]));
        assert!(limits.may_look_up("anybody", None, StoreId::generate(), &[1]));
    }

    #[test]
    fn limits_can_be_switched_off_for_benchmarks() {
        let limits = Limits::new(false);
        assert!((0..1_000).all(|_| limits.sign_in_account.check("jane").is_ok()));
    }
}
