//! What the rules make of a message.

use domain::{order_number::OrderNumber, tracking_number::TrackingNumber};

/// What a customer's message says about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Whether the message asks for a person. That comes first, whatever else it asks.
    pub wants_person: bool,
    /// Whether the message asks about an order's whereabouts.
    pub intent: Intent,
    /// What it says became of the order.
    pub claim: Option<Claim>,
    /// Whether the newest of their orders alone is meant: "my last order".
    pub latest_only: bool,
    /// Order numbers in the order of their appearance, each once, at most ten.
    /// Found whatever the intent is: "cancel my order #1234" has one.
    pub order_numbers: Vec<OrderNumber>,
    /// Carriers' numbers of parcels, in the order of their appearance, each once, at most ten.
    /// None of them is an order number, too.
    pub tracking_numbers: Vec<TrackingNumber>,
    /// E-mail addresses, lower-case, in the order of their appearance, each once, at most ten.
    pub emails: Vec<String>,
}

impl Reading {
    /// Whether an order's whereabouts are to be told. A wish for a person comes first.
    #[must_use]
    pub fn asks_about_order(&self) -> bool {
        self.intent == Intent::OrderStatus && !self.wants_person
    }
}

/// What the customer wants, as far as these rules can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Asks about an existing order's whereabouts or status.
    OrderStatus,
    /// Anything else.
    Other,
}

/// What a customer says became of an order. It matters only where the order is delivered by
/// what the shop knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// It hasn't come: "I never received it".
    NotHere,
    /// It is marked as delivered, and they miss it: "it says delivered but I don't have it".
    MarkedDelivered,
}

/// Most order numbers, and most e-mail addresses, taken from one message:
/// every one of them may become a look-up.
pub(super) const MAX_FOUND: usize = 10;
