//! Orders and refusals as the documentation shows them.

use super::*;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::json;

/// After <https://shopify.dev/docs/api/admin-graphql/2026-10/queries/order>.
const ORDER: &str = include_str!("order.json");

fn with(changes: Value) -> Order {
    let mut order: Value = serde_json::from_str(ORDER).expect("JSON");
    for (field, value) in changes.as_object().expect("fields") {
        order[field] = value.clone();
    }
    let order: Full = serde_json::from_value(order).expect("an order");
    order.read().expect("readable")
}

fn answer(status: u16, body: &Value) -> Result<i64, SourceTrouble> {
    let counted: Found = data(&Answer {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: HeaderMap::new(),
        body: body.to_string().into_bytes(),
        retry_after: None,
    })?;
    Ok(counted.orders_count.count)
}

#[test]
fn an_order_is_read_as_the_documentation_writes_it() {
    let order = with(json!({}));
    assert_eq!(order.number, "1001");
    assert_eq!(order.email, "bob.norman@mail.example.com");
    assert_eq!(order.total(), "$598.94");
    assert_eq!(Some(order.placed_at), instant("2026-11-20T09:30:00Z"));
    assert_eq!(order.status, OrderStatus::Shipped);
    assert_eq!(order.payment_status, PaymentStatus::PartlyRefunded);
    let items = order.items.iter();
    let items: Vec<_> = items
        .map(|item| (item.name.as_str(), item.quantity))
        .collect();
    assert_eq!(
        items,
        [("IPod Nano - 8GB - green", 1), ("IPod Nano - 8GB - red", 2)]
    );
    let pictures: Vec<_> = order.items.iter().map(OrderItem::picture).collect();
    let green = "https://cdn.shopify.com/s/files/1/0000/0001/products/green.png?v=1700000000&width=160&height=160";
    assert_eq!(pictures, [Some(green), None]);
}

#[test]
fn parcels_are_those_that_can_be_followed_and_were_not_cancelled() {
    let order = with(json!({}));
    let [parcel] = order.shipments.as_slice() else {
        panic!("{:?}", order.shipments)
    };
    assert_eq!(parcel.carrier.as_deref(), Some("UPS"));
    let number = parcel.tracking_number.as_deref();
    assert_eq!(number, Some("1Z1234512345123456"));
    assert!(parcel.link().is_some());
    assert_eq!(parcel.status, Some(ParcelStatus::InTransit));
    assert_eq!(parcel.changed_at, instant("2026-11-22T08:00:00Z"));
}

#[test]
fn a_parcel_is_where_it_is_since_the_carrier_said_so() {
    let (noted, newest) = ("2026-11-22T08:00:00Z", "2026-11-24T17:30:00Z");
    for (place, event, changed_at) in [
        ("IN_TRANSIT", Some("IN_TRANSIT"), Some(noted)),
        ("DELAYED", Some("DELAYED"), Some(noted)),
        ("DELIVERED", Some("DELIVERED"), Some(noted)),
        ("OUT_FOR_DELIVERY", Some("OUT_FOR_DELIVERY"), Some(newest)),
        ("NOT_DELIVERED", Some("ATTEMPTED_DELIVERY"), Some(newest)),
        ("READY_FOR_PICKUP", Some("READY_FOR_PICKUP"), Some(newest)),
        ("LABEL_PRINTED", Some("LABEL_PRINTED"), Some(newest)),
        // What the carrier said is something else, or nothing.
        ("OUT_FOR_DELIVERY", Some("IN_TRANSIT"), None),
        ("READY_FOR_PICKUP", None, None),
        ("FULFILLED", Some("IN_TRANSIT"), None),
    ] {
        let events = event.map(|status| json!({"status": status, "happenedAt": newest}));
        let order = with(json!({"fulfillments": [{
            "status": "SUCCESS",
            "displayStatus": place,
            "inTransitAt": noted,
            "deliveredAt": noted,
            "events": {"nodes": events.into_iter().collect::<Vec<_>>()},
            "trackingInfo": [{"company": "UPS", "number": "1Z1", "url": null}],
        }]}));
        let parcel = &order.shipments[0];
        let changed_at = changed_at.and_then(instant);
        assert_eq!(parcel.changed_at, changed_at, "{place}, {event:?}");
    }
}

#[test]
fn without_its_own_time_a_parcel_arrived_when_the_carrier_said_so() {
    let order = with(json!({"fulfillments": [{
        "status": "SUCCESS",
        "displayStatus": "PICKED_UP",
        "inTransitAt": "2026-11-22T08:00:00Z",
        "deliveredAt": null,
        "events": {"nodes": [{"status": "DELIVERED", "happenedAt": "2026-11-24T17:30:00Z"}]},
        "trackingInfo": [{"company": "UPS", "number": "1Z1", "url": null}],
    }]}));
    let changed_at = order.shipments[0].changed_at;
    assert_eq!(changed_at, instant("2026-11-24T17:30:00Z"));
}

