//! "Let me talk to a person", in words.

use super::{answer, ask, assert_silent, demo_shop, unanswered};
use crate::common::{Shopper, TestServer};
use domain::message::{Message, MessageKind, Sender};
use serde_json::{Value, json};

const WISH: &str = "I want help talking to an agent";

/// What comes of a message that asks for a person.
async fn event(server: &TestServer, shopper: &Shopper, text: &str) -> Message {
    let mut messages = ask(server, shopper, text).await;
    assert_eq!(messages.len(), 1, "{text}: {messages:#?}");
    messages.remove(0)
}

#[tokio::test]
async fn who_asks_in_words_gets_what_the_button_brings() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    server
        .set_up(&shop, |settings| {
            settings.chat.response_time = "Within a day.".to_owned()
        })
        .await;
    let (by_words, by_button) = (server.shopper(&shop).await, server.shopper(&shop).await);
    let asked = event(&server, &by_words, WISH).await;
    by_button
        .post("/human", &json!({}))
        .await
        .json::<Value>(200);
    let pressed = by_button.history(0).await.messages.remove(0);
    assert_eq!(
        (asked.sender, asked.kind),
        (Sender::System, MessageKind::HumanRequested)
    );
    assert_eq!(
        (asked.kind, &asked.body, &asked.data),
        (pressed.kind, &pressed.body, &pressed.data)
    );
    assert!(by_words.conversation().await.needs_human);
    assert_eq!(unanswered(&server).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_person_comes_before_orders_and_the_faq() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    for text in [
        "Where is my order #1001? I want to talk to a person.",
        "How do I return an item? Please connect me to a human",
    ] {
        let shopper = server.shopper(&shop).await;
        let event = event(&server, &shopper, text).await;
        assert_eq!(event.kind, MessageKind::HumanRequested, "{text}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_person_can_be_asked_for_while_a_number_is_awaited() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    answer(&server, &shopper, "Where is my order?").await;
    let event = event(&server, &shopper, "real human please").await;
    assert_eq!(event.kind, MessageKind::HumanRequested);
    server.finish().await;
}

#[tokio::test]
async fn a_person_is_fetched_with_the_ai_off_as_well() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    server
        .set_up(&shop, |settings| settings.ai.enabled = false)
        .await;
    let shopper = server.shopper(&shop).await;
    let event = event(&server, &shopper, "can I get a human").await;
    assert_eq!(event.kind, MessageKind::HumanRequested);
    server.finish().await;
}

#[tokio::test]
async fn who_asks_again_has_been_told() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    event(&server, &shopper, WISH).await;
    assert_silent(&server, &shopper, WISH).await;
    assert_eq!(unanswered(&server).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn the_button_counts_in_a_conversation_that_the_team_has_to_look_at_anyway() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let left = answer(&server, &shopper, "Where is my order?").await;
    assert!(shopper.conversation().await.needs_human);
    for _ in 0..2 {
        shopper.post("/human", &json!({})).await.json::<Value>(200);
    }
    let after = shopper.history(left.seq).await.messages;
    let kinds: Vec<_> = after.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::HumanRequested]);
    server.finish().await;
}
