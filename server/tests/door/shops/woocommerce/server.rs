//! A WooCommerce of the suite's own. It answers as its documentation shows
//! (<https://woocommerce.github.io/woocommerce-rest-api-docs/#orders>), and searches as it
//! does: for a part of anything that is written in an order.

use crate::shops::scripted::{Script, Scripted, number, parameters, refusal};
use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order_source::{ConnectShop, OrderSourceKind};
use serde_json::{Value, json};
use std::ops::Deref;

/// The keys that it takes.
pub const KEYS: &str = "ck_5f0e:cs_77a1";

/// The server. It ends with the value.
pub struct WooCommerce(Scripted);

impl Deref for WooCommerce {
    type Target = Scripted;

    fn deref(&self) -> &Scripted {
        &self.0
    }
}

/// What one of several has of its own.
#[derive(Clone)]
pub struct Its {
    /// In the order in which they were placed.
    pub orders: Vec<Value>,
    /// Orders on a page of its list at most, however many are asked for.
    pub page_max: usize,
}

impl Default for Its {
    fn default() -> Self {
        Self {
            orders: orders(),
            page_max: 100,
        }
    }
}

impl WooCommerce {
    pub async fn start() -> Self {
        Self::start_with(Its::default()).await
    }

    /// One of several, which differ.
    pub async fn start_with(its: Its) -> Self {
        let routes = Router::new()
            .route("/wp-json/wc/v3/orders", get(list))
            .route("/wp-json/wc/v3/orders/{id}", get(one))
            .with_state(its);
        Self::with(routes).await
    }

    /// One whose keys belong to somebody who may not see orders.
    pub async fn start_for_products_alone() -> Self {
        let refuse = || async {
            refusal(
                403,
                json!({
                    "code": "woocommerce_rest_cannot_view",
                    "message": "Sorry, you cannot list resources.",
                    "data": {"status": 403},
                }),
            )
        };
        Self::with(Router::new().route("/wp-json/wc/v3/orders", get(refuse))).await
    }

    async fn with(routes: Router) -> Self {
        let no_route = || async {
            refusal(
                404,
                json!({"code": "rest_no_route", "data": {"status": 404}}),
            )
        };
        let server = Scripted::start(Script {
            routes: routes.fallback(no_route),
            header: header::AUTHORIZATION.as_str(),
            key: format!("Basic {}", STANDARD.encode(KEYS)),
            wrong_key: json!({
                "code": "woocommerce_rest_authentication_error",
                "message": "Consumer key is invalid.",
                "data": {"status": 401},
            }),
            throttled: (429, json!({"code": "too_many_requests"})),
            without_key: None,
        });
        Self(server.await)
    }

    /// As a merchant connects it.
    pub fn shop(&self) -> ConnectShop {
        ConnectShop {
            kind: OrderSourceKind::Woocommerce,
            address: self.address(),
            key: KEYS.to_owned(),
            publishable_key: None,
        }
    }
}

async fn list(State(its): State<Its>, request: Request) -> Response {
    let parameters = parameters(&request);
    let given = |name: &str| {
        let found = parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let mut orders = its.orders;
    orders.retain(|order| order["status"] != "trash");
    if let Some(ids) = given("include") {
        let ids: Vec<_> = ids.split(',').collect();
        orders.retain(|order| ids.contains(&order["id"].to_string().as_str()));
    }
    if let Some(search) = given("search") {
        let fits = |order: &Value| {
            let all = format!("{} {} {}", order["id"], order["number"], order["billing"]);
            all.to_lowercase().contains(&search.to_lowercase())
        };
        orders.retain(fits);
    }
    if let Some(after) = given("after") {
        orders.retain(|order| order["date_created_gmt"].as_str() > Some(after));
    }
    orders.reverse();
    let total = orders.len();
    let size = number(&parameters, "per_page", 10).min(its.page_max);
    let before = (number(&parameters, "page", 1) - 1) * size;
    let page: Vec<_> = orders.into_iter().skip(before).take(size).collect();
    ([("X-WP-Total", total.to_string())], Json(page)).into_response()
}

async fn one(State(its): State<Its>, Path(id): Path<u64>) -> Response {
    match its.orders.into_iter().find(|order| order["id"] == id) {
        Some(order) => (StatusCode::OK, Json(order)).into_response(),
        None => refusal(
            404,
            json!({
                "code": "woocommerce_rest_shop_order_invalid_id",
                "message": "Invalid ID.",
                "data": {"status": 404},
            }),
        ),
    }
}

/// The number of the parcel of 108.
const PARCEL: &str = "1Z999AA10123456784";

/// In the order in which they were placed.
fn orders() -> Vec<Value> {
    let parcel = json!([{
        "key": "_wc_shipment_tracking_items",
        "value": [
            {
                "custom_tracking_provider": "Example Courier",
                "custom_tracking_link": "https://track.example.com/%1$s",
                "tracking_number": "T101",
            },
            {"custom_tracking_link": "javascript:alert(1)", "tracking_number": ""},
        ],
    }]);
    let part = json!([{"id": 1, "total": "-18.50"}]);
    let all = json!([{"id": 2, "total": "-118.50"}]);
    vec![
        with(
            order(101, "completed", "Anna@Example.com"),
            &[("meta_data", parcel)],
        ),
        // Paid on delivery.
        with(
            order(102, "processing", "anna@example.com"),
            &[("date_paid_gmt", Value::Null)],
        ),
        with(
            order(103, "refunded", "ben@example.com"),
            &[("refunds", all)],
        ),
        with(
            order(104, "processing", "anna@example.com"),
            &[("refunds", part)],
        ),
        with(
            order(105, "on-hold", "ben@example.com"),
            &[("date_paid_gmt", Value::Null)],
        ),
        with(
            order(106, "delivered", "ben@example.com"),
            &[("number", json!("SD-7"))],
        ),
        order(107, "trash", "ben@example.com"),
        with(
            order(108, "completed", "cara@example.com"),
            &[(
                "meta_data",
                json!([{"key": "_wc_shipment_tracking_items", "value": [{"tracking_number": PARCEL}]}]),
            )],
        ),
    ]
}

pub fn order(id: u64, status: &str, email: &str) -> Value {
    json!({
        "id": id,
        "number": id.to_string(),
        "status": status,
        "currency": "EUR",
        "date_created_gmt": format!("2026-11-22T14:{:02}:00", id % 60),
        "date_modified_gmt": "2026-11-24T09:00:00",
        "date_paid_gmt": "2026-11-22T15:00:00",
        "total": "118.500",
        "customer_id": 0,
        "billing": {"first_name": "Jo", "email": email, "phone": "5551010"},
        "line_items": [{"id": 315, "name": "Woo Single", "quantity": 2}],
        "refunds": [],
        "meta_data": [{"id": 1, "key": "_download_permissions_granted", "value": "yes"}],
    })
}

pub fn with(mut order: Value, changes: &[(&str, Value)]) -> Value {
    for (field, value) in changes {
        order[*field] = value.clone();
    }
    order
}
