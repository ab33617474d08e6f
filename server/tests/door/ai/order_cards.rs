//! The orders that an answer shows, as facts beside its words.

use super::{answer, ask, demo_shop};
use crate::common::{Reply, Shop, Shopper, TestServer};
use backend::{api_keys, conversations, orders};
use domain::{
    api_key::{NewApiKey, Scope},
    inbox::InboxView,
    message::{Message, MessageKind, Sender},
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_card::OrderCard,
    order_progress::{Progress, Step},
};
use serde_json::Value;

/// The cards of a message that has some.
fn cards(message: &Message) -> &[OrderCard] {
    assert_eq!(message.kind, MessageKind::OrderCard, "{message:#?}");
    &message.data.as_ref().expect("data").orders
}

fn numbers(cards: &[OrderCard]) -> Vec<&str> {
    cards.iter().map(|card| card.number.as_str()).collect()
}

/// A number alone shows status and tracking.
async fn brief_for_numbers(server: &TestServer, shop: &Shop) {
    server
        .set_up(shop, |settings| {
            settings.orders.full_details_for_number_alone = false;
        })
        .await;
}

#[tokio::test]
async fn a_number_brings_the_facts_of_its_order() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, "Where is my order #1001?").await;
    let [card] = cards(&message) else {
        panic!("{message:#?}")
    };
    assert_eq!(
        (card.number.as_str(), card.status, card.progress()),
        ("1001", OrderStatus::Shipped, Progress::At(Step::OnItsWay))
    );
    let [parcel] = card.shipments.as_slice() else {
        panic!("{card:#?}")
    };
    assert_eq!(parcel.carrier.as_deref(), Some("Northway Post"));
    assert_eq!(parcel.status, Some(ParcelStatus::InTransit));
    assert_eq!(
        parcel.link(),
        Some("https://track.example.com/northway/NW482019375")
    );
    let details = card.details.as_ref().expect("all of it");
    assert_eq!(
        (details.payment_status, details.total_minor),
        (PaymentStatus::Paid, 22_700)
    );
    let items: Vec<_> = details
        .items
        .iter()
        .map(|item| (item.quantity, item.name.as_str()))
        .collect();
    assert_eq!(
        items,
        [
            (1, "Linen duvet cover, king, sand"),
            (2, "Pillowcase pair, sand")
        ]
    );
    // Whoever draws no cards reads the same in words.
    assert!(message.body.contains("Order #1001: Shipped"));
    server.finish().await;
}

#[tokio::test]
async fn the_inbox_finds_the_conversations_with_orders() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let (asks, greets) = (server.shopper(&shop).await, server.shopper(&shop).await);
    answer(&server, &asks, "Where is my order #1001?").await;
    greets.send("Good morning").await;
    let view = InboxView {
        has_orders: true,
        ..InboxView::default()
    };
    let page = conversations::list(&server.ctx, &shop.member, view, None).await;
    let rows = page.expect("a page").rows;
    let ids: Vec<_> = rows.iter().map(|row| (row.id, row.has_orders)).collect();
    assert_eq!(ids, [(asks.conversation, true)]);
    server.finish().await;
}

#[tokio::test]
async fn an_answer_tells_where_the_parcel_is_and_since_when() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    brief_for_numbers(&server, &shop).await;
    let out = sent(OrderStatus::Shipped, ParcelStatus::OutForDelivery);
    put(&server, &shop, out.clone()).await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, "Where is my order #2001?").await;
    // 14 November 2023.
    let line = "Order #2001: Out for delivery (since 14 Nov 2023)";
    assert!(message.body.contains(line), "{}", message.body);
    assert_eq!(cards(&message)[0].shipments, out.shipments);
    server.finish().await;
}

#[tokio::test]
async fn an_answer_tells_no_place_that_the_order_has_left_behind() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let old = sent(OrderStatus::Delivered, ParcelStatus::OutForDelivery);
    put(&server, &shop, old).await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, "Where is my order #2001?").await;
    for told in ["Order #2001: Delivered\n", "Tracking: https://t.example/1"] {
        assert!(message.body.contains(told), "{}", message.body);
    }
    assert!(message.body.ends_with("/1"), "{}", message.body);
    let parcel = &cards(&message)[0].shipments[0];
    assert_eq!((parcel.status, parcel.changed_at), (None, None));
    server.finish().await;
}

#[tokio::test]
async fn every_reader_is_shown_the_same_facts() {
    let server = TestServer::with().demo().start().await;
    let (owner, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let mut socket = shopper.socket(0).await;
    socket.ready().await;
    let cursors = [(shopper.conversation, 0)];
    let mut agents = server.agent_socket(&owner, shop.id, &cursors).await;
    agents.ready().await;

    let message = answer(&server, &shopper, "Where is my order #1001?").await;
    let shown = cards(&message);
    assert_eq!(cards(&socket.message_from(Sender::Ai).await), shown);
    assert_eq!(cards(&agents.message_from(Sender::Ai).await), shown);
    let thread = conversations::thread(&server.ctx, &shop.member, shopper.conversation, None);
    let thread = thread.await.expect("a thread");
    assert_eq!(cards(thread.messages.last().expect("an answer")), shown);

    let new = NewApiKey {
        name: "Back office".to_owned(),
        scopes: vec![Scope::ConversationsRead],
    };
    let key = api_keys::create(&server.ctx, &shop.member, new).await;
    let path = format!("/api/v1/conversations/{}/messages", shopper.conversation);
    let request = server.http.get(server.url(&path));
    let page: Value = Reply::to(request.bearer_auth(key.expect("a key").token))
        .await
        .json(200);
    assert_eq!(page["items"][1]["data"]["orders"][0]["number"], "1001");
    server.finish().await;
}

#[tokio::test]
async fn the_orders_of_an_email_are_a_choice() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let text = "jane@example.com — where's my order?";
    let message = answer(&server, &shopper, text).await;
    let choice = cards(&message);
    assert_eq!(numbers(choice), ["1024", "1001", "1013"], "newest first");
    assert!(choice.iter().all(|card| card.details.is_some()));
    server.finish().await;
}

