//! The Medusa whose orders are asked for: a real one, or a scripted one of the benchmark's
//! own.

use crate::{failure::Failure, options::Options};
use axum::{
    Json, Router,
    extract::{Path, Query},
    routing::get,
};
use backend::orders::{MEDUSA_FIELDS as FIELDS, MEDUSA_HEAD_FIELDS as HEAD_FIELDS};
use domain::order_source::{ConnectShop, OrderSourceKind};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::LazyLock,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

/// How long the scripted one thinks about each call: between what a real one took to
/// search and to show an order, alone on two cores (44 and 67 ms).
const THINKS: Duration = Duration::from_millis(50);
/// An order as Medusa 2.21 shows it by itself.
const ORDER: &str = include_str!("order.json");
/// The scripted one's first order, and how many there are. None has a demo order's number.
const FIRST: usize = 20_001;
const ORDERS: usize = 1_000;
/// The scripted one takes any.
const ANY_KEY: &str = "sk_scripted";

/// See above.
pub struct Medusa {
    address: String,
    key: String,
    is_real: bool,
    client: reqwest::Client,
    /// Ends with it.
    _scripted: JoinSet<()>,
}

/// An order that it has.
pub struct KnownOrder {
    /// As its customers know it.
    pub number: String,
    id: String,
}

impl Medusa {
    /// The one that the options name, or a scripted one.
    ///
    /// # Errors
    /// If its key is missing, or there is no port for the scripted one.
    pub async fn of(options: &Options) -> Result<Self, Failure> {
        let mut scripted = JoinSet::new();
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (address, key, is_real) = match (given(&options.medusa_url), given(&options.medusa_key))
        {
            (Some(url), Some(key)) => (url.trim_end_matches('/').to_owned(), key, true),
            (Some(_), None) => {
                return Err(
                    "the Medusa's secret API key is missing: SHOPDESK_BENCH_MEDUSA_KEY".into(),
                );
            }
            (None, _) => {
                let addr = script(&mut scripted).await?;
                (format!("http://{addr}"), ANY_KEY.to_owned(), false)
            }
        };
        Ok(Self {
            address,
            key,
            is_real,
            client: reqwest::Client::builder().no_proxy().build()?,
            _scripted: scripted,
        })
    }

    /// What it is.
    pub fn about(&self) -> String {
        if self.is_real {
            format!("Medusa: a real one at {}", self.address)
        } else {
            format!(
                "Medusa: a scripted one in this process, which answers each call after {} ms",
                THINKS.as_millis()
            )
        }
    }

    /// Its host, which may be a private one.
    pub fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.address).ok();
        let host = url.and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_default()
    }

    /// As its merchant connects it.
    pub fn shop(&self) -> ConnectShop {
        ConnectShop {
            kind: OrderSourceKind::Medusa,
            address: self.address.clone(),
            key: self.key.clone(),
            publishable_key: None,
        }
    }

    /// The newest of its orders.
    ///
    /// # Errors
    /// If it can't be asked, or has none.
    pub async fn orders(&self, most: usize) -> Result<Vec<KnownOrder>, Failure> {
        let limit = most.to_string();
        let query = [
            ("fields", HEAD_FIELDS),
            ("order", "-created_at"),
            ("limit", limit.as_str()),
        ];
        let heads = self.ask("orders", &query).await?;
        let heads = heads["orders"].as_array().ok_or("Medusa lists no orders")?;
        let known: Vec<_> = heads.iter().filter_map(known).collect();
        if known.is_empty() {
            return Err("Medusa has no orders".into());
        }
        Ok(known)
    }

    /// How long the two calls take by which an order of this number is looked up.
    ///
    /// # Errors
    /// If it can't be asked, or doesn't find it.
    pub async fn one(&self, order: &KnownOrder) -> Result<Duration, Failure> {
        let asked = Instant::now();
        let query = [
            ("fields", HEAD_FIELDS),
            ("order", "-created_at"),
            ("q", order.number.as_str()),
            ("limit", "50"),
            ("offset", "0"),
        ];
        let heads = self.ask("orders", &query).await?;
        let found = heads["orders"].as_array().into_iter().flatten();
        if !found.filter_map(known).any(|other| other.id == order.id) {
            return Err(format!("Medusa doesn't find its order {}", order.number).into());
        }
        let path = format!("orders/{}", order.id);
        self.ask(&path, &[("fields", FIELDS)]).await?;
        Ok(asked.elapsed())
    }

    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let url = format!("{}/admin/{path}", self.address);
        let url = reqwest::Url::parse_with_params(&url, query)?;
        let request = self.client.get(url).basic_auth(&self.key, Some(""));
        let answer = request.send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }
}

/// An order of a list, if it goes by the number that Medusa counts.
fn known(head: &Value) -> Option<KnownOrder> {
    head["custom_display_id"].as_str().is_none().then_some(())?;
    Some(KnownOrder {
        number: head["display_id"].as_i64()?.to_string(),
        id: head["id"].as_str()?.to_owned(),
    })
}

/// Serves the scripted one.
async fn script(tasks: &mut JoinSet<()>) -> Result<SocketAddr, Failure> {
    let routes = Router::new()
        .route("/admin/orders", get(list))
        .route("/admin/orders/{id}", get(show));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    tasks.spawn(async move {
        // It ends with the benchmark.
        let _ = axum::serve(listener, routes).await;
    });
    Ok(addr)
}

/// `GET /admin/orders`: a search finds the order of its number, in place of all that have
/// it somewhere.
async fn list(Query(query): Query<HashMap<String, String>>) -> Json<Value> {
    sleep(THINKS).await;
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
    let all = FIRST..FIRST + ORDERS;
    let orders: Vec<_> = match query.get("q") {
        Some(_) => number("q")
            .filter(|number| all.contains(number))
            .into_iter()
            .collect(),
        None => all.rev().take(number("limit").unwrap_or(15)).collect(),
    };
    let orders: Vec<_> = orders.into_iter().map(order).collect();
    Json(json!({"orders": orders, "count": orders.len(), "offset": 0, "limit": orders.len()}))
}

/// `GET /admin/orders/{id}`
async fn show(Path(id): Path<String>) -> Json<Value> {
    sleep(THINKS).await;
    let number = id.trim_start_matches("order_").parse();
    Json(json!({"order": order(number.unwrap_or(FIRST))}))
}

fn order(number: usize) -> Value {
    static RECORDED: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(ORDER).unwrap_or_default());
    let mut order = RECORDED.clone();
    order["id"] = json!(format!("order_{number}"));
    order["display_id"] = json!(number);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_scripted_one_finds_its_orders() {
        let mut tasks = JoinSet::new();
        let addr = script(&mut tasks).await.expect("a port");
        let medusa = Medusa {
            address: format!("http://{addr}"),
            key: ANY_KEY.to_owned(),
            is_real: false,
            client: reqwest::Client::new(),
            _scripted: tasks,
        };
        let known = medusa.orders(3).await.expect("orders");
        assert_eq!(known.len(), 3);
        for order in &known {
            assert!(medusa.one(order).await.is_ok());
        }
        let unknown = KnownOrder {
            number: "1".to_owned(),
            id: "order_1".to_owned(),
        };
        assert!(medusa.one(&unknown).await.is_err());
    }
}
