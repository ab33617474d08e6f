//! The FAQ by key.

use super::{Api, new_key};
use domain::{
    api_key::Scope,
    faq::FaqItem,
    ids::{FaqCategoryId, FaqItemId},
};
use reqwest::Method;
use serde_json::{Value, json};

async fn category(api: &Api, name: &str) -> FaqCategoryId {
    let id = FaqCategoryId::generate();
    let made = json!({"id": id, "name": name});
    assert_eq!(api.post("/faq/categories", &made).await.status, 201);
    id
}

fn new_item(category: FaqCategoryId, question: &str) -> Value {
    json!({
        "id": FaqItemId::generate(),
        "category_id": category,
        "question": question,
        "answer": "Yes.",
    })
}

#[tokio::test]
async fn a_category_is_made_once_renamed_and_deleted() {
    let api = Api::start().await;
    let id = FaqCategoryId::generate();
    let named = |name: &str| json!({"id": id, "name": name});
    let made = api.post("/faq/categories", &named("Care")).await;
    assert_eq!(made.status, 201);
    assert_eq!(
        api.post("/faq/categories", &named("Care")).await.status,
        200
    );
    api.post("/faq/categories", &named("Other"))
        .await
        .problem(409);
    let path = format!("/faq/categories/{id}");
    let renamed: Value = api
        .put(&path, &json!({"name": " Laundry "}))
        .await
        .json(200);
    assert_eq!(renamed["name"], "Laundry");
    let list: Value = api.get("/faq/categories").await.json(200);
    assert_eq!(list["items"], json!([{"id": id, "name": "Laundry"}]));
    assert_eq!(api.delete(&path).await.status, 204);
    api.delete(&path).await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn an_item_that_is_sent_again_is_the_first_one() {
    let api = Api::start().await;
    let care = category(&api, "Care").await;
    let mut item = new_item(care, "Can it be washed?");
    let first: FaqItem = api.post("/faq/items", &item).await.json(201);
    let again: FaqItem = api.post("/faq/items", &item).await.json(200);
    assert_eq!(again.id, first.id);
    item["answer"] = json!("No.");
    api.post("/faq/items", &item).await.problem(409);
    api.server.finish().await;
}

#[tokio::test]
async fn an_item_is_changed_and_deleted() {
    let api = Api::start().await;
    let care = category(&api, "Care").await;
    let item: FaqItem = api
        .post("/faq/items", &new_item(care, "Can it be washed?"))
        .await
        .json(201);
    let path = format!("/faq/items/{}", item.id);
    let draft =
        json!({"category_id": care, "question": "Can it be washed?", "answer": "At 40 °C."});
    let changed: FaqItem = api.put(&path, &draft).await.json(200);
    assert_eq!(changed.answer, "At 40 °C.");
    let read: FaqItem = api.get(&path).await.json(200);
    assert_eq!(read.answer, "At 40 °C.");
    assert_eq!(api.delete(&path).await.status, 204);
    api.get(&path).await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn pages_hold_every_item_once() {
    let api = Api::start().await;
    let (care, other) = (category(&api, "Care").await, category(&api, "Other").await);
    for at in 0..5 {
        let category = if at < 3 { care } else { other };
        let item = new_item(category, &format!("Question {at}?"));
        assert_eq!(api.post("/faq/items", &item).await.status, 201);
    }
    let all: Vec<FaqItem> = api.all("/faq/items").await;
    let questions: Vec<_> = all.iter().map(|item| item.question.as_str()).collect();
    let expected: Vec<_> = (0..5).map(|at| format!("Question {at}?")).collect();
    assert_eq!(questions, expected);
    let of_care: Value = api
        .get(&format!("/faq/items?category_id={care}"))
        .await
        .json(200);
    assert_eq!(of_care["items"].as_array().map(Vec::len), Some(3));
    api.server.finish().await;
}

#[tokio::test]
async fn a_text_that_cannot_be_taken_is_refused_by_its_field() {
    let api = Api::start().await;
    let care = category(&api, "Care").await;
    let refused = api
        .post("/faq/items", &new_item(care, " "))
        .await
        .problem(422);
    assert_eq!(refused.field.as_deref(), Some("question"));
    api.post("/faq/items", &new_item(FaqCategoryId::generate(), "Why?"))
        .await
        .problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn another_stores_faq_does_not_exist() {
    let api = Api::start().await;
    let care = category(&api, "Care").await;
    let item: FaqItem = api
        .post("/faq/items", &new_item(care, "A secret?"))
        .await
        .json(201);
    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let theirs = new_key(&api.server, &other, Scope::ALL).await;
    let draft = json!({"category_id": care, "question": "Why?", "answer": "So."});
    for (method, path, body) in [
        (Method::GET, format!("/faq/items/{}", item.id), None),
        (Method::PUT, format!("/faq/items/{}", item.id), Some(draft)),
        (Method::DELETE, format!("/faq/items/{}", item.id), None),
        (
            Method::PUT,
            format!("/faq/categories/{care}"),
            Some(json!({"name": "Mine"})),
        ),
        (Method::DELETE, format!("/faq/categories/{care}"), None),
        (
            Method::POST,
            "/faq/items".to_owned(),
            Some(new_item(care, "Why?")),
        ),
    ] {
        api.call_with(Some(&theirs.token), method, &path, body.as_ref())
            .await
            .problem(404);
    }
    let read: FaqItem = api.get(&format!("/faq/items/{}", item.id)).await.json(200);
    assert_eq!(read.question, "A secret?");
    api.server.finish().await;
}
