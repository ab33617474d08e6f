//! Customer identity: the storefront's server signs who its customer is, with a
//! secret that it shares with the store.

use crate::{UnixMillis, ids::IdentitySecretId};
use serde::{Deserialize, Serialize};

/// Longest signed identity, in bytes.
pub const TOKEN_MAX: usize = 4_096;
/// Longest id of a customer, in characters.
pub const CUSTOMER_ID_MAX: usize = 200;

/// A secret, without what is secret about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentitySecret {
    pub id: IdentitySecretId,
    /// When it was made.
    pub made_at: UnixMillis,
    /// It was replaced, and counts until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<UnixMillis>,
}

/// A secret that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewIdentitySecret {
    /// Shown once; only its sealed form is kept.
    pub secret: String,
    /// All that count now, the newest first.
    pub secrets: Vec<IdentitySecret>,
}
