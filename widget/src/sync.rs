//! Keeps browser and server at the same state: sends what waits, fetches what
//! is missing, and polls while there is no socket.

mod code;
mod identity;
mod incoming;
mod live;
mod outgoing;

pub use code::prove_email;
pub use identity::{identify, prove};
pub use incoming::{load_earlier, refresh_config};
pub use outgoing::{ask_for_person, mark_read, pump_now, tell_typing};

use crate::{browser, chat::Chat};
use leptos::prelude::*;

/// How often the connection is looked after, in milliseconds.
const TICK_MS: u32 = 5_000;
/// How often to ask for news without a socket, in ticks: while the shopper
/// looks at the window, and otherwise.
const POLL_TICKS: (u32, u32) = (1, 6);

/// Starts everything that goes on by itself.
pub fn start(chat: Chat) {
    live::listen(chat);
    browser::spawn(async move {
        loop {
            browser::sleep(TICK_MS).await;
            tick(chat);
        }
    });
    incoming::resume(chat);
    prove(chat);
    pump_now(chat);
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
        let is_live = chat.state.read_untracked().is_live;
        chat.socket().wake(is_live);
        browser::spawn(incoming::catch_up(chat));
    }
    pump_now(chat);
}

/// The page goes away, perhaps for good.
pub fn suspend(chat: Chat) {
    chat.socket().disconnect();
    outgoing::hand_over(chat);
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
        "session" => incoming::follow_stored_session(chat),
        _ => {}
    }
}

fn tick(chat: Chat) {
    chat.socket().tick();
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
        browser::spawn(incoming::catch_up(chat));
    }
}
