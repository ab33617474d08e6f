//! Rate limits, kept in memory: each server process counts for itself.

use crate::error::{Error, Result};
use domain::ids::StoreId;
use governor::{Quota, RateLimiter, clock::Clock, state::keyed::DefaultKeyedStateStore};
use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
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
    /// Sign-ins for one account: ten, then one every 30 seconds.
    pub sign_in_account: Limit,
    /// Sign-ins from one address: 50, then one every five seconds.
    pub sign_in_address: Limit,
    /// New conversations from one address (many shoppers may share one): 300,
    /// then five a second.
    pub start_conversation: Limit,
    /// Messages of one visitor: 100, then five a second.
    pub visitor_message: Limit,
    /// Widget calls from one address: 600, then 100 a second. Sockets count when
    /// they are opened.
    pub widget_call: Limit,
    lookups: Mutex<Lookups>,
}

/// Order look-ups within a window of time.
#[derive(Default)]
struct Lookups {
    /// What each visitor has looked up, by hash: numbers, emails, pairs.
    by_visitor: HashMap<String, Window<HashSet<u64>>>,
    /// How many of a store found nothing.
    misses: HashMap<StoreId, Window<u32>>,
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
/// Look-ups of all visitors of a store that may find nothing within
/// [`LOOKUP_WINDOW`]: the last resort against many visitors who guess.
const MISSES_OF_STORE: u32 = 500;
const LOOKUP_WINDOW: Duration = Duration::from_secs(15 * 60);

/// One limit, counted by key.
pub struct Limit {
    limiter: Keyed,
    enabled: bool,
    checks: AtomicU64,
    detail: &'static str,
}

impl Limits {
    /// All limits, or none of them.
    #[must_use]
    pub fn new(enabled: bool) -> Self {
        let limit = |burst, refill_milliseconds, detail| {
            Limit::new(
                enabled,
                burst,
                Duration::from_millis(refill_milliseconds),
                detail,
            )
        };
        Self {
            enabled,
            sign_in_account: limit(
                10,
                30_000,
                "Too many attempts to sign in. Please wait a little and try again.",
            ),
            sign_in_address: limit(
                50,
                5_000,
                "Too many attempts to sign in. Please wait a little and try again.",
            ),
            start_conversation: limit(
                300,
                200,
                "Too many new conversations from here. Please try again in a moment.",
            ),
            visitor_message: limit(
                100,
                200,
                "You're sending messages very fast. Please wait a moment.",
            ),
            widget_call: limit(
                600,
                10,
                "Too many requests from here. Please try again in a moment.",
            ),
            lookups: Mutex::default(),
        }
    }

    /// Counts the look-ups of one message. `false` if it must not be looked up:
    /// somebody may be trying out order numbers.
    #[must_use]
    pub fn may_look_up(&self, visitor: &str, store_id: StoreId, lookups: &[impl Hash]) -> bool {
        if !self.enabled {
            return true;
        }
        let mut counted = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        counted.by_visitor.retain(|_, window| !window.is_over());
        counted.misses.retain(|_, window| !window.is_over());
        let store_is_fine = counted
            .misses
            .get(&store_id)
            .is_none_or(|window| window.seen < MISSES_OF_STORE);
        let window = counted
            .by_visitor
            .entry(visitor.to_owned())
            .or_insert_with(Window::new);
        let mut seen = window.seen.clone();
        seen.extend(lookups.iter().map(|lookup| {
            let mut hasher = DefaultHasher::new();
            lookup.hash(&mut hasher);
            hasher.finish()
        }));
        let allowed = store_is_fine && seen.len() <= LOOKUPS_OF_VISITOR;
        if allowed {
            window.seen = seen;
        }
        allowed
    }

    /// Counts a look-up that found nothing.
    pub fn order_lookup_missed(&self, store_id: StoreId) {
        let mut counted = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        counted
            .misses
            .entry(store_id)
            .or_insert_with(Window::new)
            .seen += 1;
    }
}

impl Limit {
    fn new(enabled: bool, burst: u32, refill: Duration, detail: &'static str) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        // A zero period is the only thing `with_period` refuses.
        let quota = Quota::with_period(refill)
            .unwrap_or_else(|| Quota::per_second(burst))
            .allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            enabled,
            checks: AtomicU64::new(0),
            detail,
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
                detail: self.detail,
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
                .retry_after_seconds()
                .is_some_and(|seconds| (1..=30).contains(&seconds))
        );
    }

    #[test]
    fn trying_out_order_numbers_ends_soon() {
        let (limits, store) = (Limits::new(true), StoreId::generate());
        let allowed = (1_001..1_100)
            .take_while(|number| limits.may_look_up("visitor", store, &[number]))
            .count();
        assert_eq!(allowed, LOOKUPS_OF_VISITOR);
        // What was shown may be shown again, and others aren't concerned.
        assert!(limits.may_look_up("visitor", store, &[1_001]));
        assert!(limits.may_look_up("another", store, &[1_050]));
        assert!(!limits.may_look_up("third", store, &(0..9).collect::<Vec<_>>()));
    }

    #[test]
    fn many_visitors_who_guess_are_stopped_together() {
        let (limits, store) = (Limits::new(true), StoreId::generate());
        for _ in 0..MISSES_OF_STORE {
            limits.order_lookup_missed(store);
        }
        assert!(!limits.may_look_up("anybody", store, &[1]));
        assert!(limits.may_look_up("anybody", StoreId::generate(), &[1]));
    }

    #[test]
    fn limits_can_be_switched_off_for_benchmarks() {
        let limits = Limits::new(false);
        assert!((0..1_000).all(|_| limits.sign_in_account.check("jane").is_ok()));
    }
}
