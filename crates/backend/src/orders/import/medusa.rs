//! Orders as Medusa's Admin API answers them.
//! <https://docs.medusajs.com/api/admin#orders_getorders>

use super::{
    amount::whole_number,
    date::{self, DayOrder},
    found::excerpt,
    status,
};
use domain::{
    UnixMillis, money,
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_check::OrderFault,
    order_import::{ImportFault, ImportedFrom},
};
use serde_json::Value;

/// Whether it has what only Medusa's orders have.
pub(super) fn looks_like(json: &Value) -> bool {
    json.get("display_id").is_some()
}

/// The order's number as it stands there, and the order.
pub(super) fn order(json: &Value) -> (String, Result<Order, ImportFault>) {
    let number = match json.get("display_id") {
        Some(Value::String(number)) => number.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let order = read(json, number.clone());
    (number, order)
}

fn read(json: &Value, number: String) -> Result<Order, ImportFault> {
    let word = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    let own_status = word("status");
    if own_status == "draft" {
        return Err(ImportFault::Draft);
    }
    let currency =
        money::known(word("currency_code")).ok_or(ImportFault::Order(OrderFault::Currency))?;
    let payment = word("payment_status");
    let payment_status =
        status::money(payment).ok_or_else(|| ImportFault::PaymentStatus(excerpt(payment)))?;
    let placed_at = word("created_at");
    let placed_at = date::millis(placed_at, DayOrder::Unknown)
        .map_err(|_| ImportFault::Date(excerpt(placed_at)))?;
    let status = if own_status == "canceled" {
        OrderStatus::Cancelled
    } else {
        match word("fulfillment_status") {
            "" => None,
            word => {
                status::goods(word, ImportedFrom::Medusa)
                    .ok_or_else(|| ImportFault::Status(excerpt(word)))?
                    .0
            }
        }
        .unwrap_or_else(|| status::not_started(payment_status))
    };
    Ok(Order {
        number,
        email: word("email").to_owned(),
        customer_name: customer_name(json),
        status,
        payment_status,
        currency: currency.to_owned(),
        total_minor: total(json, payment_status, money::minor_digits(currency))?,
        placed_at,
        changed_at: changed_at(json, status),
        items: list(json, "items").map(item).collect::<Result<_, _>>()?,
        shipments: list(json, "fulfillments")
            .filter(|fulfilment| fulfilment.get("canceled_at").is_none_or(Value::is_null))
            .flat_map(shipments)
            .collect(),
    })
}

/// When it was cancelled, else when it was last written.
fn changed_at(json: &Value, status: OrderStatus) -> Option<UnixMillis> {
    let time = |name: &str| {
        let written = json.get(name)?.as_str()?;
        date::millis(written, DayOrder::Unknown).ok()
    };
    let cancelled = time("canceled_at").filter(|_| status == OrderStatus::Cancelled);
    cancelled.or_else(|| time("updated_at"))
}

/// In major units and unrounded there. What was refunded has a total of 0: the customer
/// knows the one before.
fn total(json: &Value, payment: PaymentStatus, digits: u32) -> Result<i64, ImportFault> {
    let amount = |name: &str| json.get(name).and_then(Value::as_f64);
    let total = amount("total");
    let total = match (total, amount("original_total")) {
        (Some(0.0), Some(original)) if payment == PaymentStatus::Refunded => Some(original),
        (total, _) => total,
    };
    let total = total.ok_or_else(|| {
        let typed = json.get("total").unwrap_or(&Value::Null);
        ImportFault::Total(excerpt(&typed.to_string()))
    })?;
    let minor = (total * f64::from(10_u32.pow(digits))).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what doesn't fit is larger than any total that is taken"
    )]
    let minor = minor as i64;
    Ok(minor)
}

