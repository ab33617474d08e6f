//! Orders, whichever system they come from.

use crate::{UnixMillis, money};
use serde::{Deserialize, Serialize};

/// Where the goods are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Received, not yet worked on.
    Pending,
    /// Being prepared.
    Processing,
    /// Waits for something, such as stock or a payment.
    OnHold,
    /// Waits for the customer at a pick-up point.
    ReadyForPickup,
    /// Some parcels are on their way, others not yet.
    PartlyShipped,
    /// On its way.
    Shipped,
    /// With the customer.
    Delivered,
    /// Will not be sent.
    Cancelled,
    /// Came back.
    Returned,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Processing,
        Self::OnHold,
        Self::ReadyForPickup,
        Self::PartlyShipped,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
        Self::Returned,
    ];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::OnHold => "on_hold",
            Self::ReadyForPickup => "ready_for_pickup",
            Self::PartlyShipped => "partly_shipped",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Returned => "returned",
        }
    }

    /// The status of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Received",
            Self::Processing => "Being prepared",
            Self::OnHold => "On hold",
            Self::ReadyForPickup => "Ready for pick-up",
            Self::PartlyShipped => "Partly shipped",
            Self::Shipped => "Shipped",
            Self::Delivered => "Delivered",
            Self::Cancelled => "Cancelled",
            Self::Returned => "Returned",
        }
    }
}

/// Where the money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Not paid yet.
    Pending,
    /// Reserved, not yet taken.
    Authorized,
    /// Paid.
    Paid,
    /// Paid, and some of it given back.
    PartlyRefunded,
    /// Given back.
    Refunded,
    /// The payment did not go through.
    Failed,
    /// Given up before any money was taken.
    Voided,
}

impl PaymentStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Authorized,
        Self::Paid,
        Self::PartlyRefunded,
        Self::Refunded,
        Self::Failed,
        Self::Voided,
    ];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Paid => "paid",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
            Self::Voided => "voided",
        }
    }

    /// The status of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Payment pending",
            Self::Authorized => "Payment authorized",
            Self::Paid => "Paid",
            Self::PartlyRefunded => "Partly refunded",
            Self::Refunded => "Refunded",
            Self::Failed => "Payment failed",
            Self::Voided => "Not charged",
        }
    }
}

/// One order, whichever system it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// As the customer knows it, without `#`, e.g. `1001`.
    pub number: String,
    /// The address it was placed with, lower-cased; empty if none is known.
    pub email: String,
    /// The customer's name, where known.
    #[serde(default)]
    pub customer_name: Option<String>,
    /// Where the goods are.
    pub status: OrderStatus,
    /// Where the money is.
    pub payment_status: PaymentStatus,
    /// ISO 4217, e.g. `USD`.
    pub currency: String,
    /// Grand total in the currency's smallest unit.
    pub total_minor: i64,
    /// When it was placed.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub placed_at: UnixMillis,
    /// When it last changed how it stands, where known: of a cancelled order when it was
    /// cancelled.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<UnixMillis>,
    /// What was bought.
    #[serde(default)]
    pub items: Vec<OrderItem>,
    /// The parcels on their way.
    #[serde(default)]
    pub shipments: Vec<Shipment>,
}

impl Order {
    /// The total with its currency, e.g. `$118.50`.
    #[must_use]
    pub fn total(&self) -> String {
        money::format(self.total_minor, &self.currency)
    }
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderItem {
    /// The product's name.
    pub name: String,
    pub quantity: i64,
    /// Where a picture of it is, where known. Only `https` addresses are ever shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}

impl OrderItem {
    /// The picture's address if it is one that may be shown.
    #[must_use]
    pub fn picture(&self) -> Option<&str> {
        web_address(self.image_url.as_deref()?, &["https://"])
    }
}

/// Where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParcelStatus {
    /// Packed or labelled, not handed over.
    Preparing,
    /// With the carrier.
    InTransit,
    /// On the last way.
    OutForDelivery,
    /// Waits for the customer at a pick-up point.
    ReadyForPickup,
    /// With the customer.
    Delivered,
    /// The carrier couldn't hand it over.
    NotDelivered,
    /// On its way back, or there.
    Returned,
}

impl ParcelStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Preparing,
        Self::InTransit,
        Self::OutForDelivery,
        Self::ReadyForPickup,
        Self::Delivered,
        Self::NotDelivered,
        Self::Returned,
    ];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::InTransit => "in_transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::ReadyForPickup => "ready_for_pickup",
            Self::Delivered => "delivered",
            Self::NotDelivered => "not_delivered",
            Self::Returned => "returned",
        }
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Preparing => "Being prepared",
            Self::InTransit => "On its way",
            Self::OutForDelivery => "Out for delivery",
            Self::ReadyForPickup => "Ready for pick-up",
            Self::Delivered => "Delivered",
            Self::NotDelivered => "Couldn't be delivered",
            Self::Returned => "Returned",
        }
    }
}

/// One parcel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shipment {
    /// The carrier's name, where known.
    #[serde(default)]
    pub carrier: Option<String>,
    /// The carrier's number for it, where known.
    #[serde(default)]
    pub tracking_number: Option<String>,
    /// Where to follow it. Only `http(s)` addresses are ever shown.
    #[serde(default)]
    pub tracking_url: Option<String>,
    /// Where it is, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ParcelStatus>,
    /// When it got there, where known; the time of its last change if it isn't known where
    /// it is.
    #[cfg(any(test, feature = "parcel_dates"))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<UnixMillis>,
}

impl Shipment {
    /// The tracking address if it is one that may be shown as a link.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        web_address(self.tracking_url.as_deref()?, &["https://", "http://"])
    }
}

/// The address without space around it, if it has one of the `schemes` and nothing that
/// doesn't belong into one.
fn web_address<'u>(url: &'u str, schemes: &[&str]) -> Option<&'u str> {
    let url = url.trim();
    let is_web = schemes.iter().any(|scheme| url.starts_with(scheme));
    let is_clean = !url.contains(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`')
    });
    (is_web && is_clean && url.len() > "https://".len()).then_some(url)
}

/// A page of the Orders list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// Newest first.
    pub orders: Vec<Order>,
    /// How many orders match the search in all.
    pub total: i64,
}

#[cfg(test)]
mod tests {
    use super::{OrderItem, Shipment};

    #[test]
    fn only_web_addresses_are_shown_as_tracking_links() {
        let link = |url: &str| {
            let shipment = Shipment {
                tracking_url: Some(url.to_owned()),
                ..Shipment::default()
            };
            shipment.link().map(str::to_owned)
        };
        assert_eq!(
            link(" https://track.example.com/1 "),
            Some("https://track.example.com/1".into())
        );
        for wrong in [
            "#",
            "",
            "javascript:alert(1)",
            "https://a b",
            "https://x\"onclick=",
            "https://",
        ] {
            assert_eq!(link(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_secure_addresses_are_shown_as_pictures() {
        let picture = |url: &str| {
            let item = OrderItem {
                name: "Lamp".to_owned(),
                quantity: 1,
                image_url: Some(url.to_owned()),
            };
            item.picture().map(str::to_owned)
        };
        let lamp = "https://shop.example.com/lamp.webp?width=160";
        assert_eq!(picture(&format!(" {lamp} ")).as_deref(), Some(lamp));
        for wrong in [
            "",
            "http://shop.example.com/lamp.webp",
            "data:image/png;base64,AA==",
            "//shop.example.com/lamp.webp",
            "https://a b",
            "https://x\"onerror=",
        ] {
            assert_eq!(picture(wrong), None, "{wrong}");
        }
    }
}
