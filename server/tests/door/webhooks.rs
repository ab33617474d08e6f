//! Programs of a store that are told what happens in it.

mod examples;
pub mod receiver;

use crate::{
    common::{
        Shop, TestServer, database,
        people::{new_message, start_request},
    },
    forms::{call, fields, page},
};
use backend::{conversations, webhooks};
use domain::{
    UnixMillis,
    ids::WebhookId,
    webhook::{DeliveryState, DeliveryTrouble, NewWebhook, Webhook, WebhookDelivery, WebhookEvent},
};
use hmac::{Hmac, KeyInit, Mac};
use receiver::{Mode, Receiver};
use sha2::Sha256;

/// A webhook of `shop` at `address`, and its secret.
async fn webhook_at(
    server: &TestServer,
    shop: &Shop,
    address: &str,
    events: &[WebhookEvent],
) -> (Webhook, String) {
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: address.to_owned(),
        events: events.to_vec(),
    };
    let made = webhooks::create(&server.ctx, &shop.member, new).await;
    let (made, is_new) = made.expect("a webhook");
    assert!(is_new);
    (made.webhook, made.secret.expect("a secret"))
}

/// A shop that tells a receiver everything.
async fn told_all(server: &TestServer) -> (Shop, Receiver, Webhook, String) {
    let (_, shop) = server.owner_with_shop().await;
    let receiver = Receiver::start().await;
    let (webhook, secret) = webhook_at(server, &shop, &receiver.address, WebhookEvent::ALL).await;
    (shop, receiver, webhook, secret)
}

/// What a webhook was told, the newest first.
async fn log(server: &TestServer, shop: &Shop, webhook: &Webhook) -> Vec<WebhookDelivery> {
    let page = webhooks::deliveries(&server.ctx, &shop.member, webhook.id, None, 50).await;
    page.expect("a log").items
}

async fn stored(server: &TestServer, shop: &Shop) -> Webhook {
    let all = webhooks::list(&server.ctx, &shop.member).await;
    all.expect("webhooks").remove(0)
}

/// The signature of a body that is sent at a time in seconds.
fn signed(secret: &str, time: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(format!("{time}.{body}").as_bytes());
    let hash = mac.finalize().into_bytes();
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hash}")
}

/// Lets what waits for the next try be tried now.
async fn make_due(server: &TestServer) {
    let due = "UPDATE jobs SET state = 'ready', run_at = 0 WHERE kind = 'webhook'";
    database::write(&server.ctx, due).await;
    server.ctx.jobs().wake();
    server.idle().await;
}

const DAY: UnixMillis = 24 * 60 * 60 * 1_000;

/// So many half days pass, in each of which something is told, and what waits tried again.
async fn go_on_for(server: &TestServer, shop: &Shop, half_days: u32) {
    for _ in 0..half_days {
        server.ctx.clock().advance(DAY / 2);
        server.shopper(shop).await;
        make_due(server).await;
    }
}

#[tokio::test]
async fn a_message_is_told_as_the_api_shows_it_and_signed() {
    let server = TestServer::start().await;
    let (shop, receiver, _, secret) = told_all(&server).await;
    let shopper = server.shopper(&shop).await;
    let sent = shopper.send("Do you ship to Malta?").await;
    server.idle().await;
    let mut events = receiver.events();
    events.sort();
    assert_eq!(events, ["conversation.created", "message.created"]);
    let told = receiver.told();
    let told = told.iter().find(|told| told.event() == "message.created");
    let told = told.expect("told");
    let page = conversations::messages_page(&server.ctx, &shop.member, sent.conversation_id, 0, 9);
    let page = page.await.expect("messages");
    // How it sounds isn't known yet when it is told.
    let shown = domain::message::Message {
        sentiment: None,
        ..page.items[0].clone()
    };
    assert_eq!(told.body["message"], serde_json::json!(shown));
    assert_eq!(
        told.body["conversation"]["id"],
        sent.conversation_id.to_string()
    );
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.header("shopdesk-event"), "message.created");
    assert_eq!(told.body["id"], told.header("shopdesk-delivery"));
    let signature = told.header("shopdesk-signature");
    let (time, hash) = signature
        .strip_prefix("t=")
        .and_then(|rest| rest.split_once(",v1="))
        .expect("a signature");
    let age = server.ctx.now() / 1_000 - time.parse::<i64>().expect("seconds");
    assert!((0..60).contains(&age));
    assert!(!hash.is_empty());
    let time = time.parse().expect("seconds");
    assert_eq!(signature, signed(&secret, time, &told.text));
    server.finish().await;
}

