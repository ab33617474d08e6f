//! Parcels of connected shops, none of which can be searched by a parcel's number.

use super::{
    answer,
    medusa::{self, Its, Medusa},
    numbers, said,
    shopify::server::Shopify,
    woocommerce::server::WooCommerce,
};
use crate::common::{Owner, Shop, TestServer};
use backend::orders::connect;
use domain::{order_source::ConnectShop, texts};
use serde_json::{Value, json};

/// As all of them have it.
const PARCEL: &str = "1Z999AA10123456784";

async fn connected(server: &TestServer, owner: &Owner, connecting: ConnectShop) -> Shop {
    let shop = server.open_shop(owner, "Lamps", |_| {}).await;
    let connected = connect::connect(&server.ctx, &shop.member, connecting).await;
    connected.expect("a shop that answers");
    shop
}

/// Whose first order has the parcel, and `later` newer ones none.
async fn medusa(later: u32) -> Medusa {
    let order = |number: u32| -> Value {
        let labels = match number {
            1 => json!([{"tracking_number": "1z 999-AA1 01 2345 6784", "tracking_url": "#"}]),
            _ => json!([]),
        };
        let sent = json!([{"shipped_at": "2026-11-23T08:00:00Z", "labels": labels}]);
        medusa::order(number, "anna", "pending", "captured", "shipped", sent)
    };
    let its = Its {
        orders: (1..=later + 1).map(order).collect(),
        ..Its::default()
    };
    Medusa::start_with(its).await
}

#[tokio::test]
async fn with_an_email_the_order_of_a_parcel_is_found_in_every_kind_of_shop() {
    let server = TestServer::start().await;
    let (medusa, shopify) = (medusa(7).await, Shopify::start().await);
    let woocommerce = WooCommerce::start().await;
    let owner = server.sign_up().await;
    for (connecting, email, number) in [
        (medusa.shop(), "anna@example.com", "1"),
        (shopify.shop(), "ben@example.com", "1005"),
        (woocommerce.shop(), "cara@example.com", "108"),
    ] {
        let shop = connected(&server, &owner, connecting).await;
        let text = format!("where is my parcel {PARCEL}? {email}");
        let found = answer(&server, &shop, &text).await;
        assert_eq!(numbers(&found), [number], "{text}: {found}");
        let foreign = format!("where is my parcel {PARCEL}? dora@example.com");
        let none = answer(&server, &shop, &foreign).await;
        assert!(numbers(&none).is_empty(), "{none}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_parcels_number_alone_is_not_said_to_be_no_orders() {
    let server = TestServer::start().await;
    let medusa = medusa(1).await;
    let shop = connected(&server, &server.sign_up().await, medusa.shop()).await;
    let texts = &texts::of("en").answers;
    let shopper = server.shopper(&shop).await;
    let before = medusa.calls().len();
    let asked = said(&server, &shopper, &format!("where is my parcel {PARCEL}?")).await;
    assert_eq!(asked[0].body, texts.parcel_needs_more());
    assert!(!shopper.conversation().await.needs_human);
    let calls = medusa.calls().split_off(before);
    assert!(calls.iter().all(|call| !call.contains(PARCEL)), "{calls:?}");
    // What is asked for then leads to it.
    let found = said(&server, &shopper, "anna@example.com").await;
    assert_eq!(numbers(&found[0].body), ["1"], "{}", found[0].body);
    server.finish().await;
}

#[tokio::test]
async fn where_only_built_in_orders_are_a_parcel_that_is_none_is_said_to_be() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    super::place(&server, &shop, "1001", "jane@example.com").await;
    let text = format!("where is my parcel {PARCEL}?");
    let told = answer(&server, &shop, &text).await;
    assert_eq!(told, texts::of("en").answers.no_match());
    server.finish().await;
}