fn customer_name(json: &Value) -> Option<String> {
    let name_in = |place: &str| {
        let person = json.get(place)?;
        let part = |name: &str| person.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{} {}", part("first_name"), part("last_name"));
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    };
    name_in("customer").or_else(|| name_in("shipping_address"))
}

fn item(json: &Value) -> Result<OrderItem, ImportFault> {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    // The title alone may be the variant's, such as `L`.
    let name = text("product_title").or(text("title"));
    let name = name.ok_or(ImportFault::Order(OrderFault::ItemName))?;
    // `2.0` is a number of pieces, too.
    let quantity = json.get("quantity").unwrap_or(&Value::Null).to_string();
    let item = OrderItem {
        name: name.to_owned(),
        quantity: whole_number(&quantity)
            .ok_or_else(|| ImportFault::Quantity(excerpt(&quantity)))?,
        image_url: None,
    };
    Ok(item.with_picture(text("thumbnail").map(str::to_owned)))
}

/// A parcel for each label, with the last step of its fulfilment.
fn shipments(fulfilment: &Value) -> impl Iterator<Item = Shipment> {
    let steps = [
        ("delivered_at", ParcelStatus::Delivered),
        ("shipped_at", ParcelStatus::InTransit),
        ("packed_at", ParcelStatus::Preparing),
    ];
    let taken = |(name, status)| Some((fulfilment.get(name)?.as_str()?, status));
    let last = steps.into_iter().find_map(taken);
    let changed_at = last.and_then(|(at, _)| date::millis(at, DayOrder::Unknown).ok());
    list(fulfilment, "labels").map(move |label| Shipment {
        status: last.map(|(_, status)| status),
        changed_at,
        ..shipment(label)
    })
}

/// Without a link Medusa writes `#`, and older versions take any text for one.
fn shipment(label: &Value) -> Shipment {
    let text = |name: &str| label.get(name).and_then(Value::as_str).map(str::to_owned);
    let shipment = Shipment {
        tracking_number: text("tracking_number"),
        tracking_url: text("tracking_url"),
        ..Shipment::default()
    };
    Shipment {
        tracking_url: shipment.link().map(str::to_owned),
        ..shipment
    }
}

