//! Files as shops export them, and what people make of them.

use super::*;
use domain::order::{OrderStatus, ParcelStatus};

const SHOPIFY: &str = include_str!("tests/shopify.csv");
const WOOCOMMERCE: &str = include_str!("tests/woocommerce.csv");
const MEDUSA: &str = include_str!("tests/medusa.csv");
const HEADER: &str = "Number,Email,Status,Payment,Currency,Total,Date,Item,Quantity\n";

fn found(text: &str) -> Found {
    read(text, &ImportOptions::default()).expect("a CSV file")
}

fn orders(text: &str) -> Vec<Order> {
    let found = found(text);
    assert_eq!(found.faults, []);
    assert_eq!(found.missing, []);
    found.orders.into_iter().map(|(_, order)| order).collect()
}

/// The faults of rows below the [`HEADER`].
fn faults(rows: &str) -> Vec<(u32, ImportFault)> {
    let faults = found(&format!("{HEADER}{rows}")).faults;
    faults
        .into_iter()
        .map(|fault| (fault.row, fault.fault))
        .collect()
}

fn items(order: &Order) -> Vec<(&str, i64)> {
    let items = order.items.iter();
    items
        .map(|item| (item.name.as_str(), item.quantity))
        .collect()
}

#[test]
fn shopifys_export_is_read_with_orders_over_several_rows() {
    let found = found(SHOPIFY);
    assert_eq!(found.from, ImportedFrom::Shopify);
    let orders = orders(SHOPIFY);
    let numbers: Vec<_> = orders.iter().map(|order| order.number.as_str()).collect();
    assert_eq!(numbers, ["1003", "1002", "1001"]);
    let [cancelled, partial, shipped] = &orders[..] else {
        panic!("three orders");
    };
    assert_eq!(cancelled.status, OrderStatus::Cancelled);
    assert_eq!(cancelled.payment_status, PaymentStatus::Refunded);
    assert_eq!(partial.status, OrderStatus::PartlyShipped);
    // Each quoted line break has become a space.
    let bought = [("Linen shirt - L", 2), ("Oak lamp, \"large\"", 1)];
    assert_eq!(items(partial), bought);
    assert_eq!(shipped.status, OrderStatus::Shipped);
    assert_eq!(shipped.email, "jane@example.com");
    assert_eq!(shipped.customer_name.as_deref(), Some("Jane Doe"));
    assert_eq!(shipped.total_minor, 123_450);
    // 10:00 in a zone that is an hour ahead.
    assert_eq!(shipped.placed_at, 1_793_523_600_000);
}

#[test]
fn an_order_changed_when_its_file_says_so() {
    let header = "Number,Status,Payment,Currency,Total,Date,Cancelled at,Updated at\n";
    let changed_at = |cells: &str| {
        let row = format!("{header}1001,shipped,paid,USD,9.90,2026-11-22,{cells}");
        orders(&row)[0].changed_at
    };
    let day = Some(1_795_564_800_000);
    assert_eq!(changed_at(",2026-11-25"), day);
    assert_eq!(changed_at("2026-11-25,"), day);
    assert_eq!(changed_at("2026-11-23,2026-11-25"), day);
    assert_eq!(changed_at("yes,"), None);
    assert_eq!(changed_at(","), None);
    let wrong = found(&format!(
        "{header}1001,shipped,paid,USD,9.90,2026-11-22,,soon"
    ));
    let fault = &wrong.faults[0].fault;
    assert_eq!(*fault, ImportFault::Date("soon".to_owned()));
}

