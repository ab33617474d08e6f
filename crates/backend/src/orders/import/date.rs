//! Dates as shops' exports write them. Without a zone they are taken for UTC.

use crate::orders::civil::{Civil, SECOND};
use domain::UnixMillis;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Which comes first in a file's dates of the form `03/04/2026`, as far as they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DayOrder {
    /// No date has shown it.
    #[default]
    Unknown,
    /// `31/12/2026`
    DayFirst,
    /// `12/31/2026`
    MonthFirst,
    /// Some dates show one, some the other.
    Both,
}

impl DayOrder {
    /// What is known after another date has been seen.
    pub(super) fn after(self, date: &str) -> Self {
        let shown = match slashed(date) {
            Some((first, second, ..)) if first > 12 && second <= 12 => Self::DayFirst,
            Some((first, second, ..)) if second > 12 && first <= 12 => Self::MonthFirst,
            _ => return self,
        };
        match self {
            Self::Unknown => shown,
            known if known == shown => known,
            _ => Self::Both,
        }
    }
}

/// Why a date can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateFault {
    /// It isn't one.
    NoDate,
    /// Day and month may be exchanged, and the file doesn't show it.
    Ambiguous,
}

/// The time of a date: ISO 8601, `2026-11-01 10:00:00 +0100`, `01.11.2026 10:00`,
/// `11/01/2026`, `Sun, 01 Nov 2026 10:00:00 GMT`, Unix time in seconds or milliseconds.
pub(super) fn millis(date: &str, file: DayOrder) -> Result<UnixMillis, DateFault> {
    let date = date.trim();
    if date.len() > 64 || !date.is_ascii() {
        return Err(DateFault::NoDate);
    }
    if let Some(at) = unix_time(date) {
        return Ok(at);
    }
    let (year, month, day, rest) = if let Some((first, second, year, rest)) = slashed(date) {
        let day_first = match (first, second, file) {
            (_, 13.., _) => false,
            (13.., ..) => true,
            (first, second, _) if first == second => true,
            (.., DayOrder::DayFirst) => true,
            (.., DayOrder::MonthFirst) => false,
            _ => return Err(DateFault::Ambiguous),
        };
        let (day, month) = if day_first {
            (first, second)
        } else {
            (second, first)
        };
        (year, month, day, rest)
    } else {
        iso(date)
            .or_else(|| dotted(date))
            .or_else(|| worded(date))
            .ok_or(DateFault::NoDate)?
    };
    let Time {
        seconds,
        millis,
        zone,
    } = time(rest).ok_or(DateFault::NoDate)?;
    let civil = Civil {
        year,
        month,
        day,
        seconds,
    };
    let at = civil.as_utc().ok_or(DateFault::NoDate)?;
    Ok(at + millis - zone * SECOND)
}

/// Seconds have ten digits from 2001 to 2286, milliseconds 13.
fn unix_time(date: &str) -> Option<UnixMillis> {
    let digits = date.bytes().all(|byte| byte.is_ascii_digit());
    match date.len() {
        10 if digits => date.parse::<i64>().ok().map(|seconds| seconds * SECOND),
        13 if digits => date.parse().ok(),
        _ => None,
    }
}

/// `2026-11-01…`, also with slashes: year, month, day and the rest.
fn iso(date: &str) -> Option<(i64, i64, i64, &str)> {
    let mark = date.get(4..5).filter(|mark| matches!(*mark, "-" | "/"))?;
    let (year, rest) = (number(date.get(..4)?)?, date.get(5..)?);
    let (month, rest) = rest.split_once(mark)?;
    let (day, rest) = leading_number(rest)?;
    Some((year, number(month)?, day, rest))
}

/// `01.11.2026…`: day, month and year.
fn dotted(date: &str) -> Option<(i64, i64, i64, &str)> {
    let (day, rest) = date.split_once('.')?;
    let (month, rest) = rest.split_once('.')?;
    let (year, rest) = leading_number(rest)?;
    Some((year, number(month)?, number(day)?, rest)).filter(|_| year > 999)
}

/// `03/04/2026…` and `03-04-2026…`: two numbers, the year and the rest.
fn slashed(date: &str) -> Option<(i64, i64, i64, &str)> {
    let mark = date.trim().find(['/', '-'])?;
    let date = date.trim();
    let (first, rest) = (date.get(..mark)?, date.get(mark + 1..)?);
    if first.len() > 2 {
        return None;
    }
    let (second, rest) = rest.split_once(char::from(date.as_bytes()[mark]))?;
    let (year, rest) = leading_number(rest)?;
    Some((number(first)?, number(second)?, year, rest)).filter(|_| year > 999)
}

/// `Sun, 01 Nov 2026…`, `Nov 1, 2026…`, `1 November 2026…`
fn worded(date: &str) -> Option<(i64, i64, i64, &str)> {
    let mut rest = date;
    let mut month = None;
    let mut day = None;
    for _ in 0..4 {
        rest = rest.trim_start_matches([' ', ',', '-', '.']);
        if let Some((found, behind)) = leading_number(rest) {
            if day.is_some() {
                return Some((found, month?, day?, behind)).filter(|_| found > 999);
            }
            day = Some(found);
            rest = behind;
        } else {
            let end = rest
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            let word = rest.get(..end)?.to_ascii_lowercase();
            let named = MONTHS.iter().position(|month| word.starts_with(month));
            if let Some(at) = named {
                month = Some(i64::try_from(at).ok()? + 1);
            } else if month.is_some() || day.is_some() || word.is_empty() {
                return None;
            }
            rest = rest.get(end..)?;
        }
    }
    None
}

