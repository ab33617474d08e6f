//! Conversations as a shopper sees them.

use crate::{UnixMillis, ids::ConversationId};
use serde::{Deserialize, Serialize};

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for somebody, or is being talked in.
    Open,
    /// Out of the team's sight until a time; a customer's message opens it again. A matter
    /// of the team's: to its shopper it is open.
    Snoozed,
    /// Done; a customer's message opens it again.
    Resolved,
}

impl Status {
    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }

    /// The status of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Snoozed, Self::Resolved]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// A conversation as its shopper's widget sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Made by the client that started it.
    pub id: ConversationId,
    /// Where it stands.
    pub status: Status,
    /// When it was started.
    pub created_at: UnixMillis,
    /// The number of its newest message; internal notes take numbers too.
    pub last_seq: i64,
    /// The shopper asked for a person and none has replied yet.
    pub needs_human: bool,
    /// Up to which message the store's team has read.
    pub agent_read_seq: i64,
    /// Up to which message the shopper has read.
    pub visitor_read_seq: i64,
    /// The storefront has said who the shopper is, and signed it.
    #[serde(default)]
    pub verified: bool,
}
