//! Orders of a WooCommerce shop.

pub mod server;

use super::{answer, make_due, numbers, said, scripted::Mode};
use crate::common::{Owner, Reply, Shop, TestServer};
use crate::forms::{call, fields};
use backend::orders::connect;
use domain::{
    message::Sender,
    order_source::{ConnectedShop, SourceFound, SourceTest, SourceTrouble},
    problem::Problem,
    texts,
};
use server::{Its, KEYS, WooCommerce};

/// A store that has no orders but those of a WooCommerce shop.
async fn connected(server: &TestServer) -> (Owner, Shop, WooCommerce) {
    let (owner, shop) = server.owner_with_shop().await;
    let woocommerce = WooCommerce::start().await;
    let connected = connect::connect(&server.ctx, &shop.member, woocommerce.shop()).await;
    connected.expect("a shop that answers");
    (owner, shop, woocommerce)
}

/// What the dialog sends.
async fn connect_by_form(
    server: &TestServer,
    owner: &Owner,
    shop: &Shop,
    woocommerce: &WooCommerce,
    key: &str,
) -> Reply {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("shop[kind]", "woocommerce"),
        ("shop[address]", &woocommerce.address()),
        ("shop[key]", key),
    ]);
    call(server, &owner.cookie, "orders/connect", &form).await
}

#[tokio::test]
async fn it_is_connected_with_both_of_its_keys() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let woocommerce = WooCommerce::start().await;
    let half = connect_by_form(&server, &owner, &shop, &woocommerce, "ck_1").await;
    let half = half.json::<Problem>(422);
    assert_eq!(half.field.as_deref(), Some("key"));
    let reply = connect_by_form(&server, &owner, &shop, &woocommerce, KEYS).await;
    let (made, found): (ConnectedShop, SourceFound) = reply.json(200);
    assert_eq!(made.kind.as_str(), "woocommerce");
    assert_eq!(found.orders, 7);
    assert!(found.newest_at.is_some());
    server.finish().await;
}

#[tokio::test]
async fn what_is_wrong_with_it_is_told_apart() {
    let server = TestServer::start().await;
    let (_, shop, woocommerce) = connected(&server).await;
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let id = sources.expect("a list").shops[0].id;
    for (mode, trouble) in [
        (Mode::Revoked, SourceTrouble::WrongKey),
        (Mode::Throttled, SourceTrouble::TooManyCalls),
        (Mode::Failing, SourceTrouble::Failing),
        (Mode::Storefront, SourceTrouble::NotThisShop),
    ] {
        woocommerce.does(mode.clone());
        let tested = connect::test(&server.ctx, &shop.member, id).await;
        assert_eq!(
            tested.expect("a source"),
            SourceTest::Trouble(trouble),
            "{mode:?}"
        );
    }
    server.finish().await;
}

#[tokio::test]
async fn keys_that_may_not_read_orders_are_told_apart_from_wrong_ones() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let woocommerce = WooCommerce::start_for_products_alone().await;
    let reply = connect_by_form(&server, &owner, &shop, &woocommerce, KEYS).await;
    let problem = reply.json::<Problem>(422);
    assert_eq!(problem.field.as_deref(), Some("key"));
    assert_eq!(problem.detail, SourceTrouble::NotAllowed.sentence());
    server.finish().await;
}

#[tokio::test]
async fn an_order_is_told_as_it_stands() {
    let server = TestServer::start().await;
    let (_, shop, _woocommerce) = connected(&server).await;
    for (number, parts) in [
        (
            "101",
            &[
                "Order #101: Shipped",
                "Payment: Paid",
                "2 × Woo Single",
                "€118.50",
                "https://track.example.com/T101",
            ][..],
        ),
        ("102", &["Order #102: Being prepared", "Payment pending"]),
        ("103", &["Order #103: Cancelled", "Refunded", "€118.50"]),
        ("104", &["Order #104: Being prepared", "Partly refunded"]),
        ("0105", &["Order #105: On hold"]),
        // Counted by a plugin: its id is another one.
        ("SD-7", &["Order #SD-7: Delivered"]),
    ] {
        let body = answer(&server, &shop, &format!("Where is my order #{number}?")).await;
        for part in parts {
            assert!(body.contains(part), "#{number}: {part} is missing: {body}");
        }
        assert!(!body.contains("javascript:"), "#{number}: {body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn what_its_search_finds_is_checked_again() {
    let server = TestServer::start().await;
    let (_, shop, _woocommerce) = connected(&server).await;
    let no_match = texts::of("en").answers.no_match();
    for (text, expected) in [
        // Part of every number there is.
        ("Where is my order #10?", vec![]),
        // The id of SD-7, which isn't its number.
        ("Where is my order #106?", vec![]),
        // In the bin.
        ("Where is my order #107?", vec![]),
        // As a guest she wrote it with a capital.
        (
            "where is my order? anna@example.com",
            vec!["104", "102", "101"],
        ),
        // Its search finds the address of anna, too.
        ("where is my order? a@example.com", vec![]),
        ("where is order #101? anna@example.com", vec!["101"]),
        ("where is order #101? ben@example.com", vec![]),
        ("where is order #SD-7? ben@example.com", vec!["SD-7"]),
    ] {
        let body = answer(&server, &shop, text).await;
        assert_eq!(numbers(&body), expected, "{text}: {body}");
        assert_eq!(body == no_match, expected.is_empty(), "{text}: {body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_checkout_that_was_left_takes_no_orders_place() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let mut its = Its::default();
    let left = |id| server::order(id, "checkout-draft", "anna@example.com");
    its.orders.extend((201..204).map(left));
    let woocommerce = WooCommerce::start_with(its).await;
    let connected = connect::connect(&server.ctx, &shop.member, woocommerce.shop()).await;
    connected.expect("a shop that answers");
    for (text, expected) in [
        (
            "where is my order? anna@example.com",
            &["104", "102", "101"][..],
        ),
        ("Where is my order #203?", &[]),
    ] {
        let body = answer(&server, &shop, text).await;
        assert_eq!(numbers(&body), expected, "{text}: {body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn while_it_takes_no_more_calls_shoppers_are_told_and_answered_later() {
    let server = TestServer::start().await;
    let (_, shop, woocommerce) = connected(&server).await;
    woocommerce.does(Mode::Throttled);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #101?").await;
    assert_eq!(told[0].body, texts::of("en").answers.unavailable());
    woocommerce.does(Mode::Well);
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    assert_eq!(
        (late.sender, numbers(&late.body)),
        (Sender::Ai, vec!["101"])
    );
    server.finish().await;
}

#[tokio::test]
async fn a_plugins_number_is_found_however_it_is_typed() {
    let server = TestServer::start().await;
    let (_, shop, _woocommerce) = connected(&server).await;
    for typed in ["SD-7", "sd7", "7"] {
        let found = answer(&server, &shop, &format!("Where is my order #{typed}?")).await;
        assert_eq!(numbers(&found), ["SD-7"], "{typed}: {found}");
    }
    server.finish().await;
}
