//! Proves an email by a code.

use super::{
    identity::become_known,
    incoming::resume,
    outgoing::{claim, pump_now, release},
};
use crate::{
    browser,
    chat::Chat,
    rest::{Failure, Proof},
};
use leptos::prelude::*;

/// How often it is looked whether what is on its way has arrived, in milliseconds.
const LOOK_MS: u32 = 100;

/// Has a code sent to an address, or gives the code that came. Says what is wrong.
///
/// The token ends with a code. Who sent or asked by it meanwhile would be told that it is
/// unknown, and begin another conversation: so what is on its way arrives before, and nothing
/// else is sent, from any tab, until the new token is here.
pub async fn prove_email(chat: Chat, proof: Proof) -> Result<(), &'static str> {
    let wrong = match proof {
        Proof::Code(_) => chat.texts.code_wrong(),
        _ => chat.texts.email_wrong(),
    };
    chat.socket().disconnect();
    while !hold(chat) {
        browser::sleep(LOOK_MS).await;
    }
    let session = chat.session();
    let answer = chat.api().identify(session.as_ref(), proof).await;
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
    {
        let work = &mut chat.works.write_value().work;
        (work.is_fetching, work.is_pumping) = (false, false);
    }
    release(chat);
    resume(chat);
    pump_now(chat);
    said
}

/// Keeps everything from being fetched and sent, unless something is on its way. Says if it
/// does.
fn hold(chat: Chat) -> bool {
    let is_quiet = {
        let work = &chat.works.read_value().work;
        !work.is_fetching && !work.is_pumping
    };
    let is_held = is_quiet && claim(chat);
    if is_held {
        let work = &mut chat.works.write_value().work;
        (work.is_fetching, work.is_pumping) = (true, true);
    }
    is_held
}
