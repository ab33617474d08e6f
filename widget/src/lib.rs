//! The chat window on the storefront. The loader (`loader/loader.js`) draws the
//! bubble and brings this module in once a shopper wants to chat.
//!
//! Between the two there are only events on the `<shopdesk-widget>` element:
//! `shopdesk:open` and `shopdesk:close` from either side, `shopdesk:identify` (a
//! signed identity, or null) from the loader, `shopdesk:unread` (a number) and
//! `shopdesk:config` (the settings as JSON) from this one.

mod actions;
pub mod backoff;
mod browser;
mod chat;
mod json;
mod options;
pub mod outbox;
mod rest;
pub mod rows;
mod socket;
mod state;
mod storage;
mod sync;
pub mod thread;
mod view;
mod work;

use chat::Chat;
use leptos::prelude::*;
use options::Options;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, EventTarget, HtmlElement, ShadowRoot, StorageEvent};

/// Draws the chat window into the widget's shadow root.
///
/// # Errors
/// A sentence for the console if the options can't be read.
#[wasm_bindgen]
pub fn mount(root: &ShadowRoot, options: &str) -> Result<(), JsValue> {
    let options: Options = json::parse(options)
        .map_err(|_| JsValue::from_str("shopdesk: the options can't be read"))?;
    // Dates are in the language of the texts around them.
    let is_spoken = options.locale.starts_with(&options.config.locale);
    browser::set_locale(if is_spoken {
        &options.locale
    } else {
        &options.config.locale
    });
    let host: HtmlElement = root.host().unchecked_into();
    let container: HtmlElement = document().create_element("div")?.unchecked_into();
    container.set_class_name("root");
    root.append_child(&container)?;

    leptos::mount::mount_to(container, move || {
        let takes_focus = options.focus;
        let chat = Chat::new(options, host.clone());
        follow_page(chat, &host);
        follow_chat(chat);
        sync::start(chat);
        if takes_focus {
            view::focus_on_open(chat);
        }
        view! { <view::window::Window chat /> }
    })
    .forget();
    Ok(())
}

/// What happens outside of the window.
fn follow_page(chat: Chat, host: &EventTarget) {
    let window: EventTarget = browser::window().into();
    let document: EventTarget = document().into();
    browser::listen(host, "shopdesk:open", move |event| {
        actions::set_open(chat, true);
        let detail = event.dyn_ref::<CustomEvent>().map(CustomEvent::detail);
        if detail.and_then(|detail| detail.as_bool()) != Some(false) {
            view::focus_on_open(chat);
        }
    });
    browser::listen(host, "shopdesk:close", move |_| {
        actions::set_open(chat, false)
    });
    browser::listen(host, "shopdesk:identify", move |event| {
        let detail = event.dyn_ref::<CustomEvent>().map(CustomEvent::detail);
        sync::identify(chat, detail.and_then(|detail| detail.as_string()));
    });
    for name in ["online", "offline"] {
        browser::listen(&window, name, move |_| {
            chat.state.write().is_online = browser::is_online();
            sync::wake(chat);
        });
    }
    browser::listen(&document, "visibilitychange", move |_| {
        chat.state.write().is_visible = browser::is_visible();
        sync::wake(chat);
    });
    // An open socket would keep the page out of the back/forward cache.
    browser::listen(&window, "pagehide", move |_| {
        sync::suspend(chat);
    });
    browser::listen(&window, "pageshow", move |_| sync::wake(chat));
    browser::listen(&window, "storage", move |event| {
        let key = event.dyn_ref::<StorageEvent>().and_then(StorageEvent::key);
        if let Some(part) = key.and_then(|key| chat.memory().changed_part(&key)) {
            sync::changed_elsewhere(chat, &part);
        }
    });
}

/// What follows from the chat's state.
fn follow_chat(chat: Chat) {
    view::effect(move || {
        let unread = chat.state.read().unread();
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        chat.tell_page("shopdesk:unread", &JsValue::from_f64(unread as f64));
        chat.remember();
        sync::mark_read(chat);
    });
}
