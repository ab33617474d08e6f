//! What Shopify's answers mean, and how it is asked
//! (<https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Order>).

use crate::{
    orders::{
        connected::{
            reading::{self, LINES_MAX, instant, is_same_number, minor, parcel},
            request::refusal,
        },
        import::status::{money, not_started},
        source::Lookup,
    },
    outgoing::Answer,
};
use domain::{
    UnixMillis,
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_number::OrderNumber,
    order_source::SourceTrouble,
    tracking_number::TrackingNumber,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// A list.
#[derive(Deserialize)]
pub struct Nodes<T> {
    pub nodes: Vec<T>,
}

#[derive(Deserialize)]
pub struct Heads {
    pub orders: Page<Head>,
}

/// A page of a longer list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub nodes: Vec<T>,
    pub page_info: PageInfo,
}

/// <https://shopify.dev/docs/api/admin-graphql/2026-10/objects/PageInfo>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// After which entry the next page begins, if there is one.
    pub fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

/// As much of an order as tells which one it is.
#[derive(Deserialize)]
pub struct Head {
    pub id: String,
    name: String,
    email: Option<String>,
}

impl Head {
    /// Whether it is asked for.
    pub fn fits(&self, lookup: &Lookup) -> bool {
        let is = |number: &OrderNumber| is_same_number(shown(&self.name), number);
        let has = |email: &str| address(self.email.as_deref()) == email;
        match lookup {
            Lookup::Number(number) => is(number),
            Lookup::Email(email) => has(email),
            Lookup::NumberAndEmail(number, email) => is(number) && has(email),
            // Which of their orders it is the parcels tell.
            Lookup::TrackingAndEmail(_, email) => has(email),
            Lookup::Tracking(_) => false,
        }
    }
}

/// As much of an order as tells which parcels it has.
#[derive(Deserialize)]
pub struct Parcels {
    pub nodes: Vec<Option<Sent>>,
}

#[derive(Deserialize)]
pub struct Sent {
    pub id: String,
    fulfillments: Vec<SentParcels>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentParcels {
    tracking_info: Vec<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    number: Option<String>,
}

impl Sent {
    /// Whether a parcel of it has this number.
    pub fn has(&self, parcel: &TrackingNumber) -> bool {
        let parcels = self
            .fulfillments
            .iter()
            .flat_map(|sent| &sent.tracking_info);
        let mut numbers = parcels.filter_map(|parcel| parcel.number.as_deref());
        numbers.any(|number| TrackingNumber::parse(number).as_ref() == Some(parcel))
    }
}

#[derive(Deserialize)]
pub struct Counted {
    pub count: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    pub orders_count: Counted,
    pub orders: Nodes<Newest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Newest {
    name: String,
    pub created_at: String,
}

impl Found {
    /// Of the newest orders, as customers say them.
    pub fn numbers(&self) -> Vec<String> {
        let newest = self.orders.nodes.iter();
        newest
            .map(|newest| shown(&newest.name).to_owned())
            .collect()
    }
}

#[derive(Deserialize)]
pub struct Orders {
    pub nodes: Vec<Option<Full>>,
}

/// An order.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Full {
    name: String,
    email: Option<String>,
    created_at: String,
    updated_at: Option<String>,
    cancelled_at: Option<String>,
    display_financial_status: Option<String>,
    display_fulfillment_status: String,
    /// Before anything was given back.
    total_price_set: Money,
    line_items: Nodes<Line>,
    fulfillments: Vec<Fulfillment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Money {
    /// In the currency of the shop.
    shop_money: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    /// In whole units, as text.
    amount: String,
    currency_code: String,
}

#[derive(Deserialize)]
struct Line {
    /// With the variant, as the customer has seen it.
    name: String,
    quantity: i64,
    image: Option<Image>,
}

#[derive(Deserialize)]
struct Image {
    url: Option<String>,
}

/// <https://shopify.dev/docs/api/admin-graphql/2026-10/objects/Fulfillment>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fulfillment {
    status: String,
    display_status: Option<String>,
    /// "The date and time when the fulfillment went into transit."
    in_transit_at: Option<String>,
    /// "The date that this fulfillment was delivered."
    delivered_at: Option<String>,
    /// The newest alone.
    events: Option<Nodes<Event>>,
    tracking_info: Vec<Tracking>,
}

/// What the carrier has told
/// (<https://shopify.dev/docs/api/admin-graphql/2026-10/objects/FulfillmentEvent>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    status: String,
    happened_at: String,
}