#[tokio::test]
async fn a_number_alone_hides_on_the_card_what_it_hides_in_words() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    brief_for_numbers(&server, &shop).await;
    let shopper = server.shopper(&shop).await;
    let sent = shopper.send("Where is my order #1001?").await;
    server.idle().await;
    let reply = shopper
        .get(&format!("?after_seq={}&limit=200", sent.seq))
        .await;
    for hidden in [
        "\"details\"",
        "duvet",
        "total_minor",
        "USD",
        "paid",
        "placed_at",
    ] {
        assert!(!reply.body.contains(hidden), "{hidden}: {}", reply.body);
    }
    let brief = shopper.history(sent.seq).await.messages;
    let [card] = cards(&brief[0]) else {
        panic!("{brief:#?}")
    };
    assert_eq!(card.status, OrderStatus::Shipped);
    assert!(card.shipments[0].link().is_some(), "tracking is shown");
    assert_eq!(card.details, None);

    // The email proves the rest.
    let whole = answer(&server, &shopper, "jane@example.com").await;
    let whole = cards(&whole);
    assert!(whole.iter().all(|card| card.details.is_some()));
    server.finish().await;
}

#[tokio::test]
async fn a_refund_is_no_matter_of_a_number_alone() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let order = Order {
        status: OrderStatus::Cancelled,
        payment_status: PaymentStatus::Refunded,
        ..lamp("2001", "Lamp")
    };
    put(&server, &shop, order).await;
    let full = answer(
        &server,
        &server.shopper(&shop).await,
        "Where is my order #2001?",
    )
    .await;
    assert_eq!(cards(&full)[0].progress(), Progress::Refunded);
    brief_for_numbers(&server, &shop).await;
    let brief = answer(
        &server,
        &server.shopper(&shop).await,
        "Where is my order #2001?",
    )
    .await;
    assert_eq!(cards(&brief)[0].progress(), Progress::Cancelled);
    server.finish().await;
}

#[tokio::test]
async fn an_answer_that_shows_no_order_is_a_text() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    for text in ["Where is my order?", "#9999", "nobody@example.com"] {
        for message in ask(&server, &shopper, text).await {
            assert_eq!(
                (message.kind, &message.data),
                (MessageKind::Text, &None),
                "{text}: {message:#?}"
            );
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn a_card_shows_the_order_of_its_own_store() {
    let server = TestServer::start().await;
    let (owner, ours) = server.owner_with_shop().await;
    let theirs = server.open_shop(&owner, "Rugs", |_| {}).await;
    for (shop, item) in [(&ours, "Lamp"), (&theirs, "Rug")] {
        put(&server, shop, lamp("1001", item)).await;
    }
    for (shop, item) in [(&ours, "Lamp"), (&theirs, "Rug")] {
        for text in [
            "Where is my order #1001?",
            "where is my order? jane@example.com",
        ] {
            let shopper: Shopper = server.shopper(shop).await;
            let message = answer(&server, &shopper, text).await;
            let [card] = cards(&message) else {
                panic!("{message:#?}")
            };
            let details = card.details.as_ref().expect("all of it");
            assert_eq!(details.items[0].name, item, "{text}");
        }
    }
    server.finish().await;
}

async fn put(server: &TestServer, shop: &Shop, order: Order) {
    let put = orders::put(&server.ctx, &shop.member, order).await;
    put.expect("an order");
}

/// An order of one thing in a parcel that got to this place in November 2023.
fn sent(status: OrderStatus, place: ParcelStatus) -> Order {
    Order {
        status,
        shipments: vec![Shipment {
            tracking_url: Some("https://t.example/1".to_owned()),
            status: Some(place),
            changed_at: Some(1_700_000_000_000),
            ..Shipment::default()
        }],
        ..lamp("2001", "Lamp")
    }
}

/// An order of one thing.
fn lamp(number: &str, item: &str) -> Order {
    Order {
        number: number.to_owned(),
        email: "jane@example.com".to_owned(),
        customer_name: None,
        status: OrderStatus::Processing,
        payment_status: PaymentStatus::Paid,
        currency: "EUR".to_owned(),
        total_minor: 4_900,
        placed_at: 1_700_000_000_000,
        changed_at: None,
        items: vec![OrderItem {
            name: item.to_owned(),
            quantity: 1,
            image_url: None,
        }],
        shipments: Vec::new(),
    }
}
