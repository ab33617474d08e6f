//! The WebSocket: opened while there is a session, opened again for ever.

use crate::{backoff, browser, chat::Chat, json, state::Typist, sync};
use domain::{
    UnixMillis,
    events::{
        AiState, ClientFrame, Cursors, HEARTBEAT_SECONDS, Hello, ServerEvent, Side, TYPING_SECONDS,
    },
    message::Sender,
};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, MessageEvent, WebSocket};

/// Silence that means the connection is gone, in milliseconds.
#[expect(clippy::cast_possible_wrap, reason = "a small constant")]
const SILENCE_MS: i64 = HEARTBEAT_SECONDS as i64 * 2 * 1_000;
/// Silence after which a page that wakes up doesn't trust the connection.
const DOUBTFUL_MS: i64 = 30_000;

/// An answer that takes the AI longer won't come.
const THINKING_MS: u32 = 30_000;

/// The connection and what is known about it.
#[derive(Default)]
pub struct Link {
    socket: Option<WebSocket>,
    /// Kept alive as long as the socket can call them.
    listeners: Vec<Closure<dyn FnMut(Event)>>,
    /// Events of an earlier socket are not listened to.
    generation: u32,
    failures: u32,
    heard_at: UnixMillis,
}

/// Opens the socket unless it is open. Does nothing without a session.
pub fn connect(chat: Chat) {
    let is_busy = chat.works.read_value().link.socket.is_some();
    if is_busy || chat.session().is_none() {
        return;
    }
    let Ok(socket) = WebSocket::new(&chat.api().socket_url()) else {
        return retry(chat);
    };
    let mut works = chat.works.write_value();
    let link = &mut works.link;
    link.generation += 1;
    link.heard_at = browser::now();
    let generation = link.generation;
    let listener = |act: fn(Chat, &Event)| {
        Closure::<dyn FnMut(Event)>::new(move |event| {
            let current = chat.works.read_value().link.generation;
            if current == generation {
                act(chat, &event);
            }
        })
    };
    let opened = listener(|chat, _| greet(chat));
    let heard = listener(hear);
    let closed = listener(|chat, _| {
        drop_socket(chat);
        retry(chat);
    });
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    link.socket = Some(socket);
    link.listeners = vec![opened, heard, closed];
}

/// Closes the socket for good, until somebody calls [`connect`].
pub fn disconnect(chat: Chat) {
    // The listeners may be running: they are freed with the next socket.
    drop_socket(chat);
    chat.works.write_value().link.generation += 1;
}

/// The page was brought back, or the network: check at once.
pub fn wake(chat: Chat) {
    let silence = browser::now() - chat.works.read_value().link.heard_at;
    let is_live = chat.state.read_untracked().is_live;
    if !is_live || silence > DOUBTFUL_MS {
        disconnect(chat);
        connect(chat);
    }
}

/// To be called every few seconds: keeps the connection alive, and notices
/// when it is gone.
pub fn tick(chat: Chat) {
    let (has_socket, silence) = {
        let link = &chat.works.read_value().link;
        (link.socket.is_some(), browser::now() - link.heard_at)
    };
    if !has_socket {
        return;
    }
    if silence > SILENCE_MS {
        disconnect(chat);
        retry(chat);
    } else if silence > SILENCE_MS / 4 {
        send(chat, &ClientFrame::Ping {});
    }
}

/// Sends a frame, if there is a connection. Frames are hints: nothing is lost
/// with one.
pub fn send(chat: Chat, frame: &ClientFrame) {
    let socket = chat.works.read_value().link.socket.clone();
    let Some(socket) = socket.filter(|socket| socket.ready_state() == WebSocket::OPEN) else {
        return;
    };
    if let Ok(text) = serde_json::to_string(frame) {
        let _ = socket.send_with_str(&text);
    }
}

fn greet(chat: Chat) {
    let Some(session) = chat.session() else {
        return disconnect(chat);
    };
    let cursor = chat.state.read_untracked().thread.cursor();
    send(
        chat,
        &ClientFrame::Hello(Hello {
            token: Some(session.token),
            store: None,
            cursors: Cursors::from([(session.conversation_id, cursor)]),
        }),
    );
}

fn hear(chat: Chat, event: &Event) {
    chat.works.write_value().link.heard_at = browser::now();
    let Some(text) = event
        .dyn_ref::<MessageEvent>()
        .and_then(|event| event.data().as_string())
    else {
        return;
    };
    // An event of a kind that isn't known belongs to a newer server.
    if let Ok(event) = json::parse::<ServerEvent>(&text) {
        receive(chat, event);
    }
}

fn receive(chat: Chat, event: ServerEvent) {
    let Some(current) = chat.state.read_untracked().conversation_id() else {
        return;
    };
    match event {
        ServerEvent::Ready {} => {
            chat.works.write_value().link.failures = 0;
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
            sync::advance(chat);
        }
        ServerEvent::Skipped(skipped) if skipped.conversation_id == current => {
            chat.state.write().thread.account(skipped.seq);
            sync::advance(chat);
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
            chat.show_typing(Typist::Agent(typing.name), TYPING_SECONDS as u32 * 1_000);
        }
        ServerEvent::Ai(ai) if ai.conversation_id == current => match ai.state {
            AiState::Thinking => chat.show_typing(Typist::Ai, THINKING_MS),
            AiState::Done => {
                chat.state
                    .write()
                    .typist
                    .take_if(|typist| *typist == Typist::Ai);
            }
        },
        ServerEvent::Status(conversation) if conversation.id == current => {
            chat.state.write().set_conversation(conversation);
        }
        ServerEvent::ConfigChanged {} => chat.refresh_config(),
        // REST is asked before the session is given up.
        ServerEvent::Error(problem) if matches!(problem.status, 401 | 404) => {
            spawn_local(sync::catch_up(chat));
        }
        _ => {}
    }
}

fn drop_socket(chat: Chat) {
    let socket = chat.works.write_value().link.socket.take();
    if let Some(socket) = socket {
        socket.set_onopen(None);
        socket.set_onmessage(None);
        socket.set_onclose(None);
        let _ = socket.close();
    }
    if chat.state.read_untracked().is_live {
        chat.state.write().is_live = false;
    }
}

fn retry(chat: Chat) {
    let (failures, generation) = {
        let link = &mut chat.works.write_value().link;
        link.failures = link.failures.saturating_add(1);
        (link.failures, link.generation)
    };
    spawn_local(async move {
        browser::sleep(backoff::delay_ms(failures, browser::random(), None)).await;
        let is_latest = chat.works.read_value().link.generation == generation;
        if is_latest {
            connect(chat);
        }
    });
}
