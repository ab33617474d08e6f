//! A Shopify of the suite's own. It answers as its documentation shows
//! (<https://shopify.dev/docs/api/admin-graphql/2026-10/queries/orders>), and searches for
//! a part of what is written in an order, so that nobody relies on more.

use crate::shops::scripted::{Script, Scripted, refusal};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use domain::order_source::{ConnectShop, OrderSourceKind};
use serde_json::{Value, json};
use std::ops::Deref;

/// The access token that it takes.
pub const TOKEN: &str = "shpat_5f0e";
/// The app to which it gives that.
const CLIENT_ID: &str = "5f0e";
const CLIENT_SECRET: &str = "shpss_77a1";
/// Where it does.
pub const GRANT: &str = "/admin/oauth/access_token";

/// The server. It ends with the value.
pub struct Shopify(Scripted);

impl Deref for Shopify {
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
            page_max: 250,
        }
    }
}

impl Shopify {
    pub async fn start() -> Self {
        Self::start_with(Its::default()).await
    }

    /// One of several, which differ.
    pub async fn start_with(its: Its) -> Self {
        let routes = Router::new().route("/admin/api/2026-10/graphql.json", post(graphql));
        Self::with(routes.with_state(its)).await
    }

    /// One whose token may not see orders.
    pub async fn start_for_products_alone() -> Self {
        let denied = || async {
            Json(json!({
                "data": null,
                "errors": [{
                    "message": "Access denied for orders field.",
                    "extensions": {"code": "ACCESS_DENIED"},
                    "path": ["orders"],
                }],
            }))
        };
        Self::with(Router::new().route("/admin/api/2026-10/graphql.json", post(denied))).await
    }

    async fn with(routes: Router) -> Self {
        let not_found = || async { refusal(404, json!({"errors": "Not Found"})) };
        let server = Scripted::start(Script {
            routes: routes.route(GRANT, post(grant)).fallback(not_found),
            header: "x-shopify-access-token",
            key: TOKEN.to_owned(),
            wrong_key: json!({
                "errors": "[API] Invalid API key or access token (unrecognized login or wrong password)",
            }),
            throttled: (
                200,
                json!({
                    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                    "extensions": {"cost": {"requestedQueryCost": 52, "actualQueryCost": null}},
                }),
            ),
            without_key: Some(GRANT),
        });
        Self(server.await)
    }

    /// As a merchant connects it with an access token.
    pub fn shop(&self) -> ConnectShop {
        self.shop_with(TOKEN.to_owned())
    }

    /// As a merchant connects it with an app.
    pub fn shop_with_app(&self) -> ConnectShop {
        self.shop_with(format!("{CLIENT_ID}:{CLIENT_SECRET}"))
    }

    pub fn shop_with(&self, key: String) -> ConnectShop {
        ConnectShop {
            kind: OrderSourceKind::Shopify,
            address: self.address(),
            key,
            publishable_key: None,
        }
    }
}

async fn grant(Json(asked): Json<Value>) -> Response {
    let is_known = asked["grant_type"] == "client_credentials"
        && asked["client_id"] == CLIENT_ID
        && asked["client_secret"] == CLIENT_SECRET;
    if !is_known {
        return refusal(400, json!({"error": "invalid_client"}));
    }
    let granted = json!({"access_token": TOKEN, "scope": "read_orders", "expires_in": 86399});
    Json(granted).into_response()
}

