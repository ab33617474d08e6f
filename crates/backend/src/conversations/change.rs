//! What happens to a conversation: an entry in its thread, and what that does
//! to the conversation besides standing in it.

use crate::{access::Actor, ai::need::Need, limits::Client};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{MessageId, UserId, VisitorId},
    message::{AiTrace, AnswerKind, Attachment, Merged, MessageData, MessageKind, Sender},
    order_card::OrderCard,
    settings::AssignmentRule,
    text,
};

/// Characters of the newest message that the inbox shows.
const EXCERPT: usize = 140;

/// A message to be added.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub id: MessageId,
    pub sender: Sender,
    pub kind: MessageKind,
    pub data: Option<MessageData>,
    /// Who wrote it, or caused the event.
    pub author: Actor,
    /// Empty for an event, and for files alone.
    pub body: String,
    /// Files that are claimed for it.
    pub attachments: Vec<Attachment>,
    pub answer_kind: Option<AnswerKind>,
    pub ai: Option<AiTrace>,
    /// The question that is answered once its author has proven an email.
    pub proof_for: Option<MessageId>,
}

impl Entry {
    pub fn customer(id: MessageId, body: String, visitor: VisitorId) -> Self {
        Self::text(Sender::Customer, id, body, Actor::Visitor(visitor))
    }

    /// What a person of the team says, or a program in their place.
    pub fn agent(id: MessageId, body: String, author: Actor) -> Self {
        Self::text(Sender::Agent, id, body, author)
    }

    /// What is for the team only.
    pub fn note(id: MessageId, body: String, author: Actor) -> Self {
        Self::text(Sender::Note, id, body, author)
    }

    pub fn ai(id: MessageId, body: String, kind: AnswerKind, trace: AiTrace) -> Self {
        Self {
            answer_kind: Some(kind),
            ai: Some(trace),
            ..Self::text(Sender::Ai, id, body, Actor::Ai)
        }
    }

    /// With the orders that it shows, if it does, and what has to be read beside them.
    pub fn showing(mut self, orders: Vec<OrderCard>, lead: String) -> Self {
        if !orders.is_empty() {
            self.kind = MessageKind::OrderCard;
            self.data = Some(MessageData {
                orders,
                lead,
                ..MessageData::default()
            });
        }
        self
    }

    /// Asking for a proven email, after which `question` is answered.
    pub fn asking_proof_for(mut self, question: Option<MessageId>) -> Self {
        if question.is_some() {
            self.kind = MessageKind::ProveEmail;
            self.proof_for = question;
        }
        self
    }

    /// Something that happened, and that everybody may see.
    pub fn event(kind: MessageKind, author: Actor) -> Self {
        Self {
            kind,
            ..Self::text(Sender::System, MessageId::generate(), String::new(), author)
        }
    }

    /// The visitor asks for a person. `promise` is the store's response time, if it
    /// has one.
    pub fn human_requested(visitor: VisitorId, promise: &str) -> Self {
        Self {
            data: (!promise.is_empty()).then(|| MessageData {
                response_time: Some(promise.to_owned()),
                ..MessageData::default()
            }),
            ..Self::event(MessageKind::HumanRequested, Actor::Visitor(visitor))
        }
    }

    /// Something that happened, for the team only.
    pub fn team_event(kind: MessageKind, author: Actor) -> Self {
        Self {
            sender: Sender::Note,
            ..Self::event(kind, author)
        }
    }

    /// Put off until then.
    pub fn snoozed(until: UnixMillis, author: Actor) -> Self {
        Self {
            data: Some(MessageData {
                until: Some(until),
                ..MessageData::default()
            }),
            ..Self::team_event(MessageKind::Snoozed, author)
        }
    }

    /// With a tag of this name from now on, or without it.
    pub fn tagged(is_on: bool, name: String, author: Actor) -> Self {
        let kind = if is_on {
            MessageKind::Tagged
        } else {
            MessageKind::Untagged
        };
        Self {
            data: Some(MessageData {
                tag: Some(name),
                ..MessageData::default()
            }),
            ..Self::team_event(kind, author)
        }
    }

    /// Given to somebody of this name, or to nobody.
    pub fn assigned(assignee: Option<String>, author: Actor) -> Self {
        Self {
            data: assignee.map(|name| MessageData {
                assignee: Some(name),
                ..MessageData::default()
            }),
            ..Self::team_event(MessageKind::Assigned, author)
        }
    }

    /// Given to somebody of this name by the store's rule.
    pub fn given(assignee: String, rule: AssignmentRule) -> Self {
        Self {
            data: Some(MessageData {
                assignee: Some(assignee),
                rule: Some(rule),
                ..MessageData::default()
            }),
            ..Self::team_event(MessageKind::Assigned, Actor::System)
        }
    }

    /// Together with another one, or without it again.
    pub fn merged(kind: MessageKind, merged: Merged, author: Actor) -> Self {
        Self {
            data: Some(MessageData {
                merged: Some(merged),
                ..MessageData::default()
            }),
            ..Self::team_event(kind, author)
        }
    }

    /// What nobody answers: a shopper who is blocked is told, in their language.
    pub fn declined(language: Option<String>) -> Self {
        Self {
            data: language.map(|language| MessageData {
                language: Some(language),
                ..MessageData::default()
            }),
            ..Self::event(MessageKind::Declined, Actor::System)
        }
    }

    /// Back from being put off: somebody says so, or the time has come.
    pub fn snooze_ended(author: Actor) -> Self {
        Self::team_event(MessageKind::Unsnoozed, author)
    }

