//! Messages as every screen sees them.

#[cfg(any(test, feature = "order_cards"))]
use crate::order_card::OrderCard;
use crate::{
    Invalid, UnixMillis,
    ids::{AttachmentId, ConversationId, FaqItemId, MessageId},
    text,
};
#[cfg(any(test, feature = "triage"))]
use crate::{sentiment::Sentiment, settings::AssignmentRule};
use serde::{Deserialize, Serialize};

/// Longest message body, in characters.
pub const BODY_MAX: usize = 10_000;

/// Most files of one message.
pub const ATTACHMENTS_MAX: usize = 5;

/// Checks the body of a message: 1 to [`BODY_MAX`] characters after trimming.
///
/// # Errors
/// [`Invalid`] if it is empty, too long or holds control characters.
pub fn parse_body(raw: &str) -> Result<String, Invalid> {
    if raw.trim().is_empty() {
        return Err(Invalid::new("body", "Please type a message first."));
    }
    text::required("body", raw, BODY_MAX)
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The shopper.
    Customer,
    /// A person of the store's team.
    Agent,
    /// The AI. Always labelled as such.
    Ai,
    /// An event such as "resolved".
    System,
    /// An internal note: only ever sent to agents.
    Note,
}

impl Sender {
    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::Ai => "ai",
            Self::System => "system",
            Self::Note => "note",
        }
    }

    /// The sender of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Customer,
            Self::Agent,
            Self::Ai,
            Self::System,
            Self::Note,
        ]
        .into_iter()
        .find(|sender| sender.as_str() == word)
    }
}

/// What a message is. An event's words are made where it is shown, from its
/// kind, its data and the name of whoever caused it: its body is empty in the
/// database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Something that somebody wrote; its body is all there is to it.
    #[default]
    Text,
    /// Files without a word.
    Attachments,
    /// An answer that shows orders: `data.orders`. Its body says the same in words.
    OrderCard,
    /// An answer that asks for a proven email: the chat offers a code by email, while the
    /// conversation isn't `verified`. Its body says it in words.
    ProveEmail,
    /// The conversation was resolved.
    Resolved,
    /// The conversation was opened again.
    Reopened,
    /// The shopper asked for a person. `data.response_time` is what the store
    /// promised at that time.
    HumanRequested,
    /// The AI may answer again. For the team only.
    AiOn,
    /// The AI is quiet. For the team only.
    AiOff,
    /// The AI could not look at a message. For the team only.
    AiFailed,
    /// The shopper sounds so angry that a person must look. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Anger,
    /// Somebody put the conversation off: `data.until`. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Snoozed,
    /// Somebody gave it to a person of the team, `data.assignee`, or to nobody; or the store's
    /// rule did, `data.rule`. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Assigned,
    /// Somebody put a tag on it: `data.tag`. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Tagged,
    /// Somebody took a tag off it: `data.tag`. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Untagged,
    /// Somebody said that it is nobody's to answer. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Spam,
    /// Somebody said that it isn't spam after all. For the team only.
    #[cfg(any(test, feature = "triage"))]
    NotSpam,
    /// Somebody blocked the visitor. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Blocked,
    /// Somebody lets the visitor write again. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Unblocked,
    /// The shopper is told that nobody answers here, in `data.language`.
    #[cfg(any(test, feature = "triage"))]
    Declined,
    /// Somebody merged another conversation of the shopper into this one: `data.merged`. What
    /// it had follows. For the team only.
    #[cfg(any(test, feature = "triage"))]
    Merged,
    /// Somebody took a merge back: `data.merged`, whose messages aren't here any more. For the
    /// team only.
    #[cfg(any(test, feature = "triage"))]
    Unmerged,
    /// The time until which it was put off is over, or somebody has ended it. For the team
    /// only.
    #[cfg(any(test, feature = "triage"))]
    Unsnoozed,
    /// A kind of a newer server: its body is readable alone.
    #[serde(other)]
    Unknown,
}

