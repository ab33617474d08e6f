//! What the views show.

use crate::{outbox::Outbox, storage::Session, thread::Thread};
use domain::{
    UnixMillis,
    conversation::{Conversation, Status},
    ids::ConversationId,
    message::Sender,
    widget_api::{Config, VisitorDetails},
};

/// Everything that the views show.
pub struct State {
    /// The store's settings.
    pub config: Config,
    /// Whether the window is open.
    pub is_open: bool,
    /// Whether the page can be seen.
    pub is_visible: bool,
    /// Whether the browser believes it has a network.
    pub is_online: bool,
    /// Whether the last attempt to reach the server worked.
    pub is_reachable: bool,
    /// Whether the WebSocket is up.
    pub is_live: bool,
    /// Whether history is being fetched.
    pub is_loading: bool,
    /// The right to the conversation.
    pub session: Option<Session>,
    /// Who the shopper is, as the storefront's server has signed it: never stored.
    pub identity: Option<String>,
    /// How often that has changed.
    pub identities: u32,
    /// What the pre-chat form learned.
    pub visitor: VisitorDetails,
    /// The conversation's state.
    pub conversation: Option<Conversation>,
    /// What was said so far, as far as it was fetched.
    pub thread: Thread,
    /// Up to where the shopper has seen everything.
    pub read_seq: i64,
    /// Messages on their way.
    pub outbox: Outbox,
    /// Whether the oldest of them had to be put off.
    pub is_delayed: bool,
    /// Who is writing an answer.
    pub typist: Option<Typist>,
    /// How the wish for a person stands.
    pub person: Person,
}

/// Who is writing an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typist {
    /// A person of the team, by name if it is known.
    Agent(Option<String>),
    /// The AI.
    Ai,
}

/// How the shopper's wish for a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Not asked for.
    Unasked,
    /// Asked for before there is a conversation: told with the first message.
    AfterMessage,
    /// Being told to the server.
    Asking,
    /// The server couldn't be told.
    Failed,
}

impl State {
    /// The conversation, if there is one.
    #[must_use]
    pub fn conversation_id(&self) -> Option<ConversationId> {
        self.session.as_ref().map(|session| session.conversation_id)
    }

    /// Whether the shopper has the conversation before their eyes.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.is_open && self.is_visible
    }

    /// Whether the shopper has to introduce themselves first.
    #[must_use]
    pub fn needs_introduction(&self) -> bool {
        self.config.pre_chat_form
            && self.visitor.email.is_none()
            && self.session.is_none()
            && self.identity.is_none()
    }

    /// Whether the conversation is over until the shopper writes again.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.conversation
            .as_ref()
            .is_some_and(|conversation| conversation.status == Status::Resolved)
    }

    /// Whether the team has been told that the shopper wants a person.
    #[must_use]
    pub fn has_asked_for_person(&self) -> bool {
        self.conversation
            .as_ref()
            .is_some_and(|conversation| conversation.needs_human)
    }

    /// How many messages the shopper hasn't seen.
    #[must_use]
    pub fn unread(&self) -> usize {
        if self.is_looking() {
            0
        } else {
            self.thread.unread(self.read_seq)
        }
    }

    /// Takes in the conversation's state, which never goes back in what has
    /// been read.
    pub fn set_conversation(&mut self, conversation: Conversation) {
        self.read_seq = self.read_seq.max(conversation.visitor_read_seq);
        self.conversation = Some(conversation);
    }

    /// Takes in the conversation's state as an event tells it: events may come the
    /// other way round.
    pub fn hear_of_conversation(&mut self, conversation: Conversation) {
        let known = self.conversation.as_ref();
        if known.is_none_or(|known| known.last_seq <= conversation.last_seq) {
            self.set_conversation(conversation);
        }
    }

    /// When the shopper asked what nobody has answered yet.
    pub fn waiting_since(&self) -> Option<UnixMillis> {
        let mut said = self
            .thread
            .messages()
            .iter()
            .filter(|message| message.sender != Sender::System);
        said.next_back()
            .filter(|last| last.sender == Sender::Customer)
            .map(|last| last.created_at)
    }

    /// Begins with another conversation, or with none.
    pub fn reset(&mut self, session: Option<Session>, thread: Thread) {
        self.session = session;
        self.thread = thread;
        self.conversation = None;
        self.read_seq = 0;
        self.typist = None;
        self.is_loading = false;
    }
}
