//! The WebSocket: opened while there is something to follow, opened again for
//! ever. It knows no chat; it asks and reports through what it is given.

use crate::{backoff, browser, json};
use domain::{
    UnixMillis,
    events::{ClientFrame, HEARTBEAT_SECONDS, Hello, ServerEvent},
};
use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, MessageEvent, WebSocket};

/// Silence that means the connection is gone, in milliseconds.
#[expect(clippy::cast_possible_wrap, reason = "a small constant")]
const SILENCE_MS: i64 = HEARTBEAT_SECONDS as i64 * 2 * 1_000;
/// Silence after which a page that wakes up doesn't trust the connection.
const DOUBTFUL_MS: i64 = 30_000;
/// How long a connection that is being made is left alone.
const CONNECTING_MS: i64 = 5_000;

/// What the socket asks, and whom it reports to.
pub struct Listener {
    /// What to begin with; nothing if there is nothing to follow.
    pub hello: Box<dyn Fn() -> Option<Hello>>,
    /// The server has said something.
    pub heard: Box<dyn Fn(ServerEvent)>,
    /// The connection is gone.
    pub lost: Box<dyn Fn()>,
}

/// The connection: a handle, whose copies are all the same one.
#[derive(Clone)]
pub struct Socket(Rc<Link>);

/// A function of ours that the browser calls.
type Callback = Closure<dyn FnMut(Event)>;

/// What is known about the connection.
struct Link {
    url: String,
    listener: OnceCell<Listener>,
    socket: RefCell<Option<WebSocket>>,
    /// Kept alive as long as the socket can call them.
    callbacks: RefCell<Vec<Callback>>,
    /// Events of an earlier socket are not listened to.
    generation: Cell<u32>,
    failures: Cell<u32>,
    heard_at: Cell<UnixMillis>,
}

impl Socket {
    /// To this address, once somebody [listens](Self::listen).
    pub fn new(url: String) -> Self {
        Self(Rc::new(Link {
            url,
            listener: OnceCell::new(),
            socket: RefCell::new(None),
            callbacks: RefCell::new(Vec::new()),
            generation: Cell::new(0),
            failures: Cell::new(0),
            heard_at: Cell::new(0),
        }))
    }

    /// Says who is asked and told; the first word counts.
    pub fn listen(&self, listener: Listener) {
        let _ = self.0.listener.set(listener);
    }

    /// Opens the socket unless it is open, or there is nothing to follow.
    pub fn connect(&self) {
        let is_busy = self.0.socket.borrow().is_some();
        if is_busy || self.hello().is_none() {
            return;
        }
        let Ok(socket) = WebSocket::new(&self.0.url) else {
            return self.retry();
        };
        let generation = self.next_generation();
        self.0.heard_at.set(browser::now());
        let callback = |act: fn(&Self, &Event)| {
            let this = self.clone();
            Closure::<dyn FnMut(Event)>::new(move |event| {
                if this.0.generation.get() == generation {
                    act(&this, &event);
                }
            })
        };
        let opened = callback(|this, _| this.greet());
        let heard = callback(Self::hear);
        let closed = callback(|this, _| {
            this.drop_socket();
            this.retry();
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        self.0.socket.replace(Some(socket));
        self.0.callbacks.replace(vec![opened, heard, closed]);
    }

    /// Closes the socket for good, until somebody [connects](Self::connect).
    pub fn disconnect(&self) {
        // The callbacks may be running: they are freed with the next socket.
        self.drop_socket();
        self.next_generation();
    }

    /// The page was brought back, or the network: check at once.
    pub fn wake(&self, is_live: bool) {
        let patience = if is_live { DOUBTFUL_MS } else { CONNECTING_MS };
        let is_trusted = self.0.socket.borrow().is_some() && self.silence() <= patience;
        if !is_trusted {
            self.disconnect();
            self.connect();
        }
    }

    /// To be called every few seconds: keeps the connection alive, and notices
    /// when it is gone.
    pub fn tick(&self) {
        if self.0.socket.borrow().is_none() {
            return;
        }
        let silence = self.silence();
        if silence > SILENCE_MS {
            self.disconnect();
            self.retry();
        } else if silence > SILENCE_MS / 4 {
            self.send(&ClientFrame::Ping {});
        }
    }

    /// Sends a frame, if there is a connection. Frames are hints: nothing is
    /// lost with one.
    pub fn send(&self, frame: &ClientFrame) {
        let socket = self.0.socket.borrow().clone();
        let Some(socket) = socket.filter(|socket| socket.ready_state() == WebSocket::OPEN) else {
            return;
        };
        if let Ok(text) = serde_json::to_string(frame) {
            let _ = socket.send_with_str(&text);
        }
    }

    fn hello(&self) -> Option<Hello> {
        (self.0.listener.get()?.hello)()
    }

    fn greet(&self) {
        match self.hello() {
            Some(hello) => self.send(&ClientFrame::Hello(hello)),
            None => self.disconnect(),
        }
    }

    fn hear(&self, event: &Event) {
        self.0.heard_at.set(browser::now());
        let Some(text) = event
            .dyn_ref::<MessageEvent>()
            .and_then(|event| event.data().as_string())
        else {
            return;
        };
        // An event of a kind that isn't known belongs to a newer server.
        let Ok(event) = json::parse::<ServerEvent>(&text) else {
            return;
        };
        if matches!(event, ServerEvent::Ready {}) {
            self.0.failures.set(0);
        }
        if let Some(listener) = self.0.listener.get() {
            (listener.heard)(event);
        }
    }

    fn silence(&self) -> i64 {
        browser::now() - self.0.heard_at.get()
    }

    fn next_generation(&self) -> u32 {
        let generation = self.0.generation.get() + 1;
        self.0.generation.set(generation);
        generation
    }

    fn drop_socket(&self) {
        if let Some(socket) = self.0.socket.take() {
            socket.set_onopen(None);
            socket.set_onmessage(None);
            socket.set_onclose(None);
            let _ = socket.close();
        }
        if let Some(listener) = self.0.listener.get() {
            (listener.lost)();
        }
    }

    fn retry(&self) {
        let failures = self.0.failures.get().saturating_add(1);
        self.0.failures.set(failures);
        let (this, generation) = (self.clone(), self.0.generation.get());
        browser::spawn(async move {
            browser::sleep(backoff::delay_ms(failures, browser::random(), None)).await;
            if this.0.generation.get() == generation {
                this.connect();
            }
        });
    }
}
