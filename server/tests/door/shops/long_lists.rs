//! A shop lists more than fits on a page: it is read on, and where that ends too early nobody
//! is told that there is no such order.

use super::{
    answer,
    medusa::{self, Medusa},
    numbers, said,
    shopify::server::{self as shopify, Shopify},
    woocommerce::server::{self as woocommerce, WooCommerce},
};
use crate::common::{Owner, Shop, TestServer, database, people::start_request};
use crate::forms::{call, fields};
use backend::orders::connect;
use domain::{
    order_source::{ConnectShop, ShopperOrders, SourceTrouble},
    texts,
};
use serde_json::{Value, json};

/// More than fit on a page of any of them.
const MANY: u32 = 130;

async fn connected(server: &TestServer, owner: &Owner, connecting: ConnectShop) -> Shop {
    let shop = server.open_shop(owner, "Lamps", |_| {}).await;
    let connected = connect::connect(&server.ctx, &shop.member, connecting).await;
    connected.expect("a shop that answers");
    shop
}

/// `many` orders of somebody in whose email 207 stands, and then, perhaps, #207.
fn of_medusa(many: u32, has_it: bool) -> medusa::Its {
    let one = |number: u32, who: &str| -> Value {
        medusa::order(number, who, "pending", "captured", "shipped", json!([]))
    };
    let mut orders: Vec<_> = (1..=many).map(|number| one(number, "anna207")).collect();
    orders.extend(has_it.then(|| one(207, "ben")));
    medusa::Its {
        orders,
        customers: vec![json!({"id": "cus_anna207", "email": "anna207@example.com"})],
        ..medusa::Its::default()
    }
}

/// SD-7, perhaps, and then `many` orders in whose number it stands.
fn of_woocommerce(many: u32, has_it: bool) -> woocommerce::Its {
    let one = |id: u64, number: String, email: &str| {
        let order = woocommerce::order(id, "completed", email);
        woocommerce::with(order, &[("number", json!(number))])
    };
    let its = has_it.then(|| one(1, "SD-7".to_owned(), "ana@example.com"));
    let others = (0..many).map(|n| {
        let number = 7_000 + u64::from(n);
        one(number, format!("SD-{number}"), "dana@example.com")
    });
    woocommerce::Its {
        orders: its.into_iter().chain(others).collect(),
        ..woocommerce::Its::default()
    }
}

/// #1001, perhaps, and then `many` orders in whose number it stands.
fn of_shopify(many: u32, has_it: bool) -> shopify::Its {
    let one = |name: &str, email: &str| shopify::order(name, email, "FULFILLED");
    let its = has_it.then(|| one("#1001", "ana@example.com"));
    let others = (0..many).map(|n| one(&format!("#{}", 1_001_000 + n), "dana@example.com"));
    shopify::Its {
        orders: its.into_iter().chain(others).collect(),
        ..shopify::Its::default()
    }
}