#[derive(Deserialize)]
struct Tracking {
    company: Option<String>,
    number: Option<String>,
    url: Option<String>,
}

impl Full {
    /// As a shopper may see it; `None` if its total or time can't be read.
    pub fn read(self) -> Option<Order> {
        let financial = self.display_financial_status.as_deref();
        let payment_status = financial.and_then(money).unwrap_or(PaymentStatus::Pending);
        let total = self.total_price_set.shop_money;
        let sent: Vec<_> = self
            .fulfillments
            .into_iter()
            .filter(|sent| !matches!(sent.status.as_str(), "CANCELLED" | "ERROR" | "FAILURE"))
            .collect();
        // `updatedAt`: "The date and time in ISO 8601 format when the order was last modified."
        let changed_at = self.cancelled_at.as_deref().or(self.updated_at.as_deref());
        let changed_at = changed_at.and_then(instant);
        let status = match self.cancelled_at {
            Some(_) => OrderStatus::Cancelled,
            None => status(&self.display_fulfillment_status, payment_status, &sent),
        };
        Some(Order {
            number: shown(&self.name).to_owned(),
            email: address(self.email.as_deref()),
            customer_name: None,
            status,
            payment_status,
            total_minor: minor(total.amount.parse().ok()?, &total.currency_code),
            currency: total.currency_code,
            placed_at: instant(&self.created_at)?,
            changed_at,
            items: items(self.line_items.nodes),
            shipments: shipments(sent),
        })
    }
}

/// As customers say it: most shops write `#1001`.
fn shown(name: &str) -> &str {
    name.trim().trim_start_matches('#')
}

fn address(email: Option<&str>) -> String {
    email.unwrap_or_default().trim().to_lowercase()
}

/// Where the goods are
/// (<https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderDisplayFulfillmentStatus>).
/// What became of the parcels only they say
/// (<https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FulfillmentDisplayStatus>).
fn status(status: &str, payment: PaymentStatus, sent: &[Fulfillment]) -> OrderStatus {
    let all_are = |words: &[&str]| {
        let is = |sent: &Fulfillment| {
            let status = sent.display_status.as_deref();
            status.is_some_and(|status| words.contains(&status))
        };
        !sent.is_empty() && sent.iter().all(is)
    };
    match status {
        "FULFILLED" if all_are(&["DELIVERED", "PICKED_UP"]) => OrderStatus::Delivered,
        "FULFILLED" if all_are(&["READY_FOR_PICKUP"]) => OrderStatus::ReadyForPickup,
        "FULFILLED" => OrderStatus::Shipped,
        "PARTIALLY_FULFILLED" => OrderStatus::PartlyShipped,
        "IN_PROGRESS" | "PENDING_FULFILLMENT" => OrderStatus::Processing,
        "ON_HOLD" | "REQUEST_DECLINED" => OrderStatus::OnHold,
        "RESTOCKED" => OrderStatus::Cancelled,
        // Nothing of it is sent: with the payment it is done.
        "FULFILLMENT_NOT_REQUIRED" if payment == PaymentStatus::Paid => OrderStatus::Delivered,
        _ => not_started(payment),
    }
}

fn items(lines: Vec<Line>) -> Vec<OrderItem> {
    let read = |line: Line| {
        let item = OrderItem {
            name: reading::name(&line.name),
            quantity: line.quantity,
            image_url: None,
        };
        item.with_picture(line.image.and_then(|image| image.url))
    };
    lines.into_iter().take(LINES_MAX).map(read).collect()
}

