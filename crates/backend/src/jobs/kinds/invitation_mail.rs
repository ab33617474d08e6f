//! An invitation is to be sent to the address that it is for.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::ids::InvitationId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Sends an invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InvitationMail {
    /// Which one.
    pub invitation_id: InvitationId,
    /// Its token, which nothing else here can read: the invitation has its hash.
    pub sealed: String,
}

impl Job for InvitationMail {
    const KIND: &'static str = "invitation_mail";
    const TITLE: &'static str = "Send an invitation by email";
    const POLICY: Policy = Policy {
        queue: "mail",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 5,
        concurrency: 4,
    };

    fn lane(&self) -> String {
        self.invitation_id.to_string()
    }
}
