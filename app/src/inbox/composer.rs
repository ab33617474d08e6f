//! The reply box. Enter sends, Shift+Enter makes a new line. Without any
//! script it is a plain form.

use super::{
    api,
    canned_picker::{Picker, canned_picker},
    draft::Draft,
    outbox,
    thread_state::use_thread,
};
use crate::{
    live::use_connection,
    ui::{Glyph, Icon},
};
use domain::{
    Invalid,
    canned::template::check_filled,
    ids::MessageId,
    message::{BODY_MAX, parse_body},
};
use leptos::{ev, prelude::*, server_fn::ServerFn};

/// Characters left are shown from here on.
const COUNT_FROM: usize = BODY_MAX - 1_000;

/// The reply box.
#[component]
pub fn Composer(
    /// Its text.
    draft: Draft,
) -> impl IntoView {
    let thread = use_thread();
    let connection = use_connection();
    let picker = Picker::new(draft);
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
            .then(|| text.with(|text| sendable(text)).err())
            .flatten()
    });
    let send = move || {
        let Some(node) = node.get_untracked() else {
            return;
        };
        if let Ok(body) = sendable(&node.value()) {
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
        picker.look();
    };
    let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
        key if !event.is_composing() && picker.takes(key) => event.prevent_default(),
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
                {canned_picker(picker)}
                <textarea
                    name="body"
                    rows="1"
                    placeholder="Reply to the shopper…"
                    aria-label="Your reply"
                    autocomplete="off"
                    node_ref=node
                    on:input=on_input
                    on:keydown=on_keydown
                    on:keyup=move |_| picker.look()
                    on:click=move |_| picker.look()
                    on:blur=move |_| picker.close()
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
                    " makes a new line, "
                    <kbd>"/"</kbd>
                    " canned responses"
                </span>
                <span class="counter" hidden=move || length.get() < COUNT_FROM>
                    {move || format!("{} / {BODY_MAX}", length.get())}
                </span>
            </p>
        </form>
    }
    .into_any()
}

/// The reply, if it can be sent as it is.
fn sendable(typed: &str) -> Result<String, Invalid> {
    let body = parse_body(typed)?;
    check_filled(&body)?;
    Ok(body)
}
