//! The state of the chat window, and what the shopper can do with it.
//!
//! One signal holds nearly everything, and the views read what they need of
//! it: every further type of signal would cost the shopper kilobytes.

use crate::{
    Options, browser,
    outbox::Outbox,
    rest::{Api, PAGE},
    rows::{Row, rows},
    socket::{self, Link},
    state::{Person, State, Typist},
    storage::{Memory, Session, Wake},
    sync::{self, Work},
    thread::Thread,
};
use domain::{
    UnixMillis,
    events::{ClientFrame, TypingIn},
    ids::MessageId,
    widget_api::VisitorDetails,
};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// A config older than this is fetched again when the window opens.
const CONFIG_FRESH_MS: i64 = 60_000;
/// "Typing" is told at most this often.
const TYPING_EVERY_MS: i64 = 3_000;
/// How long the next page looks for the reply to a question, or for what else
/// is waiting.
const WAKE_MS: i64 = 24 * 3_600 * 1_000;

/// The chat: a handle, whose copies are all the same one.
#[derive(Clone, Copy)]
pub struct Chat {
    /// What the views show.
    pub state: RwSignal<State>,
    /// What is being typed.
    pub draft: RwSignal<String>,
    /// Counts requests to move the focus to where the shopper writes.
    pub focus: RwSignal<u32>,
    /// Counts requests to move the focus to the window itself.
    pub focus_window: RwSignal<u32>,
    /// The thread as it is shown.
    pub rows: Memo<Vec<Row>>,
    /// What the views don't show.
    pub works: StoredValue<Works, LocalStorage>,
}

/// The machinery behind the views.
pub struct Works {
    /// The WebSocket.
    pub link: Link,
    /// What is being fetched and sent.
    pub work: Work,
    api: Api,
    memory: Memory,
    host: HtmlElement,
    config_at: UnixMillis,
    typing_told_at: UnixMillis,
    typing_heard: u32,
}

impl Chat {
    /// The state as the last visit left it. Needs a reactive owner that lives
    /// as long as the page.
    pub fn new(options: Options, host: HtmlElement) -> Self {
        let memory = Memory::new(&options.store);
        let session = memory.session();
        let known = session.as_ref().map_or(0, |session| session.last_seq);
        let draft = RwSignal::new(memory.draft());
        let state = RwSignal::new(State {
            config: options.config,
            is_open: options.open,
            is_visible: browser::is_visible(),
            is_online: browser::is_online(),
            is_reachable: true,
            is_live: false,
            is_loading: session.is_some(),
            session,
            visitor: memory.visitor(),
            conversation: None,
            thread: Thread::starting_after((known - PAGE).max(0)),
            read_seq: 0,
            outbox: memory.outbox(),
            is_delayed: false,
            typist: None,
            person: Person::Unasked,
        });
        Self {
            state,
            draft,
            focus: RwSignal::new(0),
            focus_window: RwSignal::new(0),
            rows: Memo::new(move |_| {
                let state = state.read();
                let seen = state
                    .conversation
                    .as_ref()
                    .map_or(0, |known| known.agent_read_seq);
                rows(&state.thread, &state.outbox, seen, browser::day_of)
            }),
            works: StoredValue::new_local(Works {
                link: Link::default(),
                work: Work::default(),
                api: Api::new(&options.origin, options.store),
                memory,
                host,
                config_at: browser::now(),
                typing_told_at: 0,
                typing_heard: 0,
            }),
        }
    }

    /// The server.
    pub fn api(&self) -> Api {
        self.works.read_value().api.clone()
    }

    /// The browser's storage.
    pub fn memory(&self) -> Memory {
        self.works.read_value().memory.clone()
    }

    /// The right to the conversation, without following its changes.
    pub fn session(&self) -> Option<Session> {
        self.state.read_untracked().session.clone()
    }

    /// Tells the loader.
    pub fn tell_page(&self, event: &str, detail: &JsValue) {
        let host = self.works.read_value().host.clone();
        browser::dispatch(&host, event, detail);
    }

    /// Opens or closes the window; the loader calls this by its events.
    pub fn set_open(&self, is_open: bool) {
        self.state.write().is_open = is_open;
        let age = browser::now() - self.works.read_value().config_at;
        if is_open && age > CONFIG_FRESH_MS {
            self.refresh_config();
        }
    }

    /// Moves the focus to where the shopper writes.
    pub fn focus_writing(&self) {
        *self.focus.write() += 1;
    }

    /// Fetches the settings again.
    pub fn refresh_config(&self) {
        let chat = *self;
        spawn_local(async move {
            if let Ok(config) = chat.api().config().await {
                chat.works.write_value().config_at = browser::now();
                let json = serde_json::to_string(&config).unwrap_or_default();
                chat.state.write().config = config;
                chat.tell_page("shopdesk:config", &json.into());
            }
        });
    }

