//! Somebody has left a team, and what they had becomes nobody's.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Takes somebody's conversations off them, unless they are in the team again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseConversations {
    /// Who has left.
    pub user_id: UserId,
}

impl Job for ReleaseConversations {
    const KIND: &'static str = "release_conversations";
    const TITLE: &'static str = "Unassign the conversations of somebody who left";
    const POLICY: Policy = Policy {
        queue: "team",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 10,
        concurrency: 2,
    };

    fn lane(&self) -> String {
        format!("conversations of {}", self.user_id)
    }
}
