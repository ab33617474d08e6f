//! The messages that are known, whichever way and however often they arrived.

use domain::{
    ids::MessageId,
    message::{Message, Sender},
};

/// The known part of a conversation: everything after `first` up to `upto` is
/// accounted for, and there may be islands beyond it, which mean a gap.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Thread {
    first: i64,
    upto: i64,
    beyond: Vec<i64>,
    messages: Vec<Message>,
}

impl Thread {
    /// An empty thread that leaves everything up to `seq` for later.
    #[must_use]
    pub fn starting_after(seq: i64) -> Self {
        Self {
            first: seq,
            upto: seq,
            ..Self::default()
        }
    }

    /// Everything up to this number has been seen; the cursor to resume from.
    #[must_use]
    pub fn cursor(&self) -> i64 {
        self.upto
    }

    /// Everything up to this number hasn't been loaded; 0 once all is there.
    #[must_use]
    pub fn first(&self) -> i64 {
        self.first
    }

    /// Something was missed: ask by REST from [`Thread::cursor`] on.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        !self.beyond.is_empty()
    }

    /// The messages in order.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether a message is there already.
    #[must_use]
    pub fn contains(&self, id: MessageId) -> bool {
        self.messages.iter().any(|message| message.id == id)
    }

    /// Takes a message in; `false` if it was known.
    pub fn insert(&mut self, message: Message) -> bool {
        self.account(message.seq);
        if self.contains(message.id) {
            return false;
        }
        let at = self
            .messages
            .partition_point(|known| known.seq < message.seq);
        self.messages.insert(at, message);
        true
    }

    /// A number that is known to hold nothing for the shopper, or whose
    /// message has been inserted.
    pub fn account(&mut self, seq: i64) {
        self.beyond.push(seq);
        self.absorb();
    }

    /// Everything after `after` up to `to` is accounted for, by a reply that
    /// was asked for from `after` on.
    pub fn account_range(&mut self, after: i64, to: i64) {
        if after <= self.upto {
            self.upto = self.upto.max(to);
        }
        if to >= self.first {
            self.first = self.first.min(after);
        }
        self.absorb();
    }

    /// How many messages of the store the shopper hasn't seen.
    #[must_use]
    pub fn unread(&self, read_seq: i64) -> usize {
        self.messages
            .iter()
            .filter(|message| message.seq > read_seq)
            .filter(|message| matches!(message.sender, Sender::Agent | Sender::Ai))
            .count()
    }

    /// Moves `upto` over the islands that touch it.
    fn absorb(&mut self) {
        while self.beyond.contains(&(self.upto + 1)) {
            self.upto += 1;
        }
        self.beyond.retain(|&seq| seq > self.upto);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::ids::ConversationId;

    pub fn message(seq: i64, sender: Sender) -> Message {
        Message {
            id: MessageId::generate(),
            conversation_id: ConversationId::generate(),
            seq,
            sender,
            kind: domain::message::MessageKind::Text,
            data: None,
            body: format!("message {seq}"),
            created_at: seq * 1_000,
            read_at: None,
            attachments: vec![],
            agent_name: None,
            answer_kind: None,
            ai: None,
        }
    }

    fn numbers(thread: &Thread) -> Vec<i64> {
        thread
            .messages()
            .iter()
            .map(|message| message.seq)
            .collect()
    }

    #[test]
    fn messages_arrive_in_any_order_and_any_number_of_times() {
        let mut thread = Thread::default();
        let messages: Vec<Message> = (1..=4).map(|seq| message(seq, Sender::Customer)).collect();
        for at in [2, 0, 2, 3, 0, 1, 1] {
            thread.insert(messages[at].clone());
        }
        assert_eq!(numbers(&thread), [1, 2, 3, 4]);
        assert_eq!(thread.cursor(), 4);
        assert!(!thread.has_gap());
        assert!(!thread.insert(messages[0].clone()));
    }

    #[test]
    fn a_missing_number_is_a_gap_until_it_is_accounted_for() {
        let mut thread = Thread::default();
        thread.insert(message(1, Sender::Customer));
        thread.insert(message(4, Sender::Agent));
        assert!(thread.has_gap());
        assert_eq!(thread.cursor(), 1);
        thread.account(2);
        thread.account(3);
        assert!(!thread.has_gap());
        assert_eq!(thread.cursor(), 4);
        assert_eq!(numbers(&thread), [1, 4]);
    }

    #[test]
    fn a_rest_reply_closes_gaps_over_notes() {
        let mut thread = Thread::default();
        thread.insert(message(5, Sender::Agent));
        thread.insert(message(9, Sender::Agent));
        thread.account_range(0, 7);
        assert_eq!(thread.cursor(), 7);
        assert!(thread.has_gap());
        thread.account_range(7, 9);
        assert_eq!(thread.cursor(), 9);
        assert!(!thread.has_gap());
    }

    #[test]
    fn a_reply_from_beyond_the_cursor_closes_nothing() {
        let mut thread = Thread::default();
        thread.account_range(3, 6);
        assert_eq!(thread.cursor(), 0);
    }

    #[test]
    fn earlier_pages_move_the_beginning_only_once_they_touch_it() {
        let mut thread = Thread::starting_after(50);
        thread.account_range(50, 60);
        assert_eq!((thread.first(), thread.cursor()), (50, 60));
        thread.account_range(0, 30);
        assert_eq!(thread.first(), 50);
        thread.account_range(0, 50);
        assert_eq!((thread.first(), thread.cursor()), (0, 60));
    }

    #[test]
    fn only_the_stores_messages_are_unread() {
        let mut thread = Thread::default();
        for (seq, sender) in (1..).zip([
            Sender::Customer,
            Sender::Ai,
            Sender::System,
            Sender::Agent,
            Sender::Agent,
        ]) {
            thread.insert(message(seq, sender));
        }
        assert_eq!(thread.unread(0), 3);
        assert_eq!(thread.unread(2), 2);
        assert_eq!(thread.unread(5), 0);
    }
}