/// A time of day.
#[derive(Debug, Clone, Copy, Default)]
struct Time {
    seconds: i64,
    millis: i64,
    /// Seconds that it is ahead of UTC.
    zone: i64,
}

/// What stands behind a day.
fn time(rest: &str) -> Option<Time> {
    let rest = rest.trim_start_matches([' ', 'T', 't', ',']).trim_end();
    if rest.is_empty() {
        return Some(Time::default());
    }
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')))
        .unwrap_or(rest.len());
    let (clock, behind) = (rest.get(..end)?, rest.get(end..)?.trim());
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let millis = number(&format!("{:0<3}", &fraction[..fraction.len().min(3)]))?;
    let mut parts = clock.split(':');
    let mut hour = number(parts.next()?)?;
    let minute = number(parts.next()?)?;
    let second = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() || minute > 59 || second > 60 {
        return None;
    }
    let (half, zone) = match behind.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some(half @ ("am" | "pm")) => (Some(half == "pm"), behind.get(2..)?.trim()),
        _ => (None, behind),
    };
    if let Some(afternoon) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    Some(Time {
        seconds: hour * 3_600 + minute * 60 + second.min(59),
        millis,
        zone: ahead(zone)?,
    })
}

/// Seconds that a zone is ahead of UTC: `+0100`, `-05:00`, `Z`, `GMT`.
fn ahead(zone: &str) -> Option<i64> {
    let sign = match zone.get(..1) {
        None => return Some(0),
        Some("+") => 1,
        Some("-") => -1,
        _ => {
            let names = ["z", "utc", "gmt"];
            return names
                .contains(&zone.to_ascii_lowercase().as_str())
                .then_some(0);
        }
    };
    let digits = zone.get(1..)?.replace(':', "");
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits)?, 0),
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn leading_number(text: &str) -> Option<(i64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    Some((number(text.get(..end)?)?, text.get(end..)?))
}

/// A number without a sign, small enough for any part of a date.
fn number(text: &str) -> Option<i64> {
    let fits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::civil::iso;
    use proptest::prelude::*;

    fn read(date: &str) -> Result<UnixMillis, DateFault> {
        millis(date, DayOrder::Unknown)
    }

    #[test]
    fn the_same_moment_is_read_in_each_form() {
        for date in [
            "2026-11-01T10:00:00Z",
            "2026-11-01T10:00:00.000Z",
            "2026-11-01 10:00:00",
            "2026-11-01 11:00:00 +0100",
            "2026-11-01T05:00:00-05:00",
            "2026-11-01 10:00",
            "2026/11/01 10:00",
            "01.11.2026 10:00",
            "1.11.2026, 10:00:00",
            "Sun, 01 Nov 2026 10:00:00 GMT",
            "Nov 1, 2026 10:00 AM",
            "1793527200",
            "1793527200000",
        ] {
            assert_eq!(read(date), Ok(1_793_527_200_000), "{date}");
        }
        assert_eq!(read("2026-11-01"), Ok(1_793_491_200_000));
        assert_eq!(read("13/11/2026 12:30 am"), read("2026-11-13 00:30"));
        assert_eq!(read("11/13/2026 12:30 pm"), read("2026-11-13 12:30"));
    }

    #[test]
    fn other_things_are_no_dates() {
        for text in [
            "",
            "yesterday",
            "2026-02-30",
            "2026-13-01",
            "32.01.2026",
            "2026-11-01 25:00",
            "2026-11-01 10:61",
            "2026-11-01 10:00 +2500",
            "2026-11-01 10:00 Mars",
            "1001",
            "01.11.26",
        ] {
            assert_eq!(read(text), Err(DateFault::NoDate), "{text}");
        }
    }

    #[test]
    fn day_and_month_are_told_apart_by_the_file() {
        let date = "03/04/2026";
        assert_eq!(read(date), Err(DateFault::Ambiguous));
        assert_eq!(read("04/04/2026"), read("2026-04-04"));
        let after = |seen| millis(date, DayOrder::Unknown.after(seen));
        assert_eq!(after("31/12/2026"), read("2026-04-03"));
        assert_eq!(after("12/31/2026"), read("2026-03-04"));
        let both = DayOrder::Unknown.after("12/31/2026").after("31/12/2026");
        assert_eq!(millis(date, both), Err(DateFault::Ambiguous));
    }

    proptest! {
        #[test]
        fn a_date_written_is_read_as_it_was(at in 0..4_102_444_800_000_i64) {
            prop_assert_eq!(read(&iso(at)), Ok(at));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,30}|[0-9/.: TZ+-]{0,30}") {
            let order = DayOrder::Unknown.after(&text);
            let _ = millis(&text, order);
        }
    }
}
