//! What WooCommerce's answers mean
//! (<https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties>).

use crate::orders::{
    connected::reading::{self, LINES_MAX, instant, is_same_number, minor, parcel, quantity},
    import::status::{goods, not_started},
};
use domain::{
    UnixMillis,
    order::{Order, OrderItem, OrderStatus, PaymentStatus, Shipment},
    order_import::ImportedFrom,
    order_number::OrderNumber,
};
use serde::Deserialize;
use serde_json::Value;

/// Statuses of what is no order: never placed, or thrown away.
const NO_ORDER: [&str; 4] = ["checkout-draft", "auto-draft", "draft", "trash"];
/// Where the plugin Shipment Tracking keeps parcels, and Advanced Shipment Tracking with
/// it (<https://woocommerce.com/document/shipment-tracking/>).
const PARCELS: &str = "_wc_shipment_tracking_items";
/// What stands for the number in the address of a carrier of the merchant's own.
const NUMBER_HERE: &str = "%1$s";

/// As much of an order as tells which one it is.
#[derive(Deserialize)]
pub struct Head {
    pub id: u64,
    number: Option<Value>,
    status: Option<String>,
    billing: Option<Billing>,
}

impl Head {
    /// Whether it was ever placed.
    pub fn is_order(&self) -> bool {
        let status = self.status.as_deref();
        status.is_some_and(|status| !NO_ORDER.contains(&status))
    }

    /// Whether it has this number.
    pub fn is(&self, number: &OrderNumber) -> bool {
        let shown = shown_number(self.number.as_ref());
        shown.is_some_and(|shown| is_same_number(&shown, number))
    }

    /// Whether it was placed with this lower-case email.
    pub fn has(&self, email: &str) -> bool {
        address(self.billing.as_ref()) == email
    }
}

/// An order.
#[derive(Deserialize)]
pub struct Full {
    number: Option<Value>,
    status: Option<String>,
    currency: Option<String>,
    /// In whole units, as text; what was given back is not taken off.
    total: Option<String>,
    date_created_gmt: Option<String>,
    date_modified_gmt: Option<String>,
    date_paid_gmt: Option<String>,
    billing: Option<Billing>,
    line_items: Option<Vec<Line>>,
    refunds: Option<Vec<Refund>>,
    meta_data: Option<Vec<Meta>>,
}

#[derive(Deserialize)]
struct Billing {
    email: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    /// With the variation, as the customer has seen it.
    name: Option<String>,
    quantity: Option<f64>,
    /// Where there is no picture, plugins send whatever they like.
    image: Option<Value>,
}

impl Line {
    /// The address of the product's picture.
    fn picture(&self) -> Option<String> {
        text(self.image.as_ref()?.get("src")?)
    }
}

#[derive(Deserialize)]
struct Refund {
    /// Below zero.
    total: Option<String>,
}

#[derive(Deserialize)]
struct Meta {
    key: Option<String>,
    value: Value,
}

impl Full {
    /// When it was placed.
    pub fn placed_at(&self) -> Option<UnixMillis> {
        gmt(self.date_created_gmt.as_deref())
    }

    /// The number that its customer is told.
    pub fn number(&self) -> Option<String> {
        shown_number(self.number.as_ref())
    }

    /// As a shopper may see it; `None` for what is no order.
    pub fn read(self) -> Option<Order> {
        let status = self.status.as_deref()?;
        if NO_ORDER.contains(&status) {
            return None;
        }
        let currency = reading::currency(self.currency.as_deref()?);
        let total: f64 = self.total.as_deref()?.trim().parse().ok()?;
        let total_minor = minor(total, &currency);
        let refunded = self.refunds.iter().flatten();
        let refunded: f64 = refunded.filter_map(Refund::amount).sum();
        let payment_status = payment(
            status,
            self.date_paid_gmt.is_some(),
            total_minor,
            minor(refunded, &currency),
        );
        Some(Order {
            number: self.number()?,
            placed_at: self.placed_at()?,
            // "The date the order was last modified, as GMT."
            changed_at: gmt(self.date_modified_gmt.as_deref()),
            customer_name: None,
            status: where_it_is(status, payment_status),
            payment_status,
            total_minor,
            currency,
            email: address(self.billing.as_ref()),
            items: items(self.line_items.unwrap_or_default()),
            shipments: shipments(self.meta_data.unwrap_or_default()),
        })
    }
}

impl Refund {
    fn amount(&self) -> Option<f64> {
        let total: f64 = self.total.as_deref()?.trim().parse().ok()?;
        Some(total.abs())
    }
}

