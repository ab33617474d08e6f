//! Webhooks: what a store's own programs are told, and how that went.

use crate::{
    Invalid, UnixMillis, both,
    ids::{ConversationId, WebhookDeliveryId, WebhookId},
    inbox::ConversationSummary,
    message::Message,
    text,
};
use serde::{Deserialize, Serialize};

/// Most webhooks of one store.
pub const WEBHOOKS_MAX: usize = 20;
/// Longest address, in characters.
pub const ADDRESS_MAX: usize = 1_000;
/// Characters of an answer that the log keeps.
pub const ANSWER_MAX: usize = 500;

// A word is a token: as a literal it would come in an invisible group, which the derive of the
// document's schema doesn't look into.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:tt, $about:literal;)+) => {
        /// Something that a webhook can be told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum WebhookEvent {
            $($(#[$doc])* #[serde(rename = $word)] $name,)+
        }

        impl WebhookEvent {
            /// Every event.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word that is stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// When it happens, for people.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$name => $about,)+
                }
            }
        }
    };
}

events! {
    /// A shopper has started a conversation.
    ConversationCreated = "conversation.created", "A shopper starts a conversation";
    /// A shopper, the team or the AI has written; no note.
    MessageCreated = "message.created", "A shopper, the team or the AI writes";
    /// Somebody has resolved a conversation.
    ConversationResolved = "conversation.resolved", "A conversation is resolved";
    /// Somebody of the team, a shopper's message, or the end of its snooze has opened a
    /// resolved or snoozed conversation again.
    ConversationReopened = "conversation.reopened", "A resolved or snoozed conversation is opened again";
    /// A conversation waits for a person.
    ConversationNeedsHuman = "conversation.needs_human", "A conversation waits for a person";
    /// The AI has found no order by what a shopper gave.
    OrderNotFound = "order.not_found", "No order is found by what a shopper gave";
    /// Somebody has put a conversation off until a time.
    ConversationSnoozed = "conversation.snoozed", "A conversation is snoozed";
    /// Somebody has given a conversation to a person of the team, or to nobody.
    ConversationAssigned = "conversation.assigned", "A conversation is assigned";
    /// Somebody has put a tag on a conversation, or taken one off it.
    ConversationTagged = "conversation.tagged", "A tag is put on a conversation, or taken off it";
    /// Somebody has written a note, which the shopper isn't shown.
    NoteCreated = "note.created", "Somebody writes a note for the team";
    /// Somebody has merged another conversation of the shopper into a conversation:
    /// `message.data.merged`.
    ConversationMerged = "conversation.merged", "Two conversations of a shopper are merged";
    /// Somebody has taken a merge back.
    ConversationUnmerged = "conversation.unmerged", "A merge is taken back";
}

impl WebhookEvent {
    /// The event of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|event| event.as_str() == word)
    }
}

/// Several events, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WebhookEvents(u16);

impl WebhookEvents {
    /// With `event` as well.
    #[must_use]
    pub const fn with(self, event: WebhookEvent) -> Self {
        Self(self.0 | 1 << event as u8)
    }

    /// Whether `event` is among them.
    #[must_use]
    pub const fn has(self, event: WebhookEvent) -> bool {
        self.0 & 1 << event as u8 != 0
    }

    /// Those that `other` has as well.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = WebhookEvent> {
        let all = WebhookEvent::ALL.iter().copied();
        all.filter(move |event| self.has(*event))
    }
}

impl FromIterator<WebhookEvent> for WebhookEvents {
    fn from_iter<I: IntoIterator<Item = WebhookEvent>>(events: I) -> Self {
        events.into_iter().fold(Self::default(), Self::with)
    }
}

/// A webhook as lists show it. Its secret is known to whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// A UUIDv7; whoever adds the webhook makes it, and repeats it in retries.
    pub id: WebhookId,
    /// Where it is told.
    pub address: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// Since when nothing has arrived, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<UnixMillis>,
    /// When it was switched off, because nothing had arrived for three days. A delivery
    /// that is replayed and arrives switches it on again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switched_off_at: Option<UnixMillis>,
}

/// A webhook that has just been made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// What its deliveries are signed with. In the first answer and never again: a retry is
    /// answered without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

impl std::fmt::Debug for CreatedWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedWebhook")
            .field("webhook", &self.webhook)
            .finish_non_exhaustive()
    }
}

