//! The FAQ by key.

use super::{Api, new_key, orders::order};
use crate::{
    common::{Reply, database},
    forms::{self, fields},
};
use domain::{
    api_key::Scope,
    faq::{FaqItem, FaqTrial},
    ids::{FaqCategoryId, FaqItemId},
    problem::{Code, Problem},
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

/// The names of the categories, in their order.
async fn names(api: &Api) -> Vec<String> {
    let list: Value = api.get("/faq/categories").await.json(200);
    let list = list["items"].as_array().expect("items").iter();
    list.map(|category| category["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The questions of a category, in the order in which the dashboard shows them.
async fn questions(api: &Api, category: FaqCategoryId) -> Vec<String> {
    let all = backend::faq::list(&api.server.ctx, &api.shop.member).await;
    let all = all.expect("the FAQ").into_iter();
    let items = all
        .filter(|known| known.id == category)
        .flat_map(|known| known.items);
    items.map(|item| item.question).collect()
}

#[tokio::test]
async fn a_category_is_put_at_another_place() {
    let api = Api::start().await;
    let care = category(&api, "Care").await;
    for name in ["Sizes", "Gifts"] {
        category(&api, name).await;
    }
    let path = format!("/faq/categories/{care}/place");
    for (wanted, placed, order) in [
        (1, 1, ["Sizes", "Care", "Gifts"]),
        (1, 1, ["Sizes", "Care", "Gifts"]),
        (99, 2, ["Sizes", "Gifts", "Care"]),
        (0, 0, ["Care", "Sizes", "Gifts"]),
    ] {
        let place = json!({"position": wanted});
        let now: Value = api.put(&path, &place).await.json(200);
        assert_eq!(now, json!({"position": placed}));
        assert_eq!(names(&api).await, order);
    }
    for wrong in [
        json!({"position": -1}),
        json!({"position": "first"}),
        json!({}),
    ] {
        api.put(&path, &wrong).await.problem(422);
    }
    let nowhere = format!("/faq/categories/{}/place", FaqCategoryId::generate());
    api.put(&nowhere, &json!({"position": 0}))
        .await
        .problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn an_item_is_put_at_another_place_and_into_another_category() {
    let api = Api::start().await;
    let (care, sizes) = (category(&api, "Care").await, category(&api, "Sizes").await);
    let mut ids = Vec::new();
    for question in ["A?", "B?", "C?"] {
        let made = api.post("/faq/items", &new_item(care, question)).await;
        ids.push(made.json::<FaqItem>(201).id);
    }
    let path = format!("/faq/items/{}/place", ids[2]);
    let within = json!({"category_id": care, "position": 0});
    let now: Value = api.put(&path, &within).await.json(200);
    assert_eq!(now, within);
    assert_eq!(questions(&api, care).await, ["C?", "A?", "B?"]);
    let elsewhere = json!({"category_id": sizes, "position": 7});
    let now: Value = api.put(&path, &elsewhere).await.json(200);
    assert_eq!(now, json!({"category_id": sizes, "position": 0}));
    assert_eq!(questions(&api, care).await, ["A?", "B?"]);
    assert_eq!(questions(&api, sizes).await, ["C?"]);
    let read: FaqItem = api.get(&format!("/faq/items/{}", ids[2])).await.json(200);
    assert_eq!(read.category_id, sizes);

    let nowhere = json!({"category_id": FaqCategoryId::generate(), "position": 0});
    api.put(&path, &nowhere).await.problem(404);
    let nothing = format!("/faq/items/{}/place", FaqItemId::generate());
    api.put(&nothing, &within).await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn a_question_is_tried_and_nothing_is_sent() {
    let api = Api::start().await;
    let care = category(&api, "Care").await;
    let item = new_item(care, "Can the lamp be washed?");
    api.post("/faq/items", &item).await.json::<FaqItem>(201);
    api.server.idle().await;
    let tried: FaqTrial = api
        .post("/faq/try", &json!({"question": "can the lamp be washed"}))
        .await
        .json(200);
    assert_eq!(tried.answer.as_deref(), Some("Yes."));
    assert_eq!(tried.sources[0].item_id.to_string(), item["id"]);
    assert!(!tried.explanation.is_empty());
    let refused = api.post("/faq/try", &json!({"question": " "})).await;
    assert_eq!(refused.problem(422).field.as_deref(), Some("question"));
    assert_eq!(database::rows(&api.server.ctx, "messages").await, 0);
    api.server.finish().await;
}

#[tokio::test]
async fn a_store_tries_so_many_questions_by_both_doors_together() {
    let api = Api::start().await;
    let question = json!({"question": "Can the lamp be washed?"});
    // What is no question costs nothing.
    for _ in 0..30 {
        let empty = api.post("/faq/try", &json!({"question": ""})).await;
        assert_eq!(empty.status, 422);
    }
    let (mut tried, mut by_hand) = (0, None);
    // One comes back every two seconds. A dashboard that counted apart would take 20.
    for _ in 0..10 {
        let refused = loop {
            let reply = api.post("/faq/try", &question).await;
            if reply.status != 200 {
                break reply;
            }
            tried += 1;
        };
        let problem = refused.problem(429);
        assert!(problem.is(Code::RateLimited), "{problem:?}");
        assert!(problem.detail.contains("tried many questions"));
        assert!(refused.header("retry-after").parse::<u32>().is_ok());
        let reply = try_in_dashboard(&api).await;
        if reply.status == 429 {
            by_hand = Some(reply.json::<Problem>(429));
            break;
        }
    }
    assert!(tried >= 20, "{tried}");
    assert!(by_hand.is_some_and(|problem| problem.is(Code::RateLimited)));

    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let key = new_key(&api.server, &other, &[Scope::FaqRead]).await;
    let token = Some(key.token.as_str());
    let reply = api.call_with(token, Method::POST, "/faq/try", Some(&question));
    assert_eq!(reply.await.status, 200, "another store's limit is its own");
    api.server.finish().await;
}

async fn try_in_dashboard(api: &Api) -> Reply {
    let form = fields([
        ("store", api.shop.id.to_string().as_str()),
        ("question", "Can the lamp be washed?"),
    ]);
    let cookie = &api.owner.cookie;
    forms::call(&api.server, cookie, "faq/try-question", &form).await
}

#[tokio::test]
async fn a_key_that_may_not_see_orders_is_not_told_of_any_by_a_question() {
    let api = Api::start().await;
    let stored = api.put("/orders/1001", &order("1001")).await;
    assert_eq!(stored.status, 201, "{}", stored.body);
    let asked = |number: &str| json!({"question": format!("Where is my order #{number}? jane@example.com")});
    let question = asked("1001");
    let all: FaqTrial = api.post("/faq/try", &question).await.json(200);
    assert!(all.answer.is_some_and(|answer| answer.contains("#1001")));
    let faq_only = new_key(&api.server, &api.shop, &[Scope::FaqRead]).await;
    let mut said = Vec::new();
    for number in ["1001", "9999"] {
        let (token, question) = (Some(faq_only.token.as_str()), asked(number));
        let reply = api.call_with(token, Method::POST, "/faq/try", Some(&question));
        let reply = reply.await;
        let tried: FaqTrial = reply.json(200);
        assert_eq!(tried.answer, None);
        said.push(tried.explanation);
    }
    assert_eq!(said[0], said[1]);
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
            Method::PUT,
            format!("/faq/categories/{care}/place"),
            Some(json!({"position": 0})),
        ),
        (
            Method::PUT,
            format!("/faq/items/{}/place", item.id),
            Some(json!({"category_id": care, "position": 0})),
        ),
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