    fn text(sender: Sender, id: MessageId, body: String, author: Actor) -> Self {
        Self {
            id,
            sender,
            kind: MessageKind::Text,
            data: None,
            author,
            body,
            attachments: Vec::new(),
            answer_kind: None,
            ai: None,
            proof_for: None,
        }
    }

    /// With files that were claimed for it. Without a word, files are what it
    /// is.
    pub fn with(mut self, attachments: Vec<Attachment>) -> Self {
        if self.body.is_empty() && !attachments.is_empty() {
            self.kind = MessageKind::Attachments;
        }
        self.attachments = attachments;
        self
    }

    /// What the inbox shows of it.
    pub fn excerpt(&self) -> String {
        let text = match self.kind {
            MessageKind::Attachments => &Attachment::names(&self.attachments),
            _ => &self.body,
        };
        text::excerpt(text, EXCERPT)
    }

    /// Whether somebody said something. The inbox shows the last of these, not
    /// what happened since.
    pub fn is_said(&self) -> bool {
        matches!(self.sender, Sender::Customer | Sender::Agent | Sender::Ai)
    }
}

/// What an entry does to its conversation besides standing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Change {
    pub status: Option<Status>,
    pub unread: Unread,
    /// A person took over, or the conversation ended: AI answers that are
    /// being prepared must not be sent.
    pub ends_ai_work: bool,
    pub ai_active: Option<bool>,
    pub needs_human: Option<bool>,
    pub ai_handled: bool,
    pub awaiting_order: Option<bool>,
    /// The customer's message whose order wasn't found.
    pub not_found_for: Option<MessageId>,
    /// Only if nothing has ended the AI's work since: the epoch it began in.
    pub only_in_epoch: Option<i64>,
    /// Only if the conversation is this visitor's.
    pub only_of: Option<VisitorId>,
    /// Whether the AI is to look at it.
    pub look: Need,
    /// Where a customer's message came from.
    pub client: Option<Client>,
    /// What few entries do as well.
    pub also: Option<Also>,
}

/// What few entries do to their conversation as well: in a statement of its own, before
/// theirs, so that no other message pays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Also {
    /// It comes back by itself then.
    SnoozeUntil(UnixMillis),
    /// It is this person's, or nobody's.
    Assign(Option<UserId>),
    /// It is at the top of the inbox, as if somebody had written.
    ComeToTop,
    /// It is nobody's to answer, or somebody's after all.
    Spam(bool),
}

/// What happens to the count of unread customer messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Unread {
    #[default]
    Same,
    OneMore,
    None,
}

impl Change {
    /// A customer's message opens the conversation again, whatever it was.
    pub fn customer_message(client: Option<Client>, look: Need) -> Self {
        Self {
            client,
            status: Some(Status::Open),
            unread: Unread::OneMore,
            look,
            ..Self::default()
        }
    }

    /// A person replies: they have read the thread, and the AI goes quiet.
    pub fn agent_reply() -> Self {
        Self {
            unread: Unread::None,
            ends_ai_work: true,
            ai_active: Some(false),
            needs_human: Some(false),
            ..Self::default()
        }
    }

    /// The AI answers, if nobody came between. `awaiting_order` says whether
    /// it asked for an order number.
    pub fn ai_reply(epoch: i64, awaiting_order: bool) -> Self {
        Self {
            ai_handled: true,
            awaiting_order: Some(awaiting_order),
            only_in_epoch: Some(epoch),
            ..Self::default()
        }
    }

    pub fn human_requested() -> Self {
        Self {
            status: Some(Status::Open),
            ends_ai_work: true,
            needs_human: Some(true),
            ..Self::default()
        }
    }

    /// Resolving lets the AI answer the next time the shopper writes.
    pub fn status(status: Status) -> Self {
        let resolved = status == Status::Resolved;
        Self {
            status: Some(status),
            unread: if resolved { Unread::None } else { Unread::Same },
            ends_ai_work: true,
            ai_active: resolved.then_some(true),
            needs_human: resolved.then_some(false),
            awaiting_order: resolved.then_some(false),
            ..Self::default()
        }
    }

    /// Out of the team's sight until then. What the AI is at goes on.
    pub fn snooze(until: UnixMillis) -> Self {
        Self {
            status: Some(Status::Snoozed),
            also: Some(Also::SnoozeUntil(until)),
            ..Self::default()
        }
    }

    /// In the team's sight again, because one of them says so or, if `also` at the top of
    /// it, by itself.
    pub fn end_snooze(also: Option<Also>) -> Self {
        Self {
            status: Some(Status::Open),
            also,
            ..Self::default()
        }
    }

    /// Nobody's to answer from now on, or somebody's after all. Its shopper isn't told.
    pub fn spam(is_spam: bool) -> Self {
        let status = match is_spam {
            true => Status::Resolved,
            false => Status::Open,
        };
        Self {
            ai_active: Some(!is_spam),
            also: Some(Also::Spam(is_spam)),
            ..Self::status(status)
        }
    }

    /// A person of the team has it from now on, or nobody.
    pub fn assign(assignee: Option<UserId>) -> Self {
        Self {
            also: Some(Also::Assign(assignee)),
            ..Self::default()
        }
    }

    /// Whom it is given to, if anybody.
    pub fn given_to(&self) -> Option<UserId> {
        match self.also {
            Some(Also::Assign(assignee)) => assignee,
            _ => None,
        }
    }

    pub fn ai_active(active: bool) -> Self {
        Self {
            ends_ai_work: true,
            ai_active: Some(active),
            ..Self::default()
        }
    }
}
