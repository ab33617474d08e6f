//! The WebSocket's wire format, for shoppers (`/widget/v1/ws`) and agents
//! (`/ws`) alike. A frame is a JSON object with one key that names its kind.
//!
//! An event is a hint, the database is the truth: a client that has lost some,
//! or sees a gap in `seq`, asks again with its cursor.

#[cfg(any(test, feature = "triage"))]
use crate::ids::{MessageId, UserId};
#[cfg(any(test, feature = "triage"))]
use crate::presence::PresenceOf;
use crate::{
    UnixMillis,
    conversation::Conversation,
    ids::{ConversationId, StoreId},
    inbox::ConversationSummary,
    message::Message,
    problem::Problem,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Largest frame taken from a client, in bytes.
pub const FRAME_MAX: usize = 16 * 1024;
/// The server sends something at least this often, in seconds; a client that
/// hears nothing for twice as long reconnects.
pub const HEARTBEAT_SECONDS: u64 = 25;
/// A typing indicator goes out by itself after this long, in seconds.
pub const TYPING_SECONDS: u64 = 5;
/// Most conversations in one `hello`.
pub const CURSORS_MAX: usize = 50;

/// Conversations, each with the last `seq` that the client has of it: an object in JSON.
///
/// A list in memory: a shopper's browser, which has one, would download the code of a map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursors(Vec<(ConversationId, i64)>);

impl Cursors {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes what the client has of one more conversation, or of one of them.
    pub fn set(&mut self, id: ConversationId, seq: i64) {
        match self.0.iter_mut().find(|(known, _)| *known == id) {
            Some((_, cursor)) => *cursor = seq,
            None => self.0.push((id, seq)),
        }
    }
}

impl FromIterator<(ConversationId, i64)> for Cursors {
    fn from_iter<I: IntoIterator<Item = (ConversationId, i64)>>(cursors: I) -> Self {
        Self(cursors.into_iter().collect())
    }
}

impl IntoIterator for Cursors {
    type Item = (ConversationId, i64);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Cursors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, seq)| (id, seq)))
    }
}

impl<'de> Deserialize<'de> for Cursors {
    /// Each conversation once: of two cursors of one the later counts.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}

/// What clients send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: who is there, and what they have already.
    Hello(Hello),
    /// Agents: also follow this conversation from `after_seq` on.
    Open(Open),
    /// Agents: stop following this conversation.
    Close(Close),
    /// Somebody is typing. Passed on at most once a second.
    Typing(TypingIn),
    /// Agents: what I do in this conversation, for the others of the team.
    #[cfg(any(test, feature = "triage"))]
    Here(HereIn),
    /// Keep-alive of clients whose WebSocket has no ping.
    Ping {},
}

/// The first frame of a socket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Hello {
    /// The visitor's token. Agents are known by their session cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Agents: the store whose inbox to follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// Conversations to follow, each from its cursor on. A visitor's socket
    /// takes one.
    pub cursors: Cursors,
}

/// See [`ClientFrame::Open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    pub conversation_id: ConversationId,
    /// The last `seq` the client has.
    pub after_seq: i64,
}

/// See [`ClientFrame::Close`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    pub conversation_id: ConversationId,
}

/// See [`ClientFrame::Typing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypingIn {
    pub conversation_id: ConversationId,
}

/// See [`ClientFrame::Here`].
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HereIn {
    pub conversation_id: ConversationId,
    pub doing: Doing,
}

/// What somebody of the team does in a conversation.
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Has just opened it: whoever is there says so.
    Arriving,
    /// Has it open. Said again before [`HERE_SECONDS`] are over.
    Looking,
    /// Writes a reply.
    Replying,
    /// Writes a note.
    Noting,
    /// Has closed it.
    Leaving,
}

/// Who says nothing for this long isn't in a conversation any more, in seconds.
pub const HERE_SECONDS: u64 = 60;

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerEvent {
    /// The hello was taken; everything after the cursors has been sent.
    Ready {},
    /// A message, new or replayed.
    Message(Message),
    /// This number belongs to something the visitor isn't shown.
    Skipped(Skipped),
    /// One side has read up to a message.
    Read(Read),
    /// Somebody is typing.
    Typing(Typing),
    /// Agents: what another one does in a conversation.
    #[cfg(any(test, feature = "triage"))]
    Colleague(Colleague),
    /// Agents: a note speaks to one of them.
    #[cfg(any(test, feature = "triage"))]
    Mention(Mention),
    /// Agents: what one of them has read themselves.
    #[cfg(any(test, feature = "triage"))]
    Seen(Seen),
    /// Agents: one of them has come, has gone, or is away.
    #[cfg(any(test, feature = "triage"))]
    Presence(PresenceOf),
    /// Visitors: the conversation's state changed.
    Status(Conversation),
    /// Agents: a conversation is new or changed; a row of the inbox.
    Conversation(ConversationSummary),
    /// What the AI is doing in a conversation.
    Ai(AiActivity),
    /// The widget's settings changed: fetch them again.
    ConfigChanged {},
    /// Agents: something of the store changed; whoever shows it asks again.
    Changed(Changed),
    /// The answer to a ping, and the heartbeat.
    Pong {},
    /// The last frame before the server closes: what was wrong.
    Error(Problem),
}

