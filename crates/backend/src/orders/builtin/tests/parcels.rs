//! Orders are found by their parcels' numbers as if all of them were read, and without that.

use super::super::*;
use crate::{
    access::Principal,
    db::{Kind, Tx},
    orders,
    testing::shop::Shop,
};
use domain::order::{OrderStatus, PaymentStatus, Shipment};
use futures::future::BoxFuture;
use proptest::{prelude::*, test_runner::TestRunner};
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashSet;

/// Orders among which one is looked for.
const ORDERS: usize = 3_000;
/// Rows that a look-up may look at.
const ROWS_MAX: i64 = 50;

fn order(number: &str, placed_at: UnixMillis, parcels: &[Option<String>]) -> Order {
    let shipment = |number: &Option<String>| Shipment {
        carrier: Some("DHL".to_owned()),
        tracking_number: number.clone(),
        tracking_url: None,
        ..Shipment::default()
    };
    Order {
        number: number.to_owned(),
        email: "jane@example.com".to_owned(),
        customer_name: None,
        status: OrderStatus::Shipped,
        payment_status: PaymentStatus::Paid,
        currency: "USD".to_owned(),
        total_minor: 1_200,
        placed_at,
        changed_at: None,
        items: Vec::new(),
        shipments: parcels.iter().map(shipment).collect(),
    }
}

impl Shop {
    async fn change<T, F>(&self, work: F) -> T
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.test.ctx.db().write(work).await.expect("a write")
    }

    /// Puts orders as an import does.
    async fn put_all(&self, orders: Vec<Order>) {
        let store_id = self.member.store_id;
        for chunk in orders.chunks(500) {
            let prepared = queries::prepare(store_id, chunk.iter(), 1_000).expect("orders");
            self.change(move |tx| Box::pin(async move { queries::put_all(tx, &prepared).await }))
                .await;
        }
    }
}

/// What happens to an order.
#[derive(Debug, Clone)]
enum Step {
    Insert(u8, Vec<Option<String>>),
    Put(u8, UnixMillis, Vec<Option<String>>),
    PutAll(Vec<(u8, Vec<Option<String>>)>),
    Edit(u8, Vec<Option<String>>),
    Remove(u8),
}

/// A few numbers, written in many ways, and some that are none.
fn written() -> impl Strategy<Value = Option<String>> {
    let known = prop_oneof![
        Just("1Z999AA10123456784"),
        Just("1Z999AA10123456785"),
        Just("RR123456785DE"),
        Just("00340434161094042557"),
        Just("12345678"),
        Just("1234567"),
        Just("ABCDEFGHIJ"),
        Just("\"tracking_number\":\"12345678\""),
        Just("1234567é"),
    ];
    let spaced = (known, any::<u32>(), any::<bool>()).prop_map(|(number, at, lower)| {
        let mut text = String::new();
        for (place, c) in number.chars().enumerate() {
            match at.rotate_right(u32::try_from(place * 3).unwrap_or(0)) % 8 {
                0 => text.push(' '),
                1 => text.push('-'),
                _ => {}
            }
            text.push(if lower { c.to_ascii_lowercase() } else { c });
        }
        text
    });
    prop_oneof![1 => Just(None), 6 => spaced.prop_map(Some)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let number = || 0_u8..6;
    let parcels = || prop::collection::vec(written(), 0..4);
    let step = prop_oneof![
        2 => (number(), parcels()).prop_map(|(n, p)| Step::Insert(n, p)),
        3 => (number(), 1_i64..9, parcels()).prop_map(|(n, at, p)| Step::Put(n, at, p)),
        2 => prop::collection::vec((number(), parcels()), 1..5).prop_map(Step::PutAll),
        2 => (number(), parcels()).prop_map(|(n, p)| Step::Edit(n, p)),
        2 => number().prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 1..25)
}

#[test]
fn an_order_is_found_as_if_all_were_read() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let shop = runtime.block_on(Shop::new());
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&steps(), |steps| {
            runtime.block_on(live(&shop, steps));
            Ok(())
        })
        .expect("the same orders");
}

async fn live(shop: &Shop, steps: Vec<Step>) {
    let (ctx, who) = (&shop.test.ctx, &shop.member);
    for number in numbers() {
        // Those of the case before.
        let _ = orders::remove(ctx, who, &number).await;
    }
    assert_eq!(indexed(shop).await, 0);
    for step in steps {
        take(shop, step).await;
        let all = all(shop).await;
        let mut asked = HashSet::from(["00000000", "1Z999AA10123456784"].map(known));
        let parcels = all.iter().flat_map(|order| &order.shipments);
        let parcels = parcels.filter_map(|parcel| parcel.tracking_number.as_deref());
        asked.extend(parcels.filter_map(TrackingNumber::parse));
        for parcel in asked {
            let lookup = Lookup::Tracking(parcel.clone());
            let found = Builtin::new(ctx.db().clone());
            let found = found.look_up(who.store_id, &lookup).await.expect("orders");
            assert_eq!(found, of_parcel(all.clone(), &parcel), "{parcel:?}");
        }
    }
}

