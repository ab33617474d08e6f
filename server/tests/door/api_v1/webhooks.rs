//! Webhooks by key.

use super::{Api, new_key};
use crate::{common::database, webhooks::receiver::Receiver};
use domain::{
    api_key::Scope,
    ids::WebhookId,
    problem::Code,
    webhook::{CreatedWebhook, DeliveryState, WEBHOOKS_MAX, Webhook, WebhookDelivery},
};
use reqwest::Method;
use serde_json::{Value, json};

fn new_webhook(address: &str) -> Value {
    json!({
        "id": WebhookId::generate(),
        "address": address,
        "events": ["conversation.created"],
    })
}

async fn webhooks(api: &Api) -> Vec<Webhook> {
    let list: Value = api.get("/webhooks").await.json(200);
    serde_json::from_value(list["items"].clone()).expect("webhooks")
}

#[tokio::test]
async fn a_webhook_is_made_once_and_its_secret_shown_once() {
    let api = Api::start().await;
    let new = new_webhook("https://hooks.example.com/a?b=c");
    let made: CreatedWebhook = api.post("/webhooks", &new).await.json(201);
    let secret = made.secret.expect("a secret");
    let again: CreatedWebhook = api.post("/webhooks", &new).await.json(200);
    assert_eq!((&again.webhook, again.secret), (&made.webhook, None));
    let reply = api.get("/webhooks").await;
    assert!(!reply.body.contains(&secret));
    assert_eq!(webhooks(&api).await, [made.webhook]);
    let mut other = new.clone();
    other["address"] = json!("https://elsewhere.example.com");
    let taken = api.post("/webhooks", &other).await.problem(409);
    assert!(taken.is(Code::IdTaken));
    let plain = format!("SELECT COUNT(*) AS n FROM webhooks WHERE sealed LIKE '%{secret}%'");
    assert_eq!(database::count(&api.server.ctx, plain).await, 0);
    let path = format!("/webhooks/{}", new["id"].as_str().expect("an id"));
    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.problem(404);
    assert_eq!(webhooks(&api).await, []);
    api.server.finish().await;
}

#[tokio::test]
async fn what_can_not_be_a_webhook_is_refused_by_field() {
    let api = Api::start().await;
    for address in ["", "hooks", "https://10.0.0.1", "http://hooks.example.com"] {
        let refused = api.post("/webhooks", &new_webhook(address)).await;
        assert_eq!(refused.problem(422).field.as_deref(), Some("address"));
    }
    let mut none = new_webhook("https://hooks.example.com");
    none["events"] = json!([]);
    let refused = api.post("/webhooks", &none).await.problem(422);
    assert_eq!(refused.field.as_deref(), Some("events"));
    api.server.finish().await;
}

#[tokio::test]
async fn a_store_has_so_many_webhooks_and_no_more() {
    let api = Api::start().await;
    let new = || new_webhook("https://hooks.example.com");
    for _ in 0..WEBHOOKS_MAX {
        assert_eq!(api.post("/webhooks", &new()).await.status, 201);
    }
    let refused = api.post("/webhooks", &new()).await.problem(409);
    assert!(refused.is(Code::WebhookLimit));
    api.server.finish().await;
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_replayed() {
    let api = Api::start().await;
    let receiver = Receiver::start().await;
    let new = new_webhook(&receiver.address);
    let made: CreatedWebhook = api.post("/webhooks", &new).await.json(201);
    for _ in 0..3 {
        api.server.shopper(&api.shop).await;
    }
    api.server.idle().await;
    let path = format!("/webhooks/{}/deliveries", made.webhook.id);
    let log: Vec<WebhookDelivery> = api.all(&path).await;
    assert_eq!(log.len(), 3);
    assert!(log.is_sorted_by(|newer, older| newer.id > older.id));
    let replay = format!("/webhook-deliveries/{}/replay", log[0].id);
    let replayed: WebhookDelivery = api.post(&replay, &json!({})).await.json(200);
    assert_eq!(replayed.state, DeliveryState::Waiting);
    api.server.idle().await;
    assert_eq!(receiver.told().len(), 4);
    api.server.finish().await;
}

#[tokio::test]
async fn another_stores_webhooks_do_not_exist() {
    let api = Api::start().await;
    let receiver = Receiver::start().await;
    let new = new_webhook(&receiver.address);
    let made: CreatedWebhook = api.post("/webhooks", &new).await.json(201);
    api.server.shopper(&api.shop).await;
    api.server.idle().await;
    let id = made.webhook.id;
    let log: Vec<WebhookDelivery> = api.all(&format!("/webhooks/{id}/deliveries")).await;
    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let theirs = new_key(&api.server, &other, Scope::ALL).await;
    let call = async |method: Method, path: &str| {
        api.call_with(Some(&theirs.token), method, path, None).await
    };
    for (method, path) in [
        (Method::DELETE, format!("/webhooks/{id}")),
        (Method::GET, format!("/webhooks/{id}/deliveries")),
        (
            Method::POST,
            format!("/webhook-deliveries/{}/replay", log[0].id),
        ),
    ] {
        call(method, &path).await.problem(404);
    }
    let list: Value = call(Method::GET, "/webhooks").await.json(200);
    assert_eq!(list["items"], json!([]));
    api.server.idle().await;
    assert_eq!(receiver.told().len(), 1);
    api.server.finish().await;
}
