//! One of a store's sources is down, and the others answer.

use super::{
    make_due,
    medusa::{self, Its, Medusa},
    numbers, place, said,
    scripted::Mode,
};
use crate::common::{Owner, Shop, Shopper, TestServer, database, people::start_request};
use crate::forms::{call, fields};
use backend::orders::connect;
use domain::{
    order_source::{ShopperOrders, SourceTrouble},
    texts,
    widget_api::VisitorDetails,
};
use serde_json::json;

/// A store with two shops: one has Anna's order #1, the other her #2.
async fn with_two(server: &TestServer) -> (Owner, Shop, Medusa, Medusa) {
    let (owner, shop) = server.owner_with_shop().await;
    let one_with = async |number: u32| {
        let order = medusa::order(number, "anna", "pending", "captured", "shipped", json!([]));
        let its = Its {
            orders: vec![order],
            ..Its::default()
        };
        let medusa = Medusa::start_with(its).await;
        let connected = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
        connected.expect("a shop that answers");
        medusa
    };
    let (one, other) = (one_with(1).await, one_with(2).await);
    (owner, shop, one, other)
}

async fn shopper_who(
    server: &TestServer,
    shop: &Shop,
    is: impl FnOnce(&mut VisitorDetails),
) -> Shopper {
    let mut request = start_request();
    is(&mut request.visitor);
    server.shopper_with(shop, &request).await
}

#[tokio::test]
async fn an_emails_orders_say_that_some_may_be_missing() {
    for (locale, word) in [("en", "Our team"), ("de", "Unser Team")] {
        let server = TestServer::start().await;
        let (_, shop, one, _other) = with_two(&server).await;
        one.does(Mode::Failing);
        let shopper = shopper_who(&server, &shop, |visitor| {
            visitor.locale = Some(locale.to_owned())
        })
        .await;
        let told = said(&server, &shopper, "where is my order? anna@example.com").await;
        let note = texts::of(locale).answers.some_unreachable();
        assert!(
            note.contains(word) && told[0].body.ends_with(note),
            "{}",
            told[0].body
        );
        let shown = told[0].data.as_ref().expect("the orders as facts");
        assert_eq!(shown.orders.len(), 1);
        assert_eq!(shown.orders[0].number, "2");
        // Beside the card; it has no tracking link to show, and says so.
        assert!(shown.lead.ends_with(note), "{}", shown.lead);
        assert!(shopper.conversation().await.needs_human);
        // It is answered: nothing is said again by itself.
        assert_eq!(database::rows(&server.ctx, "jobs").await, 0);
        server.finish().await;
    }
}

#[tokio::test]
async fn what_none_in_reach_has_is_looked_up_again() {
    let server = TestServer::start().await;
    let (_, shop, one, _other) = with_two(&server).await;
    one.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #1?").await;
    assert_eq!(told[0].body, texts::of("en").answers.none_in_reach());
    assert!(shopper.conversation().await.needs_human);
    make_due(&server).await;
    assert_eq!(shopper.history(told[0].seq).await.messages, []);
    one.does(Mode::Well);
    server.ctx.clock().advance(60 * 1_000);
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    assert_eq!(numbers(&late.body), ["1"]);
    assert!(!shopper.conversation().await.needs_human, "it is settled");
    assert_eq!(database::rows(&server.ctx, "jobs").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn what_is_nowhere_is_said_to_be_once_all_could_be_asked() {
    let server = TestServer::start().await;
    let (_, shop, one, _other) = with_two(&server).await;
    one.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #77?").await;
    assert_eq!(told[0].body, texts::of("en").answers.none_in_reach());
    one.does(Mode::Well);
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    assert_eq!(later[0].body, texts::of("en").answers.no_match());
    server.finish().await;
}

#[tokio::test]
async fn an_order_that_a_source_in_reach_has_is_told_with_what_could_not_be_asked() {
    let server = TestServer::start().await;
    let (_, shop, one, _other) = with_two(&server).await;
    let note = texts::of("en").answers.some_unreachable();
    one.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    // The one that is down comes first and might know better.
    let told = said(&server, &shopper, "Where is my order #2?").await;
    assert_eq!(numbers(&told[0].body), ["2"]);
    assert!(told[0].body.ends_with(note), "{}", told[0].body);
    // Where it comes last it doesn't count.
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let first = sources.expect("a list").shops[0].id;
    connect::shift(&server.ctx, &shop.member, Some(first), false)
        .await
        .expect("a source");
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #2?").await;
    assert_eq!(numbers(&told[0].body), ["2"]);
    assert!(!told[0].body.contains(note), "{}", told[0].body);
    assert!(!shopper.conversation().await.needs_human);
    server.finish().await;
}

#[tokio::test]
async fn built_in_orders_in_reach_are_looked_through_too() {
    let server = TestServer::start().await;
    let (_, shop, one, other) = with_two(&server).await;
    one.does(Mode::Failing);
    other.does(Mode::Failing);
    let answers = &texts::of("en").answers;
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #77?").await;
    assert_eq!(told[0].body, answers.unavailable(), "nothing is in reach");
    place(&server, &shop, "1001", "jane@example.com").await;
    let told = said(&server, &shopper, "Where is my order #77?").await;
    assert_eq!(told[0].body, answers.none_in_reach());
    server.finish().await;
}

#[tokio::test]
async fn a_wrong_email_is_told_as_a_wrong_number_during_an_outage_too() {
    let server = TestServer::start().await;
    let (_, shop, one, _other) = with_two(&server).await;
    one.does(Mode::Failing);
    for text in [
        "where is order #2? eve@example.com",
        "where is order #77? anna@example.com",
    ] {
        // Her own orders are shown for the email alone, so it is the pair that counts.
        let shop = &shop;
        server
            .set_up(shop, |settings| {
                settings.orders.lookup_check = domain::settings::OrderLookupCheck::NumberAndEmail;
            })
            .await;
        let shopper = server.shopper(shop).await;
        let told = said(&server, &shopper, text).await;
        assert_eq!(
            told[0].body,
            texts::of("en").answers.none_in_reach(),
            "{text}"
        );
    }
    server.finish().await;
}

#[tokio::test]
async fn the_team_sees_which_source_could_not_be_asked() {
    let server = TestServer::start().await;
    let (owner, shop, one, _other) = with_two(&server).await;
    one.does(Mode::Revoked);
    let shopper = shopper_who(&server, &shop, |visitor| {
        visitor.email = Some("anna@example.com".to_owned());
    })
    .await;
    let of_conversation = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
    ]);
    let seen = call(&server, &owner.cookie, "inbox/orders", &of_conversation).await;
    let seen: ShopperOrders = seen.json(200);
    let found: Vec<_> = seen
        .orders
        .iter()
        .map(|order| order.number.as_str())
        .collect();
    assert_eq!(found, ["2"]);
    let [unasked] = seen.trouble.as_slice() else {
        panic!("{seen:#?}")
    };
    assert_eq!(unasked.name, "Medusa");
    assert_eq!(unasked.address, one.address());
    assert_eq!(unasked.trouble, SourceTrouble::WrongKey);
    server.finish().await;
}
