//! Ids are UUIDv7 behind a type of their own, so that one kind can't be passed
//! for another and new rows sort by the time they were made.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::{NoContext, Timestamp, Uuid};

/// The text was not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

/// In the order in which they are made, within a millisecond, too. A browser makes few, and
/// what keeps count would cost it more than the order is worth.
fn new_uuid() -> Uuid {
    if cfg!(target_arch = "wasm32") {
        Uuid::new_v7(Timestamp::now(NoContext))
    } else {
        Uuid::now_v7()
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, unique and ordered by time.
            #[must_use]
            pub fn generate() -> Self {
                Self(new_uuid())
            }

            /// The id as the UUID that it is.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id!(
    /// One store (tenant) of the installation.
    StoreId
);
id!(
    /// One browser that is told by push.
    PushSubscriptionId
);
id!(
    /// One shop that a store's orders are looked up in.
    OrderSourceId
);
id!(
    /// One account of the dashboard.
    UserId
);
id!(
    /// One shopper as one store knows them.
    VisitorId
);
id!(
    /// One conversation. Made by the client that starts it.
    ConversationId
);
id!(
    /// One message. Made by the client that sends it.
    MessageId
);
id!(
    /// One file on its way into a conversation, or in it.
    AttachmentId
);
id!(
    /// One category of a store's FAQ.
    FaqCategoryId
);
id!(
    /// One question with its answer.
    FaqItemId
);
id!(
    /// One canned response of a store.
    CannedResponseId
);
id!(
    /// One order in the built-in order source.
    OrderId
);
id!(
    /// One secret that a store's website signs identities with.
    IdentitySecretId
);
id!(
    /// One job of the durable queue.
    JobId
);
id!(
    /// One API key of a store.
    ApiKeyId
);
id!(
    /// One address that is told what happens in a store.
    WebhookId
);
id!(
    /// One thing that a webhook is told.
    WebhookDeliveryId
);

id!(
    /// One tag of a store.
    TagId
);
id!(
    /// One invitation into a store's team.
    InvitationId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bare_strings_in_json_and_sort_by_time() {
        let first = MessageId::generate();
        let second = MessageId::generate();
        assert!(first <= second);
        let json = serde_json::to_string(&first).expect("an id is valid JSON");
        assert_eq!(json, format!("\"{first}\""));
        assert_eq!(serde_json::from_str::<MessageId>(&json).ok(), Some(first));
        assert_eq!("nonsense".parse::<MessageId>(), Err(InvalidId));
    }
}