#[test]
fn woocommerces_export_is_read_with_one_word_for_goods_and_money() {
    let without_currency = found(WOOCOMMERCE);
    assert_eq!(without_currency.missing, [OrderColumn::Currency]);
    let options = ImportOptions {
        currency: Some("EUR".to_owned()),
        ..ImportOptions::default()
    };
    let found = read(WOOCOMMERCE, &options).expect("a CSV file");
    assert_eq!(found.faults, []);
    assert_eq!(found.from, ImportedFrom::Woocommerce);
    let read: Vec<_> = found
        .orders
        .iter()
        .map(|(_, order)| {
            (
                order.number.as_str(),
                order.status,
                order.payment_status,
                order.total_minor,
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("501", OrderStatus::Processing, PaymentStatus::Paid, 4_990),
            ("502", OrderStatus::Shipped, PaymentStatus::Paid, 123_456),
            ("503", OrderStatus::OnHold, PaymentStatus::Pending, 1_200),
        ]
    );
    assert_eq!(items(&found.orders[0].1), [("Kettle", 1), ("Filter", 3)]);
}

#[test]
fn medusas_export_is_read_with_its_own_words() {
    let read: Vec<_> = orders(MEDUSA)
        .into_iter()
        .map(|order| {
            (
                order.number,
                order.status,
                order.payment_status,
                order.total_minor,
            )
        })
        .collect();
    let expected = [
        ("1", OrderStatus::Shipped, PaymentStatus::Paid, 11_805),
        (
            "2",
            OrderStatus::Processing,
            PaymentStatus::Authorized,
            5_600,
        ),
        ("3", OrderStatus::Cancelled, PaymentStatus::Voided, 7_863),
    ];
    assert_eq!(
        read,
        expected.map(|(number, goods, money, total)| (number.to_owned(), goods, money, total))
    );
}

#[test]
fn medusa_1_writes_totals_in_the_smallest_unit() {
    let text = "Order_ID;Display_ID;Order status;Date;Customer Email;Fulfillment Status;Payment Status;Total;Currency Code\n\
                order_1;1;pending;Sun, 22 Nov 2026 14:12:07 GMT;anna@example.com;shipped;captured;11805;eur\n";
    let [order] = &orders(text)[..] else {
        panic!("an order");
    };
    assert_eq!(
        (order.total_minor, order.placed_at),
        (11_805, 1_795_356_727_000)
    );
}

#[test]
fn a_german_spreadsheet_is_read_as_it_was_meant() {
    let text = "Bestellnummer;E-Mail;Status;Payment;Currency;Total;Date\n\
                A-1;zoë@example.com;shipped;paid;EUR;1.234,50;01.11.2026 10:00\n\
                A-2;jane@example.com;shipped;paid;EUR;1.234;01.11.2026\n";
    let totals: Vec<_> = orders(text).iter().map(|order| order.total_minor).collect();
    assert_eq!(totals, [123_450, 123_400]);
}

#[test]
fn each_faulty_row_is_told_with_its_number_and_reason() {
    let rows = "\
1,jane@example.com,shipped,paid,USD,5.00,2026-11-01,Lamp,1\n\
2,jane,shipped,paid,USD,5.00,2026-11-01,Lamp,1\n\
3,,lost,paid,USD,5.00,2026-11-01,Lamp,1\n\
4,,shipped,perhaps,USD,5.00,2026-11-01,Lamp,1\n\
5,,shipped,paid,XYZ,5.00,2026-11-01,Lamp,1\n\
6,,shipped,paid,USD,-5.00,2026-11-01,Lamp,1\n\
7,,shipped,paid,USD,free,2026-11-01,Lamp,1\n\
8,,shipped,paid,USD,5.00,soon,Lamp,1\n\
9,,shipped,paid,USD,5.00,2026-11-01,Lamp,some\n\
,,shipped,paid,USD,5.00,2026-11-01,,\n\
1,,shipped,paid,USD,5.00,2026-11-01,Lamp,1\n\
10,,shipped,paid,USD,5.00,2026-11-01,Lamp,0\n";
    let text = |text: &str| text.to_owned();
    assert_eq!(
        faults(rows),
        [
            (3, ImportFault::Order(OrderFault::Email)),
            (4, ImportFault::Status(text("lost"))),
            (5, ImportFault::PaymentStatus(text("perhaps"))),
            (6, ImportFault::Order(OrderFault::Currency)),
            (7, ImportFault::Order(OrderFault::NegativeTotal)),
            (8, ImportFault::Total(text("free"))),
            (9, ImportFault::Date(text("soon"))),
            (10, ImportFault::Quantity(text("some"))),
            (11, ImportFault::Order(OrderFault::Number)),
            (12, ImportFault::Duplicate(2)),
            (13, ImportFault::Order(OrderFault::Quantity)),
        ]
    );
}

#[test]
fn rows_that_contradict_one_another_are_not_one_order() {
    let row = |total: &str| format!("1,,shipped,paid,USD,{total},2026-11-01,Lamp,1\n");
    let rows = [row("5.00"), row("6.00")].concat();
    assert_eq!(faults(&rows), [(3, ImportFault::Duplicate(2))]);
}

#[test]
fn the_same_row_twice_is_a_duplicate_where_rows_are_orders() {
    let header = "Number,Status,Payment,Currency,Total,Date\n";
    let row = "1,shipped,paid,USD,5.00,2026-11-01\n";
    let found = found(&[header, row, row].concat());
    assert_eq!(found.orders.len(), 1);
    assert_eq!(found.faults[0].fault, ImportFault::Duplicate(2));
}

#[test]
fn a_formula_is_text_and_the_mark_before_it_is_taken_back() {
    let rows = "1,,shipped,paid,USD,5.00,2026-11-01,=cmd|' /C calc'!A0,1\n\
                2,,shipped,paid,USD,5.00,2026-11-01,'=cmd|' /C calc'!A0,1\n";
    for order in orders(&format!("{HEADER}{rows}")) {
        assert_eq!(items(&order), [("=cmd|' /C calc'!A0", 1)]);
    }
}

#[test]
fn empty_rows_are_passed_over() {
    let rows = ",,,,,,,,\n1,,shipped,paid,USD,5.00,2026-11-01,Lamp,\n\n , ,,,,,,,\n";
    let orders = orders(&format!("{HEADER}{rows}"));
    assert_eq!(items(&orders[0]), [("Lamp", 1)]);
}

#[test]
fn what_no_column_says_may_be_said_for_all() {
    let text = "Number,Total,Date\n1,5.00,2026-11-01\n";
    assert_eq!(
        found(text).missing,
        [
            OrderColumn::Status,
            OrderColumn::PaymentStatus,
            OrderColumn::Currency
        ]
    );
    let options = ImportOptions {
        status: Some(OrderStatus::Delivered),
        payment_status: Some(PaymentStatus::Paid),
        currency: Some("usd".to_owned()),
        mapping: None,
    };
    let found = read(text, &options).expect("a CSV file");
    let (_, order) = &found.orders[0];
    assert_eq!(order.status, OrderStatus::Delivered);
    assert_eq!(order.payment_status, PaymentStatus::Paid);
    assert_eq!(order.currency, "USD");
}

#[test]
fn the_merchants_mapping_counts() {
    let text = "a,b,c,d,e,f\n5.00,1,shipped,paid,USD,2026-11-01\n";
    let mapping = domain::order_import::mapping_from_words(
        "total,number,status,payment_status,currency,placed_at",
    );
    let options = |mapping| ImportOptions {
        mapping: Some(mapping),
        ..ImportOptions::default()
    };
    let found = read(text, &options(mapping.expect("a mapping"))).expect("a CSV file");
    assert_eq!(found.orders[0].1.total_minor, 500);
    assert_eq!(found.columns[0].example, "5.00");
    let other = read(text, &options(vec![None; 5]));
    assert_eq!(other.err(), Some(FileFault::OtherColumns));
}

#[test]
fn a_file_has_limits() {
    let refused = |text: &str| read(text, &ImportOptions::default()).err();
    assert_eq!(refused(HEADER), Some(FileFault::Empty));
    let wide = ",".repeat(COLUMNS_MAX);
    assert_eq!(refused(&wide), Some(FileFault::TooManyColumns));
    let wide_below = format!("{HEADER}1{wide}\n");
    assert_eq!(refused(&wide_below), Some(FileFault::TooManyColumns));
    let long = format!("Number\n{}", "1\n".repeat(ROWS_MAX + 1));
    assert_eq!(refused(&long), Some(FileFault::TooManyRows));
}

#[test]
fn an_order_has_limits_however_many_rows_it_has() {
    let header = "Number,Status,Payment,Currency,Total,Date,Item,Tracking number\n";
    let many = |rows: usize, row: fn(usize) -> String| {
        let rows = (0..rows).map(|at| format!("1,shipped,paid,USD,5.00,2026-11-01,{}\n", row(at)));
        let file = format!("{header}{}", rows.collect::<String>());
        found(&file).faults.remove(0).fault
    };
    assert_eq!(
        many(100_000, |_| "Lamp,".to_owned()),
        ImportFault::Order(OrderFault::TooManyItems)
    );
    // Each parcel is compared with a few others.
    assert_eq!(
        many(100_000, |at| format!(",{at}")),
        ImportFault::Order(OrderFault::TooManyShipments)
    );
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "([Nn]umber|Total|Date|\\PC|[,;\t\n\"'=.0-9]){0,80}") {
        let _ = read(&text, &ImportOptions::default());
    }
}

