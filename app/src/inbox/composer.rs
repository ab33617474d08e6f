//! The reply box. Enter sends, Shift+Enter makes a new line. Without any
//! script it is a plain form.

use super::{api, outbox, thread_state::use_thread};
use crate::{
    live::use_connection,
    ui::{Glyph, Icon},
};
use domain::{
    ids::MessageId,
    message::{BODY_MAX, parse_body},
};
use leptos::{ev, html, prelude::*, server_fn::ServerFn};

/// Characters left are shown from here on.
const COUNT_FROM: usize = BODY_MAX - 1_000;

/// The text of the reply box, which others may put something into.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    text: RwSignal<String>,
    node: NodeRef<html::Textarea>,
}

impl Draft {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            node: NodeRef::new(),
        }
    }

    /// Puts a text into the box and the cursor behind it.
    pub fn put(self, text: String) {
        if let Some(node) = self.node.get_untracked() {
            node.set_value(&text);
            // Can't fail for an element in the page.
            let _ = node.focus();
        }
        self.text.set(text);
    }
}

/// The reply box.
#[component]
pub fn Composer(
    /// Its text.
    draft: Draft,
) -> impl IntoView {
    let thread = use_thread();
    let connection = use_connection();
    let Draft { text, node } = draft;
    // What was typed before the page was hydrated wins over the kept draft.
    Effect::new(move |earlier: Option<()>| {
        if let (Some(node), None) = (node.get(), earlier) {
            let typed = node.value();
            if typed.is_empty() {
                let kept = outbox::draft(thread.id);
                node.set_value(&kept);
                text.set(kept);
            } else {
                text.set(typed);
            }
        }
    });
    let length = Memo::new(move |_| text.with(|text| text.trim().chars().count()));
    let problem = Memo::new(move |_| {
        (length.get() > 0)
            .then(|| text.with(|text| parse_body(text)).err())
            .flatten()
    });
    let send = move || {
        let Some(node) = node.get_untracked() else {
            return;
        };
        if let Ok(body) = parse_body(&node.value()) {
            node.set_value("");
            text.set(String::new());
            outbox::keep_draft(thread.id, "");
            thread.send(body);
        }
    };
    let on_input = move |event: ev::Event| {
        let typed: String = event_target_value(&event);
        outbox::keep_draft(thread.id, &typed);
        if !typed.trim().is_empty() {
            connection.typing(thread.id);
        }
        text.set(typed);
    };
    let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
        // While an input method is composing, Enter belongs to it.
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            send();
        }
        "Escape" => {
            if let Some(node) = node.get_untracked() {
                let _ = node.blur();
            }
        }
        _ => {}
    };
    view! {
        <form
            class="composer"
            method="post"
            action=api::Reply::url()
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <input type="hidden" name="store" value=thread.store.to_string()/>
            <input type="hidden" name="conversation" value=thread.id.to_string()/>
            <input type="hidden" name="id" value=MessageId::generate().to_string()/>
            <div class="composer-box">
                <textarea
                    name="body"
                    rows="1"
                    placeholder="Reply to the shopper…"
                    aria-label="Your reply"
                    autocomplete="off"
                    node_ref=node
                    on:input=on_input
                    on:keydown=on_keydown
                ></textarea>
                <button
                    class="send"
                    type="submit"
                    aria-label="Send"
                    title="Send (Enter)"
                    disabled=move || problem.with(Option::is_some)
                >
                    <Icon glyph=Glyph::Send large=true/>
                </button>
            </div>
            <p class="composer-hint">
                <span class="is-error" role="alert">
                    {move || problem.get().map(|invalid| invalid.message)}
                </span>
                <span hidden=move || problem.with(Option::is_some)>
                    <kbd>"Enter"</kbd>
                    " sends, "
                    <kbd>"Shift"</kbd>
                    " + "
                    <kbd>"Enter"</kbd>
                    " makes a new line"
                </span>
                <span class="counter" hidden=move || length.get() < COUNT_FROM>
                    {move || format!("{} / {BODY_MAX}", length.get())}
                </span>
            </p>
        </form>
    }
    .into_any()
}
