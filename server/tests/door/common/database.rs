//! Looks straight into the database.

use backend::Ctx;
use sqlx::{AssertSqlSafe, Row};
use std::time::Duration;

/// Between two looks at something that says nothing by itself.
const POLL: Duration = Duration::from_millis(20);

/// How many rows `table` has.
pub async fn rows(ctx: &Ctx, table: &str) -> i64 {
    count(ctx, format!("SELECT COUNT(*) AS n FROM {table}")).await
}

/// How many jobs were given up.
pub async fn dead_jobs(ctx: &Ctx) -> i64 {
    count(
        ctx,
        "SELECT COUNT(*) AS n FROM jobs WHERE state = 'dead'".to_owned(),
    )
    .await
}

/// Ends when no job waits or runs, but for those that wait for a shop, a webhook, the end of a
/// snooze, or a mail that was put off, and those behind them.
pub async fn queue_drained(ctx: &Ctx) {
    let unfinished = "SELECT COUNT(*) AS n FROM jobs
        WHERE state <> 'dead'
          AND NOT (state = 'later' AND kind IN ('look_up_again', 'webhook', 'end_snooze', 'alarm_mail', 'alarm_push', 'mention_mail'))
          AND NOT (state = 'queued' AND kind IN ('alarm_mail', 'alarm_push') AND EXISTS (
              SELECT 1 FROM jobs first WHERE first.store_id = jobs.store_id AND first.lane = jobs.lane
                AND first.state = 'later'))";
    while count(ctx, unfinished.to_owned()).await > 0 {
        tokio::time::sleep(POLL).await;
    }
}

/// The time has come for jobs of a kind that were put off.
pub async fn make_due(ctx: &Ctx, kind: &str) {
    let due = format!(
        "UPDATE jobs SET state = 'ready', run_at = 0 WHERE kind = '{kind}' AND state = 'later'"
    );
    write(ctx, due).await;
    ctx.jobs().wake();
}

/// Changes what no door lets one change.
pub async fn write(ctx: &Ctx, sql: impl Into<String>) {
    let sql = sql.into();
    let written = ctx.db().write(move |tx| {
        Box::pin(async move {
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut *tx.connection)
                .await?;
            Ok(())
        })
    });
    written.await.expect("written");
    // Doors forget by themselves what they change.
    ctx.caches().forget_all();
}

/// The `n` of a counting query.
pub async fn count(ctx: &Ctx, sql: String) -> i64 {
    let mut connection = ctx.db().read().await.expect("a connection");
    let row = sqlx::query(AssertSqlSafe(sql))
        .fetch_one(&mut *connection)
        .await
        .expect("a row");
    row.try_get("n").expect("a number")
}
