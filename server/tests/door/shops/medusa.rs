//! A Medusa of the suite's own. It finds as the real one does (2.21): filters that it
//! doesn't know are ignored, a search is part of anything, a list's totals are wrong. What it
//! answers is what a real one was recorded to answer, word for word where the same was asked,
//! and made of that where a test needs something else.

use super::{
    samples::{Sample, sample, samples},
    scripted::{Script, Scripted, number, parameters, parameters_of, refusal},
};
use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use backend::identity;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::order_source::{ConnectShop, OrderSourceKind};
use serde_json::{Value, json};
use std::{
    ops::Deref,
    time::{SystemTime, UNIX_EPOCH},
};

/// The key that it takes.
pub const KEY: &str = "sk_5f0e";
/// Its publishable key.
pub const PUBLISHABLE_KEY: &str = "pk_77a1";
/// What it signs its customers' tokens with, unless it has another secret.
const JWT_SECRET: &str = "supersecret";
/// Where it says who is signed in.
pub const ME: &str = "/store/customers/me";

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
        Self::start_with(Its::default()).await
    }

    /// One of several, which differ.
    pub async fn start_with(its: Its) -> Self {
        let routes = Router::new()
            .route("/admin/orders", get(list))
            .route("/admin/orders/{id}", get(one))
            .route("/admin/customers", get(customers))
            .route(ME, get(me))
            .layer(from_fn_with_state(its.clone(), as_recorded))
            .with_state(its)
            .fallback(|| async { (StatusCode::NOT_FOUND, Html("Cannot GET")) });
        let server = Scripted::start(Script {
            routes,
            header: header::AUTHORIZATION.as_str(),
            key: header_of(KEY),
            wrong_key: sample("auth-bad-basic-key").body,
            throttled: (429, json!({"message": "Too many requests"})),
            // It looks for a customer's.
            without_key: Some(ME),
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
            publishable_key: None,
        }
    }

    /// The same with its publishable key.
    pub fn shop_with_customers(&self) -> ConnectShop {
        ConnectShop {
            publishable_key: Some(PUBLISHABLE_KEY.to_owned()),
            ..self.shop()
        }
    }

    /// How often it was asked who is signed in.
    pub fn asked_who(&self) -> usize {
        self.calls().iter().filter(|call| *call == ME).count()
    }
}

/// What one of several has of its own.
#[derive(Clone)]
pub struct Its {
    /// What it signs its customers' tokens with.
    pub jwt_secret: &'static str,
    /// In the order in which they were placed.
    pub orders: Vec<Value>,
    pub customers: Vec<Value>,
    /// Whether it is the one that was recorded, and answers as that did.
    pub is_recorded: bool,
    /// Whether it lists the orders of the customers who are asked for, and not all.
    pub filters: bool,
    /// Orders on a page of its list at most, however many are asked for.
    pub page_max: usize,
}

impl Default for Its {
    fn default() -> Self {
        Self {
            jwt_secret: JWT_SECRET,
            orders: orders(),
            customers: customers_made(),
            is_recorded: false,
            filters: true,
            page_max: usize::MAX,
        }
    }
}

impl Its {
    /// What the recorded one had.
    pub fn recorded() -> Self {
        let orders = super::samples::orders();
        let mut customers: Vec<_> = orders
            .iter()
            .map(|order| order["customer"].clone())
            .collect();
        let listed = sample("recommended-1-customers-by-email").body;
        customers.extend(listed["customers"].as_array().expect("a list").clone());
        customers.sort_by_key(|customer| customer["id"].to_string());
        customers.dedup();
        Self {
            orders,
            customers,
            is_recorded: true,
            ..Self::default()
        }
    }
}

/// What was asked as it was recorded is answered so. How much of it was asked for may differ:
/// a Medusa gives the rest as well.
async fn as_recorded(State(its): State<Its>, request: Request, next: Next) -> Response {
    if !its.is_recorded {
        return next.run(request).await;
    }
    let asked = request.uri().to_string();
    let mut recorded = samples().into_iter();
    match recorded.find(|sample| is_same_question(&asked, sample)) {
        Some(sample) => refusal(sample.status, sample.body),
        None => next.run(request).await,
    }
}

