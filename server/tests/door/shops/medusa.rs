//! A Medusa of the suite's own. It finds as the real one does (2.21): filters that it
//! doesn't know are ignored, a search is part of anything, a list's totals are wrong.

use super::scripted::{Script, Scripted, number, parameters, refusal};
use axum::{
    Json, Router,
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order_source::{ConnectShop, OrderSourceKind};
use serde_json::{Value, json};
use std::ops::Deref;

/// The key that it takes.
pub const KEY: &str = "sk_5f0e";

/// The server. It ends with the value.
pub struct Medusa(Scripted);

impl Deref for Medusa {
    type Target = Scripted;

    fn deref(&self) -> &Scripted {
        &self.0
    }
}

impl Medusa {
    pub async fn start() -> Self {
        let routes = Router::new()
            .route("/admin/orders", get(list))
            .route("/admin/orders/{id}", get(one))
            .route("/admin/customers", get(customers))
            .fallback(|| async { (StatusCode::NOT_FOUND, Html("Cannot GET")) });
        let server = Scripted::start(Script {
            routes,
            header: header::AUTHORIZATION.as_str(),
            key: header_of(KEY),
            wrong_key: json!({"message": "Unauthorized"}),
            throttled: (429, json!({"message": "Too many requests"})),
            without_key: None,
        });
        Self(server.await)
    }

    /// From now on it takes this key alone.
    pub fn takes_key(&self, key: &str) {
        self.takes(header_of(key));
    }

    /// As a merchant connects it.
    pub fn shop(&self) -> ConnectShop {
        ConnectShop {
            kind: OrderSourceKind::Medusa,
            address: self.address(),
            key: KEY.to_owned(),
        }
    }
}

fn header_of(key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{key}:")))
}

async fn list(request: Request) -> Response {
    let parameters = parameters(&request);
    let customers: Vec<_> = parameters
        .iter()
        .filter(|(key, _)| key == "customer_id[]")
        .map(|(_, id)| id.as_str())
        .collect();
    let search = parameters.iter().find(|(key, _)| key == "q");
    let since = parameters.iter().find(|(key, _)| key == "created_at[$gt]");
    let mut orders = orders();
    orders.retain(|order| order["status"] != "draft");
    if !customers.is_empty() {
        orders.retain(|order| customers.iter().any(|id| order["customer_id"] == *id));
    }
    if let Some((_, search)) = search {
        let fits = |order: &Value| {
            let all = format!("{} {}", order["display_id"], order["email"]);
            all.to_lowercase().contains(&search.to_lowercase())
        };
        orders.retain(fits);
    }
    if let Some((_, since)) = since {
        orders.retain(|order| order["created_at"].as_str() > Some(since.as_str()));
    }
    orders.reverse();
    let count = orders.len();
    let offset = number(&parameters, "offset", 0);
    let page: Vec<_> = orders
        .into_iter()
        .skip(offset)
        .take(number(&parameters, "limit", 15))
        .map(|mut order| {
            order["total"] = json!(5.831);
            order["items"] = json!([]);
            order
        })
        .collect();
    Json(json!({"orders": page, "count": count, "offset": offset})).into_response()
}

async fn one(Path(id): Path<String>) -> Response {
    match orders()
        .into_iter()
        .find(|order| order["id"] == id.as_str())
    {
        Some(order) => Json(json!({"order": order})).into_response(),
        None => refusal(
            404,
            json!({"type": "not_found", "message": format!("Order id not found: {id}")}),
        ),
    }
}

async fn customers(request: Request) -> Response {
    let parameters = parameters(&request);
    let email = parameters.iter().find(|(key, _)| key == "email");
    let customers: Vec<_> = CUSTOMERS
        .iter()
        .filter(|(_, kept, _)| email.is_none_or(|(_, email)| email == kept))
        .map(|(id, email, has_account)| json!({"id": id, "email": email, "has_account": has_account}))
        .collect();
    Json(json!({"count": customers.len(), "customers": customers})).into_response()
}

/// Their ids, emails, and whether they have an account.
const CUSTOMERS: [(&str, &str, bool); 4] = [
    ("cus_anna", "anna@example.com", true),
    ("cus_ben", "ben@example.com", true),
    ("cus_cara_guest", "cara@example.com", false),
    ("cus_cara", "cara@example.com", true),
];

/// In the order in which they were placed.
fn orders() -> Vec<Value> {
    let sent = |labels: Value| json!([{"id": "ful_1", "shipped_at": AT, "canceled_at": null, "labels": labels}]);
    let label = |number: &str, url: &str| json!({"tracking_number": number, "tracking_url": url, "label_url": "https://labels.example.com/secret"});
    vec![
        order(
            1,
            "anna",
            "pending",
            "captured",
            "shipped",
            sent(json!([label("T1", "https://track.example.com/T1")])),
        ),
        order(
            2,
            "anna",
            "pending",
            "authorized",
            "not_fulfilled",
            json!([]),
        ),
        order(3, "ben", "canceled", "canceled", "not_fulfilled", json!([])),
        order(
            4,
            "ben",
            "pending",
            "captured",
            "partially_shipped",
            sent(json!([
                label("T4a", "https://track.example.com/T4a"),
                label("T4b", "https://track.example.com/T4b"),
            ])),
        ),
        order(
            5,
            "ben",
            "pending",
            "captured",
            "delivered",
            sent(json!([])),
        ),
        with(
            order(6, "anna", "pending", "captured", "shipped", sent(json!([]))),
            "email",
            json!("Anna@Example.com"),
        ),
        with(
            order(
                7,
                "ben",
                "pending",
                "refunded",
                "canceled",
                json!([{"id": "ful_2", "canceled_at": AT, "labels": [label("T7", "https://track.example.com/T7")]}]),
            ),
            "total",
            json!(0),
        ),
        order(8, "ben", "draft", "not_paid", "not_fulfilled", json!([])),
        order(
            10,
            "cara_guest",
            "pending",
            "authorized",
            "not_fulfilled",
            json!([]),
        ),
        order(11, "cara", "completed", "captured", "delivered", json!([])),
        order(
            13,
            "ben",
            "pending",
            "captured",
            "shipped",
            sent(json!([label("T13", "#"), label("", "javascript:alert(1)")])),
        ),
        with(
            order(20, "ben", "pending", "captured", "shipped", json!([])),
            "total",
            Value::Null,
        ),
        order(
            21,
            "ben",
            "pending",
            "captured",
            "shipped",
            sent(json!([label(
                "T21",
                &format!("https://track.example.com/{}", "x".repeat(1_000_000))
            )])),
        ),
    ]
}

/// Of the shirt.
pub const PICTURE: &str = "https://pictures.example.com/linen-shirt.webp";
const AT: &str = "2026-11-22T14:12:07.345Z";

fn order(
    number: u32,
    customer: &str,
    status: &str,
    payment: &str,
    fulfillment: &str,
    fulfillments: Value,
) -> Value {
    let email = customer.trim_end_matches("_guest");
    json!({
        "id": format!("order_{number}"),
        "display_id": number,
        "custom_display_id": null,
        "status": status,
        "email": format!("{email}@example.com"),
        "customer_id": format!("cus_{customer}"),
        "currency_code": "eur",
        "total": 118.048,
        "original_total": 118.048,
        "created_at": format!("2026-11-22T14:{number:02}:00.000Z"),
        "payment_status": payment,
        "fulfillment_status": fulfillment,
        "items": [
            {"title": "Linen Shirt", "product_title": "Linen Shirt", "variant_title": "L", "quantity": 2, "thumbnail": PICTURE},
            {"title": "Gift wrapping", "product_title": null, "variant_title": null, "quantity": 1, "thumbnail": null},
        ],
        "fulfillments": fulfillments,
    })
}

fn with(mut order: Value, field: &str, value: Value) -> Value {
    order[field] = value;
    order
}
