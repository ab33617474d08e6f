//! When a conversation may come back: the offers, and a time of one's own.

use super::triage::Subject;
use crate::{
    browser,
    ui::{
        Button, Glyph, Menu, MenuItem,
        time::{Civil, use_clock},
    },
};
use domain::{UnixMillis, inbox::Triage};
use leptos::prelude::*;

/// The morning begins.
const MORNING: i64 = 9;
/// The evening begins.
const EVENING: i64 = 18;
const HOUR: UnixMillis = 60 * 60_000;

/// A time that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    InAnHour,
    ThisEvening,
    Tomorrow,
    NextWeek,
}

impl Offer {
    const ALL: [Self; 4] = [
        Self::InAnHour,
        Self::ThisEvening,
        Self::Tomorrow,
        Self::NextWeek,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::InAnHour => "In an hour",
            Self::ThisEvening => "This evening",
            Self::Tomorrow => "Tomorrow",
            Self::NextWeek => "Next week",
        }
    }

    /// When that is; `None` where another offer says the same or comes sooner: within an
    /// hour of the evening, and on Sundays, when the next week begins tomorrow.
    fn at(self, now: UnixMillis, today: Civil) -> Option<UnixMillis> {
        match self {
            Self::InAnHour => Some(now + HOUR),
            Self::ThisEvening => (today.hour < EVENING - 1).then(|| today.at_hour(0, EVENING)),
            Self::Tomorrow => Some(today.at_hour(1, MORNING)),
            Self::NextWeek => {
                let days = 7 - today.weekday();
                (days > 1).then(|| today.at_hour(days, MORNING))
            }
        }
    }
}

/// The next morning.
#[must_use]
pub fn tomorrow(now: UnixMillis) -> UnixMillis {
    Civil::local(now).at_hour(1, MORNING)
}

/// Snoozes conversations.
#[component]
pub fn SnoozeMenu(
    /// Which.
    subject: Subject,
) -> impl IntoView {
    let clock = use_clock();
    let picked = RwSignal::new(String::new());
    let Subject {
        act, is_snoozed, ..
    } = subject;
    // Once the zone is known: the server doesn't know what would be offered.
    let offers = move || {
        let now = clock.now();
        let today = clock.local(now)?;
        let offered = Offer::ALL.into_iter().filter_map(|offer| {
            let at = Civil::local(offer.at(now, today)?).seen_from(today);
            let choose = move |()| {
                // By the clock of now, not of when it was last looked at.
                let now = browser::now();
                if let Some(until) = offer.at(now, Civil::local(now)) {
                    act.run(Triage::Snooze(until));
                }
            };
            let label = format!("{}, {at}", offer.name());
            Some(view! { <MenuItem glyph=Glyph::Clock label on_press=choose/> })
        });
        Some(offered.collect_view())
    };
    view! {
        <Menu label="Snooze (s)" name="s" glyph=Glyph::Clock>
            {offers}
            <form
                class="menu-form"
                on:submit=move |event| {
                    event.prevent_default();
                    if let Some(until) = browser::local_time(&picked.get_untracked()) {
                        act.run(Triage::Snooze(until));
                    }
                }
            >
                <input
                    class="input"
                    type="datetime-local"
                    aria-label="Date and time"
                    required
                    prop:value=picked
                    on:input=move |event| picked.set(event_target_value(&event))
                />
                <Button submit=true>"Snooze"</Button>
            </form>
            <Show when=move || is_snoozed.get()>
                <MenuItem
                    glyph=Glyph::Reopen
                    label="End the snooze"
                    on_press=move |()| act.run(Triage::Reopen)
                />
            </Show>
        </Menu>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: UnixMillis = 60_000;
    const DAY: UnixMillis = 24 * HOUR;
    /// Monday, 30 November 2026, midnight.
    const MONDAY: UnixMillis = 1_795_996_800_000;

    fn offered(now: UnixMillis) -> Vec<(&'static str, String)> {
        let today = Civil::utc(now);
        Offer::ALL
            .into_iter()
            .filter_map(|offer| Some((offer.name(), Civil::utc(offer.at(now, today)?).full())))
            .collect()
    }

    #[test]
    fn on_a_monday_morning_everything_is_offered() {
        assert_eq!(
            offered(MONDAY + 10 * HOUR + 7 * MINUTE),
            [
                ("In an hour", "30 Nov 2026, 11:07".to_owned()),
                ("This evening", "30 Nov 2026, 18:00".to_owned()),
                ("Tomorrow", "1 Dec 2026, 09:00".to_owned()),
                ("Next week", "7 Dec 2026, 09:00".to_owned()),
            ]
        );
    }

    #[test]
    fn when_the_evening_is_near_it_is_not_offered() {
        let names = |now| offered(now).into_iter().map(|(name, _)| name).collect();
        let evening: Vec<_> = names(MONDAY + 16 * HOUR + 59 * MINUTE);
        assert!(evening.contains(&"This evening"));
        let late: Vec<_> = names(MONDAY + 17 * HOUR);
        assert_eq!(late, ["In an hour", "Tomorrow", "Next week"]);
    }

    #[test]
    fn on_a_sunday_the_next_week_is_tomorrow() {
        let sunday = MONDAY + 6 * DAY + 20 * HOUR;
        assert_eq!(
            offered(sunday),
            [
                ("In an hour", "6 Dec 2026, 21:00".to_owned()),
                ("Tomorrow", "7 Dec 2026, 09:00".to_owned()),
            ]
        );
    }

    #[test]
    fn every_offer_is_to_come_within_eight_days_and_no_two_are_the_same() {
        for quarter in 0..4 * 24 * 800 {
            let now = MONDAY + quarter * 15 * MINUTE + 1;
            let today = Civil::utc(now);
            let mut before = now;
            for offer in Offer::ALL {
                let Some(at) = offer.at(now, today) else {
                    continue;
                };
                if offer != Offer::Tomorrow {
                    assert!(at > before, "{offer:?} at {now}");
                }
                assert!(at > now && at < now + 8 * DAY, "{offer:?} at {now}");
                let civil = Civil::utc(at);
                match offer {
                    Offer::InAnHour => assert_eq!(at, now + HOUR),
                    Offer::ThisEvening => assert!(civil.same_day(today)),
                    Offer::Tomorrow => assert!(civil.same_day(Civil::utc(now + DAY))),
                    Offer::NextWeek => assert_eq!(civil.weekday(), 0),
                }
                if offer != Offer::InAnHour {
                    assert_eq!(civil.minute, 0);
                }
                before = at;
            }
        }
    }
}