/// What a form or a program says to make a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWebhook {
    /// A UUIDv7 of the client's making; the same in every retry.
    pub id: WebhookId,
    /// `https`, and public.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_000))]
    pub address: String,
    /// At least one.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, required))]
    pub events: Vec<WebhookEvent>,
}

impl NewWebhook {
    /// Trims the address; puts the events in order, each once.
    ///
    /// # Errors
    /// [`Invalid`] for `address` or `events`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let mut events = self.events;
        events.sort_unstable();
        events.dedup();
        let events = match events.is_empty() {
            false => Ok(events),
            true => Err(Invalid::new(
                "events",
                "Please choose at least one event to be told of.",
            )),
        };
        let address = text::required("address", &self.address, ADDRESS_MAX);
        let (address, events) = both(address, events)?;
        Ok(Self {
            id: self.id,
            address,
            events,
        })
    }
}

/// What is sent to a webhook's address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookBody {
    /// The delivery's, the same in each try.
    pub id: WebhookDeliveryId,
    pub event: WebhookEvent,
    /// When it happened.
    pub created_at: UnixMillis,
    /// As it was then.
    pub conversation: ConversationSummary,
    /// What was written, or what happened in the thread; the shopper's question for an order
    /// that wasn't found. Never a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried, or tried again.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was tried for a day, or the webhook was switched off.
    Failed,
}

impl DeliveryState {
    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryTrouble {
    /// Nothing answers.
    NoConnection,
    /// There is no such host.
    UnknownHost,
    /// It took more than five seconds.
    TimedOut,
    /// The address has become a private one.
    PrivateAddress,
}

impl DeliveryTrouble {
    /// Every trouble.
    pub const ALL: &[Self] = &[
        Self::NoConnection,
        Self::UnknownHost,
        Self::TimedOut,
        Self::PrivateAddress,
    ];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoConnection => "no_connection",
            Self::UnknownHost => "unknown_host",
            Self::TimedOut => "timed_out",
            Self::PrivateAddress => "private_address",
        }
    }

    /// The trouble of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|trouble| trouble.as_str() == word)
    }

    /// What it is, for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoConnection => "Nothing answered at the address.",
            Self::UnknownHost => "There is no such host.",
            Self::TimedOut => "No answer came within five seconds.",
            Self::PrivateAddress => {
                "The address leads into a private network, which is never asked."
            }
        }
    }
}

/// Something that a webhook was told, and how that went last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDelivery {
    /// The same in each try.
    pub id: WebhookDeliveryId,
    /// What happened.
    pub event: WebhookEvent,
    /// Where it happened.
    pub conversation_id: ConversationId,
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: i64,
    /// When it happened.
    pub created_at: UnixMillis,
    /// When it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_at: Option<UnixMillis>,
    /// The last answer's status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<DeliveryTrouble>,
    /// How the last answer's body begins.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_its_word() {
        for event in WebhookEvent::ALL {
            assert_eq!(WebhookEvent::from_word(event.as_str()), Some(*event));
            let json = serde_json::to_string(event).expect("JSON");
            assert_eq!(json, format!("\"{}\"", event.as_str()));
        }
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        for event in WebhookEvent::ALL {
            let set = WebhookEvents::from_iter([*event]);
            assert!(set.iter().eq([*event]));
            assert_eq!(set.and(WebhookEvent::ALL.iter().copied().collect()), set);
        }
        assert!(WebhookEvents::default().is_empty());
    }

    #[test]
    fn a_webhook_has_an_address_and_each_event_once() {
        let new = |address: &str, events: &[WebhookEvent]| {
            let new = NewWebhook {
                id: WebhookId::generate(),
                address: address.to_owned(),
                events: events.to_vec(),
            };
            new.checked()
        };
        let event = WebhookEvent::MessageCreated;
        let checked = new(" https://a.example ", &[event, event]).expect("a good webhook");
        assert_eq!(checked.address, "https://a.example");
        assert_eq!(checked.events, [event]);
        assert_eq!(new("https://a", &[]).expect_err("no event").field, "events");
        assert_eq!(new(" ", &[event]).expect_err("no address").field, "address");
    }

    #[test]
    fn a_secret_is_never_printed() {
        let created = CreatedWebhook {
            webhook: Webhook {
                id: WebhookId::generate(),
                address: "https://a.example".into(),
                events: vec![WebhookEvent::OrderNotFound],
                created_at: 0,
                failing_since: None,
                switched_off_at: None,
            },
            secret: Some("whsec_abcdef".into()),
        };
        assert!(!format!("{created:?}").contains("whsec_abcdef"));
    }
}