#[tokio::test]
async fn a_note_is_told_to_whom_asks_for_notes_and_to_nobody_else() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let (notes, messages) = (Receiver::start().await, Receiver::start().await);
    for (receiver, event) in [
        (&notes, WebhookEvent::NoteCreated),
        (&messages, WebhookEvent::MessageCreated),
    ] {
        webhook_at(&server, &shop, &receiver.address, &[event]).await;
    }
    let shopper = server.shopper(&shop).await;
    let id = shopper.conversation;
    let note = new_message("She has called, too");
    conversations::note(&server.ctx, &shop.member, id, note, None)
        .await
        .expect("a note");
    // What is arranged isn't written.
    conversations::assign(&server.ctx, &shop.member, id, Some(owner.user.id))
        .await
        .expect("assigned");
    server.idle().await;
    assert_eq!(notes.events(), ["note.created"]);
    let told = notes.told().remove(0);
    assert_eq!(told.body["message"]["body"], "She has called, too");
    assert_eq!(told.body["message"]["sender"], "note");
    assert!(messages.events().is_empty());
    server.finish().await;
}

#[tokio::test]
async fn the_log_goes_on_page_by_page() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let receiver = Receiver::start().await;
    let events = [WebhookEvent::ConversationCreated];
    let (webhook, _) = webhook_at(&server, &shop, &receiver.address, &events).await;
    for _ in 0..53 {
        server.shopper(&shop).await;
    }
    let page = async |before: Option<&WebhookDelivery>| {
        let mut form = fields([
            ("store", shop.id.to_string().as_str()),
            ("webhook", webhook.id.to_string().as_str()),
        ]);
        let before = before.map(|last| ("before".to_owned(), last.id.to_string()));
        form.extend(before);
        let page = call(&server, &owner.cookie, "webhooks/deliveries", &form).await;
        page.json::<(Vec<WebhookDelivery>, bool)>(200)
    };
    let (newest, has_more) = page(None).await;
    assert_eq!((newest.len(), has_more), (50, true));
    let (older, has_more) = page(newest.last()).await;
    assert_eq!((older.len(), has_more), (3, false));
    let mut ids: Vec<_> = newest.iter().chain(&older).map(|told| told.id).collect();
    assert!(ids.is_sorted_by(|newer, older| newer > older));
    ids.dedup();
    assert_eq!(ids.len(), 53);
    server.finish().await;
}

#[tokio::test]
async fn what_happens_to_a_conversation_is_told_and_a_note_as_a_note_alone() {
    let server = TestServer::start().await;
    let (shop, receiver, ..) = told_all(&server).await;
    let (ctx, member) = (&server.ctx, &shop.member);
    let shopper = server.shopper(&shop).await;
    let id = shopper.conversation;
    shopper.send("Hello").await;
    conversations::note(ctx, member, id, new_message("A secret"), None)
        .await
        .expect("a note");
    conversations::reply(ctx, member, id, new_message("Hi"), None)
        .await
        .expect("a reply");
    shopper.post("/human", &()).await;
    conversations::resolve(ctx, member, id)
        .await
        .expect("resolved");
    conversations::reopen(ctx, member, id)
        .await
        .expect("reopened");
    conversations::resolve(ctx, member, id)
        .await
        .expect("resolved");
    shopper.send("One more thing").await;
    shopper.send("And another").await;
    server.idle().await;
    let mut events = receiver.events();
    events.sort();
    assert_eq!(
        events,
        [
            "conversation.created",
            "conversation.needs_human",
            "conversation.reopened",
            "conversation.reopened",
            "conversation.resolved",
            "conversation.resolved",
            "message.created",
            "message.created",
            "message.created",
            "message.created",
            "note.created",
        ]
    );
    for told in receiver.told() {
        let is_note = told.event() == "note.created";
        assert_eq!(told.text.contains("A secret"), is_note, "{}", told.text);
        let resolves = told.event() == "conversation.resolved";
        assert_eq!(told.body["conversation"]["status"] == "resolved", resolves);
    }
    server.finish().await;
}

#[tokio::test]
async fn an_order_that_is_not_found_is_told_with_the_question() {
    let server = TestServer::start().await;
    let (shop, receiver, ..) = told_all(&server).await;
    let store = shop.id;
    let insert = format!(
        "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments)
         VALUES ('{store}', '1001', '1001', 'jane@example.com', 'shipped', 'paid', 'USD', 100, 1, '[]', '[]')"
    );
    database::write(&server.ctx, insert).await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Where is my order #1001?").await;
    server.idle().await;
    assert!(!receiver.events().contains(&"order.not_found".to_owned()));
    let sent = shopper.send("Where is my order #7777?").await;
    server.idle().await;
    let told = receiver.told();
    let told = told.iter().find(|told| told.event() == "order.not_found");
    let told = told.expect("told");
    assert_eq!(told.body["message"]["id"], sent.id.to_string());
    // The AI's answers are messages like others.
    let from_ai = |told: &&receiver::Told| {
        told.event() == "message.created" && told.body["message"]["sender"] == "ai"
    };
    assert_eq!(receiver.told().iter().filter(from_ai).count(), 2);
    server.finish().await;
}