async fn graphql(State(its): State<Its>, Json(asked): Json<Value>) -> Json<Value> {
    let query = asked["query"].as_str().expect("a query");
    let variables = &asked["variables"];
    let search = variables["query"].as_str().unwrap_or_default();
    let mut orders = its.orders;
    orders.reverse();
    let data = if query.starts_with("query Heads") {
        orders.retain(|order| is_found(order, search));
        let first = variables["first"].as_u64().expect("how many");
        let size = usize::try_from(first).expect("a few").min(its.page_max);
        // Its cursors are nobody's to read.
        let after = variables["after"].as_str().map(|cursor| {
            let before = cursor.strip_prefix("cursor-").expect("one of its own");
            before.parse::<usize>().expect("one of its own")
        });
        let end = after.unwrap_or_default() + size;
        let has_more = end < orders.len();
        let page = orders.into_iter().skip(end - size).take(size);
        json!({"orders": {
            "nodes": page.collect::<Vec<_>>(),
            "pageInfo": {"hasNextPage": has_more, "endCursor": format!("cursor-{end}")},
        }})
    } else if query.starts_with("query Orders") || query.starts_with("query Parcels") {
        let ids = variables["ids"].as_array().expect("ids");
        let one = |id: &Value| orders.iter().find(|order| order["id"] == *id);
        let nodes: Vec<_> = ids.iter().map(one).collect();
        json!({"nodes": nodes})
    } else {
        json!({"ordersCount": {"count": orders.len()}, "orders": {"nodes": [orders[0]]}})
    };
    Json(json!({"data": data, "extensions": {"cost": {"requestedQueryCost": 52}}}))
}

/// Whether a value in `search`, such as `name:"1001"`, is a part of the field.
fn is_found(order: &Value, search: &str) -> bool {
    let written = |field: &str| order[field].as_str().unwrap_or_default().to_lowercase();
    search.split(" OR ").any(|term| {
        let (field, value) = term.split_once(':').expect("a field and a value");
        let value = value.trim_matches('"').to_lowercase();
        written(field).contains(&value)
    })
}

/// The number of the parcel of #1005.
const PARCEL: &str = "1Z999AA10123456784";

/// In the order in which they were placed.
fn orders() -> Vec<Value> {
    let sent = |status: &str, url: &str| {
        json!([{
            "status": "SUCCESS",
            "displayStatus": status,
            "trackingInfo": [{"company": "UPS", "number": "1Z1", "url": url}],
        }])
    };
    vec![
        with(
            order("#1001", "Anna@Example.com", "FULFILLED"),
            "fulfillments",
            sent("IN_TRANSIT", "https://track.example.com/1Z1"),
        ),
        with(
            order("#1002", "anna@example.com", "UNFULFILLED"),
            "displayFinancialStatus",
            json!("AUTHORIZED"),
        ),
        with(
            order("#1003", "ben@example.com", "UNFULFILLED"),
            "cancelledAt",
            json!("2026-11-23T10:00:00Z"),
        ),
        with(
            order("#1004", "ben@example.com", "PARTIALLY_FULFILLED"),
            "fulfillments",
            sent("DELIVERED", "javascript:alert(1)"),
        ),
        with(
            order("#1005", "ben@example.com", "FULFILLED"),
            "fulfillments",
            json!([{
                "status": "SUCCESS",
                "displayStatus": "DELIVERED",
                "trackingInfo": [{"company": "UPS", "number": PARCEL, "url": ""}],
            }]),
        ),
        with(
            order("#1006", "anna@example.com", "UNFULFILLED"),
            "displayFinancialStatus",
            json!("REFUNDED"),
        ),
        order("#10010", "dana@example.com", "UNFULFILLED"),
        order("EN7-A", "ben@example.com", "ON_HOLD"),
        // Of a till: nobody's.
        with(order("#1008", "", "FULFILLED"), "email", Value::Null),
    ]
}

pub fn order(name: &str, email: &str, fulfillment: &str) -> Value {
    let minute = name.bytes().map(u32::from).sum::<u32>() % 60;
    json!({
        "id": format!("gid://shopify/Order/{}", name.trim_start_matches('#')),
        "name": name,
        "email": email,
        "createdAt": format!("2026-11-22T14:{minute:02}:00Z"),
        "updatedAt": "2026-11-24T09:00:00Z",
        "cancelledAt": null,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": fulfillment,
        "totalPriceSet": {"shopMoney": {"amount": "118.5", "currencyCode": "EUR"}},
        "lineItems": {"nodes": [{"name": "Linen Shirt - L", "quantity": 2, "image": null}]},
        "fulfillments": [],
    })
}

fn with(mut order: Value, field: &str, value: Value) -> Value {
    order[field] = value;
    order
}
