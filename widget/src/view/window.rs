//! The window: header, notices, thread, and the place to write.

use super::{
    Icon, composer::Composer, focus_on_open, focus_when, icons, pre_chat::PreChatForm,
    thread::ThreadView,
};
use crate::{actions, browser, chat::Chat, state::Person};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The whole chat window. It stays in the page while it is closed.
#[component]
pub fn Window(chat: Chat) -> impl IntoView {
    let texts = chat.texts;
    let window = NodeRef::<html::Div>::new();
    let is_full_screen = RwSignal::new(browser::is_phone());
    browser::listen(&browser::window().into(), "resize", move |_| {
        is_full_screen.set(browser::is_phone())
    });
    follow_keyboard(window);
    focus_when(chat.focus_window, move || {
        window.get_untracked().map(Into::into)
    });
    let store_name = move || chat.state.read().config.store_name.clone();
    let response_time = move || chat.state.read().config.response_time.clone();

    view! {
        <div
            class="window"
            node_ref=window
            role="dialog"
            tabindex="-1"
            aria-label=move || texts.window_of(&store_name())
            aria-modal=move || is_full_screen.get().then_some("true")
            hidden=move || !chat.state.read().is_open
            on:keydown=move |event| {
                if is_full_screen.get_untracked() {
                    keep_focus_inside(window, &event);
                }
            }
        >
            <header class="header">
                <div class="titles">
                    <h2 class="store" dir="auto">{store_name}</h2>
                    <p class="response-time" dir="auto">{response_time}</p>
                </div>
                <button
                    type="button"
                    class="close"
                    aria-label=texts.close_chat()
                    on:click=move |_| chat.tell_page("shopdesk:close", &JsValue::UNDEFINED)
                >
                    <Icon path=icons::CLOSE />
                </button>
            </header>
            <p class="notice" role="status">{move || notice(chat)}</p>
            <ThreadView chat />
            <footer class="footer">
                <Show when=move || chat.state.read().is_resolved()>
                    <p class="hint">{texts.resolved()}</p>
                </Show>
                <Show
                    when=move || chat.state.read().needs_introduction()
                    fallback=move || view! { <Composer chat /> }
                >
                    <PreChatForm chat />
                </Show>
                <PersonButton chat />
            </footer>
        </div>
    }
}

/// "Talk to a person", and what became of it.
#[component]
fn PersonButton(chat: Chat) -> impl IntoView {
    let texts = chat.texts;
    let status = move || {
        let state = chat.state.read();
        match state.person {
            _ if state.has_asked_for_person() => texts.person_asked(),
            Person::AfterMessage => texts.person_after_message(),
            Person::Failed => texts.person_failed(),
            Person::Unasked | Person::Asking => "",
        }
    };
    view! {
        <div class="person">
            <button
                type="button"
                class="quiet"
                hidden=move || chat.state.read().has_asked_for_person()
                disabled=move || chat.state.read().person == Person::Asking
                on:click=move |_| {
                    let is_told_at_once = chat.session().is_some();
                    actions::ask_for_person(chat);
                    if is_told_at_once {
                        // The button is about to go, and the focus with it.
                        focus_on_open(chat);
                    }
                }
            >
                <Icon path=icons::PERSON />
                {texts.ask_for_person()}
            </button>
            <p class="person-status" role="status">{status}</p>
        </div>
    }
}

/// What is wrong with the connection, if anything is.
fn notice(chat: Chat) -> &'static str {
    let state = chat.state.read();
    if !state.is_online {
        chat.texts.offline()
    } else if !state.is_reachable && !state.is_live {
        chat.texts.reconnecting()
    } else {
        ""
    }
}

/// A keyboard on the screen covers the page without changing its height: the
/// window is kept in the part that can be seen.
fn follow_keyboard(window: NodeRef<html::Div>) {
    let Some(viewport) = browser::window().visual_viewport() else {
        return;
    };
    for name in ["resize", "scroll"] {
        let visible = viewport.clone();
        browser::listen(&viewport, name, move |_| {
            let Some(window) = window.get_untracked() else {
                return;
            };
            let window: HtmlElement = window.into();
            let style = window.style();
            // Zoomed in, the shopper looks at a part on purpose.
            if (visible.scale() - 1.0).abs() < 0.01 {
                let _ = style.set_property("--visible-height", &pixels(visible.height()));
                let _ = style.set_property("--visible-top", &pixels(visible.offset_top()));
            } else {
                let _ = style.remove_property("--visible-height");
                let _ = style.remove_property("--visible-top");
            }
        });
    }
}

fn pixels(length: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a length on a screen")]
    let whole = length.round() as i32;
    format!("{whole}px")
}

/// Tab goes round inside the window while it covers the page.
fn keep_focus_inside(window: NodeRef<html::Div>, event: &ev::KeyboardEvent) {
    let Some(window) = window.get_untracked().filter(|_| event.key() == "Tab") else {
        return;
    };
    let Ok(found) = window.query_selector_all("button:enabled, input, textarea, a[href]") else {
        return;
    };
    let reachable: Vec<HtmlElement> = (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.offset_parent().is_some())
        .collect();
    let (Some(first), Some(last)) = (reachable.first(), reachable.last()) else {
        return;
    };
    let target = event.target();
    let is_at = |element: &HtmlElement| target.as_ref() == Some(element.as_ref());
    let next = match event.shift_key() {
        true if is_at(first) || is_at(&window) => last,
        false if is_at(last) => first,
        _ => return,
    };
    event.prevent_default();
    let _ = next.focus();
}
