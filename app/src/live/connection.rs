//! The page's connection to the server: one WebSocket, made anew whenever it
//! is lost.

use super::socket;
use crate::{browser, json};
use domain::{
    UnixMillis,
    events::{
        ClientFrame, Close, Doing, HEARTBEAT_SECONDS, Hello, HereIn, Open, ServerEvent, TypingIn,
    },
    ids::{ConversationId, StoreId},
    problem::{self, Cause, Code, Problem},
};
use leptos::prelude::*;
use std::time::Duration;

/// First pause before connecting again, in milliseconds; doubled each time.
const RETRY_FIRST: f64 = 500.0;
/// Longest pause, in milliseconds.
const RETRY_MAX: f64 = 30_000.0;
/// How long a connection that is being made is left alone.
const CONNECTING_MAX: UnixMillis = 5_000;
/// Somebody who types is reported at most this often, in milliseconds.
const TYPING_PAUSE: UnixMillis = 3_000;

type Listener = Callback<ServerEvent>;

/// The page's live connection.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    live: RwSignal<bool>,
    connections: RwSignal<u32>,
    store: StoredValue<Option<StoreId>>,
    following: StoredValue<Option<Open>>,
    listeners: StoredValue<Vec<(u64, Listener)>>,
    next_listener: StoredValue<u64>,
    /// Grows with every attempt, so that a late word of an old socket is known.
    attempt: StoredValue<u64>,
    failures: StoredValue<i32>,
    heard_at: StoredValue<UnixMillis>,
    typing_told_at: StoredValue<UnixMillis>,
    /// Why there will be no connection any more.
    refused: RwSignal<Option<Refused>>,
}

/// Why the server refuses a page that it has let in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody is signed in any more.
    SignedOut,
    /// The person isn't of the store's team any more.
    NotOfTeam,
    /// The store requires a second factor, and the person has none.
    NeedsTwoFactor,
}

/// The page's [`Connection`].
#[must_use]
pub fn use_connection() -> Connection {
    expect_context()
}

/// What somebody is told of a store that they don't belong to.
fn no_such_store() -> Problem {
    Cause::NotFound(problem::Noun::Store).into()
}

impl Connection {
    /// Makes it available to all components below, connected to `store` as
    /// long as there is one.
    pub fn provide(store: Signal<Option<StoreId>>) -> Self {
        let connection = Self {
            live: RwSignal::new(false),
            connections: RwSignal::new(0),
            store: StoredValue::new(None),
            following: StoredValue::new(None),
            listeners: StoredValue::new(Vec::new()),
            next_listener: StoredValue::new(0),
            attempt: StoredValue::new(0),
            failures: StoredValue::new(0),
            heard_at: StoredValue::new(0),
            typing_told_at: StoredValue::new(0),
            refused: RwSignal::new(None),
        };
        provide_context(connection);
        Effect::new(move |_| connection.switch_to(store.get()));
        Effect::new(move |_| connection.watch());
        connection
    }

    /// Whether events arrive right now, tracked.
    #[must_use]
    pub fn is_live(self) -> bool {
        self.live.get()
    }

    /// Why the server has ended it for good, if it has. Tracked.
    #[must_use]
    pub fn refused(self) -> Option<Refused> {
        self.refused.get()
    }

    /// Whether the connection was ever made, tracked.
    #[must_use]
    pub fn was_live(self) -> bool {
        self.connections.get() > 0
    }

    /// Calls `reload` whenever the connection was made: what happened before
    /// may have been missed.
    pub fn on_connect(self, reload: impl Fn() + 'static) {
        Effect::new(move |earlier: Option<u32>| {
            let connections = self.connections.get();
            if earlier.is_some_and(|earlier| connections > earlier) {
                reload();
            }
            connections
        });
    }

    /// Calls `listener` with every event until the component is gone.
    pub fn on_event(self, listener: impl Fn(ServerEvent) + Send + Sync + 'static) {
        let number = self.next_listener.get_value();
        self.next_listener.set_value(number + 1);
        self.listeners
            .update_value(|listeners| listeners.push((number, Callback::new(listener))));
        on_cleanup(move || {
            self.listeners
                .try_update_value(|listeners| listeners.retain(|(n, _)| *n != number));
        });
    }

    /// Follows a conversation from `after_seq` on, across reconnects.
    pub fn follow(self, conversation_id: ConversationId, after_seq: i64) {
        let open = Open {
            conversation_id,
            after_seq,
        };
        self.following.set_value(Some(open));
        self.send(&ClientFrame::Open(open));
    }

    /// Everything up to `seq` has arrived: a reconnect goes on from there.
    pub fn arrived(self, conversation_id: ConversationId, seq: i64) {
        self.following.update_value(|following| {
            if let Some(open) = following
                && open.conversation_id == conversation_id
            {
                open.after_seq = open.after_seq.max(seq);
            }
        });
    }

    /// Stops following a conversation.
    pub fn leave(self, conversation_id: ConversationId) {
        let left = self.following.try_update_value(|following| {
            following
                .take_if(|open| open.conversation_id == conversation_id)
                .is_some()
        });
        if left == Some(true) {
            self.send(&ClientFrame::Close(Close { conversation_id }));
        }
    }

