//! Somebody says that they have forgotten their password.

mod run;

use crate::jobs::job::{Job, Policy};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Sends a link to the address, if there is an account with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasswordReset {
    /// The address, as it was given; it may be nobody's.
    pub sealed: String,
}

impl Job for PasswordReset {
    const KIND: &'static str = "password_reset";
    const TITLE: &'static str = "Send a link for a new password by email";
    const POLICY: Policy = Policy {
        queue: "mail",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 5,
        concurrency: 4,
    };

    fn lane(&self) -> String {
        "forgotten passwords".to_owned()
    }
}
