//! Orders of the shops that merchants connect.

mod arranged;
mod careful;
mod later;
mod long_lists;
pub mod medusa;
mod number_forms;
mod parcels;
mod partial;
#[cfg(feature = "real-medusa")]
mod real_medusa;
mod recorded;
mod samples;
pub mod scripted;
mod shopify;
mod woocommerce;

use crate::common::{Owner, Shop, Shopper, TestServer, database};
use crate::forms::{Fields, call, fields};
use backend::orders::{self, connect};
use domain::{
    message::{Message, Sender},
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus},
    order_source::{ConnectedShop, OrderSourceList, SourceFound, SourceTest, SourceTrouble},
    problem::Problem,
    store::{Availability, ServiceStatus},
    texts,
};
use medusa::{KEY, Medusa, PICTURE};
use scripted::Mode;

/// A store that has no orders but those of a Medusa.
async fn connected(server: &TestServer) -> (Owner, Shop, Medusa) {
    let (owner, shop) = server.owner_with_shop().await;
    let medusa = Medusa::start().await;
    let connected = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
    connected.expect("a shop that answers");
    (owner, shop, medusa)
}

/// The fields of the dialog.
fn form(shop: &Shop, address: &str, key: &str) -> Fields {
    let store = shop.id.to_string();
    fields([
        ("store", store.as_str()),
        ("shop[kind]", "medusa"),
        ("shop[address]", address),
        ("shop[key]", key),
    ])
}

/// What is said after `text`.
pub async fn said(server: &TestServer, shopper: &Shopper, text: &str) -> Vec<Message> {
    let sent = shopper.send(text).await;
    server.idle().await;
    shopper.history(sent.seq).await.messages
}

/// The AI's answer to `text`, from somebody whom it has never met.
async fn answer(server: &TestServer, shop: &Shop, text: &str) -> String {
    let shopper = server.shopper(shop).await;
    let said = said(server, &shopper, text).await;
    let [message] = said.as_slice() else {
        panic!("{text}: {said:#?}")
    };
    assert_eq!(message.sender, Sender::Ai);
    message.body.clone()
}

/// The orders that an answer shows, in its order.
pub fn numbers(answer: &str) -> Vec<&str> {
    let lines = answer
        .lines()
        .filter_map(|line| line.strip_prefix("Order #"));
    lines.filter_map(|line| line.split(':').next()).collect()
}

/// A built-in order of somebody, being prepared.
async fn place(server: &TestServer, shop: &Shop, number: &str, email: &str) {
    let order = Order {
        number: number.to_owned(),
        email: email.to_owned(),
        customer_name: None,
        status: OrderStatus::Processing,
        payment_status: PaymentStatus::Paid,
        currency: "EUR".to_owned(),
        total_minor: 4_200,
        placed_at: 1_795_000_000_000,
        changed_at: None,
        items: Vec::new(),
        shipments: Vec::new(),
    };
    let put = orders::put(&server.ctx, &shop.member, order).await;
    put.expect("an order");
}

/// Lets what waits for a shop try again now.
pub async fn make_due(server: &TestServer) {
    let due = "UPDATE jobs SET state = 'ready', run_at = 0 WHERE kind = 'look_up_again'";
    database::write(&server.ctx, due).await;
    server.ctx.jobs().wake();
    server.idle().await;
}

