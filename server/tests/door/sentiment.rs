//! How shoppers sound: who is told, and what follows from it.

use crate::common::{
    Owner, Reply, Shop, Shopper, TestServer, database,
    people::{new_message, start_request},
};
use crate::webhooks::receiver::Receiver;
use backend::{api_keys, conversations, webhooks};
use domain::{
    api_key::{NewApiKey, Scope},
    events::ServerEvent,
    ids::{ConversationId, WebhookId},
    inbox::{ConversationSummary, InboxView, Tab},
    message::{Message, MessageKind, Sender},
    sentiment::Sentiment,
    webhook::{NewWebhook, WebhookEvent},
    widget_api::ConversationStarted,
};
use serde_json::{Value, json};

const ANGRY: &str = "Worst customer service ever, this is a scam, you are thieves! I am furious!";
const DISAPPOINTED: &str = "I am disappointed with the quality";
const CALM: &str = "My order is late";
const PLEASED: &str = "Thank you so much, this is perfect!";

/// A server with a shop, and a shopper who hasn't written yet.
async fn desk() -> (TestServer, Owner, Shop, Shopper) {
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    (server, owner, shop, shopper)
}

/// Everything that was written is judged.
async fn judged(server: &TestServer) {
    server.idle().await;
    let caught_up = conversations::sentiment::catch_up(&server.ctx).await;
    caught_up.expect("a database");
}

async fn row(server: &TestServer, shop: &Shop, id: ConversationId) -> ConversationSummary {
    let row = conversations::get(&server.ctx, &shop.member, id).await;
    row.expect("a row")
}

async fn sounds(server: &TestServer, shop: &Shop, id: ConversationId) -> Option<Sentiment> {
    row(server, shop, id).await.sentiment
}

async fn messages(server: &TestServer, shop: &Shop, id: ConversationId) -> Vec<Message> {
    let page = conversations::messages_page(&server.ctx, &shop.member, id, 0, 100).await;
    page.expect("messages").items
}

async fn angers(server: &TestServer, shop: &Shop, id: ConversationId) -> usize {
    let all = messages(server, shop, id).await;
    let anger = |message: &&Message| message.kind == MessageKind::Anger;
    all.iter().filter(anger).count()
}

async fn reply(server: &TestServer, shop: &Shop, id: ConversationId) {
    let reply = new_message("I am on it");
    let replied = conversations::reply(&server.ctx, &shop.member, id, reply, None).await;
    replied.expect("a reply");
}

/// Asks the interface for programs.
async fn listed(server: &TestServer, shop: &Shop, query: &str) -> Reply {
    let new = NewApiKey {
        name: "Reader".to_owned(),
        scopes: vec![Scope::ConversationsRead],
    };
    let key = api_keys::create(&server.ctx, &shop.member, new).await;
    let token = key.expect("a key").token;
    let url = server.url(&format!("/api/v1/conversations{query}"));
    Reply::to(server.http.get(url).bearer_auth(token)).await
}

#[tokio::test]
async fn an_annoyed_message_marks_its_conversation() {
    let (server, _, shop, shopper) = desk().await;
    shopper.send(DISAPPOINTED).await;
    judged(&server).await;
    let id = shopper.conversation;
    assert_eq!(sounds(&server, &shop, id).await, Some(Sentiment::Negative));
    let all = messages(&server, &shop, id).await;
    assert_eq!(all[0].sentiment, Some(Sentiment::Negative));
    server.finish().await;
}

