//! Orders as the documentation shows them.

use super::*;
use serde_json::json;

/// Cut from <https://woocommerce.github.io/woocommerce-rest-api-docs/#retrieve-an-order>,
/// with parcels and a refund.
const ORDER: &str = include_str!("order.json");

fn with(changes: Value) -> Option<Order> {
    let mut order: Value = serde_json::from_str(ORDER).expect("JSON");
    for (field, value) in changes.as_object().expect("fields") {
        order[field] = value.clone();
    }
    let order: Full = serde_json::from_value(order).expect("an order");
    order.read()
}

#[test]
fn an_order_is_read_as_the_documentation_writes_it() {
    let order = with(json!({})).expect("an order");
    assert_eq!(order.number, "727");
    assert_eq!(order.email, "john.doe@example.com");
    assert_eq!(order.total(), "$29.35");
    assert_eq!(Some(order.placed_at), instant("2017-03-22T19:28:02Z"));
    assert_eq!(order.status, OrderStatus::Processing);
    assert_eq!(order.payment_status, PaymentStatus::PartlyRefunded);
    let items: Vec<_> = order
        .items
        .iter()
        .map(|item| (item.name.as_str(), item.quantity))
        .collect();
    assert_eq!(
        items,
        [
            ("Woo Single & Sleeve", 2),
            ("Ship Your Idea – Color: Black, Size: M Test", 1)
        ]
    );
}

#[test]
fn a_line_has_the_picture_of_its_product() {
    let order = with(json!({})).expect("an order");
    let pictures: Vec<_> = order.items.iter().map(OrderItem::picture).collect();
    let front = "https://example.com/wp-content/uploads/2017/03/T_4_front-12.jpg";
    assert_eq!(pictures, [None, Some(front)]);
    for image in [
        json!(null),
        json!(false),
        json!(""),
        json!([]),
        json!({"src": 7}),
    ] {
        let lines = json!([{"name": "Cap", "quantity": 1, "image": image}]);
        let order = with(json!({"line_items": lines})).expect("an order");
        assert_eq!(order.items[0].image_url, None, "{image}");
    }
}

#[test]
fn parcels_are_those_of_shipment_tracking() {
    let order = with(json!({})).expect("an order");
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        order.shipments,
        [
            Shipment {
                carrier: text("USPS"),
                tracking_number: text("9400111899560000000000"),
                changed_at: instant("2017-03-22T00:00:00Z"),
                ..Shipment::default()
            },
            Shipment {
                carrier: text("Example Courier"),
                tracking_number: text("EC1"),
                tracking_url: text("https://example.com/track/EC1"),
                changed_at: instant("2017-03-22T00:00:00Z"),
                ..Shipment::default()
            },
        ]
    );
    for (value, parcels) in [
        (json!({"2": {"tracking_number": 42}}), 1),
        (
            json!([{"tracking_provider": "USPS", "tracking_number": ""}]),
            0,
        ),
        (
            json!([{"custom_tracking_link": "https://example.com/%1$s"}]),
            0,
        ),
        (json!("none"), 0),
        (json!([null, 1]), 0),
    ] {
        let meta = json!([{"key": PARCELS, "value": value}]);
        let order = with(json!({"meta_data": meta})).expect("an order");
        assert_eq!(order.shipments.len(), parcels, "{meta}");
    }
}

#[test]
fn a_parcel_changed_when_it_was_sent() {
    for (written, changed_at) in [
        (json!("1490140800"), instant("2017-03-22T00:00:00Z")),
        (json!(1_490_140_800), instant("2017-03-22T00:00:00Z")),
        (json!("2017-03-22"), instant("2017-03-22T00:00:00Z")),
        (json!(""), None),
        (json!("soon"), None),
        (json!(i64::MAX), None),
        (json!(null), None),
    ] {
        let parcels = json!([{"tracking_number": "EC1", "date_shipped": written}]);
        let meta = json!([{"key": PARCELS, "value": parcels}]);
        let order = with(json!({"meta_data": meta})).expect("an order");
        let parcel = &order.shipments[0];
        assert_eq!((parcel.status, parcel.changed_at), (None, changed_at));
    }
}

#[test]
fn a_status_says_where_the_goods_and_the_money_are() {
    use OrderStatus as Goods;
    use PaymentStatus as Money;
    for (status, is_paid, goods, money) in [
        ("pending", false, Goods::Pending, Money::Pending),
        ("processing", true, Goods::Processing, Money::Paid),
        // Paid on delivery.
        ("processing", false, Goods::Processing, Money::Pending),
        ("on-hold", false, Goods::OnHold, Money::Pending),
        ("completed", true, Goods::Shipped, Money::Paid),
        ("completed", false, Goods::Shipped, Money::Paid),
        ("cancelled", false, Goods::Cancelled, Money::Voided),
        ("cancelled", true, Goods::Cancelled, Money::Paid),
        ("refunded", true, Goods::Cancelled, Money::Refunded),
        ("failed", false, Goods::Cancelled, Money::Failed),
        // Of plugins.
        ("partial-shipped", true, Goods::PartlyShipped, Money::Paid),
        ("shipped", true, Goods::Shipped, Money::Paid),
        ("delivered", true, Goods::Delivered, Money::Paid),
        ("at-the-tailor", true, Goods::Processing, Money::Paid),
        ("at-the-tailor", false, Goods::Pending, Money::Pending),
    ] {
        let paid = is_paid.then_some("2017-03-22T19:28:08");
        let order = with(json!({"status": status, "date_paid_gmt": paid, "refunds": []}));
        let order = order.expect(status);
        let read = (order.status, order.payment_status);
        assert_eq!(read, (goods, money), "{status}, paid: {is_paid}");
    }
}

#[test]
fn refunds_that_make_up_the_total_are_the_whole() {
    let refunds = json!([{"total": "-10.00"}, {"total": "-19.35"}]);
    let order = with(json!({"status": "completed", "refunds": refunds})).expect("an order");
    assert_eq!(order.payment_status, PaymentStatus::Refunded);
    assert_eq!(order.total(), "$29.35");
}

#[test]
fn what_was_never_placed_or_thrown_away_is_no_order() {
    for status in NO_ORDER {
        assert_eq!(with(json!({"status": status})), None, "{status}");
    }
}

#[test]
fn a_number_of_a_plugin_is_read_as_it_is_shown() {
    for (number, shown) in [(json!("#SD-12"), "SD-12"), (json!(1042), "1042")] {
        let order = with(json!({"number": number})).expect("an order");
        assert_eq!(order.number, shown);
    }
}
