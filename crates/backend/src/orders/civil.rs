//! Days of the calendar as Unix time and back.

use domain::UnixMillis;
use jiff::{Timestamp, civil, tz::TimeZone};

pub(super) const SECOND: UnixMillis = 1_000;

/// Year, month and day of the Gregorian calendar, the time of day in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub seconds: i64,
}

impl Civil {
    /// Its Unix time as if it were UTC; `None` if there is no such day or time.
    pub fn as_utc(self) -> Option<UnixMillis> {
        let part = |number: i64| i8::try_from(number).ok();
        let date = civil::Date::new(
            i16::try_from(self.year).ok().filter(|year| *year > 0)?,
            part(self.month)?,
            part(self.day)?,
        );
        let time = civil::Time::new(
            part(self.seconds / 3_600)?,
            part(self.seconds / 60 % 60)?,
            part(self.seconds % 60)?,
            0,
        );
        let at = date.ok()?.to_datetime(time.ok()?).to_zoned(TimeZone::UTC);
        Some(at.ok()?.timestamp().as_millisecond())
    }
}

/// `at` by ISO 8601, in UTC: `2026-11-01T10:00:00.000Z`.
pub(super) fn iso(at: UnixMillis) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days_are_where_they_are() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(951_782_400_123), "2000-02-29T00:00:00.123Z");
        assert_eq!(iso(1_793_527_200_000), "2026-11-01T10:00:00.000Z");
    }

    #[test]
    fn there_is_no_thirtieth_of_february() {
        let day = |year, month, day| Civil {
            year,
            month,
            day,
            seconds: 0,
        };
        assert_eq!(day(2026, 2, 30).as_utc(), None);
        assert_eq!(day(1900, 2, 29).as_utc(), None);
        assert!(day(2000, 2, 29).as_utc().is_some());
        assert_eq!(day(2026, 13, 1).as_utc(), None);
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same(seconds in 0..4_102_444_800_i64) {
            let at = seconds * SECOND;
            let written = iso(at);
            let part = |range: std::ops::Range<usize>| written[range].parse().expect("a number");
            let civil = Civil {
                year: part(0..4),
                month: part(5..7),
                day: part(8..10),
                seconds: part(11..13) * 3_600 + part(14..16) * 60 + part(17..19),
            };
            prop_assert_eq!(civil.as_utc(), Some(at));
        }
    }
}
