//! Points in time: "3 min" under a day, then the date; in full on hover.

use crate::browser;
use domain::{UnixMillis, day::Day};
use leptos::prelude::*;
use std::time::Duration;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The page's idea of now, and of the reader's time zone. The server doesn't
/// know the zone: it writes UTC, and the browser corrects it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    now: RwSignal<UnixMillis>,
    zone_known: RwSignal<bool>,
}

impl Clock {
    /// Makes it available to all components below, and keeps it going.
    pub fn provide() {
        let clock = Self {
            now: RwSignal::new(browser::now()),
            zone_known: RwSignal::new(false),
        };
        provide_context(clock);
        Effect::new(move |_| {
            clock.now.set(browser::now());
            clock.zone_known.set(true);
            let ticking = set_interval_with_handle(
                move || clock.now.set(browser::now()),
                Duration::from_secs(20),
            );
            on_cleanup(move || {
                if let Ok(ticking) = ticking {
                    ticking.clear();
                }
            });
        });
    }

    /// What goes by it is to be right at this moment.
    pub fn tick(self) {
        self.now.set(browser::now());
    }

    /// A date and time in the reader's zone, tracked.
    #[must_use]
    pub fn civil(self, at: UnixMillis) -> Civil {
        if self.zone_known.get() {
            Civil::local(at)
        } else {
            Civil::utc(at)
        }
    }

    /// Whether the page is in a browser and its first drawing is done: what the server can't
    /// know is drawn from then on. Tracked.
    #[must_use]
    pub fn is_live(self) -> bool {
        self.zone_known.get()
    }

    /// As [`Clock::civil`], once the zone is known.
    #[must_use]
    pub fn local(self, at: UnixMillis) -> Option<Civil> {
        self.zone_known.get().then(|| Civil::local(at))
    }

    /// Now, tracked.
    #[must_use]
    pub fn now(self) -> UnixMillis {
        self.now.get()
    }
}

/// The page's [`Clock`].
#[must_use]
pub fn use_clock() -> Clock {
    expect_context()
}

/// A date and time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// E.g. 2026.
    pub year: i64,
    /// 1–12.
    pub month: usize,
    /// 1–31.
    pub day: i64,
    /// 0–23.
    pub hour: i64,
    /// 0–59.
    pub minute: i64,
    /// Whether its reader counts hours to twelve.
    twelve: bool,
}

impl Civil {
    /// In UTC.
    #[must_use]
    pub fn utc(at: UnixMillis) -> Self {
        let Day { year, month, day } = Day::of(at);
        let in_day = at.rem_euclid(DAY);
        Self {
            year,
            month,
            day,
            hour: in_day / HOUR,
            minute: in_day % HOUR / MINUTE,
            twelve: false,
        }
    }

    /// In the browser's zone; in UTC on the server.
    #[must_use]
    pub fn local(at: UnixMillis) -> Self {
        #[cfg(feature = "hydrate")]
        {
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds of this age are exact"
            )]
            let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at as f64));
            Self {
                year: i64::from(date.get_full_year()),
                month: date.get_month() as usize + 1,
                day: i64::from(date.get_date()),
                hour: i64::from(date.get_hours()),
                minute: i64::from(date.get_minutes()),
                twelve: browser::counts_to_twelve(),
            }
        }
        #[cfg(not(feature = "hydrate"))]
        Self::utc(at)
    }

    /// E.g. `14:05`, or `2:05 PM` where that is how its reader counts: the browser's own fields
    /// for times do the same.
    #[must_use]
    pub fn time(self) -> String {
        let Self { hour, minute, .. } = self;
        if !self.twelve {
            return format!("{hour:02}:{minute:02}");
        }
        let half = if hour < 12 { "AM" } else { "PM" };
        format!("{}:{minute:02} {half}", (hour + 11) % 12 + 1)
    }

    /// E.g. `2026-03-12T14:05`, as a field for date and time has it.
    #[must_use]
    pub fn field(self) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            ..
        } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
    }

    /// E.g. `12 Mar`, with the year if it isn't `this_year`.
    #[must_use]
    pub fn date(self, this_year: i64) -> String {
        let month = MONTHS[self.month.clamp(1, 12) - 1];
        if self.year == this_year {
            format!("{} {month}", self.day)
        } else {
            format!("{} {month} {}", self.day, self.year)
        }
    }

    /// E.g. `12 Mar 2026, 14:05`.
    #[must_use]
    pub fn full(self) -> String {
        format!("{}, {}", self.date(i64::MIN), self.time())
    }

    /// E.g. `18:00` on the day of `now`, `1 Dec, 09:00` on another.
    #[must_use]
    pub fn seen_from(self, now: Self) -> String {
        if self.same_day(now) {
            self.time()
        } else {
            format!("{}, {}", self.date(now.year), self.time())
        }
    }

    /// Days since Monday. Algorithm: as [`Civil::utc`], `days_from_civil`.
    #[must_use]
    pub fn weekday(self) -> i64 {
        (self.days() + 3).rem_euclid(7)
    }

    /// Days since 1970.
    fn days(self) -> i64 {
        let month = i64::try_from(self.month).unwrap_or(1);
        let year = self.year - i64::from(month <= 2);
        let shifted = (month + 9) % 12;
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * shifted + 2) / 5 + self.day - 1;
        year.div_euclid(400) * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
            + day_of_year
            - 719_468
    }

    /// The point in time of an hour, `days` after this day, in the browser's zone; in UTC on
    /// the server.
    #[must_use]
    pub fn at_hour(self, days: i64, hour: i64) -> UnixMillis {
        #[cfg(feature = "hydrate")]
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a date of the calendar, and whole milliseconds"
            )]
            let at = js_sys::Date::new_with_year_month_day_hr(
                self.year as u32,
                self.month as i32 - 1,
                (self.day + days) as i32,
                hour as i32,
            )
            .get_time() as UnixMillis;
            at
        }
        #[cfg(not(feature = "hydrate"))]
        {
            (self.days() + days) * DAY + hour * HOUR
        }
    }

    /// Whether both are on the same day.
    #[must_use]
    pub fn same_day(self, other: Self) -> bool {
        (self.year, self.month, self.day) == (other.year, other.month, other.day)
    }
}

