//! A store: one tenant of the installation.

use crate::{
    Invalid, UnixMillis,
    ids::{StoreId, UserId},
    presence::Presence,
    role::Role,
    text,
};
use serde::{Deserialize, Serialize};

/// Longest store name, in characters.
pub const STORE_NAME_MAX: usize = 80;

/// Checks a store's name.
///
/// # Errors
/// [`Invalid`] if it is empty or longer than [`STORE_NAME_MAX`].
pub fn parse_name(raw: &str) -> Result<String, Invalid> {
    text::required("name", raw, STORE_NAME_MAX)
}

/// A store as its members' lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSummary {
    pub id: StoreId,
    /// At most [`STORE_NAME_MAX`] characters.
    pub name: String,
    /// What the person asking may do there.
    pub role: Role,
}

/// A store's overview page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreOverview {
    pub id: StoreId,
    /// At most [`STORE_NAME_MAX`] characters.
    pub name: String,
    /// What the person asking may do there.
    pub role: Role,
    /// The public key in the embed snippet.
    pub public_key: String,
    /// Whether shoppers see the widget.
    pub widget_enabled: bool,
    /// Whether the AI answers from the FAQ.
    pub ai_enabled: bool,
    /// Conversations that are open.
    pub open_conversations: i64,
    /// Conversations with customer messages that no agent has read.
    pub unread_conversations: i64,
    /// Questions in the FAQ.
    pub faq_items: i64,
    /// Orders in the built-in order source.
    pub orders: i64,
    /// Orders of the connected shops, as they last said.
    #[serde(default)]
    pub shop_orders: i64,
    /// How many shops are connected.
    #[serde(default)]
    pub shops: usize,
    /// The connected shops that couldn't be asked when they last were, by name.
    #[serde(default)]
    pub shops_in_trouble: Vec<String>,
    /// Webhooks that were switched off, because nothing had arrived for days.
    #[serde(default)]
    pub webhooks_off: i64,
    /// When the store was created.
    pub created_at: UnixMillis,
}

/// A store as programs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoreProfile {
    pub id: StoreId,
    /// At most 80 characters.
    pub name: String,
    /// The public key in the embed snippet.
    pub public_key: String,
    /// When the store was created.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created_at: UnixMillis,
    /// Who answers shoppers, by name.
    pub team: Vec<TeamMember>,
}

/// A person of a store's team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamMember {
    /// The account's id.
    pub id: UserId,
    /// The name that shoppers see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they are there to answer.
    #[serde(default)]
    pub presence: Presence,
}

/// Which form of each exchangeable service runs, for the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceStatus {
    /// The database's name, e.g. `SQLite (embedded)`.
    pub database: String,
    /// Where uploads are kept.
    pub files: String,
    /// How mails are sent.
    pub mail: String,
    /// Where orders are looked up, and whether that works right now.
    pub orders: Availability,
    /// What connects several servers, e.g. `Redis (pub/sub)`.
    pub bus: String,
    /// Whether the embedding model can be used, and why not if it can't.
    pub embeddings: Availability,
    /// Whether a language model is configured.
    pub language_model: Availability,
    /// Jobs that failed for good and wait for a person.
    pub dead_jobs: i64,
}

/// Whether something works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// It works; the text names what is used.
    Available(String),
    /// It doesn't; the text says why and what to do.
    Unavailable(String),
}