#[tokio::test]
async fn a_calm_fact_does_not() {
    let (server, _, shop, shopper) = desk().await;
    shopper.send(CALM).await;
    judged(&server).await;
    let id = shopper.conversation;
    assert_eq!(sounds(&server, &shop, id).await, Some(Sentiment::Neutral));
    assert_eq!(angers(&server, &shop, id).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn only_what_the_customer_writes_is_judged() {
    let (server, _, shop, shopper) = desk().await;
    shopper.send(CALM).await;
    reply(&server, &shop, shopper.conversation).await;
    judged(&server).await;
    let all = messages(&server, &shop, shopper.conversation).await;
    let by_others = all
        .iter()
        .filter(|message| message.sender != Sender::Customer);
    assert!(by_others.clone().count() > 0);
    assert!(
        by_others
            .into_iter()
            .all(|message| message.sentiment.is_none())
    );
    server.finish().await;
}

#[tokio::test]
async fn the_newest_word_decides_and_a_number_after_it_changes_nothing() {
    let (server, _, shop, shopper) = desk().await;
    let id = shopper.conversation;
    for (body, expected) in [
        (DISAPPOINTED, Sentiment::Negative),
        ("Order 1042", Sentiment::Negative),
        (PLEASED, Sentiment::Positive),
        (CALM, Sentiment::Positive),
        (CALM, Sentiment::Positive),
        (CALM, Sentiment::Neutral),
    ] {
        shopper.send(body).await;
        judged(&server).await;
        assert_eq!(sounds(&server, &shop, id).await, Some(expected), "{body}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_inbox_hears_of_it_without_asking() {
    let (server, owner, shop, shopper) = desk().await;
    let mut socket = server.agent_socket(&owner, shop.id, &[]).await;
    socket.ready().await;
    shopper.send(DISAPPOINTED).await;
    let heard = socket.until(|event| match event {
        ServerEvent::Conversation(row) => row.sentiment,
        _ => None,
    });
    assert_eq!(heard.await, Sentiment::Negative);
    server.finish().await;
}

#[tokio::test]
async fn the_inbox_is_narrowed_to_the_negative_ones() {
    let (server, _, shop, annoyed) = desk().await;
    let calm = server.shopper(&shop).await;
    annoyed.send(DISAPPOINTED).await;
    calm.send(CALM).await;
    judged(&server).await;
    let shown = async |view: InboxView| {
        let page = conversations::list(&server.ctx, &shop.member, view, None).await;
        let rows = page.expect("a page").rows;
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let negative = InboxView {
        negative: true,
        ..InboxView::default()
    };
    assert_eq!(shown(negative).await, [annoyed.conversation]);
    // Together with another one.
    let nothing = InboxView {
        has_orders: true,
        ..negative
    };
    assert_eq!(shown(nothing).await, []);
    let all = InboxView {
        tab: Tab::All,
        ..negative
    };
    assert_eq!(shown(all).await, [annoyed.conversation]);
    server.finish().await;
}

#[tokio::test]
async fn programs_list_by_how_it_sounds() {
    let (server, _, shop, annoyed) = desk().await;
    let calm = server.shopper(&shop).await;
    annoyed.send(DISAPPOINTED).await;
    calm.send(CALM).await;
    judged(&server).await;
    for (word, id) in [
        ("negative", annoyed.conversation),
        ("neutral", calm.conversation),
    ] {
        let page: Value = listed(&server, &shop, &format!("?sentiment={word}"))
            .await
            .json(200);
        let items = page["items"].as_array().expect("a list");
        assert_eq!(items.len(), 1, "{word}");
        assert_eq!(items[0]["id"], json!(id));
        assert_eq!(items[0]["sentiment"], word);
    }
    assert_eq!(
        listed(&server, &shop, "?sentiment=furious").await.status,
        400
    );
    server.finish().await;
}

#[tokio::test]
async fn another_store_sees_nothing_of_it() {
    let (server, owner, shop, annoyed) = desk().await;
    annoyed.send(DISAPPOINTED).await;
    let other = server.open_shop(&owner, "Chairs", |_| {}).await;
    judged(&server).await;
    let page: Value = listed(&server, &other, "?sentiment=negative")
        .await
        .json(200);
    assert_eq!(page["items"], json!([]));
    let theirs = conversations::get(&server.ctx, &other.member, annoyed.conversation).await;
    assert!(theirs.is_err());
    assert!(sounds(&server, &shop, annoyed.conversation).await.is_some());
    server.finish().await;
}

#[tokio::test]
async fn the_shopper_is_not_told() {
    let (server, _, _, shopper) = desk().await;
    shopper.send(ANGRY).await;
    judged(&server).await;
    let seen = shopper.get("?after_seq=0").await;
    assert_eq!(seen.status, 200);
    let seen: Value = seen.json(200);
    assert!(!seen.to_string().contains("sentiment"), "{seen}");
    assert!(!seen.to_string().contains("angry"), "{seen}");
    server.finish().await;
}

#[tokio::test]
async fn strong_anger_calls_a_person_once() {
    let (server, _, shop, shopper) = desk().await;
    let id = shopper.conversation;
    for _ in 0..2 {
        shopper.send(ANGRY).await;
        judged(&server).await;
        assert!(row(&server, &shop, id).await.needs_human);
    }
    assert_eq!(angers(&server, &shop, id).await, 1);
    let all = messages(&server, &shop, id).await;
    let event = all
        .iter()
        .find(|message| message.kind == MessageKind::Anger);
    let event = event.expect("an event");
    assert_eq!(event.sender, Sender::Note);
    assert_eq!(event.body, "The shopper sounds angry: a person should look");
    server.finish().await;
}

#[tokio::test]
async fn disappointment_calls_nobody() {
    let (server, _, shop, shopper) = desk().await;
    shopper.send(DISAPPOINTED).await;
    judged(&server).await;
    assert!(!row(&server, &shop, shopper.conversation).await.needs_human);
    server.finish().await;
}

#[tokio::test]
async fn who_has_a_person_already_needs_none() {
    let (server, _, shop, shopper) = desk().await;
    let id = shopper.conversation;
    shopper.send(CALM).await;
    reply(&server, &shop, id).await;
    shopper.send(ANGRY).await;
    judged(&server).await;
    assert!(!row(&server, &shop, id).await.needs_human);
    assert_eq!(angers(&server, &shop, id).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_webhook_is_told_that_a_person_is_needed_and_how_it_sounds() {
    let (server, _, shop, shopper) = desk().await;
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![WebhookEvent::ConversationNeedsHuman],
    };
    let made = webhooks::create(&server.ctx, &shop.member, new).await;
    made.expect("a webhook");
    shopper.send(ANGRY).await;
    judged(&server).await;
    server.idle().await;
    let told = receiver.told();
    assert_eq!(receiver.events(), ["conversation.needs_human"]);
    assert_eq!(told[0].body["conversation"]["sentiment"], "negative");
    server.finish().await;
}

#[tokio::test]
async fn a_merge_sounds_as_its_newest_messages_and_undone_as_before() {
    let (server, _, shop, older) = desk().await;
    let start = server
        .http
        .post(server.url(&format!("/widget/v1/stores/{}/conversations", shop.key)))
        .bearer_auth(&older.token)
        .json(&start_request());
    let started: ConversationStarted = Reply::to(start).await.json(201);
    let newer = Shopper {
        conversation: started.conversation.id,
        ..older.clone()
    };
    older.send(DISAPPOINTED).await;
    newer.send(PLEASED).await;
    judged(&server).await;
    let (ctx, who) = (&server.ctx, &shop.member);
    let (into, from) = (older.conversation, newer.conversation);
    let merged = conversations::merge(ctx, who, into, from).await;
    assert_eq!(merged.expect("one").sentiment, Some(Sentiment::Positive));
    let parted = conversations::unmerge(ctx, who, into, from).await;
    assert_eq!(parted.expect("two").sentiment, Some(Sentiment::Negative));
    assert_eq!(
        sounds(&server, &shop, from).await,
        Some(Sentiment::Positive)
    );
    server.finish().await;
}

#[tokio::test]
async fn messages_of_before_are_not_judged() {
    let (server, _, shop, shopper) = desk().await;
    shopper.send(CALM).await;
    judged(&server).await;
    // As the upgrade leaves them.
    for table in ["messages", "conversations"] {
        database::write(&server.ctx, format!("UPDATE {table} SET sentiment = NULL")).await;
    }
    judged(&server).await;
    assert_eq!(sounds(&server, &shop, shopper.conversation).await, None);
    server.finish().await;
}

#[tokio::test]
async fn what_is_erased_before_it_is_judged_is_forgotten() {
    let (server, _, shop, shopper) = desk().await;
    shopper.send(ANGRY).await;
    let gone = conversations::delete(&server.ctx, &shop.member, shopper.conversation).await;
    gone.expect("deleted");
    judged(&server).await;
    assert_eq!(database::rows(&server.ctx, "sentiment_waiting").await, 0);
    server.finish().await;
}
