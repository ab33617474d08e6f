//! The AI is to look at a customer's message.

mod run;

use crate::{
    jobs::{
        job::{Job, Policy},
        places::PLACES,
    },
    limits::Client,
};
use domain::ids::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The AI looks at a customer's message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AiReply {
    /// Where it stands.
    pub conversation_id: ConversationId,
    /// The message.
    pub message_id: MessageId,
    /// Where it came from.
    #[serde(default)]
    pub client: Option<Client>,
}

impl Job for AiReply {
    const KIND: &'static str = "ai_reply";
    const TITLE: &'static str = "Look at a shopper's message";
    const POLICY: Policy = Policy {
        queue: "shoppers",
        priority: 0,
        lease: Duration::from_secs(60),
        // Longer than all its own time-outs together.
        patience: Duration::from_secs(50),
        attempts: 6,
        concurrency: PLACES,
    };

    fn lane(&self) -> String {
        self.conversation_id.to_string()
    }
}
