//! Counts of one process.

use super::rules::Counted;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

type Keyed =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// How often the counters of clients that went away are thrown out: after this
/// many checks.
const SWEEP_EVERY: u64 = 10_000;

/// One limit's counts, by key.
pub struct Memory {
    limiter: Keyed,
    checks: AtomicU64,
}

impl Memory {
    /// `burst` uses at once, then one in each `refill`.
    pub fn new(burst: u32, refill: Duration) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        // A zero period is the only thing `with_period` refuses.
        let quota = Quota::with_period(refill)
            .unwrap_or_else(|| Quota::per_second(burst))
            .allow_burst(burst);
        Self {
            limiter: RateLimiter::keyed(quota).with_middleware(),
            checks: AtomicU64::new(0),
        }
    }

    /// Counts one use by `key`.
    pub fn count(&self, key: String) -> Counted {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&key) {
            Ok(state) => Counted::Used {
                left: state.remaining_burst_capacity(),
            },
            Err(until) => {
                let wait = until.wait_time_from(self.limiter.clock().now());
                Counted::Wait(wait.max(Duration::from_millis(1)))
            }
        }
    }
}