#[tokio::test]
async fn what_was_not_taken_is_told_again_until_it_is() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(
        (delivery.state, delivery.tries, delivery.status),
        (DeliveryState::Waiting, 1, Some(500))
    );
    assert_eq!(delivery.answer, "out of order");
    assert!(stored(&server, &shop).await.failing_since.is_some());
    receiver.does(Mode::Well);
    make_due(&server).await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(
        (delivery.state, delivery.tries, delivery.status),
        (DeliveryState::Delivered, 2, Some(200))
    );
    let [first, second] = receiver.told().try_into().expect("two");
    assert_eq!(first.text, second.text);
    assert_eq!(stored(&server, &shop).await.failing_since, None);
    make_due(&server).await;
    assert_eq!(receiver.told().len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn nothing_is_tried_for_longer_than_a_day() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    server.ctx.clock().advance(24 * 60 * 60 * 1_000);
    make_due(&server).await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!((delivery.state, delivery.tries), (DeliveryState::Failed, 2));
    make_due(&server).await;
    assert_eq!(receiver.told().len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn a_redirect_is_no_delivery_and_is_not_followed() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Redirects);
    server.shopper(&shop).await;
    server.idle().await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(
        (delivery.state, delivery.status),
        (DeliveryState::Waiting, Some(303))
    );
    assert_eq!(receiver.told().len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn private_addresses_are_neither_taken_nor_told_anything() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    for address in [
        "https://10.0.0.1/hook",
        "https://[::1]/",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://a:b@hooks.example.com/",
        "hooks",
    ] {
        let new = NewWebhook {
            id: WebhookId::generate(),
            address: address.to_owned(),
            events: vec![WebhookEvent::MessageCreated],
        };
        let made = webhooks::create(&server.ctx, &shop.member, new).await;
        assert!(made.is_err(), "{address}");
    }
    let events = [WebhookEvent::ConversationCreated];
    let (webhook, _) = webhook_at(&server, &shop, "https://hooks.example.com/", &events).await;
    let moved = "UPDATE webhooks SET address = 'https://10.0.0.1/'";
    database::write(&server.ctx, moved).await;
    server.shopper(&shop).await;
    server.idle().await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(delivery.trouble, Some(DeliveryTrouble::PrivateAddress));
    server.finish().await;
}

#[tokio::test]
async fn another_stores_webhook_is_told_nothing() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let other = server.open_shop(&owner, "Other", |_| {}).await;
    let receiver = Receiver::start().await;
    webhook_at(&server, &other, &receiver.address, WebhookEvent::ALL).await;
    let mut request = start_request();
    request.message = Some(new_message("Where is my order?"));
    server.shopper_with(&shop, &request).await;
    server.idle().await;
    assert_eq!(receiver.told().len(), 0);
    assert_eq!(database::rows(&server.ctx, "webhook_deliveries").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let receiver = Receiver::start().await;
    let events = [WebhookEvent::ConversationResolved];
    webhook_at(&server, &shop, &receiver.address, &events).await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    conversations::resolve(&server.ctx, &shop.member, shopper.conversation)
        .await
        .expect("resolved");
    server.idle().await;
    assert_eq!(receiver.events(), ["conversation.resolved"]);
    server.finish().await;
}

#[tokio::test]
async fn what_was_told_can_be_told_again() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    server.shopper(&shop).await;
    server.idle().await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    let replayed = webhooks::replay(&server.ctx, &shop.member, delivery.id).await;
    assert_eq!(replayed.expect("a delivery").state, DeliveryState::Waiting);
    server.idle().await;
    let [first, second] = receiver.told().try_into().expect("two");
    assert_eq!(first.text, second.text);
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(
        (delivery.state, delivery.tries),
        (DeliveryState::Delivered, 2)
    );
    server.finish().await;
}