    /// Tells the others of the team that somebody is typing, and the shopper, unless it is a
    /// note.
    pub fn typing(self, conversation_id: ConversationId, is_note: bool) {
        let now = browser::now();
        if now - self.typing_told_at.get_value() < TYPING_PAUSE {
            return;
        }
        self.typing_told_at.set_value(now);
        if is_note {
            self.here(conversation_id, Doing::Noting);
        } else {
            self.send(&ClientFrame::Typing(TypingIn { conversation_id }));
            self.here(conversation_id, Doing::Replying);
        }
    }

    /// The next keystroke is reported at once.
    pub fn stopped_typing(self) {
        self.typing_told_at.set_value(0);
    }

    /// Tells the others of the team what this one does in a conversation.
    pub fn here(self, conversation_id: ConversationId, doing: Doing) {
        self.send(&ClientFrame::Here(HereIn {
            conversation_id,
            doing,
        }));
    }

    fn switch_to(self, store: Option<StoreId>) {
        if self.store.get_value() == store {
            return;
        }
        self.store.set_value(store);
        self.following.set_value(None);
        self.failures.set_value(0);
        self.refused.set(None);
        match store {
            Some(store) => self.connect(store),
            None => self.hang_up(),
        }
    }

    fn hang_up(self) {
        self.attempt.update_value(|attempt| *attempt += 1);
        socket::close();
        self.live.set(false);
    }

    fn connect(self, store: StoreId) {
        self.hang_up();
        let attempt = self.attempt.get_value();
        self.heard_at.set_value(browser::now());
        let is_current = move || self.attempt.try_get_value() == Some(attempt);
        socket::open(
            "/ws",
            move || {
                if is_current() {
                    let hello = Hello {
                        store: Some(store),
                        ..Hello::default()
                    };
                    self.send(&ClientFrame::Hello(hello));
                    if let Some(open) = self.following.get_value() {
                        self.send(&ClientFrame::Open(open));
                    }
                }
            },
            move |text| {
                if is_current() {
                    self.hear(&text);
                }
            },
            move || {
                if is_current() {
                    self.retry(store);
                }
            },
        );
    }

    fn hear(self, text: &str) {
        self.heard_at.set_value(browser::now());
        // A frame of a newer server that this page doesn't know is skipped.
        let Ok(event) = json::parse::<ServerEvent>(text) else {
            return;
        };
        if let ServerEvent::Error(problem) = &event {
            let was_of_team = self.connections.get_untracked() > 0;
            let why = match problem.status {
                401 => Some(Refused::SignedOut),
                403 if problem.is(Code::TwoFactorNeeded) => Some(Refused::NeedsTwoFactor),
                // A store that was never theirs says so by itself.
                404 if was_of_team && *problem == no_such_store() => Some(Refused::NotOfTeam),
                _ => None,
            };
            if why.is_some() {
                self.refused.set(why);
            }
        }
        if event == (ServerEvent::Ready {}) {
            self.failures.set_value(0);
            self.live.set(true);
            self.connections.update(|count| *count += 1);
        }
        for (_, listener) in self.listeners.get_value() {
            listener.run(event.clone());
        }
    }

    /// Connects again after a pause that grows and differs from page to page,
    /// so that a restarted server isn't overrun.
    fn retry(self, store: StoreId) {
        self.live.set(false);
        if self.refused.get_untracked().is_some() {
            // Signing in again is a new page.
            return self.hang_up();
        }
        let failures = self.failures.get_value();
        self.failures.set_value(failures.saturating_add(1));
        let pause = (RETRY_FIRST * 2_f64.powi(failures.min(10))).min(RETRY_MAX);
        let jitter = 0.5 + js_sys::Math::random() / 2.0;
        let attempt = self.attempt.get_value();
        set_timeout(
            move || {
                if self.attempt.try_get_value() == Some(attempt) {
                    self.connect(store);
                }
            },
            Duration::from_secs_f64(pause * jitter / 1000.0),
        );
    }

    /// Notices silence, and reconnects at once when the page or the network
    /// comes back.
    fn watch(self) {
        let silent_after =
            UnixMillis::try_from(HEARTBEAT_SECONDS * 2_000).unwrap_or(UnixMillis::MAX);
        let silence = move || browser::now() - self.heard_at.get_value();
        let check = move || {
            if silence() > silent_after
                && self.refused.get_untracked().is_none()
                && let Some(store) = self.store.get_value()
            {
                self.connect(store);
            }
        };
        let timer = set_interval_with_handle(check, Duration::from_secs(10));
        let wake = move || {
            let is_under_way = socket::is_connecting() && silence() <= CONNECTING_MAX;
            if !self.live.get_untracked()
                && self.refused.get_untracked().is_none()
                && !is_under_way
                && browser::is_visible()
                && let Some(store) = self.store.get_value()
            {
                self.failures.set_value(0);
                self.connect(store);
            }
        };
        let online = window_event_listener(leptos::ev::online, move |_| wake());
        let visible = window_event_listener(leptos::ev::focus, move |_| wake());
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
            online.remove();
            visible.remove();
            socket::close();
        });
    }

    fn send(self, frame: &ClientFrame) {
        if let Ok(text) = serde_json::to_string(frame) {
            socket::send(&text);
        }
    }
}
