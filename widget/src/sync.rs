//! Keeps browser and server at the same state: sends what waits, fetches what
//! is missing, and polls while there is no socket.

mod outgoing;

pub use outgoing::{hand_over, pump_now};

use crate::{
    browser,
    chat::Chat,
    rest::{Failure, PAGE},
    socket,
    storage::Session,
    thread::Thread,
};
use domain::{ids::ConversationId, widget_api::History};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How often the connection is looked after, in milliseconds.
const TICK_MS: u32 = 5_000;
/// How often to ask for news without a socket, in ticks: while the shopper
/// looks at the window, and otherwise.
const POLL_TICKS: (u32, u32) = (1, 6);

/// What is going on.
pub struct Work {
    tab: String,
    is_pumping: bool,
    pump_generation: u32,
    pump_failures: u32,
    is_fetching: bool,
    fetch_again: bool,
    fetch_failures: u32,
    ticks: u32,
    is_marking: bool,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            tab: ConversationId::generate().to_string(),
            is_pumping: false,
            pump_generation: 0,
            pump_failures: 0,
            is_fetching: false,
            fetch_again: false,
            fetch_failures: 0,
            ticks: 0,
            is_marking: false,
        }
    }
}

/// Starts everything that goes on by itself.
pub fn start(chat: Chat) {
    spawn_local(async move {
        loop {
            browser::sleep(TICK_MS).await;
            tick(chat);
        }
    });
    resume(chat);
    pump_now(chat);
}

/// There is a session: fetch what is new and follow it.
pub fn resume(chat: Chat) {
    spawn_local(async move {
        // History first: the socket then starts where it ends.
        catch_up(chat).await;
        if chat.state.read_untracked().is_loading {
            chat.state.write().is_loading = false;
        }
        socket::connect(chat);
    });
}

/// The page, the network or the device is back.
pub fn wake(chat: Chat) {
    if !browser::is_visible() || !browser::is_online() {
        return;
    }
    {
        let work = &mut chat.works.write_value().work;
        (work.fetch_failures, work.pump_failures) = (0, 0);
    }
    if chat.session().is_some() {
        socket::wake(chat);
        spawn_local(catch_up(chat));
    }
    pump_now(chat);
}

/// Something new is known: note how far, and look for gaps.
pub fn advance(chat: Chat) {
    let (cursor, has_gap) = {
        let thread = &chat.state.read_untracked().thread;
        (thread.cursor(), thread.has_gap())
    };
    if let Some(session) = chat.session().filter(|session| session.last_seq < cursor) {
        let session = Session {
            last_seq: cursor,
            ..session
        };
        chat.memory().set_session(Some(&session));
        chat.state.write().session = Some(session);
    }
    if has_gap {
        spawn_local(catch_up(chat));
    }
}

/// Fetches everything after the cursor. One at a time: whoever comes second
/// makes the first go round once more.
pub async fn catch_up(chat: Chat) {
    {
        let work = &mut chat.works.write_value().work;
        if work.is_fetching {
            work.fetch_again = true;
            return;
        }
        work.is_fetching = true;
    }
    while let Some(session) = chat.session() {
        chat.works.write_value().work.fetch_again = false;
        let cursor = chat.state.read_untracked().thread.cursor();
        let reply = chat
            .api()
            .history(&session.token, session.conversation_id, cursor)
            .await;
        if chat.session().is_none_or(|now| now.token != session.token) {
            continue;
        }
        note_reachability(chat, reply.as_ref().err());
        match reply {
            Ok(history) => {
                let is_progress = history.last_seq > cursor;
                let is_all = history.last_seq >= history.conversation.last_seq;
                take_in(chat, history, cursor);
                let again = chat.works.read_value().work.fetch_again;
                if is_all && !again || !is_all && !is_progress {
                    break;
                }
            }
            Err(Failure::Unknown(_)) => chat.forget_session(&session.token),
            Err(_) => break,
        }
    }
    chat.works.write_value().work.is_fetching = false;
}

