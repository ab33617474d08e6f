//! Days of the calendar, in UTC.

use crate::UnixMillis;

const DAY: UnixMillis = 24 * 60 * 60 * 1_000;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// E.g. 2026.
    pub year: i64,
    /// 1–12.
    pub month: usize,
    /// 1–31.
    pub day: i64,
}

impl Day {
    /// The one of this time. Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", `civil_from_days`.
    #[must_use]
    pub fn of(at: UnixMillis) -> Self {
        let days = at.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: usize::try_from(month).unwrap_or(1),
            day: day_of_year - (153 * shifted + 2) / 5 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lie_on_their_days() {
        for (at, year, month, day) in [
            (0, 1970, 1, 1),
            (-1, 1969, 12, 31),
            (951_782_400_000, 2000, 2, 29),
            (1_773_324_300_000, 2026, 3, 12),
            (1_795_651_199_999, 2026, 11, 25),
            (1_795_651_200_000, 2026, 11, 26),
        ] {
            assert_eq!(Day::of(at), Day { year, month, day }, "{at}");
        }
    }
}
