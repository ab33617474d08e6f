//! What is going on between browser and server: marks that nobody sees.

use domain::{UnixMillis, ids::ConversationId};

/// One for each widget; gone with the page.
pub struct Work {
    /// This tab's name among the tabs of the shop.
    pub tab: String,
    /// Whether the outbox is being emptied.
    pub is_pumping: bool,
    /// Counts the reasons to empty it.
    pub pump_generation: u32,
    /// How often in a row that failed.
    pub pump_failures: u32,
    /// Whether history is being fetched.
    pub is_fetching: bool,
    /// Whether there was a reason to fetch it since.
    pub fetch_again: bool,
    /// How often in a row that failed.
    pub fetch_failures: u32,
    /// Ticks since the last poll.
    pub ticks: u32,
    /// Whether the server is being told what has been read.
    pub is_marking: bool,
    /// When the settings were fetched.
    pub config_at: UnixMillis,
    /// When the server was last told that the shopper is typing.
    pub typing_told_at: UnixMillis,
    /// How often somebody was heard typing.
    pub typing_heard: u32,
}

impl Work {
    /// Nothing has happened yet but that the settings came.
    pub fn new(config_at: UnixMillis) -> Self {
        Self {
            tab: ConversationId::generate().to_string(),
            is_pumping: false,
            pump_generation: 0,
            pump_failures: 0,
            is_fetching: false,
            fetch_again: false,
            fetch_failures: 0,
            ticks: 0,
            is_marking: false,
            config_at,
            typing_told_at: 0,
            typing_heard: 0,
        }
    }
}