    /// The pre-chat form was filled in.
    pub fn introduce(&self, visitor: VisitorDetails) {
        self.memory().set_visitor(&visitor);
        self.state.write().visitor = visitor;
        self.focus_writing();
    }

    /// The shopper is typing: nothing of it may be lost.
    pub fn type_draft(&self, draft: String) {
        self.set_draft(draft);
        let now = browser::now();
        let is_due = now - self.works.read_value().typing_told_at > TYPING_EVERY_MS;
        let conversation_id = self.state.read_untracked().conversation_id();
        if let Some(conversation_id) = conversation_id.filter(|_| is_due) {
            self.works.write_value().typing_told_at = now;
            socket::send(*self, &ClientFrame::Typing(TypingIn { conversation_id }));
        }
    }

    /// Sends the draft, which has been checked. It is in the outbox before it
    /// leaves the composer.
    pub fn send(&self, body: String) {
        self.change_outbox(|outbox| outbox.push(MessageId::generate(), body, browser::now()));
        self.set_draft(String::new());
        sync::pump_now(*self);
    }

    /// Tries a refused message again.
    pub fn retry(&self, id: MessageId) {
        self.change_outbox(|outbox| outbox.retry(id));
        sync::pump_now(*self);
    }

    /// Takes a refused message away.
    pub fn discard(&self, id: MessageId) {
        self.change_outbox(|outbox| {
            outbox.take(id);
        });
    }

    /// Puts a refused message back into the composer, before what is there.
    pub fn edit(&self, id: MessageId) {
        let mut body = self.body_of(id);
        self.discard(id);
        let draft = self.draft.get_untracked();
        if !draft.trim().is_empty() {
            body.push('\n');
            body.push_str(&draft);
        }
        self.set_draft(body);
        self.focus_writing();
    }

    /// Puts an unsent message on the clipboard.
    pub fn copy(&self, id: MessageId) {
        browser::copy(&self.body_of(id));
    }

    /// Asks for a person; with the first message if there is no conversation.
    pub fn ask_for_person(&self) {
        let Some(session) = self.session() else {
            self.state.write().person = Person::AfterMessage;
            return self.focus_writing();
        };
        self.state.write().person = Person::Asking;
        let chat = *self;
        spawn_local(async move {
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
            sync::catch_up(chat).await;
        });
    }

    /// Changes the outbox that all tabs share, and shows it.
    pub fn change_outbox(&self, change: impl FnOnce(&mut Outbox)) {
        let memory = self.memory();
        let mut outbox = memory.outbox();
        change(&mut outbox);
        memory.set_outbox(&outbox);
        self.state.write().outbox = outbox;
    }

    /// A conversation is there: just begun, or from another tab.
    pub fn adopt(&self, session: Session, thread: Thread) {
        socket::disconnect(*self);
        self.state.write().reset(Some(session), thread);
    }

    /// The server doesn't know this token: the next message starts anew. What
    /// was typed stays.
    pub fn forget_session(&self, token: &str) {
        let memory = self.memory();
        if let Some(other) = memory.session().filter(|session| session.token != token) {
            // Another tab has started anew already.
            self.adopt(other, Thread::default());
            return sync::resume(*self);
        }
        socket::disconnect(*self);
        memory.set_session(None);
        self.state.write().reset(None, Thread::default());
    }

    /// Writes down what the next page has to know.
    pub fn remember(&self) {
        let state = self.state.read();
        let unread = state.unread();
        let is_known = state.session.is_none() || state.conversation.is_some();
        let is_waiting = unread > 0 || state.outbox.next().is_some();
        let since = if is_waiting {
            Some(browser::now())
        } else {
            state.waiting_since()
        };
        if is_known {
            let wake = since.map(|since| Wake {
                unread,
                until: since + WAKE_MS,
            });
            self.memory().set_wake(wake.as_ref());
        }
    }

    /// Shows that somebody is writing, for a while.
    pub fn show_typing(&self, typist: Typist, for_ms: u32) {
        self.state.write().typist = Some(typist);
        let heard = {
            let mut works = self.works.write_value();
            works.typing_heard += 1;
            works.typing_heard
        };
        let chat = *self;
        spawn_local(async move {
            browser::sleep(for_ms).await;
            let is_last = chat.works.read_value().typing_heard == heard;
            if is_last {
                chat.state.write().typist = None;
            }
        });
    }

    fn set_draft(&self, draft: String) {
        self.memory().set_draft(&draft);
        self.draft.set(draft);
    }

    fn body_of(&self, id: MessageId) -> String {
        let state = self.state.read_untracked();
        let entry = state.outbox.entries().iter().find(|entry| entry.id == id);
        entry.map(|entry| entry.body.clone()).unwrap_or_default()
    }
}