#[tokio::test]
async fn a_replay_does_not_wait_for_the_next_try() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    receiver.does(Mode::Well);
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    webhooks::replay(&server.ctx, &shop.member, delivery.id)
        .await
        .expect("a delivery");
    server.idle().await;
    let [delivery] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(delivery.state, DeliveryState::Delivered);
    // The next try finds nothing to do.
    make_due(&server).await;
    assert_eq!(receiver.told().len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn a_webhook_that_fails_for_three_days_is_switched_off_until_a_replay_arrives() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    go_on_for(&server, &shop, 5).await;
    assert_eq!(stored(&server, &shop).await.switched_off_at, None);
    go_on_for(&server, &shop, 1).await;
    assert!(stored(&server, &shop).await.switched_off_at.is_some());
    // What was under way then ends with its next try.
    make_due(&server).await;
    let told = log(&server, &shop, &webhook).await;
    let mut states = told.iter().map(|delivery| delivery.state);
    assert!(states.all(|state| state == DeliveryState::Failed));
    server.shopper(&shop).await;
    server.idle().await;
    assert_eq!(log(&server, &shop, &webhook).await.len(), told.len());
    // A replay that isn't taken changes nothing.
    let id = told[0].id;
    for (mode, is_off, state) in [
        (Mode::Failing, true, DeliveryState::Failed),
        (Mode::Well, false, DeliveryState::Delivered),
    ] {
        receiver.does(mode);
        webhooks::replay(&server.ctx, &shop.member, id)
            .await
            .expect("a delivery");
        server.idle().await;
        let mut log = log(&server, &shop, &webhook).await.into_iter();
        let delivery = log.find(|delivery| delivery.id == id).expect("replayed");
        assert_eq!(delivery.state, state);
        let webhook = stored(&server, &shop).await;
        assert_eq!(webhook.switched_off_at.is_some(), is_off);
    }
    server.shopper(&shop).await;
    server.idle().await;
    assert_eq!(log(&server, &shop, &webhook).await.len(), told.len() + 1);
    server.finish().await;
}

#[tokio::test]
async fn a_webhook_that_was_switched_off_is_told_of_on_its_page_and_the_overview() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let receiver = Receiver::start().await;
    webhook_at(&server, &shop, &receiver.address, WebhookEvent::ALL).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    let shows = async |rest: &str, text: &str| {
        let path = format!("/stores/{}{rest}", shop.id);
        let reply = page(&server, &owner.cookie, &path).await;
        assert_eq!(reply.status, 200, "{path}");
        reply.body.contains(text)
    };
    assert!(!shows("/webhooks", "A webhook was switched off").await);
    assert!(!shows("", "1 switched off").await);
    go_on_for(&server, &shop, 6).await;
    assert!(shows("/webhooks", "A webhook was switched off").await);
    assert!(shows("/webhooks", "replay a delivery").await);
    assert!(shows("", "1 switched off").await);
    server.finish().await;
}

#[tokio::test]
async fn a_failure_of_days_ago_and_one_now_are_no_days_of_failing() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    server.ctx.clock().advance(DAY);
    make_due(&server).await;
    let [given_up] = log(&server, &shop, &webhook).await.try_into().expect("one");
    assert_eq!(given_up.state, DeliveryState::Failed);
    // Nothing happens for days.
    server.ctx.clock().advance(4 * DAY);
    server.shopper(&shop).await;
    server.idle().await;
    let now = stored(&server, &shop).await;
    assert_eq!(now.switched_off_at, None);
    let failing_since = now.failing_since.expect("it fails");
    assert!(failing_since > given_up.tried_at.expect("tried") + 3 * DAY);
    // From now on its days count.
    go_on_for(&server, &shop, 5).await;
    assert_eq!(stored(&server, &shop).await.switched_off_at, None);
    go_on_for(&server, &shop, 1).await;
    assert!(stored(&server, &shop).await.switched_off_at.is_some());
    server.finish().await;
}

#[tokio::test]
async fn a_webhook_that_takes_something_in_between_is_not_switched_off() {
    let server = TestServer::start().await;
    let (shop, receiver, _, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    server.shopper(&shop).await;
    server.idle().await;
    go_on_for(&server, &shop, 4).await;
    receiver.does(Mode::Well);
    server.shopper(&shop).await;
    server.idle().await;
    assert_eq!(stored(&server, &shop).await.failing_since, None);
    receiver.does(Mode::Failing);
    go_on_for(&server, &shop, 4).await;
    let webhook = stored(&server, &shop).await;
    assert!(webhook.failing_since.is_some());
    assert_eq!(webhook.switched_off_at, None);
    server.finish().await;
}

#[tokio::test]
async fn a_webhook_that_is_deleted_is_told_nothing_more() {
    let server = TestServer::start().await;
    let (shop, receiver, webhook, _) = told_all(&server).await;
    receiver.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    server.idle().await;
    webhooks::delete(&server.ctx, &shop.member, webhook.id)
        .await
        .expect("deleted");
    receiver.does(Mode::Well);
    make_due(&server).await;
    shopper.send("Hello").await;
    server.idle().await;
    assert_eq!(receiver.told().len(), 1);
    assert_eq!(database::rows(&server.ctx, "webhook_deliveries").await, 0);
    server.finish().await;
}
