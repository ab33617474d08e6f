//! However much waits, a claim looks at no more rows than it must.

use super::*;
use crate::{
    db::{Kind, to_json},
    jobs::dialect::{postgres, sqlite},
};
use serde_json::json;
use sqlx::AssertSqlSafe;

/// Jobs that wait.
const BACKLOG: i64 = 5_000;
/// Rows that a statement about ten jobs may look at.
const ROWS_MAX: i64 = 200;

#[tokio::test]
async fn a_claim_does_not_look_at_the_backlog() {
    let shop = Shop::new().await;
    let jobs = (0..BACKLOG).map(|number| Probe::new(&format!("lane {}", number / 2), number));
    shop.enqueue(jobs).await;
    shop.test.ctx.db().look_at_young_table("jobs").await;
    let is_sqlite = shop.test.ctx.db().kind() == Kind::Sqlite;
    let store = shop.member.store_id.to_string();
    let asked = json!([{ "kind": "probe", "after": "", "until": null }]);
    let picks = json!([{ "kind": "probe", "store_id": store, "count": 10, "lease_ms": 1 }]);
    let row = json!([{
        "store_id": store, "id": "x", "kind": "probe", "payload": "{}", "lane": "lane 7",
        "dedupe_key": null, "delay": 0, "follows": false, "lease": null, "lease_ms": 0,
    }]);
    let (waiting, claim, insert) = if is_sqlite {
        (sqlite::WAITING, sqlite::CLAIM, sqlite::INSERT)
    } else {
        (postgres::WAITING, postgres::CLAIM, postgres::INSERT)
    };
    for (sql, first, second, third) in [
        (waiting, &asked, Some("10"), None),
        (claim, &picks, Some("'lease'"), Some("0")),
        (insert, &row, None, None),
    ] {
        let quoted = format!("'{}'", to_json(first).expect("JSON"));
        let sql = sql
            .replace("$1", &quoted)
            .replace("$2", second.unwrap_or_default())
            .replace("$3", third.unwrap_or_default())
            .replace("$item", "0");
        if is_sqlite {
            let plan = plan(&shop, &sql).await;
            let is_scan = |step: &String| {
                let table = step
                    .strip_prefix("SCAN ")
                    .and_then(|rest| rest.split(' ').next());
                // What the statements call the table.
                table.is_some_and(|table| ["jobs", "j", "w", "e", "b"].contains(&table))
            };
            assert!(!plan.iter().any(is_scan), "{plan:#?}");
        } else {
            let rows = rows_looked_at(&shop, &sql).await;
            assert!(rows <= ROWS_MAX, "{rows} rows: {sql}");
        }
    }
}

async fn plan(shop: &Shop, sql: &str) -> Vec<String> {
    let mut connection = shop.test.ctx.db().read().await.expect("a connection");
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
        .fetch_all(&mut *connection)
        .await
        .expect("a plan");
    rows.iter().map(|row| row.get("detail")).collect()
}

/// The rows that all steps of a plan have returned or thrown away.
async fn rows_looked_at(shop: &Shop, sql: &str) -> i64 {
    let sql = format!("EXPLAIN (ANALYZE, TIMING OFF) {sql}");
    let steps: Vec<String> = shop
        .write(move |tx| {
            Box::pin(async move {
                let rows = sqlx::query(AssertSqlSafe(sql))
                    .fetch_all(&mut *tx.connection)
                    .await?;
                Ok(rows.iter().map(|row| row.get(0)).collect())
            })
        })
        .await;
    let number = |step: &str, before: &str| -> i64 {
        let after = step.split_once(before).map_or("", |(_, after)| after);
        let digits = after.split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    steps
        .iter()
        .map(|step| {
            number(step, "actual rows=") * number(step, "loops=")
                + number(step, "Rows Removed by Filter: ")
        })
        .sum()
}
