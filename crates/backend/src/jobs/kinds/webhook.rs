//! A webhook is to be told something.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::{UnixMillis, ids::WebhookDeliveryId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Before the second try; doubled with each.
const PAUSE: Duration = Duration::from_secs(15);
/// Longest time between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(60 * 60);

/// One try of a delivery; if it fails, the next one is another job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverWebhook {
    /// What is to be delivered.
    pub delivery_id: WebhookDeliveryId,
    /// When it happened, or was replayed.
    pub since: UnixMillis,
    /// Tries so far.
    pub tries: u32,
    /// Somebody asked for it: it is tried even if the webhook was switched off.
    pub is_replay: bool,
}

impl DeliverWebhook {
    /// How long to wait before it.
    pub(super) fn pause(&self) -> Duration {
        let doubled = 2_u32.pow(self.tries.saturating_sub(1).min(10));
        PAUSE_MAX.min(PAUSE * doubled)
    }
}

impl Job for DeliverWebhook {
    const KIND: &'static str = "webhook";
    const TITLE: &'static str = "Tell a webhook";
    const POLICY: Policy = Policy {
        queue: "webhooks",
        priority: 3,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 5,
        concurrency: 8,
    };

    /// One that fails holds up no other, and what waits for its next try no replay.
    fn lane(&self) -> String {
        let id = self.delivery_id;
        if self.is_replay {
            format!("{id} replay")
        } else {
            id.to_string()
        }
    }

    fn dedupe_key(&self) -> Option<String> {
        Some(self.lane())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pause = |tries| {
            let job = DeliverWebhook {
                delivery_id: WebhookDeliveryId::generate(),
                since: 0,
                tries,
                is_replay: false,
            };
            job.pause().as_secs()
        };
        assert_eq!([1, 2, 3].map(pause), [15, 30, 60]);
        assert_eq!([9, 10, 100].map(pause), [3_600; 3]);
    }
}