fn is_same_question(asked: &str, sample: &Sample) -> bool {
    let question = |path: &str| {
        let mut parameters = parameters_of(path);
        parameters.retain(|(name, _)| !matches!(&**name, "fields" | "limit" | "offset" | "order"));
        parameters.sort();
        let path = path.split('?').next().unwrap_or_default().to_owned();
        (path, parameters)
    };
    let is_about_something =
        !question(&sample.path).1.is_empty() || sample.path.matches('/').count() > 2;
    is_about_something && question(asked) == question(&sample.path)
}

/// What a customer's token says.
pub fn claims(customer: &str) -> Value {
    let day = 24 * 60 * 60;
    json!({
        "actor_id": customer,
        "actor_type": "customer",
        "auth_identity_id": "authid_1",
        "auth_provider": "emailpass",
        "app_metadata": {"customer_id": customer},
        "iat": now(),
        "exp": now() + day,
    })
}

/// The token that it gives a customer who signs in.
pub fn token(customer: &str) -> String {
    signed(&claims(customer))
}

/// Anything, signed by it.
pub fn signed(claims: &Value) -> String {
    signed_with(JWT_SECRET, claims)
}

/// Anything, signed by the one that has this secret.
pub fn signed_with(jwt_secret: &str, claims: &Value) -> String {
    identity::sign(jwt_secret, &json!({"alg": "HS256", "typ": "JWT"}), claims)
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a clock").as_secs()
}

fn header_of(key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{key}:")))
}

async fn list(State(its): State<Its>, request: Request) -> Response {
    let parameters = parameters(&request);
    let customers: Vec<_> = parameters
        .iter()
        .filter(|(key, _)| key == "customer_id[]")
        .map(|(_, id)| id.as_str())
        .collect();
    let search = parameters.iter().find(|(key, _)| key == "q");
    let since = parameters.iter().find(|(key, _)| key == "created_at[$gt]");
    let mut orders = its.orders;
    orders.retain(|order| order["status"] != "draft");
    if !customers.is_empty() && its.filters {
        orders.retain(|order| customers.iter().any(|id| order["customer_id"] == *id));
    }
    if let Some((_, search)) = search {
        let fits = |order: &Value| {
            let (counted, custom) = (&order["display_id"], &order["custom_display_id"]);
            let all = format!("{counted} {custom} {}", order["email"]);
            all.to_lowercase().contains(&search.to_lowercase())
        };
        orders.retain(fits);
    }
    if let Some((_, since)) = since {
        orders.retain(|order| order["created_at"].as_str() > Some(since.as_str()));
    }
    let sorting = parameters.iter().find(|(key, _)| key == "order");
    match sorting.map(|(_, sorting)| sorting.as_str()) {
        Some("-created_at") => orders.reverse(),
        Some("display_id") => orders.sort_by_key(|order| order["display_id"].as_u64()),
        other => panic!("{other:?}"),
    }
    let count = orders.len();
    let offset = number(&parameters, "offset", 0);
    let page: Vec<_> = orders
        .into_iter()
        .skip(offset)
        .take(number(&parameters, "limit", 15).min(its.page_max))
        .map(|mut order| {
            order["total"] = json!(5.831);
            order["items"] = json!([]);
            order
        })
        .collect();
    Json(json!({"orders": page, "count": count, "offset": offset})).into_response()
}

async fn one(State(its): State<Its>, Path(id): Path<String>) -> Response {
    let mut orders = its.orders.into_iter();
    match orders.find(|order| order["id"] == id.as_str()) {
        Some(order) if order["display_id"] == MOVED => {
            let order = with(order, "customer_id", json!("cus_ben"));
            Json(json!({"order": order})).into_response()
        }
        Some(order) => Json(json!({"order": order})).into_response(),
        None => {
            let recorded = sample("order-retrieve-not-found");
            let message = format!("Order id not found: {id}");
            refusal(
                recorded.status,
                with(recorded.body, "message", json!(message)),
            )
        }
    }
}

async fn customers(State(its): State<Its>, request: Request) -> Response {
    let parameters = parameters(&request);
    let email = parameters.iter().find(|(key, _)| key == "email");
    let mut customers = its.customers;
    customers.retain(|customer| email.is_none_or(|(_, email)| customer["email"] == email.as_str()));
    Json(json!({"count": customers.len(), "customers": customers})).into_response()
}

