//! Days of the calendar as Unix time and back.

use domain::UnixMillis;

pub(super) const SECOND: UnixMillis = 1_000;
const DAY_SECONDS: i64 = 24 * 60 * 60;

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
        let Self {
            year,
            month,
            day,
            seconds,
        } = self;
        let fits = (1..=9_999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && (0..DAY_SECONDS).contains(&seconds);
        fits.then(|| (days_before(year, month, day) * DAY_SECONDS + seconds) * SECOND)
    }

    /// The day and time in UTC at `at`.
    pub fn at(at: UnixMillis) -> Self {
        let all = at.div_euclid(SECOND);
        let (days, seconds) = (all.div_euclid(DAY_SECONDS), all.rem_euclid(DAY_SECONDS));
        // Howard Hinnant's civil_from_days: years begin in March, so that a leap day ends
        // one. <https://howardhinnant.github.io/date_algorithms.html>
        let days = days + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day,
            seconds,
        }
    }
}

/// `at` by ISO 8601, in UTC: `2026-11-01T10:00:00.000Z`.
pub(super) fn iso(at: UnixMillis) -> String {
    let Civil {
        year,
        month,
        day,
        seconds,
    } = Civil::at(at);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let millis = at.rem_euclid(SECOND);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Days from 1970 to a day, by Howard Hinnant's days_from_civil.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
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
            prop_assert_eq!(Civil::at(at).as_utc(), Some(at));
        }
    }
}
