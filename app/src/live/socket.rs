//! The browser's WebSocket. One per page; opening another closes the first.

use leptos::prelude::window;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, MessageEvent, WebSocket};

thread_local! {
    static SOCKET: RefCell<Option<Socket>> = const { RefCell::new(None) };
}

struct Socket {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(Event)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Fails only for close codes, and none is given.
        let _ = self.socket.close();
    }
}

/// Opens a socket to a path of this server.
pub fn open(
    path: &str,
    mut on_open: impl FnMut() + 'static,
    mut on_text: impl FnMut(String) + 'static,
    mut on_close: impl FnMut() + 'static,
) {
    close();
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|p| p == "https:") {
        "wss"
    } else {
        "ws"
    };
    let host = location.host().unwrap_or_default();
    let Ok(socket) = WebSocket::new(&format!("{scheme}://{host}{path}")) else {
        on_close();
        return;
    };
    let on_open = Closure::<dyn FnMut(Event)>::new(move |_| on_open());
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            on_text(text);
        }
    });
    let on_close = Closure::<dyn FnMut(Event)>::new(move |_| on_close());
    socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    SOCKET.with_borrow_mut(|slot| {
        *slot = Some(Socket {
            socket,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
        });
    });
}

/// Sends a frame if the socket is open; what needs to arrive is asked for
/// again after a reconnect.
pub fn send(text: &str) {
    SOCKET.with_borrow(|slot| {
        if let Some(Socket { socket, .. }) = slot
            && socket.ready_state() == WebSocket::OPEN
        {
            let _ = socket.send_with_str(text);
        }
    });
}

/// Whether a connection is just being made.
pub fn is_connecting() -> bool {
    SOCKET.with_borrow(|slot| {
        slot.as_ref()
            .is_some_and(|Socket { socket, .. }| socket.ready_state() == WebSocket::CONNECTING)
    })
}

/// Closes the socket, if there is one.
pub fn close() {
    let closed = SOCKET.with_borrow_mut(Option::take);
    drop(closed);
}