/// `GET /store/customers/me`, recorded of 2.21: the publishable key comes first.
async fn me(State(its): State<Its>, headers: HeaderMap) -> Response {
    let sent = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if sent("x-publishable-api-key") != Some(PUBLISHABLE_KEY) {
        let message = "Publishable API key required in the request header: x-publishable-api-key.";
        return refusal(400, json!({"type": "not_allowed", "message": message}));
    }
    let bearer = sent("authorization").and_then(|header| header.strip_prefix("Bearer "));
    let Some(id) = bearer.and_then(|token| its.signed_in(token)) else {
        return refusal(401, json!({"message": "Unauthorized"}));
    };
    // One of its customers is told to be another.
    let shown = if id == LIAR { "cus_anna" } else { &id };
    let known = CUSTOMERS.iter().find(|(id, ..)| *id == shown);
    let Some((id, email, has_account)) = known else {
        let message = format!("Customer with id: {id} was not found");
        return refusal(404, json!({"type": "not_found", "message": message}));
    };
    Json(json!({"customer": {
        "id": id,
        "email": email,
        "company_name": null,
        "first_name": "Anna",
        "last_name": "Berg",
        "phone": null,
        "has_account": has_account,
        "addresses": [],
    }}))
    .into_response()
}

impl Its {
    /// Whose a token is, if it has signed it and it hasn't expired.
    fn signed_in(&self, token: &str) -> Option<String> {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        let is_its = signed_with(self.jwt_secret, &claims) == token;
        let is_good = is_its && claims["exp"].as_u64()? > now();
        is_good.then(|| claims["actor_id"].as_str().map(str::to_owned))?
    }
}

/// An order that has become Ben's since it was listed.
pub const MOVED: u32 = 60;

/// See [`me`].
pub const LIAR: &str = "cus_liar";

/// [`CUSTOMERS`] in the form in which they are told.
fn customers_made() -> Vec<Value> {
    let told = |(id, email, has_account): &(&str, &str, bool)| json!({"id": id, "email": email, "has_account": has_account});
    CUSTOMERS.iter().map(told).collect()
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

pub fn order(
    number: u32,
    customer: &str,
    status: &str,
    payment: &str,
    fulfillment: &str,
    fulfillments: Value,
) -> Value {
    let email = customer.trim_end_matches("_guest");
    let mut order = sample("recommended-3-order-shipped").body["order"].take();
    let shirt = of_item(&order, "Linen Shirt");
    let made_by_hand = &sample("recommended-3-order-from_draft").body["order"];
    let wrapping = of_item(made_by_hand, "Gift wrapping (custom line, no variant)");
    let shirt = with(
        with(shirt, "variant_title", json!("L")),
        "thumbnail",
        json!(PICTURE),
    );
    for (field, value) in [
        ("id", json!(format!("order_{number}"))),
        ("display_id", json!(number)),
        ("status", json!(status)),
        ("email", json!(format!("{email}@example.com"))),
        ("customer_id", json!(format!("cus_{customer}"))),
        (
            "created_at",
            json!(format!(
                "2026-11-22T{:02}:{:02}:00.000Z",
                14 + number / 60,
                number % 60
            )),
        ),
        ("updated_at", json!("2026-11-24T09:00:00.000Z")),
        (
            "canceled_at",
            json!((status == "canceled").then_some("2026-11-23T08:00:00.000Z")),
        ),
        ("payment_status", json!(payment)),
        ("fulfillment_status", json!(fulfillment)),
        (
            "items",
            json!([shirt, with(wrapping, "title", json!("Gift wrapping"))]),
        ),
        ("fulfillments", fulfillments),
    ] {
        order[field] = value;
    }
    order
}

/// The line of this title.
fn of_item(order: &Value, title: &str) -> Value {
    let mut items = order["items"].as_array().expect("lines").iter();
    items
        .find(|item| item["title"] == title)
        .expect("the line")
        .clone()
}

pub fn with(mut order: Value, field: &str, value: Value) -> Value {
    order[field] = value;
    order
}
