//! What Medusa's answers mean.

use crate::orders::connected::reading::{
    self, LINES_MAX, instant, is_same_number, minor, parcel, quantity,
};
use domain::{
    UnixMillis,
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_number::OrderNumber,
};
use serde::Deserialize;

/// What Medusa calls the variant of a product that has only one.
const NO_VARIANT: [&str; 3] = ["Default", "Default Title", "Default variant"];

/// `GET /admin/customers`
#[derive(Deserialize)]
pub struct Found {
    pub customers: Vec<Customer>,
}

#[derive(Deserialize)]
pub struct Customer {
    pub id: String,
    email: Option<String>,
}

impl Customer {
    /// Whether it is the one of this lower-case email.
    pub fn has(&self, email: &str) -> bool {
        is_email(self.email.as_deref(), email)
    }
}

/// `GET /admin/orders`
#[derive(Deserialize)]
pub struct Heads {
    pub orders: Vec<Head>,
    /// How many there are on all pages.
    pub count: i64,
}

/// As much of an order as tells which one it is.
#[derive(Deserialize)]
pub struct Head {
    pub id: String,
    display_id: Option<i64>,
    custom_display_id: Option<String>,
    email: Option<String>,
    pub customer_id: Option<String>,
    #[serde(default)]
    pub created_at: String,
}

impl Head {
    /// Whether it has this number.
    pub fn is(&self, number: &OrderNumber) -> bool {
        let shown = self.number();
        shown.is_some_and(|shown| is_same_number(&shown, number))
    }

    /// The number that its customer is told.
    pub fn number(&self) -> Option<String> {
        shown_number(self.custom_display_id.as_deref(), self.display_id)
    }

    /// Whether it is this customer's.
    pub fn is_of(&self, customer_id: &str) -> bool {
        self.customer_id.as_deref() == Some(customer_id)
    }

    /// Whether it was placed with this lower-case email.
    pub fn has(&self, email: &str) -> bool {
        is_email(self.email.as_deref(), email)
    }
}

/// A guest's email is kept as it was typed.
fn is_email(kept: Option<&str>, email: &str) -> bool {
    kept.is_some_and(|kept| kept.trim().to_lowercase() == email)
}

/// The number that the shop's customers are told.
fn shown_number(custom: Option<&str>, counted: Option<i64>) -> Option<String> {
    match custom.map(str::trim) {
        Some(custom) if !custom.is_empty() => Some(reading::number(custom)),
        _ => counted.map(|number| number.to_string()),
    }
}

/// `GET /admin/orders/{id}`
#[derive(Deserialize)]
pub struct One {
    pub order: Full,
}

/// An order.
#[derive(Deserialize)]
pub struct Full {
    display_id: Option<i64>,
    custom_display_id: Option<String>,
    status: String,
    email: Option<String>,
    customer_id: Option<String>,
    currency_code: String,
    /// In whole units, not rounded; 0 once all of it was given back.
    total: f64,
    /// The same before discounts and refunds.
    original_total: Option<f64>,
    created_at: String,
    updated_at: Option<String>,
    canceled_at: Option<String>,
    payment_status: String,
    fulfillment_status: String,
    items: Option<Vec<Item>>,
    fulfillments: Option<Vec<Fulfillment>>,
}

#[derive(Deserialize)]
struct Item {
    title: Option<String>,
    product_title: Option<String>,
    variant_title: Option<String>,
    quantity: f64,
    /// The address of a picture.
    thumbnail: Option<String>,
}

#[derive(Deserialize)]
struct Fulfillment {
    packed_at: Option<String>,
    shipped_at: Option<String>,
    delivered_at: Option<String>,
    canceled_at: Option<String>,
    labels: Option<Vec<Label>>,
}

#[derive(Deserialize)]
struct Label {
    tracking_number: Option<String>,
    tracking_url: Option<String>,
}

impl Full {
    /// Whether it is this customer's.
    pub fn is_of(&self, customer_id: &str) -> bool {
        self.customer_id.as_deref() == Some(customer_id)
    }

