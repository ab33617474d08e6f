//! Proves an email by a code.

use super::{identity::become_known, incoming::resume, outgoing::pump_now};
use crate::{
    chat::Chat,
    rest::{Failure, Proof},
};
use leptos::prelude::*;

/// Has a code sent to an address, or gives the code that came. Says what is wrong.
pub async fn prove_email(chat: Chat, proof: Proof) -> Result<(), &'static str> {
    let session = chat.session();
    let wrong = match proof {
        Proof::Code(_) => chat.texts.code_wrong(),
        _ => chat.texts.email_wrong(),
    };
    // The token ends with a code: nobody may ask by it until the new one is here.
    chat.socket().disconnect();
    hold(chat, true);
    let answer = chat.api().identify(session.as_ref(), proof).await;
    hold(chat, false);
    let said = match answer {
        Ok(known) => {
            if let (Some(known), Some(session)) = (known, session) {
                become_known(chat, Some(&session), known, session.verified);
            }
            Ok(())
        }
        Err(Failure::Later(Some(_))) => Err(chat.texts.code_wait()),
        Err(Failure::Later(None)) => Err(chat.texts.person_failed()),
        Err(_) => Err(wrong),
    };
    resume(chat);
    pump_now(chat);
    said
}

/// Neither fetches nor sends for a while.
fn hold(chat: Chat, is_held: bool) {
    let work = &mut chat.works.write_value().work;
    (work.is_fetching, work.is_pumping) = (is_held, is_held);
}
