//! Whether somebody of a team is there to answer.

use crate::{UnixMillis, ids::UserId};
use serde::{Deserialize, Serialize};

/// Whoever has had no page of a store open for so long isn't there, in milliseconds. A page that
/// is loaded anew, or a connection that breaks for a moment, is no leaving.
pub const OFFLINE_AFTER: UnixMillis = 60 * 1_000;

/// Whether somebody is there. Away is what they say of themselves, in all their stores; the rest
/// is seen by the store's pages that they have open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Has a page of the store open, and takes conversations.
    Available,
    /// Has a page of the store open, and takes none.
    Away,
    /// Has none open.
    #[default]
    Offline,
}

impl Presence {
    /// That of somebody who says that they are `away`, and whose pages were last heard of at
    /// `connected_at`, at `now`.
    #[must_use]
    pub fn of(away: bool, connected_at: Option<UnixMillis>, now: UnixMillis) -> Self {
        match connected_at {
            Some(at) if at > gone_since(now) && away => Self::Away,
            Some(at) if at > gone_since(now) => Self::Available,
            _ => Self::Offline,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Away => "Away",
            Self::Offline => "Offline",
        }
    }
}

/// Whoever was last heard of then, or before, isn't there at `now`.
#[must_use]
pub fn gone_since(now: UnixMillis) -> UnixMillis {
    now.saturating_sub(OFFLINE_AFTER)
}

/// The presence of one person in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceOf {
    /// Who.
    pub user: UserId,
    pub presence: Presence,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_that_was_heard_of_less_than_a_minute_ago_is_open() {
        let now = 10 * OFFLINE_AFTER;
        let at = |ago| Presence::of(false, Some(now - ago), now);
        assert_eq!(at(0), Presence::Available);
        assert_eq!(at(OFFLINE_AFTER - 1), Presence::Available);
        assert_eq!(at(OFFLINE_AFTER), Presence::Offline);
        assert_eq!(Presence::of(false, None, now), Presence::Offline);
    }

    #[test]
    fn who_is_away_and_has_no_page_open_is_offline() {
        assert_eq!(Presence::of(true, Some(1), 1), Presence::Away);
        assert_eq!(Presence::of(true, None, 1), Presence::Offline);
    }

    proptest! {
        #[test]
        fn no_time_is_too_early_or_too_late(away: bool, at: Option<i64>, now: i64) {
            let presence = Presence::of(away, at, now);
            prop_assert!(away || presence != Presence::Away);
            prop_assert!(!away || presence != Presence::Available);
        }
    }
}