/// The number that an order's customer is told.
fn shown_number(written: Option<&Value>) -> Option<String> {
    let number = text(written?)?;
    Some(number.trim_start_matches('#').to_owned())
}

/// The email that an order was placed with, in lower case.
fn address(billing: Option<&Billing>) -> String {
    let email = billing.and_then(|billing| billing.email.as_deref());
    email.unwrap_or_default().trim().to_lowercase()
}

/// A time without its zone, which its name says.
fn gmt(written: Option<&str>) -> Option<UnixMillis> {
    instant(&format!("{}Z", written?))
}

/// Text, or a number as such.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Where the goods are. Plugins bring statuses of their own: well-known ones are read as
/// in an import, and others say no more than that it goes on.
fn where_it_is(status: &str, payment: PaymentStatus) -> OrderStatus {
    let known = goods(status, ImportedFrom::Woocommerce);
    known
        .and_then(|(status, _)| status)
        .unwrap_or_else(|| not_started(payment))
}

/// Where the money is. What is paid on delivery is worked on before it is paid.
fn payment(status: &str, is_paid: bool, total: i64, refunded: i64) -> PaymentStatus {
    match status {
        "refunded" => PaymentStatus::Refunded,
        _ if refunded > 0 && refunded >= total => PaymentStatus::Refunded,
        _ if refunded > 0 => PaymentStatus::PartlyRefunded,
        "failed" => PaymentStatus::Failed,
        _ if is_paid => PaymentStatus::Paid,
        // Done with, by a shop that doesn't write down when it was paid.
        "completed" => PaymentStatus::Paid,
        "cancelled" => PaymentStatus::Voided,
        _ => PaymentStatus::Pending,
    }
}

fn items(lines: Vec<Line>) -> Vec<OrderItem> {
    let read = |line: Line| {
        let item = OrderItem {
            // WordPress keeps titles as HTML.
            name: reading::name(&line.name.as_deref().unwrap_or("?").replace("&amp;", "&")),
            quantity: quantity(line.quantity.unwrap_or(1.0)),
            image_url: None,
        };
        item.with_picture(line.picture())
    };
    lines.into_iter().take(LINES_MAX).map(read).collect()
}

fn shipments(meta: Vec<Meta>) -> Vec<Shipment> {
    let kept = meta
        .into_iter()
        .filter(|meta| meta.key.as_deref() == Some(PARCELS));
    let parcels = kept.flat_map(|meta| match meta.value {
        Value::Array(parcels) => parcels,
        // PHP's lists with gaps are maps.
        Value::Object(parcels) => parcels.into_values().collect(),
        _ => Vec::new(),
    });
    parcels
        .filter_map(|parcel| shipment(&parcel))
        .take(LINES_MAX)
        .collect()
}

fn shipment(kept: &Value) -> Option<Shipment> {
    let field = |name: &str| text(kept.get(name)?).filter(|text| !text.is_empty());
    let number = field("tracking_number");
    let carrier = field("custom_tracking_provider").or_else(|| field("tracking_provider"));
    let link = field("custom_tracking_link").and_then(|link| match &number {
        Some(number) => Some(link.replace(NUMBER_HERE, number)),
        None => (!link.contains(NUMBER_HERE)).then_some(link),
    });
    let parcel = parcel(carrier, number, link)?;
    let changed_at = field("date_shipped").and_then(|at| shipped_at(&at));
    Some(Shipment {
        changed_at,
        ..parcel
    })
}

/// The day on which the merchant says that it was sent, "an optional Unix timestamp"
/// (<https://woocommerce.com/document/shipment-tracking/>); other plugins write it as
/// `2026-07-10`. Where the parcel has got since then nobody notes.
fn shipped_at(written: &str) -> Option<UnixMillis> {
    match written.parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1_000),
        Err(_) => instant(&format!("{written}T00:00:00Z")),
    }
}

/// `at` as its filters take it, in GMT.
pub fn written(at: UnixMillis) -> String {
    let instant = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    instant.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Whether it says itself that there is no such order.
pub fn is_not_found(body: &[u8]) -> bool {
    code(body).is_some_and(|code| code.ends_with("_invalid_id"))
}

/// Whether it says itself that the key isn't good for this.
pub fn is_forbidden(body: &[u8]) -> bool {
    code(body).is_some_and(|code| code.starts_with("woocommerce_rest_"))
}

/// Why it refuses (<https://woocommerce.github.io/woocommerce-rest-api-docs/#errors>).
fn code(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        code: String,
    }
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    Some(refusal.code)
}

#[cfg(test)]
mod tests;
