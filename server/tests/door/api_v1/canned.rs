//! Canned responses by key.

use super::{Api, new_key};
use crate::common::{TestServer, database};
use backend::canned;
use domain::{
    api_key::Scope,
    canned::{CannedDraft, CannedResponse},
    ids::CannedResponseId,
};
use reqwest::Method;
use serde_json::{Value, json};

fn texts(keyword: &str) -> Value {
    json!({"keyword": keyword, "title": "Refund", "text": "Hi {{customer.name|there}}"})
}

fn new(keyword: &str) -> Value {
    let mut new = texts(keyword);
    new["id"] = json!(CannedResponseId::generate());
    new
}

#[tokio::test]
async fn a_response_that_is_sent_again_is_the_first_one() {
    let api = Api::start().await;
    let mut new = new("refund");
    let first: CannedResponse = api.post("/canned-responses", &new).await.json(201);
    assert_eq!((first.uses, first.mine), (0, false));
    let again: CannedResponse = api.post("/canned-responses", &new).await.json(200);
    assert_eq!(again, first);
    new["text"] = json!("Another");
    let refused = api.post("/canned-responses", &new).await.problem(409);
    assert!(refused.kind.ends_with("/id-taken"), "{refused:?}");
    api.server.finish().await;
}

#[tokio::test]
async fn a_response_is_read_changed_and_deleted() {
    let api = Api::start().await;
    let made: CannedResponse = api
        .post("/canned-responses", &new("refund"))
        .await
        .json(201);
    let path = format!("/canned-responses/{}", made.id);
    let mut wanted = texts("money-back");
    wanted["category"] = json!("Returns");
    let changed: CannedResponse = api.put(&path, &wanted).await.json(200);
    assert_eq!(changed.keyword, "money-back");
    assert_eq!(changed.category.as_deref(), Some("Returns"));
    assert_eq!(api.get(&path).await.json::<CannedResponse>(200), changed);
    assert_eq!(api.delete(&path).await.status, 204);
    for gone in [
        api.get(&path).await,
        api.put(&path, &wanted).await,
        api.delete(&path).await,
    ] {
        gone.problem(404);
    }
    api.server.finish().await;
}

#[tokio::test]
async fn a_keyword_that_is_taken_or_wrong_is_refused_by_its_field() {
    let api = Api::start().await;
    let first = api.post("/canned-responses", &new("refund")).await;
    assert_eq!(first.status, 201);
    for wrong in [new("refund"), new("two words"), new("")] {
        let refused = api.post("/canned-responses", &wrong).await.problem(422);
        assert_eq!(refused.field.as_deref(), Some("keyword"));
    }
    api.server.finish().await;
}

#[tokio::test]
async fn pages_hold_every_shared_response_once_and_nobodys_own() {
    let api = Api::start().await;
    for at in 0..5 {
        let made = api
            .post("/canned-responses", &new(&format!("r-{at}")))
            .await;
        assert_eq!(made.status, 201);
    }
    let own = CannedDraft {
        keyword: "mine".into(),
        title: "Mine".into(),
        text: "A secret".into(),
        category: None,
        mine: true,
    };
    let id = CannedResponseId::generate();
    let made = canned::create(&api.server.ctx, &api.shop.member, id, own).await;
    assert!(made.is_ok(), "{made:?}");
    let all: Vec<CannedResponse> = api.all("/canned-responses").await;
    let keywords: Vec<_> = all.into_iter().map(|response| response.keyword).collect();
    assert_eq!(keywords, ["r-0", "r-1", "r-2", "r-3", "r-4"]);
    let path = format!("/canned-responses/{id}");
    api.get(&path).await.problem(404);
    api.put(&path, &texts("mine")).await.problem(404);
    api.delete(&path).await.problem(404);
    // Neither its id nor its keyword leads to it.
    let mut taken = new("other");
    taken["id"] = json!(id);
    let refused = api.post("/canned-responses", &taken).await;
    refused.problem(409);
    assert!(!refused.body.contains("secret"));
    assert_eq!(database::rows(&api.server.ctx, "canned_responses").await, 6);
    api.server.finish().await;
}

#[tokio::test]
async fn another_stores_responses_do_not_exist() {
    let api = Api::on(TestServer::start().await).await;
    let made: CannedResponse = api
        .post("/canned-responses", &new("refund"))
        .await
        .json(201);
    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let theirs = new_key(&api.server, &other, Scope::ALL).await;
    let path = format!("/canned-responses/{}", made.id);
    let token = Some(theirs.token.as_str());
    for (method, body) in [
        (Method::GET, None),
        (Method::PUT, Some(texts("refund"))),
        (Method::DELETE, None),
    ] {
        let reply = api.call_with(token, method, &path, body.as_ref()).await;
        reply.problem(404);
    }
    let list = api
        .call_with(token, Method::GET, "/canned-responses", None)
        .await;
    assert_eq!(list.json::<Value>(200)["items"], json!([]));
    // A keyword is taken in one store.
    let same = new("refund");
    let reply = api
        .call_with(token, Method::POST, "/canned-responses", Some(&same))
        .await;
    assert_eq!(reply.status, 201);
    assert_eq!(api.get(&path).await.json::<CannedResponse>(200), made);
    api.server.finish().await;
}