#[tokio::test]
async fn a_shop_that_answers_is_connected_and_its_key_never_shown() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let medusa = Medusa::start().await;
    let form = form(&shop, &format!(" {}/ ", medusa.address()), KEY);
    let reply = call(&server, &owner.cookie, "orders/connect", &form).await;
    let (made, found): (ConnectedShop, SourceFound) = reply.json(200);
    // A draft is no order.
    assert_eq!(found.orders, 12);
    assert!(found.newest_at.is_some());
    assert_eq!(made.address, medusa.address());

    let of_store = fields([("store", shop.id.to_string().as_str())]);
    let reply = call(&server, &owner.cookie, "orders/sources", &of_store).await;
    let list: OrderSourceList = reply.json(200);
    assert_eq!(list.shops, [made]);
    assert!(!reply.body.contains(KEY));
    let stored = format!("SELECT COUNT(*) AS n FROM order_sources WHERE sealed_key LIKE '%{KEY}%'");
    assert_eq!(database::count(&server.ctx, stored).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_does_not_answer_is_not_connected_and_the_reason_said() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let medusa = Medusa::start().await;
    let other = Medusa::start().await;
    let nobody = "http://127.0.0.1:1".to_owned();
    let elsewhere = Mode::Redirects("https://example.com/admin".to_owned());
    for (mode, address, field, trouble) in [
        (Mode::Well, nobody, "address", SourceTrouble::NoConnection),
        (
            Mode::Revoked,
            medusa.address(),
            "key",
            SourceTrouble::WrongKey,
        ),
        (
            Mode::Failing,
            medusa.address(),
            "address",
            SourceTrouble::Failing,
        ),
        (
            Mode::Storefront,
            medusa.address(),
            "address",
            SourceTrouble::NotThisShop,
        ),
        (
            elsewhere,
            medusa.address(),
            "address",
            SourceTrouble::Redirected,
        ),
        // Nobody is followed into a private network, whatever is allowed.
        (
            Mode::Redirects("http://10.0.0.1/admin/orders".to_owned()),
            medusa.address(),
            "address",
            SourceTrouble::Redirected,
        ),
        (
            Mode::Redirects("http://169.254.169.254/latest/meta-data".to_owned()),
            medusa.address(),
            "address",
            SourceTrouble::Redirected,
        ),
        (
            Mode::Redirects(other.address()),
            medusa.address(),
            "address",
            SourceTrouble::Redirected,
        ),
        (
            Mode::Slow,
            medusa.address(),
            "address",
            SourceTrouble::TimedOut,
        ),
        (
            Mode::Endless,
            medusa.address(),
            "address",
            SourceTrouble::TooLarge,
        ),
        (
            Mode::Well,
            "https://10.0.0.1".to_owned(),
            "address",
            SourceTrouble::PrivateAddress,
        ),
    ] {
        medusa.does(mode.clone());
        let form = form(&shop, &address, KEY);
        let reply = call(&server, &owner.cookie, "orders/connect", &form).await;
        let problem = reply.json::<Problem>(422);
        assert_eq!(problem.field.as_deref(), Some(field), "{mode:?}");
        assert_eq!(problem.detail, trouble.sentence(), "{mode:?}");
    }
    assert_eq!(other.calls(), Vec::<String>::new(), "it got the key");
    assert_eq!(database::rows(&server.ctx, "order_sources").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_is_connected_again_gets_its_new_key() {
    let server = TestServer::start().await;
    let (owner, shop, medusa) = connected(&server).await;
    medusa.takes_key("sk_new");
    let refused = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(refused, texts::of("en").answers.unavailable());
    // The same address, however it is typed.
    let address = medusa.address().to_uppercase();
    let again = form(&shop, &format!("{address}/"), "sk_new");
    let reply = call(&server, &owner.cookie, "orders/connect", &again).await;
    let (again, _): (ConnectedShop, SourceFound) = reply.json(200);
    assert_eq!((again.address, again.trouble), (medusa.address(), None));
    assert_eq!(database::rows(&server.ctx, "order_sources").await, 1);
    let found = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(numbers(&found), ["1"]);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_cannot_say_one_order_can_say_the_others() {
    let server = TestServer::start().await;
    let (_, shop, _medusa) = connected(&server).await;
    let no_match = texts::of("en").answers.no_match();
    // One without a total, and one with a link of a million letters.
    for _ in 0..4 {
        let broken = answer(&server, &shop, "Where is my order #20?").await;
        assert_eq!(broken, no_match);
    }
    let long = answer(&server, &shop, "Where is my order #21?").await;
    assert!(
        long.contains("Order #21: Shipped") && long.len() < 1_000,
        "{long}"
    );
    server.finish().await;
}

#[tokio::test]
async fn two_questions_during_an_outage_are_answered_once() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    medusa.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    said(&server, &shopper, "Where is my order #1?").await;
    let told = said(&server, &shopper, "Where is my order #1?").await;
    medusa.does(Mode::Well);
    make_due(&server).await;
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    assert_eq!(numbers(&late.body), ["1"]);
    assert_eq!(database::rows(&server.ctx, "jobs").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn what_was_asked_during_an_outage_counts_when_it_is_answered() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    medusa.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #1?").await;
    medusa.does(Mode::Well);
    make_due(&server).await;
    assert_eq!(shopper.history(told[0].seq).await.messages.len(), 1);
    // Eight are a visitor's.
    let too_many = texts::of("en").answers.too_many();
    for number in 2..=9 {
        let text = format!("Where is my order #{number}?");
        let answer = said(&server, &shopper, &text).await;
        assert_eq!(answer[0].body == too_many, number == 9, "#{number}");
    }
    server.finish().await;
}

#[tokio::test]
async fn an_order_of_a_medusa_is_told_as_it_stands() {
    let server = TestServer::start().await;
    let (_, shop, _medusa) = connected(&server).await;
    for (number, parts) in [
        (
            "1",
            &[
                "Order #1: Shipped",
                "Payment: Paid",
                "2 × Linen Shirt (L)",
                "1 × Gift wrapping",
                "€118.05",
                "https://track.example.com/T1",
            ][..],
        ),
        ("2", &["Order #2: Received", "Payment authorized"]),
        ("3", &["Order #3: Cancelled", "Not charged", "€118.05"]),
        (
            "4",
            &[
                "Order #4: Partly shipped",
                "https://track.example.com/T4a",
                "https://track.example.com/T4b",
            ],
        ),
        ("5", &["Order #5: Delivered"]),
        ("6", &["Order #6: Shipped", "without a tracking link"]),
        ("7", &["Order #7: Cancelled", "Refunded", "€118.05"]),
        ("11", &["Order #11: Delivered"]),
        ("0013", &["Order #13: Shipped", "T13"]),
    ] {
        let body = answer(&server, &shop, &format!("Where is my order #{number}?")).await;
        for part in parts {
            assert!(body.contains(part), "#{number}: {part} is missing: {body}");
        }
        for never in ["javascript:", "labels.example.com", "order_"] {
            assert!(!body.contains(never), "#{number}: {body}");
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn an_order_of_a_medusa_is_shown_with_pictures_and_where_its_parcels_are() {
    let server = TestServer::start().await;
    let (_, shop, _medusa) = connected(&server).await;
    let shopper = server.shopper(&shop).await;
    let said = said(&server, &shopper, "Where is my order #1?").await;
    let shown = said[0].data.as_ref().expect("the order as facts");
    let [card] = shown.orders.as_slice() else {
        panic!("{shown:#?}")
    };
    let items = &card.details.as_ref().expect("all of it").items;
    let pictures: Vec<_> = items.iter().map(OrderItem::picture).collect();
    assert_eq!(pictures, [Some(PICTURE), None]);
    let parcel = &card.shipments[0];
    // 22 November 2026, 14:12:07.345.
    let since = (Some(ParcelStatus::InTransit), Some(1_795_356_727_345));
    assert_eq!((parcel.status, parcel.changed_at), since);
    server.finish().await;
}

#[tokio::test]
async fn what_the_shop_finds_is_checked_again() {
    let server = TestServer::start().await;
    let (_, shop, _medusa) = connected(&server).await;
    let no_match = texts::of("en").answers.no_match();
    for (text, expected) in [
        // Part of 10, 11 and 13, too.
        ("Where is my order #1?", vec!["1"]),
        // A draft, and one that isn't there.
        ("Where is my order #8?", vec![]),
        ("Where is my order #9?", vec![]),
        // As a guest she wrote it with a capital.
        ("where is my order? anna@example.com", vec!["6", "2", "1"]),
        // As a guest and with an account.
        ("where is my order? CARA@example.com", vec!["11", "10"]),
        // What stands for any letter in the shop's search.
        ("where is my order? anna_example@example.com", vec![]),
        ("where is order #1? anna@example.com", vec!["1"]),
        ("where is order #1? ben@example.com", vec![]),
    ] {
        let body = answer(&server, &shop, text).await;
        assert_eq!(numbers(&body), expected, "{text}: {body}");
        assert_eq!(body == no_match, expected.is_empty(), "{text}: {body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_same_question_within_a_minute_asks_the_shop_once() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    let first = answer(&server, &shop, "Where is my order #1?").await;
    let asked = medusa.calls().len();
    assert_eq!(answer(&server, &shop, "Where is my order #1?").await, first);
    assert_eq!(medusa.calls().len(), asked);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_is_down_is_said_to_be_and_the_question_answered_when_it_is_back() {
    let server = TestServer::start().await;
    let (owner, shop, medusa) = connected(&server).await;
    medusa.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #1?").await;
    assert_eq!(told[0].body, texts::of("en").answers.unavailable());
    assert!(shopper.conversation().await.needs_human);
    let of_store = fields([("store", shop.id.to_string().as_str())]);
    let services: ServiceStatus = call(&server, &owner.cookie, "stores/services", &of_store)
        .await
        .json(200);
    let Availability::Unavailable(why) = services.orders else {
        panic!("{services:#?}")
    };
    assert!(why.contains(SourceTrouble::Failing.sentence()), "{why}");

    // Not back yet: nothing is said twice.
    make_due(&server).await;
    assert_eq!(shopper.history(told[0].seq).await.messages, []);
    medusa.does(Mode::Well);
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    assert_eq!((late.sender, numbers(&late.body)), (Sender::Ai, vec!["1"]));
    let shown = late.data.as_ref().expect("the order as facts");
    assert_eq!(shown.orders[0].number, "1");
    assert_eq!(database::rows(&server.ctx, "jobs").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn who_was_answered_meanwhile_is_not_answered_again() {
    for by_person in [true, false] {
        let server = TestServer::start().await;
        let (owner, shop, medusa) = connected(&server).await;
        medusa.does(Mode::Failing);
        let shopper = server.shopper(&shop).await;
        said(&server, &shopper, "Where is my order #1?").await;
        medusa.does(Mode::Well);
        if by_person {
            let id = domain::ids::MessageId::generate().to_string();
            let reply = fields([
                ("store", shop.id.to_string().as_str()),
                ("conversation", shopper.conversation.to_string().as_str()),
                ("id", &id),
                ("body", "It arrives tomorrow."),
            ]);
            let reply = call(&server, &owner.cookie, "inbox/reply", &reply).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        } else {
            said(&server, &shopper, "Where is my order #2?").await;
        }
        let last = shopper.conversation().await.last_seq;
        make_due(&server).await;
        assert_eq!(shopper.conversation().await.last_seq, last);
        assert_eq!(database::rows(&server.ctx, "jobs").await, 0);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_test_says_what_the_shop_has_or_what_is_wrong() {
    let server = TestServer::start().await;
    let (owner, shop, medusa) = connected(&server).await;
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let id = sources.expect("a list").shops[0].id;
    let of_source = fields([
        ("store", shop.id.to_string().as_str()),
        ("source", id.to_string().as_str()),
    ]);
    let test = async || {
        call(&server, &owner.cookie, "orders/test-source", &of_source)
            .await
            .json::<SourceTest>(200)
    };
    assert!(matches!(test().await, SourceTest::Found(found) if found.orders == 12));
    medusa.does(Mode::Revoked);
    assert_eq!(test().await, SourceTest::Trouble(SourceTrouble::WrongKey));
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let listed = &sources.expect("a list").shops[0];
    assert_eq!(listed.trouble, Some(SourceTrouble::WrongKey));
    assert!(listed.trouble_since.is_some());
    medusa.does(Mode::Well);
    assert!(matches!(test().await, SourceTest::Found(_)));
    server.finish().await;
}

#[tokio::test]
async fn a_disconnected_shop_is_not_asked_any_more() {
    let server = TestServer::start().await;
    let (owner, shop, medusa) = connected(&server).await;
    answer(&server, &shop, "Where is my order #1?").await;
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let id = sources.expect("a list").shops[0].id;
    let of_source = fields([
        ("store", shop.id.to_string().as_str()),
        ("source", id.to_string().as_str()),
    ]);
    let reply = call(&server, &owner.cookie, "orders/disconnect", &of_source).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let asked = medusa.calls().len();
    let body = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(body, texts::of("en").answers.no_orders_here());
    assert_eq!(medusa.calls().len(), asked);
    server.finish().await;
}
