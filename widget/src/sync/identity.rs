//! Tells the server who the shopper is, and forgets them when they sign out.

use super::incoming::{adopt, forget_session, resume};
use crate::{
    browser,
    chat::Chat,
    outbox::Outbox,
    rest::{Failure, PAGE, Proof},
    storage::Session,
    thread::Thread,
};
use domain::widget_api::{ConversationStarted, VisitorDetails};
use leptos::prelude::*;

/// The pause before another attempt, in milliseconds.
const RETRY_MS: u32 = 10_000;

/// The page says who is signed in, or that nobody is any more. A guest's chat stays theirs.
pub fn identify(chat: Chat, identity: Option<String>) {
    let is_somebody = identity.is_some();
    {
        let mut state = chat.state.write();
        state.identity = identity;
        state.identities += 1;
    }
    if is_somebody {
        prove(chat);
    } else {
        let session = chat.session().filter(|session| session.verified);
        if session.is_some() || chat.memory().is_customers() {
            forget_customer(chat, session.as_ref());
        }
    }
}

/// Proves it in the conversation that is there; a new one is begun with it. Where there is
/// none, and the shopper has opened the window, it goes on where they wrote last.
pub fn prove(chat: Chat) {
    browser::spawn(async move {
        loop {
            let (identity, is_open, asked) = {
                let state = chat.state.read_untracked();
                (state.identity.clone(), state.is_open, state.identities)
            };
            let Some(identity) = identity else { return };
            let session = chat.session();
            let session = session.as_ref();
            if session.is_none() && !is_open {
                return;
            }
            let answer = chat.api().identify(session, Proof::Token(identity)).await;
            if chat.state.read_untracked().identities != asked {
                // They have signed out, or another identity is proven by whoever brought it.
                return;
            }
            match answer {
                Ok(Some(known)) => return become_known(chat, session, known, true),
                Ok(None) => return,
                // It is another customer's, who used this browser before.
                Err(Failure::Refused(refusal)) if session.is_some() && refusal.status == 409 => {
                    forget_customer(chat, session);
                }
                Err(Failure::Later(_)) => browser::sleep(RETRY_MS).await,
                // The session may be unknown, or the identity: the first is found out so.
                Err(_) => return resume(chat),
            }
        }
    });
}

/// Goes on with the token that was given for `before`, or for a conversation of theirs.
pub(super) fn become_known(
    chat: Chat,
    before: Option<&Session>,
    known: ConversationStarted,
    verified: bool,
) {
    // Another tab or a message may have been quicker. If there is none, the one from before
    // has ended since, as it does once the customer is known.
    let now = chat.session();
    let is_before = |now: &Session| before.is_some_and(|before| before.token == now.token);
    if now.as_ref().is_some_and(|now| !is_before(now)) {
        return;
    }
    let ConversationStarted {
        conversation,
        token,
        ..
    } = known;
    let session = Session {
        token,
        conversation_id: conversation.id,
        last_seq: now.as_ref().map_or(0, |session| session.last_seq),
        verified,
    };
    chat.memory().set_session(Some(&session));
    if now.is_some() {
        {
            let mut state = chat.state.write();
            state.session = Some(session);
            state.set_conversation(conversation);
        }
        chat.socket().disconnect();
        chat.socket().connect();
    } else {
        chat.change_outbox(Outbox::started);
        let newest = Thread::starting_after((conversation.last_seq - PAGE).max(0));
        adopt(chat, session, newest);
        resume(chat);
    }
}

/// What a customer wrote and began to write is for nobody else at this browser, nor is their
/// conversation. A guest's, in which they wrote, stays.
fn forget_customer(chat: Chat, session: Option<&Session>) {
    chat.memory().set_visitor(&VisitorDetails::default());
    chat.state.write().visitor = VisitorDetails::default();
    chat.change_outbox(|outbox| *outbox = Outbox::default());
    chat.set_draft(String::new());
    if let Some(session) = session {
        forget_session(chat, &session.token);
    }
    chat.memory().set_wake(None);
    chat.memory().set_customers(false);
}
