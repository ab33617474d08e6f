//! Who is counted, and how much they may look up.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The address that something came from, for counting. It can't be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Client(u64);

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Client {
    /// The one whose address has this keyed hash.
    pub(super) fn numbered(hash: u64) -> Self {
        Self(hash)
    }
}

/// Different orders or emails that one visitor may look up within
/// [`LOOKUP_WINDOW`]; the same again is free.
pub const LOOKUPS_OF_VISITOR: usize = 8;
/// The same for all visitors from one address: to be another visitor takes no
/// more than another conversation.
pub const LOOKUPS_OF_CLIENT: usize = 30;
/// Look-ups of all visitors of a store that may find nothing within
/// [`LOOKUP_WINDOW`]: the last resort against many addresses that guess. No
/// address can use up more than a small part of it.
pub const MISSES_OF_STORE: usize = 500;
/// How long a look-up counts.
pub const LOOKUP_WINDOW: Duration = Duration::from_secs(15 * 60);
