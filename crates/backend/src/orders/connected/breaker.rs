//! Leaves a shop alone that doesn't answer, and tries now and then whether it
//! does again.

use domain::UnixMillis;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Failures in a row after which it is left alone.
const FAILURES: u32 = 3;
/// How long at first, in milliseconds; twice as long after each try that fails.
const PAUSE: UnixMillis = 10 * 1_000;
/// How long at most, in milliseconds.
const PAUSE_MAX: UnixMillis = 5 * 60 * 1_000;

/// Whether a shop may be asked. Closed while it answers, open while it doesn't, half
/// open for one try after each pause.
#[derive(Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures: u32,
    /// Nobody asks before.
    open_until: Option<UnixMillis>,
    /// The shop has asked to be left alone so long, however it answers others meanwhile.
    asked_until: Option<UnixMillis>,
}

impl Breaker {
    /// Whether to ask now. After a pause one caller is told yes, the others must wait for
    /// what comes of it.
    pub fn may_try(&self, now: UnixMillis) -> bool {
        // A clock that was set back doesn't make a pause longer.
        let is_before = |until: UnixMillis| now < until && until - now <= PAUSE_MAX;
        let mut state = self.state();
        if state.asked_until.is_some_and(is_before) {
            return false;
        }
        match state.open_until {
            None => true,
            Some(until) if is_before(until) => false,
            Some(_) => {
                state.open_until = Some(now + pause(state.failures));
                true
            }
        }
    }

    /// It has answered.
    pub fn worked(&self) {
        let mut state = self.state();
        state.failures = 0;
        state.open_until = None;
    }

    /// It has asked to be left alone for so long, which is believed up to a bound. What it says
    /// to another call meanwhile makes that no shorter.
    pub fn wait(&self, now: UnixMillis, pause: Duration) {
        let pause = UnixMillis::try_from(pause.as_millis()).unwrap_or(PAUSE_MAX);
        let until = now + pause.min(PAUSE_MAX);
        let mut state = self.state();
        // One that is further away was asked for before the clock was set back.
        let before = state.asked_until.filter(|&until| until <= now + PAUSE_MAX);
        state.asked_until = before.max(Some(until));
    }

    /// Nothing is known of it any more.
    pub fn forget(&self) {
        *self.state() = State::default();
    }

    /// It has not.
    pub fn failed(&self, now: UnixMillis) {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.open_until = Some(now + pause(state.failures));
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pause(failures: u32) -> UnixMillis {
    let doublings = failures.saturating_sub(FAILURES).min(16);
    PAUSE_MAX.min(PAUSE * 2_i64.pow(doublings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_that_fails_again_and_again_is_left_alone() {
        let (breaker, now) = (Breaker::default(), 1_000);
        for _ in 0..FAILURES {
            assert!(breaker.may_try(now));
            breaker.failed(now);
        }
        assert!(!breaker.may_try(now));
        assert!(!breaker.may_try(now + PAUSE / 2));
    }

    #[test]
    fn after_a_pause_one_tries_and_the_others_wait() {
        let (breaker, now) = (Breaker::default(), 1_000);
        (0..FAILURES).for_each(|_| breaker.failed(now));
        let later = now + PAUSE;
        assert!(breaker.may_try(later));
        assert!(!breaker.may_try(later));
        breaker.worked();
        assert!(breaker.may_try(later) && breaker.may_try(later));
    }

    #[test]
    fn a_try_that_fails_makes_the_pause_longer_up_to_its_end() {
        let (breaker, mut now) = (Breaker::default(), 1_000);
        (0..FAILURES).for_each(|_| breaker.failed(now));
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let mut waited = 0;
            while !breaker.may_try(now + waited) {
                waited += 1_000;
            }
            now += waited;
            breaker.failed(now);
            pauses.push(waited);
        }
        assert_eq!(pauses[..3], [PAUSE, PAUSE * 2, PAUSE * 4]);
        assert_eq!(pauses.last(), Some(&PAUSE_MAX));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_no_pause_longer() {
        let (breaker, now) = (Breaker::default(), 1_000 * PAUSE_MAX);
        (0..FAILURES).for_each(|_| breaker.failed(now));
        assert!(!breaker.may_try(now));
        assert!(breaker.may_try(now - 2 * PAUSE_MAX));
    }

    #[test]
    fn a_shop_that_asks_to_be_left_alone_is_however_it_answers_others() {
        let (breaker, now) = (Breaker::default(), 1_000);
        breaker.wait(now, Duration::from_secs(90));
        breaker.worked();
        breaker.wait(now + 1_000, Duration::from_secs(1));
        assert!(!breaker.may_try(now + 89_999));
        assert!(breaker.may_try(now + 90_000));
        breaker.wait(now, Duration::from_secs(90));
        breaker.forget();
        assert!(breaker.may_try(now));
        // Nobody is left alone for days.
        breaker.wait(now, Duration::MAX);
        assert!(!breaker.may_try(now + PAUSE_MAX - 1));
        assert!(breaker.may_try(now + PAUSE_MAX));
    }

    #[test]
    fn a_failure_now_and_then_changes_nothing() {
        let (breaker, now) = (Breaker::default(), 1_000);
        for _ in 0..10 {
            breaker.failed(now);
            breaker.worked();
        }
        assert!(breaker.may_try(now));
    }
}
