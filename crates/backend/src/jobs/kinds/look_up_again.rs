//! An order was asked about while its source was down.

mod run;

use crate::{
    jobs::job::{Job, Policy},
    limits::Client,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, MessageId},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The pause before the first try; twice as long after each.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);

/// The question is answered when the source is back, if nobody has answered meanwhile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LookUpAgain {
    /// Where it was asked.
    pub conversation_id: ConversationId,
    /// The question.
    pub message_id: MessageId,
    /// What the shopper was told meanwhile.
    pub told_id: MessageId,
    /// Where it came from, for the limits.
    #[serde(default)]
    pub client: Option<Client>,
    /// Whether an order's number or email was awaited when it was asked.
    pub awaited: bool,
    /// The conversation's epoch then: a person who takes over begins another.
    pub epoch: i64,
    /// When it was asked.
    pub since: UnixMillis,
    /// The team was called for no other reason than this outage.
    #[serde(default)]
    pub called_team: bool,
    /// Tries so far.
    pub tries: u32,
}

impl LookUpAgain {
    /// How long to wait before it.
    pub(super) fn pause(&self) -> Duration {
        PAUSE_MAX.min(PAUSE * 2_u32.pow(self.tries.min(10)))
    }
}

impl Job for LookUpAgain {
    const KIND: &'static str = "look_up_again";
    const TITLE: &'static str = "Answer about an order whose source was down";
    const POLICY: Policy = Policy {
        queue: "order look-ups",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 6,
        concurrency: 4,
    };

    /// Not the conversation's: what is said meanwhile doesn't wait for it.
    fn lane(&self) -> String {
        format!("{} orders", self.conversation_id)
    }

    fn dedupe_key(&self) -> Option<String> {
        Some(self.message_id.to_string())
    }
}