#[test]
fn a_parcel_is_where_its_columns_say() {
    let header = "Number,Status,Payment,Currency,Total,Date,Item,Picture,Tracking number,Parcel status,Parcel changed at\n";
    let rows = "1,partly_shipped,paid,USD,5.00,13/11/2026,Lamp,https://shop.example.com/lamp.webp,0034,In transit,03/11/2026\n\
                1,,,,,,Bulb,http://shop.example.com/bulb.webp,0035,,\n\
                2,shipped,paid,USD,5.00,13/11/2026,,,,Out for delivery,\n";
    let [first, second] = &orders(&format!("{header}{rows}"))[..] else {
        panic!("two orders");
    };
    let pictures: Vec<_> = first.items.iter().map(OrderItem::picture).collect();
    let lamp = "https://shop.example.com/lamp.webp";
    assert_eq!(pictures, [Some(lamp), None]);
    let places = |order: &Order| {
        let parcels = order.shipments.iter();
        let places = parcels.map(|parcel| (parcel.status, parcel.changed_at));
        places.collect::<Vec<_>>()
    };
    // 3 November, as the other dates show.
    let sent = (Some(ParcelStatus::InTransit), Some(1_793_664_000_000));
    assert_eq!(places(first), [sent, (None, None)]);
    let out = (Some(ParcelStatus::OutForDelivery), None);
    assert_eq!(places(second), [out]);
}

#[test]
fn a_parcels_place_that_cannot_be_read_is_told() {
    let header = "Number,Status,Payment,Currency,Total,Date,Tracking number,Parcel status,Parcel changed at\n";
    let rows = "1,shipped,paid,USD,5.00,2026-11-01,0034,lost at sea,\n\
                2,shipped,paid,USD,5.00,2026-11-01,0035,delivered,soon\n\
                3,shipped,paid,USD,5.00,2026-11-01,0036,delivered,03/04/2026\n";
    let faults = found(&format!("{header}{rows}")).faults;
    let faults: Vec<_> = faults
        .into_iter()
        .map(|fault| (fault.row, fault.fault))
        .collect();
    assert_eq!(
        faults,
        [
            (2, ImportFault::ParcelStatus("lost at sea".to_owned())),
            (3, ImportFault::Date("soon".to_owned())),
            (4, ImportFault::AmbiguousDate("03/04/2026".to_owned())),
        ]
    );
}
