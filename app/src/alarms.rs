//! Shoppers who wait longer than promised, on every page of their store.
//!
//! What stands comes with the counts, so that a page which is opened later, or has missed an
//! event, shows it too. What is new among it makes itself heard.

mod ring;

pub use ring::{Permission, ask_to_notify, chime, permission};

use crate::{
    addresses, browser,
    inbox::counts::use_counts,
    session::AccountResource,
    ui::{Civil, Glyph, Icon, IconButton, time::use_clock},
};
use domain::{
    ids::StoreId,
    inbox::InboxView,
    notifications::Notifications,
    waiting::{Late, waiting_path},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Who is told by push in this browser.
pub const PUSHED_KEY: &str = "shopdesk.push";
/// Which alarm one of this browser's pages last made itself heard for.
const RANG_KEY: &str = "shopdesk.rang";

/// Says who waits too long, until somebody has answered or it is dismissed.
#[component]
pub fn Alarms(
    /// The open store.
    store: Memo<Option<StoreId>>,
    /// Who is signed in.
    account: AccountResource,
) -> impl IntoView {
    let (counts, location, clock) = (use_counts(), use_location(), use_clock());
    // Who has signed in again is to be told by push again.
    Effect::new(move |_| {
        let renews = account.with(|answer| {
            answer
                .as_ref()
                .and_then(|answer| answer.as_ref().ok())
                .is_some_and(|account| {
                    !account.pushed_here
                        && browser::stored(PUSHED_KEY) == Some(account.id.to_string())
                })
        });
        if renews {
            ring::renew_push();
        }
    });
    let (text, href) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (standing, dismissed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // When the latest wait began that was told of.
    let latest = StoredValue::new(0);
    Effect::new(move |_| {
        let (Some(store), Some(mut all)) = (store.get(), counts.late()) else {
            standing.set(String::new());
            text.set(String::new());
            latest.set_value(0);
            return;
        };
        let before = standing.get_untracked();
        // Of more than are told of, one that is told of for the first time may only have come
        // up behind another that was answered: there the one that began last is news.
        let newest = counts.newest_late();
        let new = match &newest {
            Some(newest) => Some(newest).filter(|newest| newest.since > latest.get_value()),
            None => all.iter().find(|late| !before.contains(&mark(late))),
        };
        // What stood when the page was opened is no news.
        if let Some(new) = new.filter(|_| !before.is_empty()) {
            ring_for(account, new);
            // Its row says the same at once.
            clock.tick();
        }
        let told = all.iter().chain(&newest).map(|late| late.since);
        latest.set_value(told.max().unwrap_or_default().max(latest.get_value()));
        // Something, also if nobody waits: it was looked.
        let mut now = ".".to_owned();
        for late in &all {
            now.push_str(&mark(late));
        }
        standing.set(now);
        let path = location.pathname.get();
        all.retain(|late| {
            // Who has it open sees it there.
            !path.ends_with(&late.conversation.to_string())
                && dismissed.with(|dismissed| !dismissed.contains(&mark(late)))
        });
        text.set(match all.as_slice() {
            [] => String::new(),
            // How long is said by its row: it would be read out every minute.
            [late] => waits_too_long(late),
            [first, more @ ..] => format!(
                "{} and {}{} more have waited longer than promised",
                first.name,
                more.len(),
                if newest.is_some() { "+" } else { "" }
            ),
        });
        href.set(match all.as_slice() {
            [late] => addresses::conversation(store, late.conversation, InboxView::default()),
            _ => waiting_path(store),
        });
    });
    view! {
        <div class="toast alarm" hidden=move || text.with(String::is_empty)>
            <Icon glyph=Glyph::Warning large=true/>
            <a class="toast-text" href=href dir="auto">
                {text}
            </a>
            <IconButton
                glyph=Glyph::Close
                label="Dismiss"
                on_press=move |()| dismissed.set(standing.get_untracked())
            />
        </div>
    }
    .into_any()
}

/// What tells a wait from others.
fn mark(late: &Late) -> String {
    format!("{} {};", late.conversation, late.since)
}

fn waits_too_long(late: &Late) -> String {
    format!("{} has waited longer than promised", late.name)
}

/// Makes itself heard as whoever is signed in wants it: by one page of the browser.
fn ring_for(account: AccountResource, new: &Late) {
    let wanted = account.with_untracked(|answer| {
        let chosen = &answer.as_ref()?.as_ref().ok()?.notifications;
        (!is_quiet(chosen)).then_some((chosen.sound, chosen.browser))
    });
    let has_rung = browser::stored(RANG_KEY).is_some_and(|rang| rang == mark(new));
    if let Some((sound, notification)) = wanted.filter(|_| !has_rung) {
        browser::store(RANG_KEY, &mark(new));
        if sound {
            chime();
        }
        if notification && !browser::is_visible() {
            ring::notify(&waits_too_long(new));
        }
    }
}

/// By the clock of the browser: whoever sits before it is where it is.
fn is_quiet(chosen: &Notifications) -> bool {
    let now = Civil::local(browser::now());
    let minute = u16::try_from(now.hour * 60 + now.minute).unwrap_or_default();
    let quiet = chosen.quiet.as_ref();
    quiet.is_some_and(|quiet| quiet.left_at(minute).is_some())
}
