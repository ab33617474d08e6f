//! Fetches what is missing, and follows the session that makes it ours.

use crate::{
    browser,
    chat::Chat,
    rest::{Failure, PAGE},
    storage::Session,
    thread::Thread,
};
use domain::widget_api::History;
use leptos::prelude::*;

/// Fetches the settings again.
pub fn refresh_config(chat: Chat) {
    browser::spawn(async move {
        if let Ok((config, json)) = chat.api().config().await {
            chat.works.write_value().work.config_at = browser::now();
            chat.state.write().config = config;
            chat.tell_page("shopdesk:config", &json.into());
        }
    });
}

/// There is a session: fetch what is new and follow it.
pub fn resume(chat: Chat) {
    browser::spawn(async move {
        // History first: the socket then starts where it ends.
        catch_up(chat).await;
        if chat.state.read_untracked().is_loading {
            chat.state.write().is_loading = false;
        }
        chat.socket().connect();
    });
}

/// A conversation is there: just begun, or from another tab.
pub fn adopt(chat: Chat, session: Session, thread: Thread) {
    chat.socket().disconnect();
    chat.state.write().reset(Some(session), thread);
}

/// The server doesn't know this token: the next message starts anew. What was
/// typed stays.
pub fn forget_session(chat: Chat, token: &str) {
    let memory = chat.memory();
    if let Some(other) = memory.session().filter(|session| session.token != token) {
        // Another tab has started anew already.
        adopt(chat, other, Thread::default());
        return resume(chat);
    }
    chat.socket().disconnect();
    memory.set_session(None);
    chat.state.write().reset(None, Thread::default());
}

/// Another tab may have begun or lost the conversation.
pub fn follow_stored_session(chat: Chat) {
    let token = chat.session().map(|session| session.token);
    match (chat.memory().session(), token) {
        (Some(theirs), token) if Some(&theirs.token) != token.as_ref() => {
            adopt(chat, theirs, Thread::default());
            resume(chat);
        }
        (None, Some(token)) => forget_session(chat, &token),
        _ => {}
    }
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
        browser::spawn(catch_up(chat));
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
            Ok(History {
                merged_into: Some(id),
                ..
            }) => {
                let session = Session {
                    conversation_id: id,
                    last_seq: 0,
                    ..session
                };
                chat.memory().set_session(Some(&session));
                adopt(chat, session, Thread::default());
                resume(chat);
            }
            Ok(history) => {
                let is_progress = history.last_seq > cursor;
                let is_all = history.last_seq >= history.conversation.last_seq;
                take_in(chat, history, cursor);
                let again = chat.works.read_value().work.fetch_again;
                if is_all && !again || !is_all && !is_progress {
                    break;
                }
            }
            Err(Failure::Unknown(_)) => forget_session(chat, &session.token),
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

/// Whether the server could be reached, by the last attempt.
pub fn note_reachability(chat: Chat, failure: Option<&Failure>) {
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

fn take_in(chat: Chat, history: History, after: i64) {
    // It may go on in another one by now.
    if chat.state.read_untracked().conversation_id() != Some(history.conversation.id) {
        return;
    }
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
