//! The Chat Inbox's view of conversations.

use crate::{
    UnixMillis,
    conversation::Status,
    ids::{ConversationId, VisitorId},
    message::{Message, Sender},
    shop_customer::ShopCustomer,
};
use serde::{Deserialize, Serialize};

/// The inbox's tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Conversations that are open.
    #[default]
    Open,
    /// Conversations that are resolved.
    Resolved,
}

impl Tab {
    /// The word in the page's address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
        }
    }

    /// The status of the conversations in this tab.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Open => Status::Open,
            Self::Resolved => Status::Resolved,
        }
    }
}

/// The shopper of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Visitor {
    /// The visitor's id in this store.
    pub id: VisitorId,
    /// The name they gave, if any.
    pub name: Option<String>,
    /// The address they gave, if any.
    pub email: Option<String>,
    /// Language tag of their browser, e.g. `en-GB`.
    pub locale: Option<String>,
    /// Who they are in the storefront, as its server has signed. Name and email are
    /// the storefront's then, not what somebody typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
}

/// A shopper and when they were there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorProfile {
    #[serde(flatten)]
    pub visitor: Visitor,
    /// When they first wrote.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// When they last began a conversation.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub last_seen_at: UnixMillis,
}

impl Visitor {
    /// The customer of a connected shop who they are.
    #[must_use]
    pub fn shop_customer(&self) -> Option<ShopCustomer> {
        self.customer_id.as_deref().and_then(ShopCustomer::parse)
    }

    /// Name, else email, else "Visitor" with four characters to tell them
    /// apart.
    #[must_use]
    pub fn label(&self) -> String {
        if let Some(known) = self.name.as_ref().or(self.email.as_ref()) {
            return known.clone();
        }
        let id = self.id.to_string();
        format!("Visitor {}", id[id.len() - 4..].to_uppercase())
    }
}

/// One row of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Conversation))]
pub struct ConversationSummary {
    pub id: ConversationId,
    /// Where it stands.
    pub status: Status,
    pub visitor: Visitor,
    /// Who wrote the newest message.
    pub last_sender: Sender,
    /// The beginning of the newest message, on one line.
    pub last_excerpt: String,
    /// When the newest message was stored.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub last_message_at: UnixMillis,
    /// The number of the newest message.
    pub last_seq: i64,
    /// Customer messages that no agent has read.
    pub unread: i64,
    /// The shopper asked for a person and none has replied yet.
    pub needs_human: bool,
    /// The AI has answered in it.
    pub ai_handled: bool,
    /// Whether the AI still answers in it.
    pub ai_active: bool,
    /// Up to which message the shopper has read.
    pub visitor_read_seq: i64,
    /// Up to which message the team has read.
    pub agent_read_seq: i64,
    /// When it was started.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// The page it was started on.
    pub page_url: Option<String>,
    /// What that page called itself.
    #[serde(default)]
    pub page_title: Option<String>,
    /// The storefront has said who the shopper is, and signed it.
    #[serde(default)]
    pub verified: bool,
}

/// Which conversations a program asks for: those that fit all of what is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConversationFilter {
    /// Where they stand.
    pub status: Option<Status>,
    /// Whether they wait for a person.
    pub needs_human: Option<bool>,
    /// Whether they have customer messages that no agent has read.
    pub unread: Option<bool>,
    /// Whose they are.
    pub visitor_id: Option<VisitorId>,
}

/// A page of the inbox list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    /// Newest message first.
    pub rows: Vec<ConversationSummary>,
    /// Give it back to get the rows after these; `None` at the end.
    pub next: Option<InboxCursor>,
}

/// A place in the list, which stays the same place while rows move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxCursor {
    /// `last_message_at` of the last row shown.
    pub last_message_at: UnixMillis,
    /// Its id, to tell rows of the same millisecond apart.
    pub id: ConversationId,
}

/// A conversation with the newest of its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// As its row in the list.
    pub conversation: ConversationSummary,
    /// Its messages in order of `seq`.
    pub messages: Vec<Message>,
    /// Whether there are messages before the first of these.
    pub has_earlier: bool,
}
