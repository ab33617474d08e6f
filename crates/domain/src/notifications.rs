//! What somebody of a team wants to be told of outside the page, and when not.

use crate::Invalid;
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Longest name of a time zone, in characters.
const TIME_ZONE_MAX: usize = 64;

/// How somebody hears that a shopper waits longer than promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifications {
    /// By mail.
    pub mail: bool,
    /// By a sound of the open page.
    pub sound: bool,
    /// By a notification of the browser, where they have allowed it.
    pub browser: bool,
    /// When they hear nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
}

impl Default for Notifications {
    /// Who has said nothing is told by whatever nobody has to be asked for.
    fn default() -> Self {
        Self {
            mail: true,
            sound: true,
            browser: false,
            quiet: None,
        }
    }
}

/// A part of each day, where somebody lives. It may go past midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// The first minute of the day that is quiet.
    pub from: u16,
    /// The first one that isn't any more.
    pub until: u16,
    /// The zone's name, such as `Europe/Berlin`.
    pub time_zone: String,
}

impl QuietHours {
    /// Reads what was given in a form; two empty times are none.
    ///
    /// # Errors
    /// [`Invalid`] for `quiet_from` or `quiet_until`, if one is missing or no time of day, both
    /// are the same, or the zone is no zone's name by its form.
    pub fn parse(from: &str, until: &str, time_zone: &str) -> Result<Option<Self>, Invalid> {
        let quiet = match (from.trim(), until.trim()) {
            ("", "") => return Ok(None),
            (from, until) => Self {
                from: parse_time("quiet_from", from)?,
                until: parse_time("quiet_until", until)?,
                time_zone: time_zone.trim().to_owned(),
            },
        };
        if quiet.from == quiet.until {
            return Err(Invalid::new(
                "quiet_until",
                "Please choose another time than the first. To hear nothing at all, switch everything off.",
            ));
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        let zone = &quiet.time_zone;
        if zone.is_empty() || zone.len() > TIME_ZONE_MAX || !zone.chars().all(fits) {
            return Err(no_zone());
        }
        Ok(Some(quiet))
    }

    /// For how many more minutes it is quiet at this minute of the day; `None` if it isn't.
    #[must_use]
    pub fn left_at(&self, minute: u16) -> Option<u16> {
        let since = (minute + DAY - self.from) % DAY;
        let length = (self.until + DAY - self.from) % DAY;
        (since < length).then(|| length - since)
    }
}

/// What is said of a zone that nobody knows.
#[must_use]
pub fn no_zone() -> Invalid {
    Invalid::new(
        "quiet_from",
        "Your browser's time zone isn't known here. Leave both times empty.",
    )
}

/// A minute of the day as a field for a time has it, e.g. `07:30`.
#[must_use]
pub fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of the day of a text such as `07:30`, with seconds or without.
#[must_use]
pub fn minute_of_day(text: &str) -> Option<u16> {
    let mut parts = text.splitn(3, ':').map(|part| part.parse::<u16>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    (hour < 24 && minute < 60).then(|| hour * 60 + minute)
}

fn parse_time(field: &str, text: &str) -> Result<u16, Invalid> {
    minute_of_day(text).ok_or_else(|| {
        Invalid::new(
            field,
            "Please give both times, like 22:00 and 07:00, or neither.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quiet(from: &str, until: &str) -> QuietHours {
        QuietHours::parse(from, until, "Europe/Berlin")
            .expect("two times")
            .expect("quiet hours")
    }

    #[test]
    fn a_night_goes_past_midnight() {
        let night = quiet("22:00", "07:30");
        assert_eq!(night.left_at(22 * 60), Some(9 * 60 + 30));
        assert_eq!(night.left_at(0), Some(7 * 60 + 30));
        assert_eq!(night.left_at(7 * 60 + 29), Some(1));
        assert_eq!(night.left_at(7 * 60 + 30), None);
        assert_eq!(night.left_at(21 * 60 + 59), None);
        let lunch = quiet("12:00:00", "13:00");
        assert_eq!(lunch.left_at(12 * 60 + 15), Some(45));
        assert_eq!(lunch.left_at(13 * 60), None);
    }

    #[test]
    fn what_makes_no_quiet_hours_is_refused_by_its_field() {
        assert_eq!(QuietHours::parse(" ", "", ""), Ok(None));
        for (from, until, zone, field) in [
            ("", "07:00", "UTC", "quiet_from"),
            ("22:00", "", "UTC", "quiet_until"),
            ("24:00", "07:00", "UTC", "quiet_from"),
            ("22:00", "07:60", "UTC", "quiet_until"),
            ("ten", "07:00", "UTC", "quiet_from"),
            ("07:00", "07:00", "UTC", "quiet_until"),
            ("22:00", "07:00", "", "quiet_from"),
            ("22:00", "07:00", "../etc/passwd", "quiet_from"),
            ("22:00", "07:00", "Europe/Berlin\n", ""),
        ] {
            let refused = QuietHours::parse(from, until, zone);
            let named = refused.err().map_or(String::new(), |invalid| invalid.field);
            assert_eq!(named, field, "{from} {until} {zone:?}");
        }
        let long = "A".repeat(TIME_ZONE_MAX + 1);
        assert!(QuietHours::parse("22:00", "07:00", &long).is_err());
    }

    proptest! {
        #[test]
        fn quiet_hours_end_when_they_say(from in 0..DAY, until in 0..DAY, minute in 0..DAY) {
            prop_assume!(from != until);
            let quiet = quiet(&time_of_day(from), &time_of_day(until));
            match quiet.left_at(minute) {
                Some(left) => {
                    prop_assert_eq!((minute + left) % DAY, until);
                    prop_assert!(left > 0);
                }
                None => {
                    // The whole way from the end on to the next begin is loud.
                    let until_begin = (from + DAY - minute) % DAY;
                    let until_end = (until + DAY - minute) % DAY;
                    prop_assert!(until_begin <= until_end || until_end == 0);
                }
            }
        }

        #[test]
        fn a_time_read_is_a_time_written(minute in 0..DAY) {
            prop_assert_eq!(minute_of_day(&time_of_day(minute)), Some(minute));
        }

        #[test]
        fn no_text_is_a_time_beyond_the_day(text in "[0-9:]{0,8}") {
            prop_assert!(minute_of_day(&text).is_none_or(|minute| minute < DAY));
        }
    }
}
