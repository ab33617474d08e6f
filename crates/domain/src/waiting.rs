//! How long a shopper may wait for an answer, and who has waited longer.
//!
//! What a wait is, is said where it is kept: it begins with the first message that nobody has
//! answered. Here is how its length is judged.

use crate::{
    Invalid, UnixMillis,
    ids::{ConversationId, StoreId},
};
use serde::{Deserialize, Serialize};

/// Longest promise, in minutes: a week.
pub const PROMISE_MAX_MINUTES: u32 = 7 * 24 * 60;
/// Most conversations of [`crate::inbox::InboxCounts::late`].
pub const LATE_MAX: usize = 50;

const MINUTE: UnixMillis = 60_000;

/// Checks within how many minutes a person is to answer.
///
/// # Errors
/// [`Invalid`] for `response_promise_minutes` below 1 or above [`PROMISE_MAX_MINUTES`].
pub fn check_promise(minutes: Option<u32>) -> Result<Option<u32>, Invalid> {
    match minutes {
        Some(given) if !(1..=PROMISE_MAX_MINUTES).contains(&given) => Err(no_promise()),
        _ => Ok(minutes),
    }
}

/// Reads a promise as somebody types it: minutes, or nothing.
///
/// # Errors
/// As [`check_promise`], and if it is no whole number.
pub fn parse_promise(raw: &str) -> Result<Option<u32>, Invalid> {
    match raw.trim() {
        "" => Ok(None),
        typed => check_promise(Some(typed.parse().map_err(|_| no_promise())?)),
    }
}

fn no_promise() -> Invalid {
    Invalid::new(
        "response_promise_minutes",
        format!(
            "Please give a whole number of minutes from 1 to {PROMISE_MAX_MINUTES}, or leave it empty."
        ),
    )
}

/// How a shopper's wait stands beside what was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// There is time.
    Calm,
    /// Four fifths of it are over.
    Warm,
    /// All of it is.
    Late,
}

impl Urgency {
    /// That of a wait since `since`, at `now`.
    #[must_use]
    pub fn of(since: UnixMillis, promise_minutes: u32, now: UnixMillis) -> Self {
        let promise = UnixMillis::from(promise_minutes) * MINUTE;
        let has_lasted = |length| since <= began(length, now);
        if has_lasted(promise) {
            Self::Late
        } else if has_lasted(promise / 5 * 4) {
            Self::Warm
        } else {
            Self::Calm
        }
    }
}

/// Who waits since then, or longer, has waited as long as was promised at `now`.
#[must_use]
pub fn late_since(promise_minutes: u32, now: UnixMillis) -> UnixMillis {
    began(UnixMillis::from(promise_minutes) * MINUTE, now)
}

/// When a wait began that has lasted `length` milliseconds by `now`.
///
/// Every minute counts. The one place that decides so: hours in which nobody has promised
/// anything are left out of a wait here, and everything else follows.
fn began(length: UnixMillis, now: UnixMillis) -> UnixMillis {
    now.saturating_sub(length)
}

/// A conversation whose shopper waits longer than was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    pub conversation: ConversationId,
    /// Since when they wait. Another time is another wait.
    pub since: UnixMillis,
    /// What they are called.
    pub name: String,
}

/// The page of a conversation.
#[must_use]
pub fn conversation_path(store: StoreId, conversation: ConversationId) -> String {
    format!("/stores/{store}/inbox/{conversation}")
}

/// The page with those who wait longest first.
#[must_use]
pub fn waiting_path(store: StoreId) -> String {
    format!("/stores/{store}/inbox?sort=waiting")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: UnixMillis = 1_700_000_000_000;

    fn after(minutes: i64, promise: u32) -> Urgency {
        Urgency::of(NOW - minutes * MINUTE, promise, NOW)
    }

    #[test]
    fn a_wait_is_warm_from_four_fifths_on_and_late_from_the_promise_on() {
        assert_eq!(after(0, 10), Urgency::Calm);
        assert_eq!(after(7, 10), Urgency::Calm);
        assert_eq!(after(8, 10), Urgency::Warm);
        assert_eq!(after(9, 10), Urgency::Warm);
        assert_eq!(after(10, 10), Urgency::Late);
        assert_eq!(Urgency::of(NOW - 47_999, 1, NOW), Urgency::Calm);
        assert_eq!(Urgency::of(NOW - 48_000, 1, NOW), Urgency::Warm);
        // A browser's clock may be behind the server's.
        assert_eq!(Urgency::of(NOW + MINUTE, 1, NOW), Urgency::Calm);
    }

    #[test]
    fn a_promise_is_minutes_up_to_a_week_or_nothing() {
        assert_eq!(parse_promise("  "), Ok(None));
        assert_eq!(parse_promise(" 30 "), Ok(Some(30)));
        assert_eq!(parse_promise("10080"), Ok(Some(PROMISE_MAX_MINUTES)));
        for wrong in [
            "0",
            "-5",
            "10081",
            "1.5",
            "5 min",
            "١٠",
            "99999999999999999999",
        ] {
            let refused = parse_promise(wrong).expect_err(wrong);
            assert_eq!(refused.field, "response_promise_minutes", "{wrong}");
        }
        assert!(check_promise(Some(0)).is_err());
        assert_eq!(check_promise(None), Ok(None));
    }

    proptest! {
        #[test]
        fn a_wait_never_gets_calmer(
            since in 0..NOW, promise in 1..=PROMISE_MAX_MINUTES, first in 0..NOW, more in 0..NOW,
        ) {
            let (earlier, later) = (since + first, since + first + more);
            prop_assert!(
                Urgency::of(since, promise, earlier) <= Urgency::of(since, promise, later)
            );
        }

        #[test]
        fn a_longer_promise_makes_no_wait_more_urgent(
            since in 0..NOW, lasted in 0..NOW, promise in 1..PROMISE_MAX_MINUTES, more in 1_u32..1_000,
        ) {
            let longer = (promise + more).min(PROMISE_MAX_MINUTES);
            let now = since + lasted;
            prop_assert!(Urgency::of(since, longer, now) <= Urgency::of(since, promise, now));
        }

        #[test]
        fn what_the_database_is_asked_for_is_what_the_page_shows_as_late(
            since: i64, promise in 1..=PROMISE_MAX_MINUTES, now in 0..NOW * 2,
        ) {
            let is_late = Urgency::of(since, promise, now) == Urgency::Late;
            prop_assert_eq!(is_late, since <= late_since(promise, now));
        }

        #[test]
        fn whatever_is_typed_is_read_or_refused(raw in "\\PC{0,12}") {
            if let Ok(Some(minutes)) = parse_promise(&raw) {
                prop_assert!((1..=PROMISE_MAX_MINUTES).contains(&minutes));
            }
        }
    }
}
