//! The place to write.

use super::{Icon, focus_when, icons};
use crate::{actions, chat::Chat};
use domain::{
    message::BODY_MAX,
    text::{self, Fault},
};
use leptos::{ev, html, prelude::*};
use web_sys::HtmlElement;

/// A text field that grows, and the button to send.
#[component]
pub fn Composer(chat: Chat) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let texts = chat.texts;
    let has_wrong_characters = RwSignal::new(false);
    focus_when(chat.focus, move || field.get_untracked().map(Into::into));
    super::effect(move || {
        chat.draft.track();
        chat.state.track();
        request_animation_frame(move || {
            if let Some(field) = field.get_untracked() {
                fit(&field.into());
            }
        });
    });

    let send = move || {
        let draft = chat.draft.get_untracked();
        if draft.trim().is_empty() {
            return chat.focus_writing();
        }
        match text::check(&draft, BODY_MAX) {
            Ok(body) => actions::send(chat, body.to_owned()),
            // The hint says so already.
            Err(Fault::TooLong(_)) => {}
            Err(Fault::ControlCharacters) => has_wrong_characters.set(true),
        }
        chat.focus_writing();
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // 229 is what browsers report while an input method is composing, even
        // on the Enter that ends it.
        let is_composing = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            send();
        }
    };
    let excess = move || {
        chat.draft
            .read()
            .trim()
            .chars()
            .count()
            .saturating_sub(BODY_MAX)
    };
    let hint = move || match excess() {
        0 if has_wrong_characters.get() => texts.wrong_characters().to_owned(),
        0 => String::new(),
        excess => texts.too_long(excess),
    };

    view! {
        <form
            class="composer"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <textarea
                node_ref=field
                class="field"
                rows="1"
                dir="auto"
                enterkeyhint="send"
                aria-label=texts.composer_label()
                aria-invalid=move || (!hint().is_empty()).then_some("true")
                aria-describedby="composer-hint"
                placeholder=texts.composer_hint()
                prop:value=move || chat.draft.get()
                on:input=move |event| {
                    has_wrong_characters.set(false);
                    actions::type_draft(chat, event_target_value(&event));
                }
                on:keydown=on_key
            ></textarea>
            <button
                type="submit"
                class="send"
                aria-label=texts.send()
                aria-disabled=move || (chat.draft.read().trim().is_empty() || excess() > 0).to_string()
            >
                <Icon path=icons::SEND />
            </button>
            <p id="composer-hint" class="problem" role="status">{hint}</p>
        </form>
    }
}

/// Makes the field as high as its text; the style sheet ends that at five
/// lines.
fn fit(field: &HtmlElement) {
    let style = field.style();
    let _ = style.set_property("height", "auto");
    let borders = field.offset_height() - field.client_height();
    let _ = style.set_property("height", &format!("{}px", field.scroll_height() + borders));
}