fn list<'j>(json: &'j Value, name: &str) -> impl Iterator<Item = &'j Value> {
    json.get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn medusa() -> Value {
        json!({
            "id": "order_1", "display_id": 4, "status": "pending", "email": "Ben@Example.com",
            "currency_code": "eur", "total": 118.048, "original_total": 253.5,
            "created_at": "2026-11-22T14:12:07.345Z", "payment_status": "captured",
            "fulfillment_status": "partially_shipped",
            "items": [{"title": "L", "product_title": "Linen Shirt", "quantity": 1}],
            "customer": {"first_name": "Ben", "last_name": null},
            "fulfillments": [
                {"canceled_at": null, "packed_at": "2026-11-22T14:12:07.820Z",
                 "shipped_at": "2026-11-22T14:12:08.045Z", "delivered_at": null, "labels": [
                    {"tracking_number": "0034", "tracking_url": "https://track.example.com/0034"},
                    {"tracking_number": "0035", "tracking_url": "#"}]},
                {"canceled_at": "2026-11-22T14:12:07.345Z", "labels": [{"tracking_number": "x"}]}]
        })
    }

    fn with(name: &str, value: Value) -> Result<Order, ImportFault> {
        let mut json = medusa();
        json[name] = value;
        order(&json).1
    }

    #[test]
    fn an_order_is_read_with_its_parcels() {
        let (number, order) = order(&medusa());
        let order = order.expect("an order").checked().expect("a good one");
        assert_eq!(number, "4");
        assert_eq!(order.email, "ben@example.com");
        assert_eq!(order.customer_name.as_deref(), Some("Ben"));
        assert_eq!(order.status, OrderStatus::PartlyShipped);
        assert_eq!(order.payment_status, PaymentStatus::Paid);
        assert_eq!(
            (order.total_minor, order.currency.as_str()),
            (11_805, "EUR")
        );
        assert_eq!(order.placed_at, 1_795_356_727_345);
        assert_eq!(order.items[0].name, "Linen Shirt");
        let links: Vec<_> = order.shipments.iter().map(Shipment::link).collect();
        assert_eq!(links, [Some("https://track.example.com/0034"), None]);
        for parcel in &order.shipments {
            let since = (parcel.status, parcel.changed_at);
            let sent = (Some(ParcelStatus::InTransit), Some(1_795_356_728_045));
            assert_eq!(since, sent);
        }
    }

    #[test]
    fn drafts_are_no_orders() {
        assert_eq!(with("status", json!("draft")), Err(ImportFault::Draft));
    }

    #[test]
    fn a_cancelled_order_is_cancelled_whatever_its_parcels_say() {
        let order = with("status", json!("canceled")).expect("an order");
        assert_eq!(order.status, OrderStatus::Cancelled);
        let mut json = medusa();
        json["updated_at"] = json!("2026-11-25T00:00:00Z");
        let changed_at = |json: &Value| super::order(json).1.expect("an order").changed_at;
        assert_eq!(changed_at(&json), Some(1_795_564_800_000));
        json["status"] = json!("canceled");
        json["canceled_at"] = json!("2026-11-24T00:00:00Z");
        assert_eq!(changed_at(&json), Some(1_795_478_400_000));
    }

    #[test]
    fn a_refunded_order_has_the_total_that_was_paid() {
        let mut json = medusa();
        json["total"] = json!(0);
        json["payment_status"] = json!("refunded");
        assert_eq!(order(&json).1.expect("an order").total_minor, 25_350);
    }

    #[test]
    fn each_item_is_read_or_told() {
        let picture = "https://shop.example.com/lamp.webp";
        let items = json!([
            {"title": "Lamp", "quantity": 2.0, "thumbnail": picture},
            {"title": "Bulb", "quantity": 1, "thumbnail": "http://localhost:9000/static/bulb.png"},
        ]);
        let read = with("items", items).expect("an order");
        let item = |name: &str, quantity, image_url: Option<&str>| OrderItem {
            name: name.into(),
            quantity,
            image_url: image_url.map(Into::into),
        };
        assert_eq!(
            read.items,
            [item("Lamp", 2, Some(picture)), item("Bulb", 1, None)]
        );
        for (item, fault) in [
            (
                json!({"quantity": 1}),
                ImportFault::Order(OrderFault::ItemName),
            ),
            (
                json!({"title": "Lamp", "quantity": 1.5}),
                ImportFault::Quantity("1.5".into()),
            ),
            (
                json!({"title": "Lamp"}),
                ImportFault::Quantity("null".into()),
            ),
        ] {
            assert_eq!(with("items", json!([item])), Err(fault));
        }
    }

    #[test]
    fn what_stands_there_is_shortened() {
        let long = "x".repeat(1_000);
        for name in [
            "payment_status",
            "fulfillment_status",
            "created_at",
            "total",
        ] {
            let fault = with(name, json!(long)).expect_err("a fault");
            assert!(fault.words().len() < 200, "{name}");
        }
    }

    #[test]
    fn each_fault_is_told_apart() {
        let unknown = json!("?");
        assert_eq!(
            with("currency_code", unknown.clone()),
            Err(ImportFault::Order(OrderFault::Currency))
        );
        assert_eq!(
            with("payment_status", unknown.clone()),
            Err(ImportFault::PaymentStatus("?".into()))
        );
        assert_eq!(
            with("fulfillment_status", unknown.clone()),
            Err(ImportFault::Status("?".into()))
        );
        assert_eq!(
            with("created_at", unknown.clone()),
            Err(ImportFault::Date("?".into()))
        );
        assert_eq!(
            with("total", unknown),
            Err(ImportFault::Total("\"?\"".into()))
        );
    }
}
