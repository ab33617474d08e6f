//! What a browser remembers of a shopper, per store. Written only once the
//! shopper has done something.

use crate::{browser, json, outbox::Outbox};
use domain::{
    UnixMillis,
    ids::{ConversationId, MessageId},
    widget_api::VisitorDetails,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// How long a code counts that was sent, in milliseconds.
const CODE_MS: i64 = 10 * 60 * 1_000;

/// The right to a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `Authorization: Bearer …`.
    pub token: String,
    pub conversation_id: ConversationId,
    /// The newest message this browser has seen, so that a return begins with
    /// the last page of a long conversation.
    #[serde(default)]
    pub last_seq: i64,
    /// The storefront has said who the shopper is: signing out ends it.
    #[serde(default)]
    pub verified: bool,
}

/// A note to the loader: come back on the next page without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wake {
    /// For the badge, until the window has loaded.
    pub unread: usize,
    /// Not after this time.
    pub until: UnixMillis,
}

/// The stored texts of one store.
#[derive(Debug, Clone)]
pub struct Memory {
    prefix: String,
}

impl Memory {
    /// Of the store with this public key.
    pub fn new(store_key: &str) -> Self {
        Self {
            prefix: format!("shopdesk:{store_key}:"),
        }
    }

    /// What another tab has changed, if it is something of this store.
    pub fn changed_part(&self, key: &str) -> Option<String> {
        key.strip_prefix(&self.prefix).map(str::to_owned)
    }

    /// The session, if there is one.
    pub fn session(&self) -> Option<Session> {
        self.read("session")
    }

    /// Keeps or forgets the session.
    pub fn set_session(&self, session: Option<&Session>) {
        self.write("session", session);
    }

    /// Name and email from the pre-chat form.
    pub fn visitor(&self) -> VisitorDetails {
        self.read("visitor").unwrap_or_default()
    }

    /// Keeps the pre-chat form's answers.
    pub fn set_visitor(&self, visitor: &VisitorDetails) {
        self.write("visitor", Some(visitor));
    }

    /// Messages that the server hasn't taken yet.
    pub fn outbox(&self) -> Outbox {
        self.read("outbox").unwrap_or_default()
    }

    /// Keeps the unsent messages.
    pub fn set_outbox(&self, outbox: &Outbox) {
        self.write("outbox", (*outbox != Outbox::default()).then_some(outbox));
    }

    /// What was being typed.
    pub fn draft(&self) -> String {
        browser::stored(&self.key("draft")).unwrap_or_default()
    }

    /// Keeps what is being typed.
    pub fn set_draft(&self, draft: &str) {
        browser::store(&self.key("draft"), (!draft.is_empty()).then_some(draft));
    }

    /// Whether something here was written while the page said that a customer is signed in.
    pub fn is_customers(&self) -> bool {
        browser::stored(&self.key("customer")).is_some()
    }

    /// Notes it: signing out ends what was written, sent or not. The loader reads it, too.
    pub fn set_customers(&self, is_customers: bool) {
        browser::store(&self.key("customer"), is_customers.then_some("1"));
    }

    /// Whether a code is on its way to who was asked for their email by the message `id`, and
    /// may still be given. This tab's alone, and never the code.
    pub fn awaits_code(&self, id: MessageId) -> bool {
        let note = browser::noted(&self.key("code")).unwrap_or_default();
        let until = note.strip_prefix(&id.to_string());
        // Both have as many digits.
        until.is_some_and(|until| *until > *browser::now().to_string())
    }

    /// Notes that one is.
    pub fn set_awaits_code(&self, id: MessageId) {
        let until = browser::now() + CODE_MS;
        browser::note(&self.key("code"), &format!("{id}{until}"));
    }

    /// Leaves a note for the loader.
    pub fn set_wake(&self, wake: Option<&Wake>) {
        self.write("wake", wake);
    }

    fn key(&self, part: &str) -> String {
        format!("{}{part}", self.prefix)
    }

    fn read<T: DeserializeOwned>(&self, part: &str) -> Option<T> {
        json::parse(&browser::stored(&self.key(part))?).ok()
    }

    fn write<T: Serialize>(&self, part: &str, value: Option<&T>) {
        let text = value.and_then(|value| serde_json::to_string(value).ok());
        browser::store(&self.key(part), text.as_deref());
    }
}