    /// As a shopper may see it; `None` for a draft, which is no order yet, and for what
    /// has no number or time.
    pub fn read(self) -> Option<Order> {
        let number = shown_number(self.custom_display_id.as_deref(), self.display_id)?;
        if self.status == "draft" {
            return None;
        }
        let status = status(&self.status, &self.fulfillment_status);
        let payment_status = payment(&self.payment_status);
        let is_over = payment_status == PaymentStatus::Refunded || status == OrderStatus::Cancelled;
        let total = match self.original_total {
            // Some versions count what was given back, down to nothing. It is before discounts,
            // so it counts only there.
            Some(original) if self.total <= 0.0 && is_over => original,
            _ => self.total,
        };
        let currency = reading::currency(&self.currency_code);
        let changed_at = self.changed_at(status);
        Some(Order {
            number,
            email: self.email.unwrap_or_default().trim().to_lowercase(),
            customer_name: None,
            status,
            payment_status,
            total_minor: minor(total, &currency),
            currency,
            placed_at: instant(&self.created_at)?,
            changed_at,
            items: items(self.items.unwrap_or_default()),
            shipments: shipments(self.fulfillments.unwrap_or_default()),
        })
    }
}

impl Full {
    /// When it was cancelled; else when it was last written, or a parcel of it moved.
    fn changed_at(&self, status: OrderStatus) -> Option<UnixMillis> {
        let time = |at: &Option<String>| at.as_deref().and_then(instant);
        let sent = self.fulfillments.iter().flatten();
        if status == OrderStatus::Cancelled {
            let given_up = sent.filter_map(|sent| time(&sent.canceled_at)).max();
            return time(&self.canceled_at)
                .or(given_up)
                .or_else(|| time(&self.updated_at));
        }
        let moved = sent.filter_map(|sent| sent.last_step().1);
        moved.chain(time(&self.updated_at)).max()
    }
}

/// Where the goods are. Medusa's own status stays `pending` until somebody completes the
/// order, long after it has arrived.
fn status(status: &str, fulfillment: &str) -> OrderStatus {
    match (status, fulfillment) {
        ("canceled", _) => OrderStatus::Cancelled,
        (_, "delivered") => OrderStatus::Delivered,
        (_, "shipped") => OrderStatus::Shipped,
        (_, "partially_shipped" | "partially_delivered") => OrderStatus::PartlyShipped,
        // Packed, not handed over.
        (_, "fulfilled" | "partially_fulfilled") => OrderStatus::Processing,
        // What was to be sent is not sent any more.
        (_, "canceled") => OrderStatus::Cancelled,
        ("requires_action", _) => OrderStatus::OnHold,
        _ => OrderStatus::Pending,
    }
}

/// Where the money is.
fn payment(status: &str) -> PaymentStatus {
    match status {
        "captured" => PaymentStatus::Paid,
        "authorized" | "partially_authorized" | "partially_captured" => PaymentStatus::Authorized,
        "refunded" => PaymentStatus::Refunded,
        "partially_refunded" => PaymentStatus::PartlyRefunded,
        "canceled" => PaymentStatus::Voided,
        _ => PaymentStatus::Pending,
    }
}

fn items(items: Vec<Item>) -> Vec<OrderItem> {
    let read = |item: Item| {
        let line = OrderItem {
            name: name(&item),
            quantity: quantity(item.quantity),
            image_url: None,
        };
        line.with_picture(item.thumbnail)
    };
    items.into_iter().take(LINES_MAX).map(read).collect()
}

/// A line that was made by hand has a title alone.
fn name(item: &Item) -> String {
    let product = item.product_title.as_deref().or(item.title.as_deref());
    let product = product.unwrap_or("?").trim();
    let variant = item.variant_title.as_deref().map(str::trim);
    let name = match variant {
        Some(variant) if !variant.is_empty() && !NO_VARIANT.contains(&variant) => {
            format!("{product} ({variant})")
        }
        _ => product.to_owned(),
    };
    reading::name(&name)
}

/// A parcel for each label. Its own address of the label is the merchant's.
fn shipments(fulfillments: Vec<Fulfillment>) -> Vec<Shipment> {
    let sent = fulfillments
        .into_iter()
        .filter(|fulfillment| fulfillment.canceled_at.is_none());
    let labels = sent.flat_map(|sent| {
        let (status, changed_at) = sent.last_step();
        let labels = sent.labels.unwrap_or_default().into_iter();
        labels.map(move |label| (label, status, changed_at))
    });
    labels
        .filter_map(|(label, status, changed_at)| {
            let parcel = parcel(None, label.tracking_number, label.tracking_url)?;
            Some(Shipment {
                status,
                changed_at,
                ..parcel
            })
        })
        .take(LINES_MAX)
        .collect()
}

