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

    /// A date and time in the reader's zone, tracked.
    #[must_use]
    pub fn civil(self, at: UnixMillis) -> Civil {
        if self.zone_known.get() {
            Civil::local(at)
        } else {
            Civil::utc(at)
        }
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
            }
        }
        #[cfg(not(feature = "hydrate"))]
        Self::utc(at)
    }

    /// E.g. `14:05`.
    #[must_use]
    pub fn time(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
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
    }

    #[test]
    fn ages_are_short() {
        assert_eq!(under_a_day(-5_000).as_deref(), Some("now"));
        assert_eq!(under_a_day(3 * MINUTE + 1).as_deref(), Some("3 min"));
        assert_eq!(under_a_day(DAY - 1).as_deref(), Some("23 h"));
        assert_eq!(under_a_day(DAY), None);
    }
}
