//! Sends what is in the outbox, and tells what the shopper does.

use super::{
    identity::prove,
    incoming::{
        adopt, advance, catch_up, follow_stored_session, forget_session, note_reachability,
    },
};
use crate::{
    backoff, browser, chat::Chat, outbox::Outbox, rest::Failure, state::Person, storage::Session,
    thread::Thread,
};
use domain::{
    events::{ClientFrame, TypingIn},
    ids::ConversationId,
    widget_api::{NewMessage, Page, StartConversation, VisitorDetails},
};
use leptos::prelude::*;

/// Longest address that is told, in characters.
const URL_MAX: usize = 2_000;
/// Longest title that is told, in characters.
const TITLE_MAX: usize = 300;
/// How long to leave the sending to another tab, in milliseconds.
const OTHER_TAB_MS: u32 = 5_000;
/// "Typing" is told at most this often, in milliseconds.
const TYPING_EVERY_MS: i64 = 3_000;

/// Sends what waits, without regard to earlier failures.
pub fn pump_now(chat: Chat) {
    {
        let work = &mut chat.works.write_value().work;
        work.pump_generation += 1;
        if work.is_pumping {
            return;
        }
        work.is_pumping = true;
    }
    browser::spawn(async move {
        let pause_ms = pump(chat).await;
        let generation = {
            let work = &mut chat.works.write_value().work;
            work.is_pumping = false;
            work.pump_generation
        };
        if let Some(pause_ms) = pause_ms {
            browser::sleep(pause_ms).await;
            let is_latest = chat.works.read_value().work.pump_generation == generation;
            if is_latest {
                pump_now(chat);
            }
        }
    });
}

/// The page goes away: the next one, or another tab, may send at once.
pub fn hand_over(chat: Chat) {
    if chat.memory().outbox().next().is_some() {
        release(chat);
    }
}

/// Lets no other tab send for a while; not if one does.
pub fn claim(chat: Chat) -> bool {
    let tab = chat.works.read_value().work.tab.clone();
    let mut is_mine = false;
    chat.change_outbox(|outbox| is_mine = outbox.claim(&tab, browser::now()));
    is_mine
}

/// Lets others send again.
pub fn release(chat: Chat) {
    let tab = chat.works.read_value().work.tab.clone();
    chat.change_outbox(|outbox| outbox.release(&tab));
}

