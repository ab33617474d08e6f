//! Push messages (RFC 8030): what a browser gives so that it can be told something while no page
//! is open, and what it is told.

use crate::{Invalid, ids::StoreId};
use serde::{Deserialize, Serialize};

/// Longest address of a push service, in bytes. Those in use have some hundreds.
pub const ENDPOINT_MAX: usize = 2_048;
/// Longest text of a key, in bytes.
const KEY_MAX: usize = 200;
/// Most browsers of one person that are told; of more the oldest are forgotten.
pub const SUBSCRIPTIONS_MAX: usize = 10;

/// Where a browser is reached, as its `PushSubscription` says (Push API, 8).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushTarget {
    /// The address at its push service. Who knows it can send nothing without our key.
    pub endpoint: String,
    /// The browser's public key, a point of P-256 in base64url.
    pub p256dh: String,
    /// The secret that it shares with us, 16 bytes in base64url.
    pub auth: String,
}

impl std::fmt::Debug for PushTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PushTarget(…)")
    }
}

impl PushTarget {
    /// What a browser has given, by its length alone: whether the keys are keys is known where
    /// they are used.
    ///
    /// # Errors
    /// [`Invalid`] for `endpoint`, if something is missing or too long.
    pub fn parse(endpoint: String, p256dh: String, auth: String) -> Result<Self, Invalid> {
        let fits = |text: &str, most: usize| !text.is_empty() && text.len() <= most;
        if fits(&endpoint, ENDPOINT_MAX) && fits(&p256dh, KEY_MAX) && fits(&auth, KEY_MAX) {
            Ok(Self {
                endpoint,
                p256dh,
                auth,
            })
        } else {
            Err(no_target())
        }
    }
}

/// What is said of a subscription that nothing can be sent to.
#[must_use]
pub fn no_target() -> Invalid {
    Invalid::new(
        "endpoint",
        "This browser's push service can't be used. Try again, or use another browser.",
    )
}

/// What a push message says; the service worker reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushMessage {
    /// What happened.
    pub title: String,
    /// Where.
    pub body: String,
    /// The path of the page that it leads to.
    pub url: String,
    /// What takes the place of an earlier message of the same tag.
    pub tag: String,
}

/// The tag of what a page says of waiting shoppers.
pub const WAITING_TAG: &str = "shopdesk.waiting";

/// The tag of what is pushed of a store's waiting shoppers: one notification for each store. The
/// store is first, since push services look at the first 32 letters and digits.
#[must_use]
pub fn waiting_tag(store: StoreId) -> String {
    format!("{store}.waiting")
}

/// How a push message that was sent to try it has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tried {
    /// The push service has taken it.
    Taken,
    /// The push service knows the browser no more.
    Gone,
    /// It can't be reached from the server, or takes nothing now.
    Unreachable,
    /// It refuses what it is sent.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_too_long_is_no_target() {
        let target = |endpoint: &str, p256dh: &str, auth: &str| {
            PushTarget::parse(endpoint.into(), p256dh.into(), auth.into()).is_ok()
        };
        assert!(target("https://push.example.com/1", "key", "auth"));
        assert!(!target("", "key", "auth"));
        assert!(!target("https://push.example.com/1", "", "auth"));
        assert!(!target("https://push.example.com/1", "key", ""));
        assert!(!target(&"e".repeat(ENDPOINT_MAX + 1), "key", "auth"));
        assert!(!target(
            "https://push.example.com/1",
            &"k".repeat(KEY_MAX + 1),
            "auth"
        ));
    }

    #[test]
    fn keys_are_not_printed() {
        let target = PushTarget::parse("https://e".into(), "key".into(), "secret".into());
        assert!(!format!("{target:?}").contains("secret"));
    }
}