impl Fulfillment {
    /// How far it has got, and when.
    fn last_step(&self) -> (Option<ParcelStatus>, Option<UnixMillis>) {
        let steps = [
            (&self.delivered_at, ParcelStatus::Delivered),
            (&self.shipped_at, ParcelStatus::InTransit),
            (&self.packed_at, ParcelStatus::Preparing),
        ];
        let mut taken = steps.into_iter();
        let last = taken.find_map(|(at, status)| Some((at.as_deref()?, status)));
        match last {
            Some((at, status)) => (Some(status), instant(at)),
            None => (None, None),
        }
    }
}

/// Whether it says itself that there is no such thing.
pub fn is_not_found(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        r#type: String,
    }
    serde_json::from_slice(body).is_ok_and(|refusal: Refusal| refusal.r#type == "not_found")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The parcels of an order with this fulfilment, as a Medusa 2.21 answered.
    fn parcels(fulfillment: &Value) -> Vec<Shipment> {
        let order = json!({
            "display_id": 1, "custom_display_id": null, "status": "pending",
            "email": "anna@example.com", "currency_code": "eur", "total": 118.048,
            "original_total": 118.048, "created_at": "2026-11-22T14:12:02.842Z",
            "payment_status": "captured", "fulfillment_status": "shipped",
            "items": [], "fulfillments": [fulfillment],
        });
        let order: Full = serde_json::from_value(order).expect("an order");
        order.read().expect("readable").shipments
    }

    #[test]
    fn a_parcel_changed_with_the_last_step_of_its_fulfilment() {
        use ParcelStatus::{Delivered, InTransit, Preparing};
        let steps = ["packed_at", "shipped_at", "delivered_at"];
        let times = [
            "2026-11-22T14:12:03.470Z",
            "2026-11-23T08:00:00Z",
            "2026-11-24T10:00:00Z",
        ];
        for (taken, place) in [(1, Preparing), (2, InTransit), (3, Delivered)] {
            let mut fulfillment = json!({"labels": [
                {"tracking_number": "0034", "tracking_url": "#"},
                {"tracking_number": "0035", "tracking_url": "#"},
            ]});
            for (step, at) in steps.into_iter().zip(times).take(taken) {
                fulfillment[step] = json!(at);
            }
            let parcels = parcels(&fulfillment);
            let since = (Some(place), instant(times[taken - 1]));
            assert_eq!(parcels.len(), 2);
            for parcel in parcels {
                assert_eq!((parcel.status, parcel.changed_at), since);
            }
        }
    }

    #[test]
    fn an_order_changed_when_it_was_cancelled_or_last_written() {
        let times = json!({
            "updated_at": "2026-11-24T09:00:00Z", "canceled_at": "2026-11-23T08:00:00Z",
        });
        let changed_at = |status: &str, shipped_at: &str| {
            let order = json!({
                "display_id": 1, "custom_display_id": null, "status": status, "email": null,
                "currency_code": "eur", "total": 1, "original_total": 1,
                "created_at": "2026-11-22T14:12:02.842Z", "payment_status": "captured",
                "fulfillment_status": "shipped", "items": [],
                "fulfillments": [{"shipped_at": shipped_at}],
                "updated_at": times["updated_at"], "canceled_at": times["canceled_at"],
            });
            let order: Full = serde_json::from_value(order).expect("an order");
            order.read().expect("readable").changed_at
        };
        let moved = "2026-11-25T10:00:00Z";
        assert_eq!(
            changed_at("canceled", moved),
            instant("2026-11-23T08:00:00Z")
        );
        assert_eq!(changed_at("pending", moved), instant(moved));
        let updated = instant("2026-11-24T09:00:00Z");
        assert_eq!(changed_at("pending", "2026-11-23T10:00:00Z"), updated);
    }

    #[test]
    fn a_time_that_is_none_leaves_the_place() {
        let labels = json!([{"tracking_number": "0034", "tracking_url": ""}]);
        let parcels = parcels(&json!({"shipped_at": "yesterday", "labels": labels}));
        let since = (parcels[0].status, parcels[0].changed_at);
        assert_eq!(since, (Some(ParcelStatus::InTransit), None));
    }
}
