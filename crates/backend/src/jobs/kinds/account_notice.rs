//! Something about an account has changed that its owner should know.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::{UnixMillis, ids::UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tells the owner of an account by mail, where mails are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountNotice {
    /// Whose account.
    pub user_id: UserId,
    /// What has happened.
    pub notice: Notice,
    /// When.
    pub at: UnixMillis,
}

/// What has happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// It has another password, and all other sessions have ended.
    PasswordChanged,
    /// Sign-ins take a code from now on.
    TwoFactorOn,
    /// They don't any more.
    TwoFactorOff,
    /// Whoever runs the installation has switched that off.
    TwoFactorReset,
    /// The recovery codes were replaced.
    NewRecoveryCodes,
    /// Somebody has signed in with a recovery code.
    RecoveryCodeUsed {
        /// How many nobody has used yet.
        left: i64,
    },
}

impl Job for AccountNotice {
    const KIND: &'static str = "account_notice";
    const TITLE: &'static str = "Tell somebody by email what has changed about their account";
    const POLICY: Policy = Policy {
        queue: "mail",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 10,
        concurrency: 4,
    };

    fn lane(&self) -> String {
        format!("account {}", self.user_id)
    }
}