impl MessageKind {
    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Attachments => "attachments",
            Self::OrderCard => "order_card",
            Self::ProveEmail => "prove_email",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::HumanRequested => "human_requested",
            Self::AiOn => "ai_on",
            Self::AiOff => "ai_off",
            Self::AiFailed => "ai_failed",
            #[cfg(any(test, feature = "triage"))]
            Self::Anger => "anger",
            #[cfg(any(test, feature = "triage"))]
            Self::Snoozed => "snoozed",
            #[cfg(any(test, feature = "triage"))]
            Self::Assigned => "assigned",
            #[cfg(any(test, feature = "triage"))]
            Self::Tagged => "tagged",
            #[cfg(any(test, feature = "triage"))]
            Self::Untagged => "untagged",
            #[cfg(any(test, feature = "triage"))]
            Self::Spam => "spam",
            #[cfg(any(test, feature = "triage"))]
            Self::NotSpam => "not_spam",
            #[cfg(any(test, feature = "triage"))]
            Self::Blocked => "blocked",
            #[cfg(any(test, feature = "triage"))]
            Self::Unblocked => "unblocked",
            #[cfg(any(test, feature = "triage"))]
            Self::Declined => "declined",
            #[cfg(any(test, feature = "triage"))]
            Self::Unsnoozed => "unsnoozed",
            #[cfg(any(test, feature = "triage"))]
            Self::Merged => "merged",
            #[cfg(any(test, feature = "triage"))]
            Self::Unmerged => "unmerged",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Text,
            Self::Attachments,
            Self::OrderCard,
            Self::ProveEmail,
            Self::Resolved,
            Self::Reopened,
            Self::HumanRequested,
            Self::AiOn,
            Self::AiOff,
            Self::AiFailed,
            #[cfg(any(test, feature = "triage"))]
            Self::Anger,
            #[cfg(any(test, feature = "triage"))]
            Self::Snoozed,
            #[cfg(any(test, feature = "triage"))]
            Self::Assigned,
            #[cfg(any(test, feature = "triage"))]
            Self::Tagged,
            #[cfg(any(test, feature = "triage"))]
            Self::Untagged,
            #[cfg(any(test, feature = "triage"))]
            Self::Unsnoozed,
            #[cfg(any(test, feature = "triage"))]
            Self::Spam,
            #[cfg(any(test, feature = "triage"))]
            Self::NotSpam,
            #[cfg(any(test, feature = "triage"))]
            Self::Blocked,
            #[cfg(any(test, feature = "triage"))]
            Self::Unblocked,
            #[cfg(any(test, feature = "triage"))]
            Self::Declined,
            #[cfg(any(test, feature = "triage"))]
            Self::Merged,
            #[cfg(any(test, feature = "triage"))]
            Self::Unmerged,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }
}

/// What a kind has to say besides its body: each kind fills its own part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MessageData {
    /// `human_requested`: the store's response-time expectation at that time,
    /// if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_time: Option<String>,
    /// `order_card`: the orders as they were at the time of the answer. Of several the
    /// shopper chooses one.
    #[cfg(any(test, feature = "order_cards"))]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderCard>,
    /// `order_card`: what has to be read beside the orders, such as where to look for a parcel
    /// that isn't there. A part of the body.
    #[cfg(any(test, feature = "order_cards"))]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lead: String,
    /// `snoozed`: when it comes back.
    #[cfg(any(test, feature = "triage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub until: Option<UnixMillis>,
    /// `assigned`: whose it is since, by the name of then; nobody's without.
    #[cfg(any(test, feature = "triage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// `assigned`: the store's rule that gave it to them, where nobody did.
    #[cfg(any(test, feature = "triage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<AssignmentRule>,
    /// `declined`: the language tag of the shopper's browser or page, in which they are told.
    #[cfg(any(test, feature = "triage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `tagged`, `untagged`: the tag, by its name of then.
    #[cfg(any(test, feature = "triage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// `merged`, `unmerged`: the other conversation, and where its messages are, or were.
    #[cfg(any(test, feature = "triage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
}

/// What was merged into a conversation.
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Merged {
    /// The conversation that it was.
    pub id: ConversationId,
    /// Its messages follow this number here: its first one is the next.
    pub after_seq: i64,
    /// How many numbers it had.
    pub count: i64,
}

#[cfg(any(test, feature = "triage"))]
impl Merged {
    /// Whether a number of the conversation is one of them.
    #[must_use]
    pub fn has(&self, seq: i64) -> bool {
        seq > self.after_seq && seq <= self.after_seq + self.count
    }
}

