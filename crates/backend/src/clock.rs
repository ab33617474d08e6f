//! The one source of time.

use domain::UnixMillis;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Tells the time. Clones are the same clock.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// How far it was turned, in milliseconds.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let system = UnixMillis::try_from(since_epoch.as_millis()).unwrap_or(UnixMillis::MAX);
        system.saturating_add(self.ahead.load(Ordering::SeqCst))
    }

    /// Turns it forward by `milliseconds`: what a test would have to wait for.
    #[cfg(any(test, feature = "testing"))]
    pub fn advance(&self, milliseconds: UnixMillis) {
        self.ahead.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_turned_clock_is_turned_for_everybody_who_has_it() {
        let clock = Clock::default();
        let (before, another) = (clock.now(), clock.clone());
        another.advance(86_400_000);
        assert!(clock.now() >= before + 86_400_000);
    }
}