fn shipments(sent: Vec<Fulfillment>) -> Vec<Shipment> {
    let parcels = sent.into_iter().flat_map(|sent| {
        let status = sent.display_status.as_deref().and_then(where_it_is);
        let changed_at = status.and_then(|status| sent.since(status));
        let parcels = sent.tracking_info.into_iter();
        parcels.map(move |tracking| (tracking, status, changed_at))
    });
    parcels
        .filter_map(|(tracking, status, changed_at)| {
            let parcel = parcel(tracking.company, tracking.number, tracking.url)?;
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
    /// When it got there. Its own time of change (`updatedAt`) is that of any edit. On its way
    /// there may be many events, of which the newest is no beginning; other places last for
    /// one, if that is the one that says so.
    fn since(&self, place: ParcelStatus) -> Option<UnixMillis> {
        let noted = match place {
            ParcelStatus::InTransit => self.in_transit_at.as_deref(),
            ParcelStatus::Delivered => self.delivered_at.as_deref(),
            _ => None,
        };
        let newest = self.events.as_ref().and_then(|events| events.nodes.first());
        let is_it = |event: &&Event| {
            place != ParcelStatus::InTransit && where_it_is(&event.status) == Some(place)
        };
        let told = newest.filter(is_it).map(|event| event.happened_at.as_str());
        noted.or(told).and_then(instant)
    }
}

/// Where a parcel is
/// (<https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FulfillmentDisplayStatus>);
/// `None` if only the shop has said that it is done.
fn where_it_is(status: &str) -> Option<ParcelStatus> {
    Some(match status {
        "SUBMITTED" | "CONFIRMED" | "LABEL_PRINTED" | "LABEL_PURCHASED" => ParcelStatus::Preparing,
        "CARRIER_PICKED_UP" | "IN_TRANSIT" | "DELAYED" => ParcelStatus::InTransit,
        "OUT_FOR_DELIVERY" => ParcelStatus::OutForDelivery,
        "READY_FOR_PICKUP" => ParcelStatus::ReadyForPickup,
        "DELIVERED" | "PICKED_UP" => ParcelStatus::Delivered,
        "ATTEMPTED_DELIVERY" | "NOT_DELIVERED" => ParcelStatus::NotDelivered,
        _ => return None,
    })
}

/// The search that finds what is asked for, and perhaps more
/// (<https://shopify.dev/docs/api/usage/search-syntax>).
pub fn search(lookup: &Lookup) -> Option<String> {
    Some(match lookup {
        Lookup::Tracking(_) => return None,
        Lookup::Email(email) | Lookup::TrackingAndEmail(_, email) => {
            format!("email:{}", quoted(email))
        }
        Lookup::Number(number) | Lookup::NumberAndEmail(number, _) => {
            let typed = number.as_str();
            // As the shop counts: without leading zeros.
            let counted = typed.parse::<u64>().map(|number| number.to_string());
            let number = counted.as_deref().unwrap_or(typed);
            let shown = format!("#{number}");
            format!("name:{} OR name:{}", quoted(&shown), quoted(number))
        }
    })
}

/// One value of a search, whatever is in it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// What an answer says. Most refusals come with the status 200
/// (<https://shopify.dev/docs/api/admin-graphql#status-and-error-codes>).
pub fn data<T: DeserializeOwned>(answer: &Answer) -> Result<T, SourceTrouble> {
    #[derive(Deserialize)]
    struct Reply {
        data: Option<Value>,
        errors: Option<Value>,
    }
    match answer.status.as_u16() {
        200 => {}
        403 => return Err(SourceTrouble::NotAllowed),
        // The shop is frozen or locked.
        402 | 423 => return Err(SourceTrouble::Failing),
        430 => return Err(SourceTrouble::TooManyCalls),
        _ => return Err(refusal(answer.status)),
    }
    let reply: Result<Reply, _> = serde_json::from_slice(&answer.body);
    let reply = reply.map_err(|_| SourceTrouble::NotThisShop)?;
    if let Some(errors) = reply.errors {
        return Err(trouble(&errors));
    }
    let data = reply.data.unwrap_or_default();
    serde_json::from_value(data).map_err(|_| SourceTrouble::NotThisShop)
}

fn trouble(errors: &Value) -> SourceTrouble {
    let mut errors = errors.as_array().into_iter().flatten();
    match errors.find_map(|error| error.pointer("/extensions/code")?.as_str()) {
        Some("THROTTLED") => SourceTrouble::TooManyCalls,
        Some("ACCESS_DENIED") => SourceTrouble::NotAllowed,
        Some("SHOP_INACTIVE" | "INTERNAL_SERVER_ERROR" | "MAX_COST_EXCEEDED") => {
            SourceTrouble::Failing
        }
        _ => SourceTrouble::NotThisShop,
    }
}

#[cfg(test)]
mod tests;
