//! A conversation was snoozed and is to come back.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::{UnixMillis, ids::ConversationId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The conversation comes back, if it is still snoozed until that time. Due then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndSnooze {
    /// Which one.
    pub conversation_id: ConversationId,
    /// Until when it was snoozed: another snooze has another job.
    pub until: UnixMillis,
}

impl Job for EndSnooze {
    const KIND: &'static str = "end_snooze";
    const TITLE: &'static str = "Bring a snoozed conversation back";
    const POLICY: Policy = Policy {
        queue: "snoozes",
        priority: 2,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 10,
        concurrency: 4,
    };

    /// One for each time: a later snooze must not hold up an earlier one.
    fn lane(&self) -> String {
        format!("{} snooze {}", self.conversation_id, self.until)
    }

    fn dedupe_key(&self) -> Option<String> {
        Some(self.lane())
    }
}
