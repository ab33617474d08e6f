//! A browser is to be told by push about shoppers who wait.

mod run;

use crate::jobs::job::{Job, Policy};
use domain::ids::PushSubscriptionId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Before the second try; twice as long before each next one.
const PAUSE: Duration = Duration::from_secs(15);
/// Longest time between two tries: what comes up meanwhile waits as long.
const PAUSE_MAX: Duration = Duration::from_secs(120);
/// So often it is tried: for about twenty minutes. Whoever waits may be answered by then.
const TRIES: u32 = 13;

/// Tells a browser who waits too long, as far as it hasn't been told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AlarmPush {
    /// Which is told.
    pub subscription_id: PushSubscriptionId,
    /// Tries that its push service hasn't taken.
    #[serde(default)]
    pub tries: u32,
}

impl AlarmPush {
    /// The first try.
    #[must_use]
    pub fn to(subscription_id: PushSubscriptionId) -> Self {
        Self {
            subscription_id,
            tries: 0,
        }
    }

    /// The try after this one, and how long to wait before it.
    #[must_use]
    pub fn next(&self) -> Option<(Self, Duration)> {
        let pause = PAUSE_MAX.min(PAUSE * 2_u32.pow(self.tries.min(TRIES)));
        let next = Self {
            tries: self.tries + 1,
            ..self.clone()
        };
        (next.tries < TRIES).then_some((next, pause))
    }
}

impl Job for AlarmPush {
    const KIND: &'static str = "alarm_push";
    const TITLE: &'static str = "Tell somebody's browser that shoppers wait";
    const POLICY: Policy = Policy {
        queue: "push",
        priority: 1,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(50),
        attempts: 5,
        concurrency: 8,
    };

    /// One after the other, as with mails.
    fn lane(&self) -> String {
        format!("alarms for {}", self.subscription_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_service_is_tried_for_twenty_minutes() {
        let mut job = AlarmPush::to(PushSubscriptionId::generate());
        let mut pauses = Vec::new();
        while let Some((next, pause)) = job.next() {
            pauses.push(pause.as_secs());
            job = next;
        }
        assert_eq!(pauses[..4], [15, 30, 60, 120]);
        assert!((18 * 60..22 * 60).contains(&pauses.iter().sum::<u64>()));
    }
}