/// Fetches the page before the first message that is there.
pub async fn load_earlier(chat: Chat) {
    let Some(session) = chat.session() else {
        return;
    };
    let (first, is_loading) = {
        let state = chat.state.read_untracked();
        (state.thread.first(), state.is_loading)
    };
    if first == 0 || is_loading {
        return;
    }
    chat.state.write().is_loading = true;
    let start = (first - PAGE).max(0);
    let mut from = start;
    while from < first {
        let reply = chat
            .api()
            .history(&session.token, session.conversation_id, from)
            .await;
        note_reachability(chat, reply.as_ref().err());
        let Ok(history) = reply else { break };
        if history.last_seq <= from {
            break;
        }
        from = history.last_seq;
        take_in(chat, history, start);
    }
    chat.state.write().is_loading = false;
}

/// Tells the server what the shopper has seen, while they are looking.
pub fn mark_read(chat: Chat) {
    let (cursor, is_due) = {
        let state = chat.state.read_untracked();
        (
            state.thread.cursor(),
            state.is_looking() && state.thread.unread(state.read_seq) > 0,
        )
    };
    let Some(session) = chat.session().filter(|_| is_due) else {
        return;
    };
    let is_marking = std::mem::replace(&mut chat.works.write_value().work.is_marking, true);
    if is_marking {
        return;
    }
    spawn_local(async move {
        let marked = chat
            .api()
            .mark_read(&session.token, session.conversation_id, cursor)
            .await;
        chat.works.write_value().work.is_marking = false;
        // What failed is tried again with the next tick.
        if marked.is_ok() {
            let mut state = chat.state.write();
            state.read_seq = state.read_seq.max(cursor);
        }
    });
}

/// Another tab has changed what all of them share.
pub fn changed_elsewhere(chat: Chat, part: &str) {
    let memory = chat.memory();
    match part {
        "outbox" => {
            let outbox = memory.outbox();
            let is_waiting = outbox.next().is_some();
            chat.state.write().outbox = outbox;
            if is_waiting {
                pump_now(chat);
            }
        }
        "visitor" => chat.state.write().visitor = memory.visitor(),
        "session" => {
            let token = chat.session().map(|session| session.token);
            match (memory.session(), token) {
                (Some(theirs), token) if Some(&theirs.token) != token.as_ref() => {
                    chat.adopt(theirs, Thread::default());
                    resume(chat);
                }
                (None, Some(token)) => chat.forget_session(&token),
                _ => {}
            }
        }
        _ => {}
    }
}

fn take_in(chat: Chat, history: History, after: i64) {
    {
        let mut state = chat.state.write();
        for message in history.messages {
            state.thread.insert(message);
        }
        state.thread.account_range(after, history.last_seq);
        state.set_conversation(history.conversation);
    }
    advance(chat);
}

fn tick(chat: Chat) {
    socket::tick(chat);
    mark_read(chat);
    let (is_looking, needs_polling) = {
        let state = chat.state.read_untracked();
        (
            state.is_looking(),
            !state.is_live && state.session.is_some(),
        )
    };
    let is_due = {
        let work = &mut chat.works.write_value().work;
        work.ticks += 1;
        let every = if is_looking {
            POLL_TICKS.0
        } else {
            POLL_TICKS.1
        };
        work.ticks >= every << work.fetch_failures.min(3)
    };
    if is_due && needs_polling && browser::is_online() {
        chat.works.write_value().work.ticks = 0;
        spawn_local(catch_up(chat));
    }
}

fn note_reachability(chat: Chat, failure: Option<&Failure>) {
    let is_reachable = !matches!(failure, Some(Failure::Later(_)));
    {
        let work = &mut chat.works.write_value().work;
        work.fetch_failures = if is_reachable {
            0
        } else {
            work.fetch_failures.saturating_add(1)
        };
    }
    if chat.state.read_untracked().is_reachable != is_reachable {
        chat.state.write().is_reachable = is_reachable;
    }
}
