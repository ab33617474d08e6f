//! Rate limits, kept in memory: each server process counts for itself.

use crate::error::{Error, Result};
use domain::ids::StoreId;
use governor::{Quota, RateLimiter, clock::Clock, state::keyed::DefaultKeyedStateStore};
use std::{
    collections::HashMap,
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
    /// All other widget calls from one address: 600, then 100 a second.
    pub widget_call: Limit,
    misses: Mutex<HashMap<String, Misses>>,
}

/// Order look-ups that found nothing, within a window of time.
struct Misses {
    since: Instant,
    count: u32,
}

/// Order look-ups that may find nothing within [`MISS_WINDOW`]: of one visitor,
/// and of all visitors of a store together.
const MISSES_OF_VISITOR: u32 = 8;
const MISSES_OF_STORE: u32 = 200;
const MISS_WINDOW: Duration = Duration::from_secs(15 * 60);

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
            misses: Mutex::default(),
        }
    }

    /// Whether limits apply at all.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Whether an order may be looked up: not after too many look-ups that
    /// found nothing, by which somebody may be trying out order numbers.
    #[must_use]
    pub fn order_lookups_allowed(&self, visitor: &str, store_id: StoreId) -> bool {
        let misses = self.misses.lock().unwrap_or_else(PoisonError::into_inner);
        let below = |key: &str, max: u32| {
            misses
                .get(key)
                .is_none_or(|misses| misses.since.elapsed() > MISS_WINDOW || misses.count < max)
        };
        !self.enabled
            || (below(visitor, MISSES_OF_VISITOR) && below(&store_id.to_string(), MISSES_OF_STORE))
    }

    /// Counts a look-up that found nothing.
    pub fn order_lookup_missed(&self, visitor: &str, store_id: StoreId) {
        let mut misses = self.misses.lock().unwrap_or_else(PoisonError::into_inner);
        misses.retain(|_, misses| misses.since.elapsed() <= MISS_WINDOW);
        for key in [visitor.to_owned(), store_id.to_string()] {
            let of_key = misses.entry(key).or_insert_with(|| Misses {
                since: Instant::now(),
                count: 0,
            });
            of_key.count += 1;
        }
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
        let allowed = (0..20)
            .take_while(|_| {
                limits.order_lookup_missed("visitor", store);
                limits.order_lookups_allowed("visitor", store)
            })
            .count();
        assert_eq!(allowed, 7);
        assert!(limits.order_lookups_allowed("another", store));
    }

    #[test]
    fn limits_can_be_switched_off_for_benchmarks() {
        let limits = Limits::new(false);
        assert!((0..1_000).all(|_| limits.sign_in_account.check("jane").is_ok()));
    }
}
