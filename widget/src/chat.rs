//! The chat: its state, and what changes it and keeps it.
//!
//! One signal holds nearly everything, and the views read what they need of
//! it: every further type of signal would cost the shopper kilobytes.

use crate::{
    browser,
    options::Options,
    outbox::Outbox,
    rest::{Api, PAGE},
    rows::{Row, rows},
    socket::Socket,
    state::{Person, State},
    storage::{Memory, Session, Wake},
    thread::Thread,
    work::Work,
};
use domain::texts::WidgetTexts;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

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
    /// The words of the shopper's language. They are read once and stay as long
    /// as the page, so that the views take them like texts of the program.
    pub texts: &'static WidgetTexts,
    /// The thread as it is shown.
    pub rows: Memo<Vec<Row>>,
    /// What the views don't show.
    pub works: StoredValue<Works, LocalStorage>,
}

/// The machinery behind the views.
pub struct Works {
    /// What is being fetched and sent.
    pub work: Work,
    socket: Socket,
    api: Api,
    memory: Memory,
    host: HtmlElement,
}

impl Chat {
    /// The state as the last visit left it. Needs a reactive owner that lives
    /// as long as the page.
    pub fn new(mut options: Options, host: HtmlElement) -> Self {
        let texts: &'static WidgetTexts =
            Box::leak(Box::new(std::mem::take(&mut options.config.texts)));
        let memory = Memory::new(&options.store);
        let api = Api::new(&options.origin, options.store, options.locale);
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
            identity: options.identity,
            identities: 0,
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
            texts,
            rows: Memo::new(move |_| {
                let state = state.read();
                let seen = state
                    .conversation
                    .as_ref()
                    .map_or(0, |known| known.agent_read_seq);
                rows(&state.thread, &state.outbox, seen, texts, browser::day_of)
            }),
            works: StoredValue::new_local(Works {
                work: Work::new(browser::now()),
                socket: Socket::new(api.socket_url()),
                api,
                memory,
                host,
            }),
        }
    }

    /// The server, asked.
    pub fn api(&self) -> Api {
        self.works.read_value().api.clone()
    }

    /// The server, speaking for itself.
    pub fn socket(&self) -> Socket {
        self.works.read_value().socket.clone()
    }

    /// The browser's storage.
    pub fn memory(&self) -> Memory {
        self.works.read_value().memory.clone()
    }

    /// The right to the conversation, without following its changes.
    pub fn session(&self) -> Option<Session> {
        self.state.read_untracked().session.clone()
    }

    /// Whether it is proven who the shopper is.
    pub fn is_verified(&self) -> bool {
        let state = self.state.read_untracked();
        let conversation = state.conversation.as_ref();
        conversation.is_some_and(|conversation| conversation.verified)
    }

    /// Tells the loader.
    pub fn tell_page(&self, event: &str, detail: &JsValue) {
        let host = self.works.read_value().host.clone();
        browser::dispatch(&host, event, detail);
    }

    /// Moves the focus to where the shopper writes.
    pub fn focus_writing(&self) {
        *self.focus.write() += 1;
    }

    /// Changes what is being typed, and keeps it.
    pub fn set_draft(&self, draft: String) {
        self.note_customer();
        self.memory().set_draft(&draft);
        self.draft.set(draft);
    }

    /// Changes the outbox that all tabs share, and shows it.
    pub fn change_outbox(&self, change: impl FnOnce(&mut Outbox)) {
        let mut outbox = self.memory().outbox();
        change(&mut outbox);
        self.set_outbox(outbox);
    }

    // By itself: what is generic is in the module once for each change.
    #[inline(never)]
    fn set_outbox(&self, outbox: Outbox) {
        self.note_customer();
        self.memory().set_outbox(&outbox);
        self.state.write().outbox = outbox;
    }

    /// What is kept from here on is for nobody but the customer who is signed in.
    fn note_customer(&self) {
        if self.state.read_untracked().identity.is_some() {
            self.memory().set_customers(true);
        }
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
}
