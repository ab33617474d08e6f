//! A code is to be sent to the address that it proves.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::{UnixMillis, ids::ConversationId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Sends a conversation's code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmailCode {
    /// Where it was asked for.
    pub conversation_id: ConversationId,
    /// Until when it counts: tells it from a later one.
    pub ends_at: UnixMillis,
}

impl Job for EmailCode {
    const KIND: &'static str = "email_code";
    const TITLE: &'static str = "Send a code by email";
    const POLICY: Policy = Policy {
        queue: "mail",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 5,
        concurrency: 4,
    };

    fn lane(&self) -> String {
        self.conversation_id.to_string()
    }
}
