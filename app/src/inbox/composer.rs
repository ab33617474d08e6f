//! The box for replies and notes. Enter sends, Shift+Enter makes a new line. Without any
//! script it is a plain form.

use super::{
    api,
    canned_picker::{Picker, canned_picker},
    draft::Draft,
    emoji::EmojiPicker,
    mention_picker::{MentionPicker, mention_picker},
    state::use_inbox,
    thread_state::use_thread,
};
use crate::{
    browser,
    canned::values::of_team,
    live::use_connection,
    session::use_account,
    ui::{Glyph, Icon, Question, time::use_clock, use_confirm},
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
    let (connection, clock) = (use_connection(), use_clock());
    let (picker, people) = (Picker::new(draft), MentionPicker::new(draft));
    let look = move || {
        picker.look();
        people.look();
    };
    let Draft {
        text,
        is_note,
        node,
        ..
    } = draft;
    let (confirm, account) = (use_confirm(), use_account());
    // What the last message of the team was when this one was begun.
    let begun_at = StoredValue::new(None::<i64>);
    // What was typed before the page was hydrated wins over the kept draft.
    Effect::new(move |earlier: Option<()>| {
        if let (Some(node), None) = (node.get(), earlier) {
            let typed = node.value();
            if typed.is_empty() {
                let kept = draft.kept();
                // Since it was begun others may have answered what isn't read yet.
                if !kept.is_empty() {
                    begun_at.set_value(Some(thread.read_upto()));
                }
                node.set_value(&kept);
                text.set(kept);
            } else {
                text.set(typed);
            }
        }
    });
    let inbox = use_inbox();
    Effect::new(move |_| {
        let write = Callback::new(move |is_note| {
            draft.switch(is_note);
            browser::focus(".composer textarea");
        });
        inbox.write.set_value(Some(write));
        on_cleanup(move || {
            inbox.write.try_set_value(None);
        });
    });
    let length = Memo::new(move |_| text.with(|text| text.trim().chars().count()));
    let problem = Memo::new(move |_| {
        (length.get() > 0)
            .then(|| text.with(|text| sendable(text)).err())
            .flatten()
    });
    let send_now = move || {
        let Some(node) = node.get_untracked() else {
            return;
        };
        if let Ok(body) = sendable(&node.value()) {
            node.set_value("");
            text.set(String::new());
            draft.keep("");
            begun_at.set_value(None);
            let is_note = is_note.get_untracked();
            let holds = account.with_untracked(|answer| {
                let account = answer.as_ref().and_then(|answer| answer.as_ref().ok());
                account.is_some_and(|account| account.hold_replies)
            });
            thread.send(body, is_note, holds && !is_note);
        }
    };
    let send = move || {
        let me = of_team(account, thread.store).agent_name;
        let since = begun_at.get_value().filter(|_| !is_note.get_untracked());
        let other = since.and_then(|since| thread.answered_since(since, me.as_deref()));
        let is_ready = node
            .get_untracked()
            .is_some_and(|node| sendable(&node.value()).is_ok());
        match other.filter(|_| is_ready) {
            Some(name) => {
                let question = Question {
                    title: format!("{name} has just answered"),
                    text: "The answer came while you were typing. Send yours as well?".to_owned(),
                    action: "Send anyway".to_owned(),
                };
                confirm.ask(question, send_now);
            }
            None => send_now(),
        }
    };
    let on_input = move |event: ev::Event| {
        let typed: String = event_target_value(&event);
        draft.keep(&typed);
        if typed.trim().is_empty() {
            begun_at.set_value(None);
        } else {
            if begun_at.get_value().is_none() {
                begun_at.set_value(Some(thread.last_seq()));
            }
            connection.typing(thread.id, is_note.get_untracked());
        }
        text.set(typed);
        look();
    };
    let on_keydown = move |event: ev::KeyboardEvent| match event.key().as_str() {
        key if !event.is_composing()
            && !event.shift_key()
            && (picker.takes(key) || people.takes(key)) =>
        {
            event.prevent_default();
        }
        // While an input method is composing, Enter belongs to it.
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            send();
        }
        // In an empty box it takes back what was sent last.
        "z" if (event.ctrl_key() || event.meta_key()) && text.with_untracked(String::is_empty) => {
            if let Some(held) = thread.newest_held().and_then(|id| thread.give_up(id)) {
                event.prevent_default();
                draft.put(held.is_note, held.body);
            }
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
            class:is-note=is_note
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
            <div class="composer-tools" hidden=move || !clock.is_live()>
                <div class="segments" role="group" aria-label="Who reads it">
                    {[(false, "Reply", "Reply (r)"), (true, "Note", "Note for your team (n)")]
                        .map(|(mode, name, title)| {
                            view! {
                                <button
                                    class="segment"
                                    type="button"
                                    title=title
                                    aria-pressed=move || (is_note.get() == mode).to_string()
                                    on:click=move |_| {
                                        draft.switch(mode);
                                        browser::focus(".composer textarea");
                                    }
                                >
                                    {name}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                <EmojiPicker draft/>
            </div>
            <div class="composer-box">
                {canned_picker(picker)}
                {mention_picker(people)}
                <textarea
                    name="body"
                    rows="1"
                    placeholder=move || {
                        if is_note.get() { "Note for your team…" } else { "Reply to the shopper…" }
                    }
                    aria-label=move || if is_note.get() { "Your note" } else { "Your reply" }
                    autocomplete="off"
                    node_ref=node
                    on:input=on_input
                    on:keydown=on_keydown
                    on:keyup=move |_| look()
                    on:click=move |_| look()
                    on:blur=move |_| {
                        picker.close();
                        people.close();
                    }
                ></textarea>
                <button
                    class="send"
                    type="submit"
                    aria-label=move || if is_note.get() { "Keep the note" } else { "Send" }
                    title=move || if is_note.get() { "Keep the note (Enter)" } else { "Send (Enter)" }
                    disabled=move || problem.with(Option::is_some)
                >
                    <Icon glyph=Glyph::Send large=true/>
                </button>
            </div>
            <p class="composer-hint">
                <span class="is-error" role="alert">
                    {move || problem.get().map(|invalid| invalid.message)}
                </span>
                <span class="note-hint" hidden=move || !is_note.get()>
                    "Only your team reads it. " <kbd>"@"</kbd> " mentions somebody."
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