/// What an AI message is about; shown beside its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// The status of an order, or the question which order is meant.
    OrderStatus,
    /// An answer from the store's FAQ.
    Faq,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Made by the client that sent it; a retry carries the same id.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// Its place in the conversation: 1, 2, 3 … without gaps.
    pub seq: i64,
    /// Who wrote it.
    pub sender: Sender,
    /// What it is.
    #[serde(default)]
    pub kind: MessageKind,
    /// The kind's own part, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<MessageData>,
    /// The text, plain. Escape it; never render it as HTML.
    pub body: String,
    /// When the server stored it.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// When the other side saw it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub read_at: Option<UnixMillis>,
    /// Files sent with it.
    pub attachments: Vec<Attachment>,
    /// The name of the person of the team who wrote it, or caused the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// What the answer is about, on AI messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_kind: Option<AnswerKind>,
    /// Where the answer came from. Only ever sent to agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<AiTrace>,
    /// How a customer's message sounds, once that was judged. Only ever sent to agents.
    #[cfg(any(test, feature = "triage"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
}

/// A file sent with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Names the file at the server.
    pub id: AttachmentId,
    /// The file's name as it was sent.
    pub name: String,
    /// Its media type, found by content.
    pub mime: String,
    /// Its size in bytes.
    pub size: i64,
}

impl Attachment {
    /// What files are called, in any language.
    #[must_use]
    pub fn names(files: &[Self]) -> String {
        let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        names.join(", ")
    }
}

/// How an AI answer came about, for the merchant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AiTrace {
    /// `rule`, `quote` or the language model's name.
    pub model: String,
    /// The FAQ items the answer rests on, best first.
    #[serde(default)]
    pub sources: Vec<AiSource>,
    /// The orders the answer shows, by number.
    #[serde(default)]
    pub orders: Vec<String>,
    /// Tokens of prompt and completion together, where a model was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<i64>,
    /// From the start of the work to the finished answer, in milliseconds.
    pub latency_ms: i64,
    /// Why it isn't what it could have been, in the merchant's words: the model's own
    /// words were not used, or no order was looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

/// One FAQ item behind an AI answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AiSource {
    /// The item's id; it may have been deleted since.
    pub item_id: FaqItemId,
    /// Its question at the time of the answer.
    pub question: String,
    /// How well it fitted, 0–1.
    pub score: f64,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn ai_message() -> Message {
        Message {
            id: "01890000-0000-7000-8000-000000000001"
                .parse()
                .expect("an id"),
            conversation_id: "01890000-0000-7000-8000-000000000002"
                .parse()
                .expect("an id"),
            seq: 2,
            sender: Sender::Ai,
            kind: MessageKind::Text,
            data: None,
            body: "Your order #1001 has shipped.".into(),
            created_at: 1_700_000_000_000,
            read_at: None,
            attachments: vec![],
            agent_name: None,
            answer_kind: Some(AnswerKind::OrderStatus),
            ai: Some(AiTrace {
                model: "rule".into(),
                sources: vec![],
                orders: vec!["1001".into()],
                tokens: None,
                latency_ms: 3,
                fallback: None,
            }),
            sentiment: None,
        }
    }

    #[test]
    fn a_kind_of_a_newer_server_can_be_read() {
        let json = serde_json::to_string(&ai_message()).expect("valid JSON");
        let newer = json.replace(r#""kind":"text""#, r#""kind":"return_request""#);
        let read: Message = serde_json::from_str(&newer).expect("a message");
        assert_eq!(read.kind, MessageKind::Unknown);
        assert_eq!(read.body, ai_message().body);
    }

    #[test]
    fn a_message_of_an_older_server_is_a_text() {
        let json = serde_json::to_string(&ai_message()).expect("valid JSON");
        let older = json.replace(r#""kind":"text","#, "");
        assert_ne!(older, json);
        let read: Message = serde_json::from_str(&older).expect("a message");
        assert_eq!(read, ai_message());
    }

    #[test]
    fn bodies_are_one_to_ten_thousand_characters() {
        assert!(parse_body(" \n\t").is_err());
        assert!(parse_body(&"é".repeat(BODY_MAX)).is_ok());
        assert!(parse_body(&"é".repeat(BODY_MAX + 1)).is_err());
        assert_eq!(parse_body(" <b>שלום</b> 👋 "), Ok("<b>שלום</b> 👋".into()));
    }
}
