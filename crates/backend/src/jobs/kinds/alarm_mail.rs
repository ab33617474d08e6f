//! Somebody of the team is owed a mail about shoppers who wait.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tells somebody by mail who waits too long, as far as they haven't been told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AlarmMail {
    /// Who is told.
    pub user_id: UserId,
}

impl Job for AlarmMail {
    const KIND: &'static str = "alarm_mail";
    const TITLE: &'static str = "Tell somebody by email that shoppers wait";
    const POLICY: Policy = Policy {
        queue: "mail",
        priority: 0,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 10,
        concurrency: 4,
    };

    /// One after the other: the first of them tells everything, and one that was written while
    /// it did finds the rest.
    fn lane(&self) -> String {
        format!("alarms for {}", self.user_id)
    }
}
