//! What a real Medusa was recorded to answer, read by the whole server.

use super::{
    answer, form,
    medusa::{Its, Medusa},
    numbers,
    samples::{self, samples},
};
use crate::{
    common::{Shop, TestServer},
    forms::call,
};
use backend::orders::{Lookup, connect};
use domain::{
    UnixMillis,
    order::{
        Order,
        OrderStatus::{self, Cancelled, Delivered, PartlyShipped, Pending, Shipped},
        ParcelStatus::{self, InTransit},
        PaymentStatus::{self, Authorized, Paid, Refunded, Voided},
    },
    order_number::OrderNumber,
    order_source::SourceTrouble,
    problem::Problem,
    texts,
};

/// 22 November 2026, 14:12.
const MINUTE: UnixMillis = 1_795_356_720_000;

/// What an order of a recording is read as.
struct Read {
    sample: &'static str,
    number: &'static str,
    /// In milliseconds after [`MINUTE`], as the parcels' times.
    placed: UnixMillis,
    status: OrderStatus,
    payment: PaymentStatus,
    total: &'static str,
    email: &'static str,
    items: &'static [(i64, &'static str)],
    parcels: &'static [(&'static str, bool, ParcelStatus, UnixMillis)],
}

const MUG: &str = "Enamel Mug (OS)";

const READ: [Read; 9] = [
    Read {
        sample: "recommended-3-order-shipped",
        number: "1",
        placed: 2_842,
        status: Shipped,
        payment: Paid,
        total: "€118.05",
        email: "anna@example.com",
        items: &[(1, MUG), (2, "Linen Shirt (M)")],
        parcels: &[("00340434161094021501", true, InTransit, 3_876)],
    },
    Read {
        sample: "recommended-3-order-unfulfilled",
        number: "2",
        placed: 4_993,
        status: Pending,
        payment: Authorized,
        total: "€159.34",
        email: "anna@example.com",
        items: &[(1, "Hiking Backpack 28L (OS)")],
        parcels: &[],
    },
    Read {
        sample: "recommended-3-order-canceled",
        number: "3",
        placed: 5_931,
        status: Cancelled,
        payment: Voided,
        total: "€78.63",
        email: "ben@example.com",
        items: &[(4, MUG)],
        parcels: &[],
    },
    // Two labels of what was sent; what is packed has none yet.
    Read {
        sample: "recommended-3-order-partly_shipped",
        number: "4",
        placed: 7_345,
        status: PartlyShipped,
        payment: Paid,
        total: "€253.50",
        email: "ben@example.com",
        items: &[
            (2, MUG),
            (1, "Linen Shirt (L)"),
            (1, "Hiking Backpack 28L (OS)"),
        ],
        parcels: &[
            ("00340434161094021518", true, InTransit, 8_045),
            ("00340434161094021525", true, InTransit, 8_045),
        ],
    },
    Read {
        sample: "recommended-3-order-delivered",
        number: "5",
        placed: 9_259,
        status: Delivered,
        payment: Paid,
        total: "€24.25",
        email: "ben@example.com",
        items: &[(1, MUG)],
        parcels: &[(
            "00340434161094021532",
            true,
            ParcelStatus::Delivered,
            10_062,
        )],
    },
    // Its total is 0 since the money was given back.
    Read {
        sample: "recommended-3-order-refunded",
        number: "7",
        placed: 12_076,
        status: Cancelled,
        payment: Refunded,
        total: "€56.00",
        email: "ben@example.com",
        items: &[(1, "Linen Shirt (M)")],
        parcels: &[],
    },
    Read {
        sample: "recommended-3-order-from_draft",
        number: "9",
        placed: 13_263,
        status: Pending,
        payment: PaymentStatus::Pending,
        total: "€56.88",
        email: "anna@example.com",
        items: &[
            (1, "Gift wrapping (custom line, no variant)"),
            (1, "Linen Shirt (S)"),
        ],
        parcels: &[],
    },
    Read {
        sample: "recommended-3-order-guest_then_registered",
        number: "10",
        placed: 14_125,
        status: Pending,
        payment: Authorized,
        total: "€42.38",
        email: "cara@example.com",
        items: &[(2, MUG)],
        parcels: &[],
    },
    // Its label's address is "#".
    Read {
        sample: "recommended-3-order-tracking_without_url",
        number: "13",
        placed: 17_676,
        status: Shipped,
        payment: Paid,
        total: "€24.25",
        email: "ben@example.com",
        items: &[(1, MUG)],
        parcels: &[("PN00112233", false, InTransit, 18_272)],
    },
];

/// Those that hold no order by itself.
const OTHERS: [&str; 4] = [
    "auth-bad-basic-key",
    "order-retrieve-not-found",
    "recommended-1-customers-by-email",
    "recommended-2-orders-by-customer-ids",
];

