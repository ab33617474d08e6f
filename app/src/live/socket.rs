//! The browser's WebSocket. One per page; opening another closes the first.

use futures::{
    SinkExt, StreamExt,
    channel::mpsc::{self, UnboundedSender},
    future::{self, AbortHandle, Abortable},
    pin_mut,
};
use gloo_net::websocket::{Message, futures::WebSocket};
use leptos::{prelude::window, task::spawn_local};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

thread_local! {
    static SOCKET: RefCell<Option<Socket>> = const { RefCell::new(None) };
}

struct Socket {
    is_open: Rc<Cell<bool>>,
    outgoing: UnboundedSender<String>,
    /// What sends and listens; the connection is closed with it.
    work: AbortHandle,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// Opens a socket to a path of this server.
pub fn open(
    path: &str,
    on_open: impl FnOnce() + 'static,
    mut on_text: impl FnMut(String) + 'static,
    on_close: impl FnOnce() + 'static,
) {
    close();
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|p| p == "https:") {
        "wss"
    } else {
        "ws"
    };
    let host = location.host().unwrap_or_default();
    let Ok(socket) = WebSocket::open(&format!("{scheme}://{host}{path}")) else {
        on_close();
        return;
    };
    let (mut sink, mut incoming) = socket.split();
    let (outgoing, mut queue) = mpsc::unbounded();
    let (work, registration) = AbortHandle::new_pair();
    let is_open = Rc::new(Cell::new(false));
    let opened = Rc::clone(&is_open);
    SOCKET.with_borrow_mut(|slot| {
        *slot = Some(Socket {
            is_open,
            outgoing,
            work,
        });
    });
    let work = async move {
        let sending = async {
            // Also ready when it could not be opened: listening ends then.
            let _ = future::poll_fn(|cx| sink.poll_ready_unpin(cx)).await;
            opened.set(true);
            on_open();
            while let Some(text) = queue.next().await {
                let _ = sink.send(Message::Text(text)).await;
            }
        };
        let listening = async {
            while let Some(Ok(message)) = incoming.next().await {
                if let Message::Text(text) = message {
                    on_text(text);
                }
            }
        };
        pin_mut!(sending, listening);
        future::select(sending, listening).await;
        on_close();
    };
    spawn_local(async move {
        // Aborted: closed by this page.
        let _ = Abortable::new(work, registration).await;
    });
}

/// Sends a frame if the socket is open; what needs to arrive is asked for
/// again after a reconnect.
pub fn send(text: &str) {
    SOCKET.with_borrow(|slot| {
        if let Some(socket) = slot.as_ref().filter(|socket| socket.is_open.get()) {
            // Refused only when the connection has just ended.
            let _ = socket.outgoing.unbounded_send(text.to_owned());
        }
    });
}

/// Whether a connection is just being made.
pub fn is_connecting() -> bool {
    SOCKET.with_borrow(|slot| slot.as_ref().is_some_and(|socket| !socket.is_open.get()))
}

/// Closes the socket, if there is one.
pub fn close() {
    let closed = SOCKET.with_borrow_mut(Option::take);
    drop(closed);
}
