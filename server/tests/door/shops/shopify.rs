//! Orders of a Shopify shop.

pub mod server;

use super::{answer, make_due, numbers, said, scripted::Mode};
use crate::common::{Owner, Reply, Shop, TestServer};
use crate::forms::{call, fields};
use backend::orders::connect;
use domain::{
    message::Sender,
    order_source::{ConnectShop, ConnectedShop, SourceFound, SourceTest, SourceTrouble},
    problem::Problem,
    texts,
};
use server::{GRANT, Shopify};

/// A store that has no orders but those of a Shopify shop.
async fn connected(server: &TestServer) -> (Shop, Shopify) {
    let (_, shop) = server.owner_with_shop().await;
    let shopify = Shopify::start().await;
    let connected = connect::connect(&server.ctx, &shop.member, shopify.shop()).await;
    connected.expect("a shop that answers");
    (shop, shopify)
}

/// What the dialog sends.
async fn connect_by_form(
    server: &TestServer,
    owner: &Owner,
    shop: &Shop,
    new: &ConnectShop,
) -> Reply {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("shop[kind]", "shopify"),
        ("shop[address]", &new.address),
        ("shop[key]", &new.key),
    ]);
    call(server, &owner.cookie, "orders/connect", &form).await
}

#[tokio::test]
async fn it_is_connected_with_a_token_or_with_an_app() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let (one, other) = (Shopify::start().await, Shopify::start().await);
    for new in [one.shop(), other.shop_with_app()] {
        let reply = connect_by_form(&server, &owner, &shop, &new).await;
        let (made, found): (ConnectedShop, SourceFound) = reply.json(200);
        assert_eq!(made.kind.as_str(), "shopify");
        assert_eq!(found.orders, 9);
        assert!(found.newest_at.is_some());
    }
    server.finish().await;
}

#[tokio::test]
async fn an_app_asks_for_a_token_once_a_day() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopify = Shopify::start().await;
    let connected = connect::connect(&server.ctx, &shop.member, shopify.shop_with_app()).await;
    connected.expect("a shop that answers");
    // That was to try it, and isn't kept.
    let before = shopify.calls().iter().filter(|call| *call == GRANT).count();
    for number in ["1001", "1002", "1003"] {
        let body = answer(&server, &shop, &format!("Where is my order #{number}?")).await;
        assert_eq!(numbers(&body), [number]);
    }
    let after = shopify.calls().iter().filter(|call| *call == GRANT).count();
    assert_eq!((before, after), (1, 2));
    server.finish().await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_asked_for_anew() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopify = Shopify::start().await;
    let connected = connect::connect(&server.ctx, &shop.member, shopify.shop_with_app()).await;
    connected.expect("a shop that answers");
    answer(&server, &shop, "Where is my order #1001?").await;
    shopify.does(Mode::Expired);
    let body = answer(&server, &shop, "Where is my order #1002?").await;
    assert_eq!(numbers(&body), ["1002"]);
    server.finish().await;
}

#[tokio::test]
async fn a_key_that_it_refuses_is_not_connected() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopify = Shopify::start().await;
    let products = Shopify::start_for_products_alone().await;
    for (new, trouble) in [
        (shopify.shop_with("shpat_0".into()), SourceTrouble::WrongKey),
        (shopify.shop_with("5f0e:no".into()), SourceTrouble::WrongKey),
        (products.shop(), SourceTrouble::NotAllowed),
    ] {
        let reply = connect_by_form(&server, &owner, &shop, &new).await;
        let problem = reply.json::<Problem>(422);
        assert_eq!(problem.field.as_deref(), Some("key"), "{}", new.key);
        assert_eq!(problem.detail, trouble.sentence(), "{}", new.key);
    }
    server.finish().await;
}

#[tokio::test]
async fn what_is_wrong_with_it_is_told_apart() {
    let server = TestServer::start().await;
    let (shop, shopify) = connected(&server).await;
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let id = sources.expect("a list").shops[0].id;
    for (mode, trouble) in [
        (Mode::Revoked, SourceTrouble::WrongKey),
        (Mode::Throttled, SourceTrouble::TooManyCalls),
        (Mode::Failing, SourceTrouble::Failing),
        (Mode::Storefront, SourceTrouble::NotThisShop),
    ] {
        shopify.does(mode.clone());
        let tested = connect::test(&server.ctx, &shop.member, id).await;
        let tested = tested.expect("a source");
        assert_eq!(tested, SourceTest::Trouble(trouble), "{mode:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn an_order_is_told_as_it_stands() {
    let server = TestServer::start().await;
    let (shop, _shopify) = connected(&server).await;
    for (number, parts) in [
        (
            "1001",
            &[
                "Order #1001: Shipped",
                "Payment: Paid",
                "2 × Linen Shirt - L",
                "€118.50",
                "https://track.example.com/1Z1",
            ][..],
        ),
        (
            "1002",
            &["Order #1002: Being prepared", "Payment authorized"],
        ),
        ("1003", &["Order #1003: Cancelled"]),
        ("1004", &["Order #1004: Partly shipped"]),
        ("01005", &["Order #1005: Delivered"]),
        ("1006", &["Order #1006: Cancelled", "Refunded", "€118.50"]),
        ("en7-a", &["Order #EN7-A: On hold"]),
    ] {
        let body = answer(&server, &shop, &format!("Where is my order #{number}?")).await;
        for part in parts {
            assert!(body.contains(part), "#{number}: {part} is missing: {body}");
        }
        for never in ["javascript:", "gid://"] {
            assert!(!body.contains(never), "#{number}: {body}");
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn what_its_search_finds_is_checked_again() {
    let server = TestServer::start().await;
    let (shop, _shopify) = connected(&server).await;
    let no_match = texts::of("en").answers.no_match();
    for (text, expected) in [
        // Part of 10010, too.
        ("Where is my order #1001?", vec!["1001"]),
        ("Where is my order #100?", vec![]),
        // As a guest she wrote it with a capital.
        (
            "where is my order? anna@example.com",
            vec!["1006", "1002", "1001"],
        ),
        // Part of dana's, and of anna's.
        ("where is my order? na@example.com", vec![]),
        ("where is order #1001? anna@example.com", vec!["1001"]),
        ("where is order #1001? ben@example.com", vec![]),
    ] {
        let body = answer(&server, &shop, text).await;
        assert_eq!(numbers(&body), expected, "{text}: {body}");
        assert_eq!(body == no_match, expected.is_empty(), "{text}: {body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn while_it_takes_no_more_calls_shoppers_are_told_and_answered_later() {
    let server = TestServer::start().await;
    let (shop, shopify) = connected(&server).await;
    shopify.does(Mode::Throttled);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #1001?").await;
    assert_eq!(told[0].body, texts::of("en").answers.unavailable());
    shopify.does(Mode::Well);
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    let shown = (late.sender, numbers(&late.body));
    assert_eq!(shown, (Sender::Ai, vec!["1001"]));
    server.finish().await;
}