/// E.g. `now`, `3 min`, `5 h`; `None` from a day on.
fn under_a_day(age: i64) -> Option<String> {
    match age {
        i64::MIN..MINUTE => Some("now".to_owned()),
        MINUTE..HOUR => Some(format!("{} min", age / MINUTE)),
        HOUR..DAY => Some(format!("{} h", age / HOUR)),
        _ => None,
    }
}

/// How long something takes or has taken, e.g. `now`, `3 min`, `5 h`, `2 d`.
#[must_use]
pub fn span(age: i64) -> String {
    under_a_day(age).unwrap_or_else(|| format!("{} d", age / DAY))
}

/// A point in time, relative to now.
#[component]
pub fn Ago(
    /// When.
    #[prop(into)]
    at: Signal<UnixMillis>,
) -> impl IntoView {
    let clock = use_clock();
    let text = move || {
        let (at, now) = (at.get(), clock.now());
        under_a_day(now - at).unwrap_or_else(|| clock.civil(at).date(clock.civil(now).year))
    };
    view! {
        <time class="ago" title=move || clock.civil(at.get()).full()>
            {text}
        </time>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_the_calendar_s() {
        assert_eq!(Civil::utc(0).full(), "1 Jan 1970, 00:00");
        assert_eq!(Civil::utc(951_782_400_000).full(), "29 Feb 2000, 00:00");
        assert_eq!(Civil::utc(1_773_324_300_000).full(), "12 Mar 2026, 14:05");
        assert_eq!(Civil::utc(-1).full(), "31 Dec 1969, 23:59");
        assert_eq!(Civil::utc(1_773_324_300_000).date(2026), "12 Mar");
        assert_eq!(Civil::utc(1_773_324_300_000).field(), "2026-03-12T14:05");
    }

    #[test]
    fn a_date_is_as_many_days_after_1970_as_it_was_made_of() {
        for day in (-800_000..800_000).step_by(97) {
            let civil = Civil::utc(day * DAY + 5 * HOUR);
            assert_eq!(civil.at_hour(0, 5), day * DAY + 5 * HOUR);
        }
        // 12 March 2026 is a Thursday.
        assert_eq!(Civil::utc(1_773_324_300_000).weekday(), 3);
    }

    #[test]
    fn a_time_says_its_day_if_it_is_another() {
        let [now, later, next_year] = [1_773_324_300_000, 1_773_331_500_000, 1_804_860_300_000];
        let now = Civil::utc(now);
        assert_eq!(Civil::utc(later).seen_from(now), "16:05");
        assert_eq!(Civil::utc(next_year).seen_from(now), "12 Mar 2027, 14:05");
    }

    #[test]
    fn hours_are_counted_as_the_reader_does() {
        let at = |hour| Civil {
            twelve: true,
            ..Civil::utc(hour * HOUR + 5 * MINUTE)
        };
        let times = [0, 9, 12, 23].map(|hour| at(hour).time());
        assert_eq!(times, ["12:05 AM", "9:05 AM", "12:05 PM", "11:05 PM"]);
        assert_eq!(at(14).field(), "1970-01-01T14:05");
    }

    #[test]
    fn ages_are_short() {
        assert_eq!(under_a_day(-5_000).as_deref(), Some("now"));
        assert_eq!(under_a_day(3 * MINUTE + 1).as_deref(), Some("3 min"));
        assert_eq!(under_a_day(DAY - 1).as_deref(), Some("23 h"));
        assert_eq!(under_a_day(DAY), None);
        assert_eq!(span(5 * MINUTE), "5 min");
        assert_eq!(span(2 * DAY + HOUR), "2 d");
    }
}
