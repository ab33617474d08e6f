//! Which messages of a thread stand together, in the chat and in the inbox: those of one sender
//! in one minute. The first carries the name, the last the time.

use crate::{
    UnixMillis,
    message::{AnswerKind, Message, MessageKind, Sender},
};

const MINUTE: UnixMillis = 60_000;

/// What decides whether a message stands with the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice<'a> {
    /// Who wrote it.
    pub sender: Sender,
    /// Whether it tells what happened: that nobody has written.
    pub is_event: bool,
    /// The person's name, where the message has one.
    pub name: Option<&'a str>,
    /// What an AI message is about; its label says it.
    pub answer_kind: Option<AnswerKind>,
    /// When it was written.
    pub at: UnixMillis,
}

impl Voice<'_> {
    /// Whether the message that follows belongs to this one's group. Of another day, or below a
    /// line, it never does: whoever draws those asks first.
    #[must_use]
    pub fn goes_on_in(&self, next: &Self) -> bool {
        let same_label = (self.sender, self.name, self.answer_kind)
            == (next.sender, next.name, next.answer_kind);
        let same_minute = self.at.div_euclid(MINUTE) == next.at.div_euclid(MINUTE);
        same_label && same_minute && !self.is_event && !next.is_event
    }
}

impl Message {
    /// What decides where it stands.
    #[must_use]
    pub fn voice(&self) -> Voice<'_> {
        let is_written = matches!(
            self.kind,
            MessageKind::Text
                | MessageKind::Attachments
                | MessageKind::OrderCard
                | MessageKind::ProveEmail
        );
        Voice {
            sender: self.sender,
            is_event: self.sender == Sender::System || self.sender == Sender::Note && !is_written,
            name: self.agent_name.as_deref(),
            answer_kind: self.answer_kind,
            at: self.created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(sender: Sender, at: UnixMillis) -> Voice<'static> {
        Voice {
            sender,
            is_event: false,
            name: None,
            answer_kind: None,
            at,
        }
    }

    #[test]
    fn one_sender_in_one_minute_is_a_group() {
        let first = said(Sender::Agent, 1_000);
        assert!(first.goes_on_in(&said(Sender::Agent, 59_999)));
        assert!(!first.goes_on_in(&said(Sender::Agent, 60_000)));
        assert!(!first.goes_on_in(&said(Sender::Customer, 1_000)));
    }

    #[test]
    fn two_people_or_two_labels_are_two_groups() {
        let of = |name, answer_kind| Voice {
            name,
            answer_kind,
            ..said(Sender::Agent, 0)
        };
        let maya = of(Some("Maya"), None);
        assert!(maya.goes_on_in(&maya));
        assert!(!maya.goes_on_in(&of(Some("Tom"), None)));
        assert!(!maya.goes_on_in(&of(None, None)));
        assert!(!maya.goes_on_in(&of(Some("Maya"), Some(AnswerKind::Faq))));
    }

    #[test]
    fn what_happened_stands_alone() {
        let note = said(Sender::Note, 0);
        let event = Voice {
            is_event: true,
            ..note
        };
        assert!(note.goes_on_in(&note));
        assert!(!note.goes_on_in(&event) && !event.goes_on_in(&note) && !event.goes_on_in(&event));
    }

    proptest! {
        /// Clocks of servers differ: a later message may carry an earlier time.
        #[test]
        fn the_order_of_two_messages_decides_nothing(a in any::<i32>(), b in any::<i32>()) {
            let (a, b) = (said(Sender::Ai, a.into()), said(Sender::Ai, b.into()));
            prop_assert_eq!(a.goes_on_in(&b), b.goes_on_in(&a));
        }
    }
}