fn known(number: &str) -> TrackingNumber {
    TrackingNumber::parse(number).expect("a number")
}

fn numbers() -> impl Iterator<Item = String> {
    (0_u8..6).map(|number| format!("SD-{number}"))
}

/// Newest first.
async fn all(shop: &Shop) -> Vec<Order> {
    let page = orders::list(&shop.test.ctx, &shop.member, "", 0).await;
    page.expect("orders").orders
}

async fn indexed(shop: &Shop) -> i64 {
    let mut connection = shop.test.ctx.db().read().await.expect("a connection");
    let row = sqlx::query("SELECT COUNT(*) AS n FROM order_parcels")
        .fetch_one(&mut *connection)
        .await;
    row.expect("a row").get("n")
}

async fn take(shop: &Shop, step: Step) {
    let (ctx, who): (_, &Principal) = (&shop.test.ctx, &shop.member);
    let name = |number: u8| format!("SD-{number}");
    match step {
        Step::Insert(number, parcels) => {
            let order = order(&name(number), 1, &parcels);
            if orders::get(ctx, who, &order.number).await.is_err() {
                let store_id = who.store_id;
                shop.change(move |tx| {
                    Box::pin(async move { queries::insert(tx.connection, store_id, &order).await })
                })
                .await;
            }
        }
        Step::Put(number, placed_at, parcels) => {
            let order = order(&name(number), placed_at, &parcels);
            orders::put(ctx, who, order).await.expect("a good order");
        }
        Step::PutAll(all) => {
            let mut names = HashSet::new();
            let orders = all.into_iter().filter(|(number, _)| names.insert(*number));
            let orders = orders.map(|(number, parcels)| order(&name(number), 5, &parcels));
            shop.put_all(orders.collect()).await;
        }
        Step::Edit(number, parcels) => {
            if let Ok(opened) = orders::get(ctx, who, &name(number)).await {
                let edited = order(&opened.number, opened.placed_at, &parcels);
                let edited = orders::edit(ctx, who, opened, edited).await;
                edited.expect("nobody else edits");
            }
        }
        Step::Remove(number) => {
            let _ = orders::remove(ctx, who, &name(number)).await;
        }
    }
}

#[tokio::test]
async fn however_many_orders_there_are_few_are_read_for_a_parcel() {
    let shop = Shop::new().await;
    let orders = (0..ORDERS).map(|at| {
        let parcels = [Some(format!("1Z999AA1{at:010}"))];
        order(&format!("SD-{at}"), 1_000, &parcels)
    });
    shop.put_all(orders.collect()).await;
    let db = shop.test.ctx.db();
    for table in ["orders", "order_parcels"] {
        db.look_at_young_table(table).await;
    }
    let sql = queries::BY_PARCEL
        .replace("$1", &format!("'{}'", shop.member.store_id))
        .replace("$2", "'1Z999AA10000001234'")
        .replace("$3", "3");
    let explain = match db.kind() {
        Kind::Sqlite => "EXPLAIN QUERY PLAN",
        Kind::Postgres => "EXPLAIN (ANALYZE, TIMING OFF)",
    };
    let mut connection = db.read().await.expect("a connection");
    let rows = sqlx::query(AssertSqlSafe(format!("{explain} {sql}")))
        .fetch_all(&mut *connection)
        .await
        .expect("a plan");
    let text = |row: &sqlx::any::AnyRow| match db.kind() {
        Kind::Sqlite => row.get("detail"),
        Kind::Postgres => row.get(0),
    };
    let plan: Vec<String> = rows.iter().map(text).collect();
    let of_parcels = plan.iter().any(|step| {
        step.contains("order_parcels_pkey") || step.contains("sqlite_autoindex_order_parcels_1")
    });
    assert!(of_parcels, "{plan:#?}");
    let scans = ["SCAN ", "Seq Scan"];
    let reads_all = |step: &String| scans.iter().any(|scan| step.contains(scan));
    assert!(!plan.iter().any(reads_all), "{plan:#?}");
    let looked_at: i64 = plan.iter().map(|step| looked_at(step)).sum();
    assert!(looked_at <= ROWS_MAX, "{plan:#?}");
}

/// The rows that a step of PostgreSQL's plan has returned or thrown away.
fn looked_at(step: &str) -> i64 {
    let number = |before: &str| -> i64 {
        let after = step.split_once(before).map_or("", |(_, after)| after);
        let digits = after.split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    number("actual rows=") * number("loops=") + number("Rows Removed by Filter: ")
}
