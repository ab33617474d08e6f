//! What the server says by itself.

use super::incoming::{advance, catch_up, refresh_config};
use crate::{browser, chat::Chat, socket::Listener, state::Typist};
use domain::{
    events::{AiState, Cursors, Hello, ServerEvent, Side, TYPING_SECONDS},
    message::Sender,
};
use leptos::prelude::*;

/// An answer that takes the AI longer won't come.
const THINKING_MS: u32 = 30_000;

/// Listens to the socket, whenever it is open.
pub fn listen(chat: Chat) {
    chat.socket().listen(Listener {
        hello: Box::new(move || hello(chat)),
        heard: Box::new(move |event| receive(chat, event)),
        lost: Box::new(move || {
            if chat.state.read_untracked().is_live {
                chat.state.write().is_live = false;
            }
        }),
    });
}

fn hello(chat: Chat) -> Option<Hello> {
    let session = chat.session()?;
    let cursor = chat.state.read_untracked().thread.cursor();
    Some(Hello {
        token: Some(session.token),
        store: None,
        cursors: Cursors::from_iter([(session.conversation_id, cursor)]),
    })
}

fn receive(chat: Chat, event: ServerEvent) {
    let Some(current) = chat.state.read_untracked().conversation_id() else {
        return;
    };
    match event {
        ServerEvent::Ready {} => {
            let mut state = chat.state.write();
            (state.is_live, state.is_reachable) = (true, true);
        }
        ServerEvent::Message(message) if message.conversation_id == current => {
            {
                let mut state = chat.state.write();
                if message.sender != Sender::Customer {
                    state.typist = None;
                }
                state.thread.insert(message);
            }
            advance(chat);
        }
        ServerEvent::Skipped(skipped) if skipped.conversation_id == current => {
            chat.state.write().thread.account(skipped.seq);
            advance(chat);
        }
        ServerEvent::Read(read) if read.conversation_id == current => {
            let mut state = chat.state.write();
            match (read.by, state.conversation.as_mut()) {
                (Side::Visitor, _) => state.read_seq = state.read_seq.max(read.seq),
                (Side::Agent, Some(conversation)) => {
                    conversation.agent_read_seq = conversation.agent_read_seq.max(read.seq);
                }
                (Side::Agent, None) => {}
            }
        }
        ServerEvent::Typing(typing)
            if typing.conversation_id == current && typing.by == Side::Agent =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "a small constant")]
            show_typing(
                chat,
                Typist::Agent(typing.name),
                TYPING_SECONDS as u32 * 1_000,
            );
        }
        ServerEvent::Ai(ai) if ai.conversation_id == current => match ai.state {
            AiState::Thinking => show_typing(chat, Typist::Ai, THINKING_MS),
            AiState::Done => {
                chat.state
                    .write()
                    .typist
                    .take_if(|typist| *typist == Typist::Ai);
            }
        },
        ServerEvent::Status(conversation) if conversation.id == current => {
            chat.state.write().hear_of_conversation(conversation);
        }
        ServerEvent::ConfigChanged {} => refresh_config(chat),
        // REST is asked before the session is given up.
        ServerEvent::Error(problem) if matches!(problem.status, 401 | 404) => {
            browser::spawn(catch_up(chat));
        }
        _ => {}
    }
}

/// Shows that somebody is writing, for a while.
fn show_typing(chat: Chat, typist: Typist, for_ms: u32) {
    chat.state.write().typist = Some(typist);
    let heard = {
        let work = &mut chat.works.write_value().work;
        work.typing_heard += 1;
        work.typing_heard
    };
    browser::spawn(async move {
        browser::sleep(for_ms).await;
        let is_last = chat.works.read_value().work.typing_heard == heard;
        if is_last {
            chat.state.write().typist = None;
        }
    });
}
