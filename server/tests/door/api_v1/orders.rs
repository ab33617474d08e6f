//! Orders by key.

use super::{Api, new_key};
use crate::common::database;
use crate::shops::{medusa::Medusa, scripted::Mode};
use backend::orders::connect;
use domain::{api_key::Scope, order::Order};
use reqwest::Method;
use serde_json::{Value, json};

async fn place(api: &Api, number: &str, email: &str) {
    let store = api.shop.id;
    let insert = format!(
        "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments)
         VALUES ('{store}', '{number}', '{number}', '{email}', 'shipped', 'paid', 'USD', 100, 1, '[]', '[]')"
    );
    database::write(&api.server.ctx, insert).await;
}

#[tokio::test]
async fn an_order_is_found_by_its_number_however_it_is_written() {
    let api = Api::start().await;
    place(&api, "SD-1001", "jane@example.com").await;
    for number in ["SD-1001", "sd-1001", "%23SD-1001"] {
        let order: Order = api.get(&format!("/orders/{number}")).await.json(200);
        assert_eq!(order.number, "SD-1001");
    }
    for number in ["SD-1002", "%00", "no%20order"] {
        api.get(&format!("/orders/{number}")).await.problem(404);
    }
    api.server.finish().await;
}

#[tokio::test]
async fn pages_hold_every_order_once() {
    let api = Api::start().await;
    for number in ["1003", "1001", "1005", "1002", "1004"] {
        place(&api, number, "jane@example.com").await;
    }
    place(&api, "2000", "max@example.com").await;
    let all: Vec<Order> = api.all("/orders").await;
    let numbers: Vec<_> = all.iter().map(|order| order.number.as_str()).collect();
    assert_eq!(numbers, ["1001", "1002", "1003", "1004", "1005", "2000"]);
    let of_max: Value = api.get("/orders?email=MAX@example.com").await.json(200);
    assert_eq!(of_max["items"][0]["number"], "2000");
    assert_eq!(of_max["items"].as_array().map(Vec::len), Some(1));
    let refused = api.get("/orders?email=max").await.problem(422);
    assert_eq!(refused.field.as_deref(), Some("email"));
    api.get("/orders?after=%00").await.problem(422);
    api.server.finish().await;
}

#[tokio::test]
async fn another_stores_orders_do_not_exist() {
    let api = Api::start().await;
    place(&api, "1001", "jane@example.com").await;
    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let theirs = new_key(&api.server, &other, Scope::ALL).await;
    let get = async |path: &str| {
        api.call_with(Some(&theirs.token), Method::GET, path, None)
            .await
    };
    get("/orders/1001").await.problem(404);
    let delete = api.call_with(Some(&theirs.token), Method::DELETE, "/orders/1001", None);
    delete.await.problem(404);
    assert_eq!(get("/orders").await.json::<Value>(200)["items"], json!([]));
    api.server.finish().await;
}

/// An order as the shop's own system sends it.
pub fn order(number: &str) -> Value {
    json!({
        "number": number,
        "email": "Jane@example.com",
        "status": "shipped",
        "payment_status": "paid",
        "currency": "eur",
        "total_minor": 11_850,
        "placed_at": 1_700_000_000_000_i64,
        "items": [{"name": "Desk lamp", "quantity": 1}],
        "shipments": [],
    })
}

#[tokio::test]
async fn an_order_that_is_put_again_changes_nothing() {
    let api = Api::start().await;
    let stored: Order = api.put("/orders/1001", &order("#1001")).await.json(201);
    assert_eq!(
        (stored.number.as_str(), stored.currency.as_str()),
        ("1001", "EUR")
    );
    assert_eq!(stored.email, "jane@example.com");
    let again: Order = api.put("/orders/1001", &order("1001")).await.json(200);
    assert_eq!(again, stored);
    let mut delivered = order("1001");
    delivered["status"] = json!("delivered");
    assert_eq!(api.put("/orders/1001", &delivered).await.status, 200);
    let read: Value = api.get("/orders/1001").await.json(200);
    assert_eq!(read["status"], "delivered");
    api.server.finish().await;
}