impl ServerEvent {
    /// Something of the store changed.
    #[must_use]
    pub fn changed(what: Noun) -> Self {
        Self::Changed(Changed { what })
    }

    /// Whether it says that `noun` changed.
    #[must_use]
    pub fn is_change_of(&self, noun: Noun) -> bool {
        matches!(self, Self::Changed(changed) if changed.what == noun)
    }
}

/// See [`ServerEvent::Changed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// What it is about.
    pub what: Noun,
}

/// What pages show and events say nothing more about. A client skips an event
/// whose noun it doesn't know, so that a newer server may have more of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// The FAQ: its categories, its questions, or how far the AI is with one.
    Faq,
    /// The built-in orders.
    Orders,
    /// Where orders are looked up: which sources, in which order, or how one does.
    #[cfg(any(test, feature = "triage"))]
    OrderSources,
    /// The canned responses, or how often one was used.
    CannedResponses,
    /// The tags: their names or looks, or which there are.
    #[cfg(any(test, feature = "triage"))]
    Tags,
    /// The team: who is in it, in which role, and who is invited.
    #[cfg(any(test, feature = "triage"))]
    Team,
    /// Who waits longer than promised, or what is promised.
    #[cfg(any(test, feature = "triage"))]
    Waits,
    /// Which conversations there are: one was deleted.
    #[cfg(any(test, feature = "triage"))]
    Conversations,
}

/// See [`ServerEvent::Skipped`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    pub conversation_id: ConversationId,
    /// The number that is accounted for.
    pub seq: i64,
}

/// One of the two sides of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The shopper.
    Visitor,
    /// The store's team.
    Agent,
}

/// See [`ServerEvent::Read`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    pub conversation_id: ConversationId,
    /// Who has read.
    pub by: Side,
    /// Everything up to this number.
    pub seq: i64,
    /// When the server heard of it.
    pub at: UnixMillis,
}

/// See [`ServerEvent::Typing`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    pub conversation_id: ConversationId,
    /// Which side is typing.
    pub by: Side,
    /// The agent's name, where an agent is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// See [`ServerEvent::Colleague`].
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub conversation_id: ConversationId,
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    pub doing: Doing,
}

/// See [`ServerEvent::Seen`].
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub conversation_id: ConversationId,
    /// Who.
    pub user: UserId,
    /// Everything up to this number.
    pub seq: i64,
}

/// See [`ServerEvent::Mention`].
#[cfg(any(test, feature = "triage"))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub conversation_id: ConversationId,
    /// The note.
    pub message_id: MessageId,
    /// Its place in the conversation.
    pub seq: i64,
    /// Whom it speaks to.
    pub user: UserId,
    /// Who wrote it, where that is a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How it begins, on one line.
    pub excerpt: String,
}

/// See [`ServerEvent::Ai`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiActivity {
    pub conversation_id: ConversationId,
    pub state: AiState,
}

/// What the AI is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AiState {
    /// Looking for an answer.
    Thinking,
    /// Done, with an answer or without.
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hello_may_say_nothing() {
        let frame: ClientFrame = serde_json::from_str(r#"{"hello":{}}"#).expect("a hello");
        assert_eq!(frame, ClientFrame::Hello(Hello::default()));
    }

    proptest! {
        #[test]
        fn reading_a_frame_never_panics(text in "\\PC{0,200}") {
            let _ = serde_json::from_str::<ClientFrame>(&text);
        }

        #[test]
        fn a_frame_read_is_a_frame_written(token in proptest::option::of("[A-Za-z0-9_-]{0,50}"), seq: i64) {
            let cursors = Cursors::from_iter([(ConversationId::generate(), seq)]);
            let frame = ClientFrame::Hello(Hello { token, store: None, cursors });
            let json = serde_json::to_string(&frame).expect("valid JSON");
            prop_assert_eq!(serde_json::from_str::<ClientFrame>(&json).ok(), Some(frame));
        }
    }
}
