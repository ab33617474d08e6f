//! Messages that the server hasn't acknowledged yet. Kept in the browser's
//! storage, shared by all tabs of the shop, sent in order under ids that never
//! change: a repeated attempt can't become a second message.

use domain::{UnixMillis, ids::MessageId, widget_api::StartConversation};
use serde::{Deserialize, Serialize};

/// How long a tab may keep the sending to itself without a sign of life, in
/// milliseconds. Longer than one attempt can take.
const LEASE_MS: i64 = 30_000;

/// All unacknowledged messages of one store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Outbox {
    entries: Vec<Entry>,
    /// The request that starts the conversation. It is repeated word for word
    /// until the server has answered: by its content the server knows a retry,
    /// whichever page it comes from.
    starting: Option<StartConversation>,
    lease: Option<Lease>,
}

/// One message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The same in every attempt.
    pub id: MessageId,
    /// What the shopper typed.
    pub body: String,
    /// When they sent it.
    pub written_at: UnixMillis,
    /// Why the server doesn't take it. Such a message waits for the shopper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Which tab sends at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lease {
    tab: String,
    until: UnixMillis,
}

impl Outbox {
    /// Everything in the order in which it was written.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds a message.
    pub fn push(&mut self, id: MessageId, body: String, written_at: UnixMillis) {
        self.entries.push(Entry {
            id,
            body,
            written_at,
            refused: None,
        });
    }

    /// The message to send next: the oldest that wasn't refused.
    #[must_use]
    pub fn next(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.refused.is_none())
    }

    /// The server refused a message for a reason that a further attempt
    /// wouldn't change.
    pub fn refuse(&mut self, id: MessageId, reason: String) {
        self.starting = None;
        if let Some(entry) = self.entry_mut(id) {
            entry.refused = Some(reason);
        }
    }

    /// The shopper wants a refused message to be tried again.
    pub fn retry(&mut self, id: MessageId) {
        if let Some(entry) = self.entry_mut(id) {
            entry.refused = None;
        }
    }

    /// Takes a message out: it is stored, or the shopper edits or deletes it.
    pub fn take(&mut self, id: MessageId) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.id == id)?;
        Some(self.entries.remove(at))
    }

    /// The request that starts the conversation: the one that has been tried
    /// already, or else `fresh`.
    pub fn start_with(&mut self, fresh: StartConversation) -> StartConversation {
        self.starting.get_or_insert(fresh).clone()
    }

    /// The conversation exists now.
    pub fn started(&mut self) {
        self.starting = None;
    }

    /// Asks for the right to send, or renews it. Only one tab sends at a time,
    /// since two that start the conversation at once would get two tokens.
    pub fn claim(&mut self, tab: &str, now: UnixMillis) -> bool {
        let is_free = self.lease.as_ref().is_none_or(|lease| {
            lease.tab == tab || lease.until <= now || lease.until > now + LEASE_MS
        });
        if is_free {
            self.lease = Some(Lease {
                tab: tab.to_owned(),
                until: now + LEASE_MS,
            });
        }
        is_free
    }

    /// Gives the right to send back.
    pub fn release(&mut self, tab: &str) {
        self.lease.take_if(|lease| lease.tab == tab);
    }

    fn entry_mut(&mut self, id: MessageId) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        ids::ConversationId,
        widget_api::{Page, VisitorDetails},
    };

    fn outbox(bodies: &[&str]) -> (Outbox, Vec<MessageId>) {
        let mut outbox = Outbox::default();
        for (at, body) in (0..).zip(bodies) {
            outbox.push(MessageId::generate(), (*body).to_owned(), at);
        }
        let ids = outbox.entries().iter().map(|entry| entry.id).collect();
        (outbox, ids)
    }

    #[test]
    fn messages_go_in_order_and_keep_their_ids_over_a_reload() {
        let (mut outbox, ids) = outbox(&["one", "two"]);
        let stored = serde_json::to_string(&outbox).expect("valid JSON");
        assert_eq!(
            serde_json::from_str::<Outbox>(&stored).ok().as_ref(),
            Some(&outbox)
        );
        assert_eq!(outbox.next().map(|entry| entry.id), Some(ids[0]));
        outbox.take(ids[0]);
        assert_eq!(outbox.next().map(|entry| entry.id), Some(ids[1]));
        outbox.take(ids[1]);
        assert_eq!(outbox.next(), None);
    }

    #[test]
    fn a_refused_message_keeps_its_text_and_lets_the_others_pass() {
        let (mut outbox, ids) = outbox(&["one", "two"]);
        outbox.refuse(ids[0], "Too long.".into());
        assert_eq!(outbox.next().map(|entry| entry.id), Some(ids[1]));
        assert_eq!(outbox.entries()[0].body, "one");
        outbox.retry(ids[0]);
        assert_eq!(outbox.next().map(|entry| entry.id), Some(ids[0]));
        outbox.refuse(ids[0], "Too long.".into());
        assert_eq!(
            outbox.take(ids[0]).map(|entry| entry.body),
            Some("one".into())
        );
        assert_eq!(outbox.take(ids[0]), None);
    }

    fn start() -> StartConversation {
        StartConversation {
            id: ConversationId::generate(),
            visitor: VisitorDetails::default(),
            page: Page::default(),
            message: None,
            identity: None,
        }
    }

    #[test]
    fn a_start_is_repeated_word_for_word_until_it_is_answered() {
        let (mut outbox, ids) = outbox(&["one"]);
        let first = outbox.start_with(start());
        assert_eq!(outbox.start_with(start()), first);
        outbox.started();
        let second = outbox.start_with(start());
        assert_ne!(second, first);
        outbox.refuse(ids[0], "No.".into());
        assert_ne!(outbox.start_with(start()), second);
    }

    #[test]
    fn one_tab_sends_at_a_time_and_a_closed_one_is_replaced() {
        let mut outbox = Outbox::default();
        assert!(outbox.claim("a", 1_000));
        assert!(!outbox.claim("b", 2_000));
        assert!(outbox.claim("a", 20_000));
        assert!(!outbox.claim("b", 40_000));
        assert!(outbox.claim("b", 50_000));
        outbox.release("a");
        assert!(!outbox.claim("a", 50_001));
        outbox.release("b");
        assert!(outbox.claim("a", 50_002));
        // A clock that was set back doesn't lock the others out.
        assert!(outbox.claim("b", 0));
    }

    #[test]
    fn an_outbox_of_another_version_still_reads() {
        let outbox: Outbox = serde_json::from_str(r#"{"unknown":1}"#).expect("readable");
        assert_eq!(outbox, Outbox::default());
    }
}
