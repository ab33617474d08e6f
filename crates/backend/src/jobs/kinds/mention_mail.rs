//! Somebody is to be told by mail that a note speaks to them.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::ids::{MessageId, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tells them, unless they have seen it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MentionMail {
    /// The note.
    pub message_id: MessageId,
    /// Whom it speaks to.
    pub user_id: UserId,
}

impl MentionMail {
    /// How long somebody has to look at the note in their dashboard.
    pub const AFTER: Duration = Duration::from_secs(120);
}

impl Job for MentionMail {
    const KIND: &'static str = "mention_mail";
    const TITLE: &'static str = "Tell somebody of the team by email that a note mentions them";
    const POLICY: Policy = Policy {
        queue: "mail",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 5,
        concurrency: 4,
    };

    fn lane(&self) -> String {
        format!("{} {}", self.message_id, self.user_id)
    }
}
