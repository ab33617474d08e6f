//! Tells the server who the shopper is, and forgets them when they sign out.

use super::incoming::{catch_up, forget_session};
use crate::{browser, chat::Chat, outbox::Outbox, rest::Failure, storage::Session};
use domain::widget_api::VisitorDetails;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The pause before another attempt, in milliseconds.
const RETRY_MS: u32 = 10_000;

/// The page says who is signed in, or that nobody is any more. A guest's chat stays theirs.
pub fn identify(chat: Chat, identity: Option<String>) {
    let is_somebody = identity.is_some();
    chat.state.write().identity = identity;
    if is_somebody {
        prove(chat);
    } else if let Some(session) = chat.session().filter(|session| session.verified) {
        forget_customer(chat, &session);
    }
}

/// Proves it in the conversation that is there. A new one is begun with it.
pub fn prove(chat: Chat) {
    spawn_local(async move {
        loop {
            let identity = chat.state.read_untracked().identity.clone();
            let (Some(identity), Some(session)) = (identity, chat.session()) else {
                return;
            };
            match chat.api().identify(&session, identity).await {
                Ok(identified) => {
                    // Another tab, or signing out, may have been quicker.
                    if chat.session().is_some_and(|now| now.token == session.token) {
                        let session = Session {
                            token: identified.token,
                            verified: true,
                            ..chat.session().unwrap_or(session)
                        };
                        chat.memory().set_session(Some(&session));
                        let mut state = chat.state.write();
                        state.session = Some(session);
                        state.set_conversation(identified.conversation);
                        drop(state);
                        chat.socket().disconnect();
                        chat.socket().connect();
                    }
                    return;
                }
                // It is another customer's, who used this browser before.
                Err(Failure::Refused(refusal)) if refusal.status == 409 => {
                    return forget_customer(chat, &session);
                }
                Err(Failure::Later(_)) => browser::sleep(RETRY_MS).await,
                // The session may be unknown, or the identity: the first is found out so.
                Err(_) => return catch_up(chat).await,
            }
        }
    });
}

/// What a customer wrote and began to write is for nobody else at this browser.
fn forget_customer(chat: Chat, session: &Session) {
    chat.memory().set_visitor(&VisitorDetails::default());
    chat.state.write().visitor = VisitorDetails::default();
    chat.change_outbox(|outbox| *outbox = Outbox::default());
    chat.set_draft(String::new());
    forget_session(chat, &session.token);
}
