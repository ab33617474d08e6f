//! How connected shops write their numbers is learned from the newest of them.

use super::{
    answer,
    medusa::{self, Its, Medusa},
    numbers,
};
use crate::common::{Shop, TestServer, database};
use backend::orders::connect;
use domain::{order_source::ConnectShop, texts};
use serde_json::{Value, json};

/// A Medusa whose orders have these numbers.
async fn writing(numbers: &[&str]) -> Medusa {
    let order = |(number, counted): (&&str, u32)| -> Value {
        let order = medusa::order(
            counted,
            "anna",
            "pending",
            "captured",
            "delivered",
            json!([]),
        );
        medusa::with(order, "custom_display_id", json!(number))
    };
    let orders = numbers.iter().zip(1..).map(order).collect();
    let its = Its {
        orders,
        ..Its::default()
    };
    Medusa::start_with(its).await
}

async fn connected(server: &TestServer, shops: &[ConnectShop]) -> Shop {
    let (_, shop) = server.owner_with_shop().await;
    for connecting in shops {
        let connected = connect::connect(&server.ctx, &shop.member, connecting.clone()).await;
        connected.expect("a shop that answers");
    }
    shop
}

async fn found(server: &TestServer, shop: &Shop, typed: &str) -> Vec<String> {
    let body = answer(server, shop, &format!("Where is my order #{typed}?")).await;
    let found = numbers(&body);
    let no_match = texts::of("en").answers.no_match();
    assert_eq!(body == no_match, found.is_empty(), "{typed}: {body}");
    found.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_connected_shops_number_is_found_however_it_is_typed() {
    let server = TestServer::start().await;
    let medusa = writing(&["SD-1001", "SD-1002"]).await;
    let shop = connected(&server, &[medusa.shop()]).await;
    for typed in ["SD-1002", "sd1002", "1002"] {
        assert_eq!(found(&server, &shop, typed).await, ["SD-1002"], "{typed}");
    }
    for typed in ["1003", "EU-1002", "102"] {
        assert!(found(&server, &shop, typed).await.is_empty(), "{typed}");
    }
    server.finish().await;
}

#[tokio::test]
async fn what_two_shops_write_otherwise_is_not_guessed() {
    let server = TestServer::start().await;
    let (one, other) = (writing(&["SD-1001"]).await, writing(&["EU-1002"]).await);
    let shop = connected(&server, &[one.shop(), other.shop()]).await;
    assert!(found(&server, &shop, "1001").await.is_empty());
    assert_eq!(found(&server, &shop, "eu1002").await, ["EU-1002"]);
    server.finish().await;
}

#[tokio::test]
async fn learning_costs_a_shopper_no_question_to_the_shop() {
    let server = TestServer::start().await;
    let medusa = writing(&["SD-1001"]).await;
    let shop = connected(&server, &[medusa.shop()]).await;
    // As a server of before has connected it.
    database::write(&server.ctx, "UPDATE order_sources SET seen_numbers = NULL").await;
    let before = medusa.calls().len();
    assert_eq!(found(&server, &shop, "1001").await, ["SD-1001"]);
    // How many orders there are, the number as it was typed and as it is written, the order.
    assert_eq!(medusa.calls().len(), before + 4, "{:#?}", medusa.calls());
    server.finish().await;
}

#[tokio::test]
async fn what_the_merchant_has_shown_wins_over_what_is_learned() {
    let server = TestServer::start().await;
    let medusa = writing(&["SD-1001", "EU-2001"]).await;
    let shop = connected(&server, &[medusa.shop()]).await;
    // Either could be meant.
    assert!(found(&server, &shop, "1001").await.is_empty());
    server
        .set_up(&shop, |settings| {
            settings.orders.number_examples = vec!["SD-0001".to_owned()];
        })
        .await;
    assert_eq!(found(&server, &shop, "1001").await, ["SD-1001"]);
    server.finish().await;
}
