//! The words of Shopdesk, shared by server, dashboard and widget.
//!
//! Invariant: no I/O, no clock, no randomness other than the ids' own; builds
//! for `wasm32-unknown-unknown`. What a word *does* lives in `backend`.

pub mod account;
pub mod api_key;
pub mod assignment;
pub mod canned;
pub mod colour;
pub mod conversation;
pub mod day;
pub mod events;
pub mod faq;
pub mod grouping;
pub mod identity;
pub mod ids;
pub mod inbox;
pub mod job;
pub mod mention;
pub mod message;
pub mod money;
pub mod notifications;
pub mod order;
pub mod order_card;
pub mod order_check;
pub mod order_import;
pub mod order_number;
pub mod order_progress;
pub mod order_source;
#[cfg(any(test, feature = "parcel_dates"))]
mod order_told;
pub mod presence;
pub mod problem;
pub mod push;
pub mod role;
pub mod search;
pub mod sentiment;
pub mod settings;
pub mod shop_customer;
mod shown;
pub mod store;
pub mod tag;
pub mod team;
pub mod text;
pub mod texts;
pub mod tracking_number;
pub mod user_agent;
pub mod waiting;
pub mod webhook;
pub mod widget_api;
#[cfg(test)]
mod wire_tests;

/// Unix time in milliseconds, UTC: the only form of time in the database and
/// on the wire.
pub type UnixMillis = i64;

/// A value from outside that is not what it claims to be. The text is a
/// sentence that a person can act on; `field` names the input it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{message}")]
pub struct Invalid {
    /// The input's name as the client sent it, e.g. `greeting`.
    pub field: String,
    /// What is wrong and what to do about it.
    pub message: String,
    /// The same of other inputs of the same form.
    #[cfg(any(test, feature = "triage"))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Invalid>,
}

/// What both checks give, or all that is wrong: who fills in a form is told at once.
///
/// # Errors
/// [`Invalid`] of `a` with that of `b`, or the only one.
pub fn both<A, B>(a: Result<A, Invalid>, b: Result<B, Invalid>) -> Result<(A, B), Invalid> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(first), Err(second)) => Err(first.and(second)),
        (Err(only), Ok(_)) | (Ok(_), Err(only)) => Err(only),
    }
}

impl Invalid {
    /// An invalid `field` with its sentence.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            #[cfg(any(test, feature = "triage"))]
            more: Vec::new(),
        }
    }

    /// With what is wrong besides.
    #[cfg(any(test, feature = "triage"))]
    fn and(mut self, mut other: Self) -> Self {
        let further = std::mem::take(&mut other.more);
        self.more.push(other);
        self.more.extend(further);
        self
    }

    /// A shopper's form has one input at a time.
    #[cfg(not(any(test, feature = "triage")))]
    fn and(self, _other: Self) -> Self {
        self
    }
}