#[test]
fn what_only_the_shop_says_of_a_parcel_is_no_place() {
    for (word, status) in [
        ("LABEL_PRINTED", Some(ParcelStatus::Preparing)),
        ("OUT_FOR_DELIVERY", Some(ParcelStatus::OutForDelivery)),
        ("PICKED_UP", Some(ParcelStatus::Delivered)),
        ("ATTEMPTED_DELIVERY", Some(ParcelStatus::NotDelivered)),
        ("FULFILLED", None),
        ("MARKED_AS_FULFILLED", None),
        ("SOMETHING_NEW", None),
    ] {
        let order = with(json!({"fulfillments": [{
            "status": "SUCCESS",
            "displayStatus": word,
            "trackingInfo": [{"company": "UPS", "number": "1Z1", "url": null}],
        }]}));
        assert_eq!(order.shipments[0].status, status, "{word}");
    }
}

#[test]
fn statuses_say_where_the_goods_are() {
    use OrderStatus as Goods;
    for (fulfillment, financial, parcels, goods) in [
        ("UNFULFILLED", "PENDING", &[][..], Goods::Pending),
        ("UNFULFILLED", "PAID", &[], Goods::Processing),
        ("SCHEDULED", "AUTHORIZED", &[], Goods::Processing),
        ("UNFULFILLED", "REFUNDED", &[], Goods::Cancelled),
        ("IN_PROGRESS", "PAID", &[], Goods::Processing),
        ("ON_HOLD", "PAID", &[], Goods::OnHold),
        ("REQUEST_DECLINED", "PAID", &[], Goods::OnHold),
        (
            "PARTIALLY_FULFILLED",
            "PAID",
            &["DELIVERED"],
            Goods::PartlyShipped,
        ),
        ("FULFILLED", "PAID", &[], Goods::Shipped),
        (
            "FULFILLED",
            "PAID",
            &["DELIVERED", "IN_TRANSIT"],
            Goods::Shipped,
        ),
        (
            "FULFILLED",
            "PAID",
            &["DELIVERED", "PICKED_UP"],
            Goods::Delivered,
        ),
        (
            "FULFILLED",
            "PAID",
            &["READY_FOR_PICKUP"],
            Goods::ReadyForPickup,
        ),
        ("FULFILLMENT_NOT_REQUIRED", "PAID", &[], Goods::Delivered),
        ("FULFILLMENT_NOT_REQUIRED", "PENDING", &[], Goods::Pending),
        ("SOMETHING_NEW", "PAID", &[], Goods::Processing),
    ] {
        let parcels = parcels.iter().map(
            |parcel| json!({"status": "SUCCESS", "displayStatus": parcel, "trackingInfo": []}),
        );
        let parcels: Vec<_> = parcels.collect();
        let order = with(json!({
            "displayFulfillmentStatus": fulfillment,
            "displayFinancialStatus": financial,
            "fulfillments": parcels,
        }));
        assert_eq!(
            order.status, goods,
            "{fulfillment}, {financial}, {parcels:?}"
        );
    }
    let cancelled = with(json!({"cancelledAt": "2026-11-21T00:00:00Z"}));
    assert_eq!(cancelled.status, Goods::Cancelled);
}

#[test]
fn statuses_say_where_the_money_is() {
    use PaymentStatus as Money;
    for (financial, money) in [
        (json!("AUTHORIZED"), Money::Authorized),
        (json!("EXPIRED"), Money::Failed),
        (json!("PAID"), Money::Paid),
        (json!("PARTIALLY_PAID"), Money::Pending),
        (json!("PARTIALLY_REFUNDED"), Money::PartlyRefunded),
        (json!("PENDING"), Money::Pending),
        (json!("REFUNDED"), Money::Refunded),
        (json!("VOIDED"), Money::Voided),
        (Value::Null, Money::Pending),
    ] {
        let order = with(json!({"displayFinancialStatus": financial}));
        assert_eq!(order.payment_status, money, "{financial}");
    }
}

#[test]
fn what_a_shopper_types_is_one_value_of_the_search() {
    assert_eq!(quoted(r#"a" OR email:*"#), r#""a\" OR email:*""#);
    assert_eq!(quoted(r"a\"), r#""a\\""#);
    let number = OrderNumber::parse("#0105").expect("a number");
    let search = search(&Lookup::Number(number));
    assert_eq!(search.as_deref(), Some(r##"name:"#105" OR name:"105""##));
}

#[test]
fn refusals_are_told_apart_whatever_their_status() {
    let code = |code: &str| json!({"errors": [{"message": "No.", "extensions": {"code": code}}]});
    for (status, body, trouble) in [
        (200, code("THROTTLED"), SourceTrouble::TooManyCalls),
        (200, code("ACCESS_DENIED"), SourceTrouble::NotAllowed),
        (200, code("SHOP_INACTIVE"), SourceTrouble::Failing),
        (200, code("undefinedField"), SourceTrouble::NotThisShop),
        (200, json!({"data": null}), SourceTrouble::NotThisShop),
        (200, json!("hello"), SourceTrouble::NotThisShop),
        (401, json!({}), SourceTrouble::WrongKey),
        (402, json!({}), SourceTrouble::Failing),
        (403, json!({}), SourceTrouble::NotAllowed),
        (404, json!({}), SourceTrouble::NotThisShop),
        (429, json!({}), SourceTrouble::TooManyCalls),
        (430, json!({}), SourceTrouble::TooManyCalls),
        (500, json!({}), SourceTrouble::Failing),
    ] {
        assert_eq!(answer(status, &body), Err(trouble), "{status} {body}");
    }
    let counted = json!({"data": {"ordersCount": {"count": 3}, "orders": {"nodes": []}}});
    assert_eq!(answer(200, &counted), Ok(3));
}