#[tokio::test]
async fn what_stands_on_a_later_page_is_found_in_every_kind_of_shop() {
    let server = TestServer::start().await;
    let medusa = Medusa::start_with(of_medusa(MANY, true)).await;
    let woocommerce = WooCommerce::start_with(of_woocommerce(MANY, true)).await;
    let shopify = Shopify::start_with(of_shopify(MANY, true)).await;
    let owner = server.sign_up().await;
    for (connecting, asked) in [
        (
            medusa.shop(),
            [
                ("Where is my order #207?", "207"),
                // The oldest of a customer who has many.
                ("where is order #1? anna207@example.com", "1"),
            ],
        ),
        (
            woocommerce.shop(),
            [
                ("Where is my order #SD-7?", "SD-7"),
                // A part of all the others' addresses.
                ("where is my order? ana@example.com", "SD-7"),
            ],
        ),
        (
            shopify.shop(),
            [
                ("Where is my order #1001?", "1001"),
                ("where is my order? ana@example.com", "1001"),
            ],
        ),
    ] {
        let shop = connected(&server, &owner, connecting).await;
        for (text, number) in asked {
            let found = answer(&server, &shop, text).await;
            assert_eq!(numbers(&found), [number], "{text}: {found}");
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn what_stands_on_no_page_of_a_long_list_is_said_not_to_be_there() {
    let server = TestServer::start().await;
    let medusa = Medusa::start_with(of_medusa(MANY, false)).await;
    let woocommerce = WooCommerce::start_with(of_woocommerce(MANY, false)).await;
    let shopify = Shopify::start_with(of_shopify(MANY, false)).await;
    let owner = server.sign_up().await;
    for (connecting, text) in [
        (medusa.shop(), "Where is my order #207?"),
        (woocommerce.shop(), "Where is my order #SD-7?"),
        (shopify.shop(), "Where is my order #1001?"),
    ] {
        let shop = connected(&server, &owner, connecting).await;
        let told = answer(&server, &shop, text).await;
        assert_eq!(told, texts::of("en").answers.no_match(), "{text}");
    }
    server.finish().await;
}

#[tokio::test]
async fn what_could_not_be_looked_through_is_never_said_not_to_be_there() {
    let server = TestServer::start().await;
    // One that gives two on a page would have to be asked a hundred times.
    let medusa = Medusa::start_with(medusa::Its {
        page_max: 2,
        ..of_medusa(200, false)
    });
    let woocommerce = WooCommerce::start_with(woocommerce::Its {
        page_max: 2,
        ..of_woocommerce(200, false)
    });
    let shopify = Shopify::start_with(shopify::Its {
        page_max: 2,
        ..of_shopify(200, false)
    });
    let (medusa, woocommerce, shopify) = (medusa.await, woocommerce.await, shopify.await);
    let owner = server.sign_up().await;
    for (connecting, text) in [
        (medusa.shop(), "Where is my order #207?"),
        (woocommerce.shop(), "Where is my order #SD-7?"),
        (shopify.shop(), "Where is my order #1001?"),
    ] {
        let shop = connected(&server, &owner, connecting).await;
        let shopper = server.shopper(&shop).await;
        let told = said(&server, &shopper, text).await;
        assert_eq!(
            told[0].body,
            texts::of("en").answers.unavailable(),
            "{text}"
        );
        assert!(shopper.conversation().await.needs_human, "{text}");
        // Asking again by itself would find no more.
        assert_eq!(database::rows(&server.ctx, "jobs").await, 0, "{text}");
        // The shop does well.
        let sources = connect::sources(&server.ctx, &shop.member).await;
        assert_eq!(sources.expect("a list").shops[0].trouble, None, "{text}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_list_that_is_too_long_is_read_once_a_minute_and_the_shop_not_left_alone() {
    let server = TestServer::start().await;
    let its = medusa::Its {
        page_max: 2,
        ..of_medusa(200, false)
    };
    let medusa = Medusa::start_with(its).await;
    let owner = server.sign_up().await;
    let shop = connected(&server, &owner, medusa.shop()).await;
    let unavailable = texts::of("en").answers.unavailable();
    let mut calls = Vec::new();
    for _ in 0..4 {
        let told = answer(&server, &shop, "Where is my order #207?").await;
        assert_eq!(told, unavailable);
        calls.push(medusa.calls().len());
    }
    assert_eq!(calls[0], calls[3], "it is kept");
    for _ in 0..3 {
        server.ctx.clock().advance(61 * 1_000);
        let told = answer(&server, &shop, "Where is my order #207?").await;
        assert_eq!(told, unavailable);
    }
    assert!(medusa.calls().len() > calls[3]);
    let found = answer(&server, &shop, "Where is my order #150?").await;
    assert_eq!(numbers(&found), ["150"]);
    server.finish().await;
}

#[tokio::test]
async fn the_team_sees_which_shop_could_not_be_looked_through() {
    let server = TestServer::start().await;
    // One that answers for a customer with everybody's orders.
    let its = medusa::Its {
        orders: of_medusa(200, false).orders,
        page_max: 2,
        filters: false,
        ..medusa::Its::default()
    };
    let medusa = Medusa::start_with(its).await;
    let owner = server.sign_up().await;
    let shop = connected(&server, &owner, medusa.shop()).await;
    let mut request = start_request();
    request.visitor.email = Some("ben@example.com".to_owned());
    let shopper = server.shopper_with(&shop, &request).await;
    let of_conversation = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
    ]);
    let seen = call(&server, &owner.cookie, "inbox/orders", &of_conversation).await;
    let seen: ShopperOrders = seen.json(200);
    assert_eq!(seen.orders, []);
    let [unasked] = seen.trouble.as_slice() else {
        panic!("{seen:#?}")
    };
    assert_eq!(unasked.trouble, SourceTrouble::TooManyToSearch);
    server.finish().await;
}

#[tokio::test]
async fn what_another_source_has_is_told_with_what_could_not_be_looked_through() {
    let server = TestServer::start().await;
    let its = medusa::Its {
        page_max: 2,
        ..of_medusa(200, false)
    };
    let long = Medusa::start_with(its).await;
    let other = Medusa::start_with(of_medusa(0, true)).await;
    let owner = server.sign_up().await;
    let shop = connected(&server, &owner, long.shop()).await;
    let added = connect::connect(&server.ctx, &shop.member, other.shop()).await;
    added.expect("a shop that answers");
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #207?").await;
    assert_eq!(numbers(&told[0].body), ["207"]);
    let note = texts::of("en").answers.some_unreachable();
    assert!(told[0].body.ends_with(note), "{}", told[0].body);
    assert!(shopper.conversation().await.needs_human);
    server.finish().await;
}