impl Read {
    fn assert_is(&self, order: &Order) {
        let number = self.number;
        assert_eq!(order.number, number);
        assert_eq!(order.placed_at, MINUTE + self.placed, "#{number}");
        let standing = (order.status, order.payment_status);
        assert_eq!(standing, (self.status, self.payment), "#{number}");
        assert_eq!(order.total(), self.total, "#{number}");
        assert_eq!(order.email, self.email, "#{number}");
        let items = order.items.iter();
        let items: Vec<_> = items.map(|item| (item.quantity, &*item.name)).collect();
        assert_eq!(items, self.items, "#{number}");
        let parcels = order.shipments.iter().map(|parcel| {
            let tracking = parcel.tracking_number.as_deref().unwrap_or_default();
            (
                tracking.to_owned(),
                parcel.link().is_some_and(|link| link.ends_with(tracking)),
                parcel.status,
                parcel.changed_at,
            )
        });
        let expected = self.parcels.iter().map(|(tracking, linked, place, at)| {
            let tracking = (*tracking).to_owned();
            (tracking, *linked, Some(*place), Some(MINUTE + at))
        });
        assert_eq!(
            parcels.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "#{number}"
        );
    }
}

/// A store with the Medusa that was recorded.
async fn connected(server: &TestServer) -> (Shop, Medusa) {
    let (_, shop) = server.owner_with_shop().await;
    let medusa = Medusa::start_with(Its::recorded()).await;
    let connected = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
    connected.expect("a shop that answers");
    (shop, medusa)
}

#[tokio::test]
async fn each_recorded_order_is_read_as_it_stands_and_told() {
    let server = TestServer::start().await;
    let (shop, _medusa) = connected(&server).await;
    for read in &READ {
        let number = OrderNumber::parse(read.number).expect("a number");
        let lookup = Lookup::Number(number);
        let found = server.ctx.orders().look_up(shop.id, &lookup, &[]).await;
        let found = found.expect("an answer");
        let [order] = found.orders.as_slice() else {
            panic!("#{}: {found:#?}", read.number)
        };
        read.assert_is(order);
        let text = format!("Where is my order #{}?", read.number);
        let body = answer(&server, &shop, &text).await;
        assert_eq!(numbers(&body), [read.number], "{body}");
        assert!(body.contains(read.total), "{body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_recorded_guest_and_account_of_one_address_are_both_asked_for() {
    let server = TestServer::start().await;
    let (shop, medusa) = connected(&server).await;
    // The other one of the recorded list wasn't retrieved: it isn't found, as recorded.
    let body = answer(&server, &shop, "where is my order? CARA@example.com").await;
    assert_eq!(numbers(&body), ["10"], "{body}");
    let listed = samples::sample("recommended-2-orders-by-customer-ids").body;
    for order in listed["orders"].as_array().expect("a list") {
        let path = format!("/admin/orders/{}?", order["id"].as_str().expect("an id"));
        let mut calls = medusa.calls().into_iter();
        assert!(calls.any(|call| call.starts_with(&path)), "{path}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_recorded_refusals_are_told_apart() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let medusa = Medusa::start_with(Its::recorded()).await;
    let wrong = form(&shop, &medusa.address(), "sk_wrong");
    let reply = call(&server, &owner.cookie, "orders/connect", &wrong).await;
    let problem: Problem = reply.json(422);
    assert_eq!(problem.field.as_deref(), Some("key"));
    assert_eq!(problem.detail, SourceTrouble::WrongKey.sentence());
    let connected = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
    connected.expect("a shop that answers");
    let nothing = answer(&server, &shop, "Where is my order #99?").await;
    assert_eq!(nothing, texts::of("en").answers.no_match());
    server.finish().await;
}

#[test]
fn every_recording_is_read_and_says_nothing_of_where_it_was_made() {
    let mut known: Vec<_> = READ.iter().map(|read| read.sample).chain(OTHERS).collect();
    known.sort_unstable();
    let all = samples();
    let names: Vec<_> = all.iter().map(|sample| &*sample.name).collect();
    assert_eq!(names, known);
    for sample in &all {
        assert!(sample.path.starts_with("/admin/"), "{}", sample.path);
        let text = format!("{} {}", sample.path, sample.body).to_lowercase();
        for never in ["sk_", "pk_", "basic ", "bearer", "127.0.0.1", "localhost"] {
            assert!(!text.contains(never), "{}: {never}", sample.name);
        }
        for (at, _) in text.match_indices('@') {
            assert!(text[at..].starts_with("@example.com"), "{}", sample.name);
        }
    }
}
