//! The open store's name, which opens the list of stores.

use crate::{
    addresses, browser,
    ui::{Glyph, Icon, initials},
};
use domain::{account::Account, ids::StoreId};
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

/// The key that opens the list, with Ctrl (or Cmd) and Shift.
const KEY: &str = "s";

/// The switcher: in the rail, at the top of a phone. It opens without any script.
#[component]
pub fn Switcher(
    /// The open store.
    store: Memo<Option<StoreId>>,
    /// Who is signed in.
    account: Account,
) -> impl IntoView {
    let stores = StoredValue::new(account.stores);
    let open = move || {
        stores.with_value(|stores| {
            stores
                .iter()
                .find(|summary| Some(summary.id) == store.get())
                .map(|summary| summary.name.clone())
        })
    };
    let name = move || open().unwrap_or_else(|| "All stores".to_owned());
    let menu = NodeRef::<html::Details>::new();
    close_when_gone_elsewhere(menu);
    open_by_key(menu);
    view! {
        <details class="switcher" node_ref=menu on:keydown=move |event| on_key(menu, &event)>
            <summary
                class="switcher-button"
                title=move || format!("{} (switch store: Ctrl+Shift+S)", name())
                aria-keyshortcuts="Control+Shift+S"
            >
                <span class="store-mark" aria-hidden="true">
                    {move || match open() {
                        Some(name) => initials(&name).into_any(),
                        None => view! { <Icon glyph=Glyph::Store/> }.into_any(),
                    }}
                </span>
                <span class="switcher-name" dir="auto">{name}</span>
                <Icon glyph=Glyph::ChevronDown/>
            </summary>
            <div class="menu-list switcher-list">
                {stores
                    .get_value()
                    .into_iter()
                    .map(|summary| {
                        let id = summary.id;
                        let is_open = move || store.get() == Some(id);
                        view! {
                            <a
                                class="menu-item"
                                href=addresses::overview(id)
                                aria-current=move || is_open().then_some("true")
                            >
                                <span class="store-mark" aria-hidden="true">
                                    {initials(&summary.name)}
                                </span>
                                <span class="menu-item-text">
                                    <span class="menu-item-name" dir="auto">{summary.name}</span>
                                    <span class="muted">{summary.role.name()}</span>
                                </span>
                                <span class="switcher-mark" hidden=move || !is_open()>
                                    <Icon glyph=Glyph::Check/>
                                </span>
                            </a>
                        }
                    })
                    .collect_view()}
                <a class="menu-item" href=addresses::STORES>
                    <Icon glyph=Glyph::Store/>
                    "All stores"
                </a>
            </div>
        </details>
    }
    .into_any()
}

/// Another page, another store, or the focus elsewhere: the list isn't wanted any more.
fn close_when_gone_elsewhere(menu: NodeRef<html::Details>) {
    let location = use_location();
    Effect::new(move |_| {
        location.pathname.track();
        close(menu);
    });
    Effect::new(move |_| {
        let click = window_event_listener(ev::click, move |event| {
            let Some(menu) = menu.try_get_untracked().flatten() else {
                return;
            };
            let target = event.target().map(JsCast::unchecked_into::<web_sys::Node>);
            if menu.open() && !menu.contains(target.as_ref()) {
                menu.set_open(false);
            }
        });
        on_cleanup(move || click.remove());
    });
}

fn open_by_key(menu: NodeRef<html::Details>) {
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, move |event| {
            let is_meant = (event.ctrl_key() || event.meta_key())
                && event.shift_key()
                && !event.alt_key()
                && event.key().eq_ignore_ascii_case(KEY);
            if !is_meant || browser::is_asked() {
                return;
            }
            if let Some(menu) = menu.try_get_untracked().flatten() {
                event.prevent_default();
                menu.set_open(true);
                // The store that is open, so that Enter changes nothing.
                if !browser::focus_if_there(".switcher-list [aria-current]") {
                    browser::focus(".switcher-list a");
                }
            }
        });
        on_cleanup(move || keys.remove());
    });
}

/// Within the list: arrows move, Esc closes it and gives the focus back.
fn on_key(menu: NodeRef<html::Details>, event: &ev::KeyboardEvent) {
    let is_open = menu.get_untracked().is_some_and(|menu| menu.open());
    match event.key().as_str() {
        "Escape" if is_open => {
            close(menu);
            browser::focus(".switcher-button");
        }
        "ArrowDown" if is_open => {
            event.prevent_default();
            browser::focus_beside(".switcher-list a", 1);
        }
        "ArrowUp" if is_open => {
            event.prevent_default();
            browser::focus_beside(".switcher-list a", -1);
        }
        _ => {}
    }
}

fn close(menu: NodeRef<html::Details>) {
    if let Some(menu) = menu.get_untracked() {
        menu.set_open(false);
    }
}
