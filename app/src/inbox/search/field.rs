//! The field.

use super::{
    ask::{Ask, address, use_ask},
    keys::{STOPS, open},
};
use crate::{
    browser,
    inbox::state::use_inbox,
    ui::{Glyph, Icon},
};
use domain::search::QUERY_MAX;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// Pause in typing after which is looked.
const PAUSE: Duration = Duration::from_millis(200);
/// The field. It looks while one types; a form where there is no script.
#[component]
pub fn SearchField() -> impl IntoView {
    let inbox = use_inbox();
    let ask = use_ask();
    let navigate = use_navigate();
    let typed = RwSignal::new(ask.with_untracked(|ask| ask.q.clone()));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(waiting) = timer.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    };
    // Backwards and forwards, and links.
    Effect::new(move |_| {
        let q = ask.with(|ask| ask.q.clone());
        if timer.with_value(Option::is_none)
            && typed.with_untracked(|typed| typed.trim() != q.trim())
        {
            typed.set(q);
        }
    });
    on_cleanup(stop);
    // How often it was asked to look by now. What navigates is only there in a browser, and
    // stays on its thread.
    let asked = RwSignal::new(0_u32);
    Effect::new(move |before: Option<u32>| {
        let times = asked.get();
        if before.is_none_or(|before| before == times) {
            return times;
        }
        let (q, before) = (typed.get_untracked(), ask.get_untracked());
        if q.trim() == before.q.trim() && q.ends_with(' ') == before.q.ends_with(' ') {
            return times;
        }
        let next = Ask {
            q,
            ..before.clone()
        };
        let options = NavigateOptions {
            // One step back leads to the list, not to every letter.
            replace: !before.is_nothing(),
            scroll: false,
            ..Default::default()
        };
        navigate(&address(inbox, &next), options);
        times
    });
    let look = move || {
        stop();
        asked.try_update(|times| *times += 1);
    };
    let clear = move || {
        typed.set(String::new());
        look();
        open();
    };
    view! {
        <form
            class="search-field"
            role="search"
            method="get"
            action=move || address(inbox, &Ask::default())
            on:submit=move |event| {
                event.prevent_default();
                let is_shown = ask.with_untracked(|ask| ask.q.trim() == typed.with_untracked(|typed| typed.trim().to_owned()));
                if is_shown {
                    browser::click(STOPS);
                } else {
                    look();
                }
            }
            on:keydown=move |event| match event.key().as_str() {
                "ArrowDown" => {
                    event.prevent_default();
                    browser::walk(STOPS, 1);
                }
                "Escape" => {
                    event.prevent_default();
                    if typed.with_untracked(String::is_empty) {
                        browser::blur();
                    } else {
                        clear();
                    }
                }
                _ => {}
            }
        >
            <Icon glyph=Glyph::Search/>
            <input
                class="input"
                type="search"
                name="q"
                autocomplete="off"
                spellcheck="false"
                maxlength=QUERY_MAX.to_string()
                placeholder="Search"
                aria-label="Search conversations"
                aria-keyshortcuts="/"
                value=typed.get_untracked()
                prop:value=typed
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    stop();
                    let wait = set_timeout_with_handle(look, PAUSE);
                    timer.set_value(wait.ok());
                }
            />
            <kbd class="search-key" aria-hidden="true">"/"</kbd>
        </form>
    }
    .into_any()
}