/// Tells the server that the shopper is typing, now and then.
pub fn tell_typing(chat: Chat) {
    let now = browser::now();
    let is_due = now - chat.works.read_value().work.typing_told_at > TYPING_EVERY_MS;
    let conversation_id = chat.state.read_untracked().conversation_id();
    if let Some(conversation_id) = conversation_id.filter(|_| is_due) {
        chat.works.write_value().work.typing_told_at = now;
        let typing = ClientFrame::Typing(TypingIn { conversation_id });
        chat.socket().send(&typing);
    }
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
    browser::spawn(async move {
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

/// Asks for a person in the conversation that is there.
pub fn ask_for_person(chat: Chat) {
    let Some(session) = chat.session() else {
        return;
    };
    chat.state.write().person = Person::Asking;
    browser::spawn(async move {
        let asked = chat
            .api()
            .ask_for_person(&session.token, session.conversation_id)
            .await;
        let is_asked = asked.is_ok();
        {
            let mut state = chat.state.write();
            state.person = if is_asked {
                Person::Unasked
            } else {
                Person::Failed
            };
            if let Some(conversation) = state.conversation.as_mut().filter(|_| is_asked) {
                conversation.needs_human = true;
            }
        }
        catch_up(chat).await;
    });
}

/// Sends in order until nothing is left, or until a pause is needed, which it
/// returns in milliseconds.
async fn pump(chat: Chat) -> Option<u32> {
    let tab = chat.works.read_value().work.tab.clone();
    loop {
        let entry = chat.memory().outbox().next().cloned()?;
        if !claim(chat) {
            // Another tab is at it.
            return Some(OTHER_TAB_MS);
        }
        if chat.session().is_none() {
            // Another tab may have started the conversation a moment ago.
            follow_stored_session(chat);
        }
        let message = NewMessage::text(entry.id, entry.body);
        let session = chat.session();
        let sent = match &session {
            Some(session) => send(chat, session, &message).await,
            None => begin(chat, message).await,
        };
        note_reachability(chat, sent.as_ref().err());
        let is_delayed = matches!(sent, Err(Failure::Later(_)));
        if chat.state.read_untracked().is_delayed != is_delayed {
            chat.state.write().is_delayed = is_delayed;
        }
        if !is_delayed {
            chat.works.write_value().work.pump_failures = 0;
        }
        match (sent, session) {
            (Ok(()), _) => chat.change_outbox(|outbox| {
                outbox.take(entry.id);
                outbox.release(&tab);
            }),
            (Err(Failure::Unknown(_)), Some(session)) => forget_session(chat, &session.token),
            // It may have expired: what was typed is sent all the same.
            (Err(Failure::Unknown(refusal)), None)
                if refusal.status == 401 && is_somebody(chat) =>
            {
                chat.state.write().identity = None;
            }
            (Err(Failure::Unknown(refusal) | Failure::Refused(refusal)), _) => {
                let reason = chat.texts.refusal(refusal.status, &refusal.field);
                chat.change_outbox(|outbox| {
                    outbox.refuse(entry.id, reason.to_owned());
                    outbox.release(&tab);
                })
            }
            (Err(Failure::Later(asked_ms)), _) => {
                let work = &mut chat.works.write_value().work;
                work.pump_failures = work.pump_failures.saturating_add(1);
                return Some(backoff::delay_ms(
                    work.pump_failures,
                    browser::random(),
                    asked_ms,
                ));
            }
        }
    }
}

async fn send(chat: Chat, session: &Session, message: &NewMessage) -> Result<(), Failure> {
    let stored = chat
        .api()
        .send(&session.token, session.conversation_id, message)
        .await?;
    // Whoever has signed out meanwhile leaves nothing behind.
    if chat.state.read_untracked().conversation_id() == Some(session.conversation_id) {
        chat.state.write().thread.insert(stored);
        advance(chat);
    }
    Ok(())
}

async fn begin(chat: Chat, message: NewMessage) -> Result<(), Failure> {
    let visitor = chat.state.read_untracked().visitor.clone();
    let mut start = StartConversation {
        id: ConversationId::generate(),
        visitor: VisitorDetails {
            locale: Some(chat.api().locale),
            ..visitor
        },
        page: current_page(),
        message: Some(message),
        identity: None,
    };
    chat.change_outbox(|outbox| start = outbox.start_with(start.clone()));
    // Not before the request has been stored: it stays in memory.
    let identities = {
        let state = chat.state.read_untracked();
        start.identity = state.identity.clone();
        state.identities
    };
    let started = chat.api().start(&start).await?;
    let is_changed = chat.state.read_untracked().identities != identities;
    if is_changed && started.conversation.verified && !is_somebody(chat) {
        // The customer has signed out meanwhile: nobody else may go on with it.
        return Ok(());
    }
    let session = Session {
        token: started.token,
        conversation_id: started.conversation.id,
        last_seq: 0,
        verified: started.conversation.verified,
    };
    let mut thread = Thread::default();
    for message in started.messages {
        thread.insert(message);
    }
    // In this order, so that no other tab finds neither.
    chat.memory().set_session(Some(&session));
    chat.change_outbox(Outbox::started);
    adopt(chat, session, thread);
    chat.state.write().set_conversation(started.conversation);
    advance(chat);
    chat.socket().connect();
    if is_changed {
        // The server knows whether it is the same customer.
        prove(chat);
    }
    let wants_person = chat.state.read_untracked().person == Person::AfterMessage;
    if wants_person {
        ask_for_person(chat);
    }
    Ok(())
}

/// Whether the page says that a customer is signed in.
fn is_somebody(chat: Chat) -> bool {
    chat.state.read_untracked().identity.is_some()
}

fn current_page() -> Page {
    let cut = |text: String, max: usize| text.chars().take(max).collect::<String>();
    Page {
        url: browser::window()
            .location()
            .href()
            .ok()
            .map(|url| cut(url, URL_MAX)),
        title: Some(cut(
            leptos::leptos_dom::helpers::document().title(),
            TITLE_MAX,
        )),
    }
}