#[tokio::test]
async fn a_parcel_keeps_where_it_is_and_since_when() {
    let api = Api::start().await;
    let mut sent = order("1001");
    sent["shipments"] = json!([
        {"tracking_number": "0034", "status": "out_for_delivery", "changed_at": 1_700_000_500_000_i64},
        {"tracking_number": "0035"},
    ]);
    assert_eq!(api.put("/orders/1001", &sent).await.status, 201);
    let read: Value = api.get("/orders/1001").await.json(200);
    assert_eq!(read["shipments"][0]["status"], "out_for_delivery");
    assert_eq!(read["shipments"][0]["changed_at"], 1_700_000_500_000_i64);
    assert_eq!(read["shipments"][1].get("changed_at"), None);
    let again: Value = api.put("/orders/1001", &sent).await.json(200);
    assert_eq!(again, read);
    api.server.finish().await;
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_is_refused_by_its_field() {
    let api = Api::start().await;
    let refused = api.put("/orders/1002", &order("1001")).await.problem(422);
    assert_eq!(refused.field.as_deref(), Some("number"));
    for (field, value) in [
        ("currency", json!("EURO")),
        ("total_minor", json!(-1)),
        ("email", json!("jane")),
        (
            "items",
            json!([{"name": "Lamp", "quantity": 1, "image_url": "http://shop.example.com/lamp.webp"}]),
        ),
        (
            "shipments",
            json!([{"tracking_number": "0034", "changed_at": -1}]),
        ),
    ] {
        let mut wrong = order("1001");
        wrong[field] = value;
        let refused = api.put("/orders/1001", &wrong).await.problem(422);
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    api.get("/orders/1001").await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn an_item_may_have_a_picture() {
    let api = Api::start().await;
    let mut pictured = order("1001");
    let items = json!([
        {"name": "Desk lamp", "quantity": 1, "image_url": "https://shop.example.com/lamp.webp"},
        {"name": "Bulb", "quantity": 2},
    ]);
    pictured["items"] = items.clone();
    assert_eq!(api.put("/orders/1001", &pictured).await.status, 201);
    let read: Value = api.get("/orders/1001").await.json(200);
    assert_eq!(read["items"], items);
    api.server.finish().await;
}

#[tokio::test]
async fn an_order_that_is_deleted_is_gone() {
    let api = Api::start().await;
    place(&api, "1001", "jane@example.com").await;
    assert_eq!(api.delete("/orders/1001").await.status, 204);
    api.delete("/orders/1001").await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn the_sources_say_how_they_stand() {
    let api = Api::start().await;
    let sources: Value = api.get("/order-sources").await.json(200);
    assert_eq!(
        sources["items"],
        json!([{"position": 1, "name": "Built in", "is_available": true, "orders": 0}])
    );
    let medusa = Medusa::start().await;
    let (ctx, who) = (&api.server.ctx, &api.shop.member);
    let connected = connect::connect(ctx, who, medusa.shop()).await;
    let (made, _) = connected.expect("a shop that answers");
    medusa.does(Mode::Revoked);
    connect::test(ctx, who, made.id).await.expect("a source");
    let sources: Value = api.get("/order-sources").await.json(200);
    let first = &sources["items"][0];
    for (field, value) in [
        ("position", json!(1)),
        ("id", json!(made.id)),
        ("kind", json!("medusa")),
        ("name", json!("Medusa")),
        ("address", json!(medusa.address())),
        ("is_available", json!(false)),
        ("last_error", json!("wrong_key")),
        ("last_success_at", json!(made.connected_at)),
        ("connected_at", json!(made.connected_at)),
        ("orders", json!(12)),
    ] {
        assert_eq!(first[field], value, "{field}");
    }
    assert!(first["failing_since"].is_i64() && first.get("sealed_key").is_none());
    let shifted = connect::shift(ctx, who, None, true).await;
    shifted.expect("the built-in orders");
    let sources: Value = api.get("/order-sources").await.json(200);
    let names = [&sources["items"][0]["name"], &sources["items"][1]["name"]];
    assert_eq!(names, ["Built in", "Medusa"]);
    api.server.finish().await;
}

#[tokio::test]
async fn an_order_says_when_it_changed() {
    let api = Api::start().await;
    let created: Value = api.put("/orders/1001", &order("1001")).await.json(201);
    assert_eq!(created.get("changed_at"), None, "nobody knows");
    let mut cancelled = order("1001");
    cancelled["status"] = json!("cancelled");
    let changed: Value = api.put("/orders/1001", &cancelled).await.json(200);
    let at = changed["changed_at"].as_i64().expect("a time");
    assert_eq!(api.get("/orders/1001").await.json::<Value>(200), changed);
    // The same again is no change.
    let again: Value = api.put("/orders/1001", &cancelled).await.json(200);
    assert_eq!(again["changed_at"], at);
    cancelled["changed_at"] = json!(1_700_000_500_000_i64);
    let said: Value = api.put("/orders/1001", &cancelled).await.json(200);
    assert_eq!(said["changed_at"], 1_700_000_500_000_i64);
    cancelled["changed_at"] = json!(-1);
    let refused = api.put("/orders/1001", &cancelled).await.problem(422);
    assert_eq!(refused.field.as_deref(), Some("changed_at"));
    api.server.finish().await;
}
