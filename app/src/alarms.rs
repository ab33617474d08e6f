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
    ui::{
        Glyph, Icon, IconButton, counted,
        time::{Civil, span, use_clock},
    },
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId},
    inbox::{InboxView, Sort},
    notifications::Notifications,
    waiting::{LATE_MAX, Late},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Which alarm one of this browser's pages last made itself heard for.
const RANG_KEY: &str = "shopdesk.rang";
/// Most shoppers that are named.
const NAMED: usize = 3;

/// Says who waits too long, until somebody has answered or it is dismissed.
#[component]
pub fn Alarms(
    /// The open store.
    store: Memo<Option<StoreId>>,
    /// Who is signed in.
    account: AccountResource,
) -> impl IntoView {
    let (counts, clock, location) = (use_counts(), use_clock(), use_location());
    let late = Memo::new(move |_| counts.get().map(|counts| counts.late));
    Effect::new(move |before: Option<Option<Vec<Late>>>| {
        let now = late.get();
        // What stood when the page was opened is no news. Of more than are told of, one may
        // have come up behind another that was answered.
        if let (Some(Some(before)), Some(now), Some(store)) = (before, &now, store.get_untracked())
            && before.len() < LATE_MAX
            && let Some(new) = now
                .iter()
                .find(|late| !before.iter().any(|other| wait(other) == wait(late)))
        {
            ring_for(store, account, new);
        }
        now
    });
    let dismissed = RwSignal::new(Vec::new());
    let shown = Memo::new(move |_| {
        let mut shown = late.get().unwrap_or_default();
        let path = location.pathname.get();
        shown.retain(|late| {
            // Who has it open sees it there.
            !path.ends_with(&late.conversation.to_string())
                && dismissed.with(|dismissed| !dismissed.contains(&wait(late)))
        });
        shown
    });
    let entry = move |late: &Late| {
        let store = store.get()?;
        let href = addresses::conversation(store, late.conversation, InboxView::default());
        let text = format!("{}, for {}", late.name, span(clock.now() - late.since));
        Some(view! {
            <li>
                <a href=href dir="auto">
                    {text}
                </a>
            </li>
        })
    };
    let more = move || {
        let more = shown.with(Vec::len).checked_sub(NAMED)?;
        let view = InboxView {
            sort: Sort::Waiting,
            ..InboxView::default()
        };
        let href = addresses::inbox(store.get()?, view);
        (more > 0).then(|| view! { <li><a href=href>{format!("and {more} more")}</a></li> })
    };
    let dismiss = move |()| {
        dismissed.update(|dismissed| dismissed.extend(shown.get_untracked().iter().map(wait)));
    };
    view! {
        <Show when=move || !shown.with(Vec::is_empty)>
            <div class="toast alarm">
                <Icon glyph=Glyph::Warning large=true/>
                <div class="toast-text">
                    <p class="alarm-title">
                        {move || {
                            let count = i64::try_from(shown.with(Vec::len)).unwrap_or_default();
                            format!("{} waiting longer than promised", counted(count, "shopper"))
                        }}
                    </p>
                    <ul>
                        {move || shown.with(|shown| {
                            shown.iter().take(NAMED).map(entry).collect_view()
                        })}
                        {more}
                    </ul>
                </div>
                <IconButton glyph=Glyph::Close label="Dismiss" on_press=dismiss/>
            </div>
        </Show>
    }
    .into_any()
}

/// What tells a wait from others.
fn wait(late: &Late) -> (ConversationId, UnixMillis) {
    (late.conversation, late.since)
}

/// Makes itself heard as whoever is signed in wants it: by one page of the browser.
fn ring_for(store: StoreId, account: AccountResource, new: &Late) {
    let chosen = account.with_untracked(|answer| {
        let account = answer.as_ref()?.as_ref().ok()?;
        Some(account.notifications.clone())
    });
    let chosen = chosen.unwrap_or_default();
    let mark = format!("{} {}", new.conversation, new.since);
    let has_rung = browser::stored(RANG_KEY).is_some_and(|rang| rang == mark);
    if has_rung || is_quiet(&chosen) {
        return;
    }
    browser::store(RANG_KEY, &mark);
    if chosen.sound {
        chime();
    }
    if chosen.browser && !browser::is_visible() {
        let href = addresses::conversation(store, new.conversation, InboxView::default());
        ring::notify(&new.name, &href);
    }
}

/// By the clock of the browser: whoever sits before it is where it is.
fn is_quiet(chosen: &Notifications) -> bool {
    let now = Civil::local(browser::now());
    let minute = u16::try_from(now.hour * 60 + now.minute).unwrap_or_default();
    let quiet = chosen.quiet.as_ref();
    quiet.is_some_and(|quiet| quiet.left_at(minute).is_some())
}
