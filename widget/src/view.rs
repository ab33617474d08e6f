//! What the shopper sees.

pub mod composer;
mod contents;
mod elements;
pub mod message;
pub mod pre_chat;
mod proof;
pub mod thread;
pub mod window;

use crate::{browser, chat::Chat};
use leptos::prelude::*;
use web_sys::HtmlElement;

/// Puts the focus where it belongs after opening: a keyboard that springs up
/// by itself would cover half of a phone's screen.
pub fn focus_on_open(chat: Chat) {
    if browser::has_touch_keyboard() {
        *chat.focus_window.write() += 1;
    } else {
        chat.focus_writing();
    }
}

/// Does `work` now, and whenever what it reads changes. Boxed, so that all share the code
/// that runs them.
pub fn effect(work: impl Fn() + 'static) {
    let work: Box<dyn Fn()> = Box::new(work);
    Effect::new(move |_: Option<()>| work());
}

/// Focuses an element whenever `count` moves, once it can be seen.
fn focus_when(count: RwSignal<u32>, element: impl Fn() -> Option<HtmlElement> + Copy + 'static) {
    effect(move || {
        if count.get() > 0 {
            request_animation_frame(move || {
                if let Some(element) = element() {
                    let _ = element.focus();
                }
            });
        }
    });
}

/// A picture of one stroke, 24 × 24.
#[component]
fn Icon(
    /// The stroke's path.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=path />
        </svg>
    }
}

/// Strokes in a field of 24 by 24, as SVG paths.
mod icons {
    pub const CLOSE: &str = "M6 6l12 12M18 6L6 18";
    pub const DOWN: &str = "M12 5v14M6 13l6 6 6-6";
    pub const PERSON: &str = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20a8 8 0 0 1 16 0";
    pub const SEND: &str = "M5 12L4 4l17 8-17 8 1-8h7";
}
