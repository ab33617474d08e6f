//! A Medusa of the suite's own. It finds as the real one does (2.21): filters that it
//! doesn't know are ignored, a search is part of anything, a list's totals are wrong.

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order_source::{ConnectShop, OrderSourceKind};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

/// The key that it takes.
pub const KEY: &str = "sk_5f0e";

/// How it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// As it should.
    Well,
    /// Its key was revoked.
    Revoked,
    /// It fails at everything.
    Failing,
    /// It is the storefront: HTML at every address.
    Storefront,
    /// It sends everybody to this address.
    Redirects(String),
    /// It answers after longer than anybody waits.
    Slow,
    /// It never ends to answer.
    Endless,
}

/// The server. It ends with the value.
pub struct Medusa {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    key: Mutex<String>,
    mode: Mutex<Mode>,
    calls: Mutex<Vec<String>>,
}

impl Medusa {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            key: Mutex::new(KEY.to_owned()),
            mode: Mutex::new(Mode::Well),
            calls: Mutex::default(),
        });
        let app = Router::new()
            .route("/admin/orders", get(list))
            .route("/admin/orders/{id}", get(one))
            .route("/admin/customers", get(customers))
            .fallback(|| async { (StatusCode::NOT_FOUND, Html("Cannot GET")) })
            .layer(from_fn_with_state(Arc::clone(&shared), as_it_does));
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("a test server");
        });
        Self { addr, shared, task }
    }

    /// Where merchants say it is.
    pub fn address(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The same, as a merchant connects it.
    pub fn shop(&self) -> ConnectShop {
        ConnectShop {
            kind: OrderSourceKind::Medusa,
            address: self.address(),
            key: KEY.to_owned(),
        }
    }

    /// From now on it does so.
    pub fn does(&self, mode: Mode) {
        *self
            .shared
            .mode
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = mode;
    }

    /// From now on it takes this key alone.
    pub fn takes(&self, key: &str) {
        *self
            .shared
            .key
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = key.to_owned();
    }

    /// What it was asked, by path and query.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.shared.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Medusa {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn as_it_does(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let asked = request.uri().to_string();
    shared
        .calls
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked);
    let mode = shared
        .mode
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let key = shared
        .key
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let taken = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let given = request.headers().get(header::AUTHORIZATION);
    match mode {
        Mode::Well if given.is_some_and(|given| given.as_bytes() == taken.as_bytes()) => {
            next.run(request).await
        }
        Mode::Well | Mode::Revoked => refusal(401, json!({"message": "Unauthorized"})),
        Mode::Failing => refusal(
            500,
            json!({"code": "unknown_error", "type": "unknown_error", "message": "An unknown error occurred."}),
        ),
        Mode::Storefront => Html("<!doctype html><title>Shop</title>").into_response(),
        Mode::Redirects(to) => Redirect::temporary(&to).into_response(),
        Mode::Slow => {
            sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        Mode::Endless => {
            let chunk = || Ok::<_, std::io::Error>("[".repeat(64 * 1024));
            let chunks = futures::stream::repeat_with(chunk);
            Body::from_stream(chunks).into_response()
        }
    }
}

fn refusal(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(body)).into_response()
}

/// Those of a query, in order, with their names as they are sent.
fn parameters(request: &Request) -> Vec<(String, String)> {
    let url = format!("http://shop{}", request.uri());
    let url = reqwest::Url::parse(&url).expect("a URL");
    url.query_pairs().into_owned().collect()
}

fn number(parameters: &[(String, String)], name: &str, otherwise: usize) -> usize {
    let given = parameters.iter().find(|(key, _)| key == name);
    given.map_or(otherwise, |(_, value)| value.parse().expect("a number"))
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
            {"title": "Linen Shirt", "product_title": "Linen Shirt", "variant_title": "L", "quantity": 2},
            {"title": "Gift wrapping", "product_title": null, "variant_title": null, "quantity": 1},
        ],
        "fulfillments": fulfillments,
    })
}

fn with(mut order: Value, field: &str, value: Value) -> Value {
    order[field] = value;
    order
}
