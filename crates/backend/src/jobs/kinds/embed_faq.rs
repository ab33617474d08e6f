//! The embedding of an FAQ item is to be made.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::ids::FaqItemId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Makes the embedding of an FAQ item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EmbedFaq {
    /// The item.
    pub item_id: FaqItemId,
    /// The item's revision this is for; a later one has a job of its own.
    pub revision: i64,
}

impl Job for EmbedFaq {
    const KIND: &'static str = "embed_faq";
    const TITLE: &'static str = "Index an FAQ answer";
    const POLICY: Policy = Policy {
        queue: "knowledge",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 6,
        // The model takes texts in batches, and questions go first.
        concurrency: 4,
    };

    fn lane(&self) -> String {
        self.item_id.to_string()
    }

    fn dedupe_key(&self) -> Option<String> {
        Some(format!("{}/{}", self.item_id, self.revision))
    }
}
