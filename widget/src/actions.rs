//! What the shopper can do.

use crate::{browser, chat::Chat, state::Person, sync};
use domain::{ids::MessageId, widget_api::VisitorDetails};
use leptos::prelude::*;

/// A config older than this is fetched again when the window opens.
const CONFIG_FRESH_MS: i64 = 60_000;

/// Opens or closes the window; the loader calls this by its events.
pub fn set_open(chat: Chat, is_open: bool) {
    chat.state.write().is_open = is_open;
    let age = browser::now() - chat.works.read_value().work.config_at;
    if is_open && age > CONFIG_FRESH_MS {
        sync::refresh_config(chat);
    }
    if is_open && chat.session().is_none() {
        sync::prove(chat);
    }
}

/// Fills in the pre-chat form.
pub fn introduce(chat: Chat, visitor: VisitorDetails) {
    chat.memory().set_visitor(&visitor);
    chat.state.write().visitor = visitor;
    chat.focus_writing();
}

/// Types: nothing of it may be lost.
pub fn type_draft(chat: Chat, draft: String) {
    chat.set_draft(draft);
    sync::tell_typing(chat);
}

/// Sends the draft, which has been checked. It is in the outbox before it
/// leaves the composer.
pub fn send(chat: Chat, body: String) {
    chat.change_outbox(|outbox| outbox.push(MessageId::generate(), body, browser::now()));
    chat.set_draft(String::new());
    sync::pump_now(chat);
}

/// Sends what waits, at once.
pub fn send_now(chat: Chat, _: MessageId) {
    sync::pump_now(chat);
}

/// Tries a refused message again.
pub fn retry(chat: Chat, id: MessageId) {
    chat.change_outbox(|outbox| outbox.retry(id));
    sync::pump_now(chat);
}

/// Takes a refused message away.
pub fn discard(chat: Chat, id: MessageId) {
    chat.change_outbox(|outbox| {
        outbox.take(id);
    });
}

/// Puts a refused message back into the composer, before what is there.
pub fn edit(chat: Chat, id: MessageId) {
    let mut body = body_of(chat, id);
    discard(chat, id);
    let draft = chat.draft.get_untracked();
    if !draft.trim().is_empty() {
        body.push('\n');
        body.push_str(&draft);
    }
    chat.set_draft(body);
    chat.focus_writing();
}

/// Puts an unsent message on the clipboard.
pub fn copy(chat: Chat, id: MessageId) {
    browser::copy(&body_of(chat, id));
}

/// Asks for a person; with the first message if there is no conversation.
pub fn ask_for_person(chat: Chat) {
    if chat.session().is_none() {
        chat.state.write().person = Person::AfterMessage;
        return chat.focus_writing();
    }
    sync::ask_for_person(chat);
}

/// Looks at what was said before the first message that is there.
pub fn load_earlier(chat: Chat) {
    browser::spawn(sync::load_earlier(chat));
}

fn body_of(chat: Chat, id: MessageId) -> String {
    let state = chat.state.read_untracked();
    let entry = state.outbox.entries().iter().find(|entry| entry.id == id);
    entry.map(|entry| entry.body.clone()).unwrap_or_default()
}
