//! All SQL of the job queue.

use super::{Claimed, Job};
use crate::{
    db::RowExt,
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    ids::{JobId, StoreId},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// $1 id, $2 store, $3 kind, $4 payload, $5 lane, $6 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    id: JobId,
    store_id: StoreId,
    kind: &str,
    payload: &str,
    lane: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO jobs (id, store_id, kind, payload, lane, state, attempts, run_at, lease_until, created_at)
         VALUES ($1, $2, $3, $4, $5, 'ready', 0, $6, 0, $6)",
    )
    .bind(id.to_string())
    .bind(store_id.to_string())
    .bind(kind)
    .bind(payload)
    .bind(lane)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes up to `limit` jobs that are due: ready ones, and running ones whose
/// lease ran out. Of each lane only the oldest. Stores, and the kinds of work
/// within a store, take turns, what is running counted in, so that a flood in
/// one holds up nobody else; within a turn shoppers who wait come first. The conditions stand in the outer
/// `WHERE` again because PostgreSQL checks that one anew after waiting for a row
/// that another worker has just taken.
///
/// $1 now, $2 lease, $3 lease until, $4 limit
pub(super) async fn claim(
    connection: &mut AnyConnection,
    now: UnixMillis,
    lease: &str,
    lease_until: UnixMillis,
    limit: i64,
) -> Result<Vec<Claimed>> {
    let rows = sqlx::query(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = $2, lease_until = $3
         WHERE id IN (
             SELECT turns.id FROM (
                 SELECT due.id, due.kind, due.run_at, ROW_NUMBER() OVER (
                     PARTITION BY due.store_id, due.kind ORDER BY due.run_at, due.id) + (
                     SELECT COUNT(*) FROM jobs busy
                     WHERE busy.store_id = due.store_id AND busy.kind = due.kind
                       AND busy.state = 'running' AND busy.lease_until >= $1) AS turn
                 FROM jobs due
                 WHERE ((due.state = 'ready' AND due.run_at <= $1)
                     OR (due.state = 'running' AND due.lease_until < $1))
                   AND NOT EXISTS (
                     SELECT 1 FROM jobs earlier
                     WHERE earlier.lane = due.lane AND earlier.id < due.id
                       AND earlier.state IN ('ready', 'running'))) turns
             ORDER BY turns.turn, CASE turns.kind WHEN 'ai_reply' THEN 0 ELSE 1 END, turns.run_at, turns.id
             LIMIT $4)
           AND ((state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until < $1))
         RETURNING id, store_id, payload, attempts",
    )
    .bind(now)
    .bind(lease)
    .bind(lease_until)
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in &rows {
        match claimed(row, lease) {
            Ok(claimed) => taken.push(claimed),
            // Written by another version: it must not hold up the others.
            Err(error) => bury(connection, row.try_get("id")?, &error.to_string()).await?,
        }
    }
    Ok(taken)
}

/// $1 id, $2 error
async fn bury(connection: &mut AnyConnection, id: &str, error: &str) -> Result<()> {
    sqlx::query("UPDATE jobs SET state = 'dead', lease = NULL, last_error = $2 WHERE id = $1")
        .bind(id)
        .bind(error)
        .execute(connection)
        .await?;
    Ok(())
}

fn claimed(row: &AnyRow, lease: &str) -> Result<Claimed> {
    Ok(Claimed {
        id: row.parsed("id")?,
        store_id: row.parsed("store_id")?,
        job: row.json::<Job>("payload")?,
        attempts: row.try_get("attempts")?,
        lease: lease.to_owned(),
    })
}

/// Puts jobs away that were begun too often and never ended, and returns them.
/// $1 now, $2 most attempts
pub(super) async fn bury_hopeless(
    connection: &mut AnyConnection,
    now: UnixMillis,
    attempts_max: i64,
) -> Result<Vec<(StoreId, Job)>> {
    let rows = sqlx::query(
        "UPDATE jobs SET state = 'dead', lease = NULL, last_error = 'the process ended each time this ran'
         WHERE state = 'running' AND lease_until < $1 AND attempts >= $2
         RETURNING store_id, payload",
    )
    .bind(now)
    .bind(attempts_max)
    .fetch_all(connection)
    .await?;
    // One of another version can't be read, and nothing need be done about it.
    Ok(rows
        .iter()
        .filter_map(|row| Some((row.parsed("store_id").ok()?, row.json("payload").ok()?)))
        .collect())
}

/// How many rows: 0 if the lease is no longer `lease`.
///
/// $1 id, $2 lease, $3 now
pub(super) async fn finish(
    connection: &mut AnyConnection,
    id: JobId,
    lease: &str,
    now: UnixMillis,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE jobs SET state = 'done', lease = NULL, finished_at = $3
         WHERE id = $1 AND lease = $2 AND state = 'running'",
    )
    .bind(id.to_string())
    .bind(lease)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Back to the queue until `run_at`, or to the dead letters.
///
/// $1 id, $2 lease, $3 state, $4 run_at, $5 error
pub(super) async fn fail(
    connection: &mut AnyConnection,
    claimed: &Claimed,
    dead: bool,
    run_at: UnixMillis,
    error: &str,
) -> Result<()> {
    sqlx::query(
        "UPDATE jobs SET state = $3, lease = NULL, run_at = $4, last_error = $5
         WHERE id = $1 AND lease = $2 AND state = 'running'",
    )
    .bind(claimed.id.to_string())
    .bind(claimed.lease.as_str())
    .bind(if dead { "dead" } else { "ready" })
    .bind(run_at)
    .bind(error)
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets every running job be claimed again.
pub(super) async fn end_leases(connection: &mut AnyConnection) -> Result<()> {
    sqlx::query("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
        .execute(connection)
        .await?;
    Ok(())
}

/// What the queue waits for.
pub(super) struct Next {
    /// When the next waiting job is due.
    pub ready: Option<UnixMillis>,
    /// When the next lease runs out.
    pub lease_end: Option<UnixMillis>,
}

pub(super) async fn next(connection: &mut AnyConnection) -> Result<Next> {
    let row = sqlx::query(
        "SELECT MIN(CASE WHEN state = 'ready' THEN run_at END) AS ready,
             MIN(CASE WHEN state = 'running' THEN lease_until END) AS lease_end
         FROM jobs WHERE state IN ('ready', 'running')",
    )
    .fetch_one(connection)
    .await?;
    Ok(Next {
        ready: row.try_get("ready")?,
        lease_end: row.try_get("lease_end")?,
    })
}

/// $1 the oldest finish time to keep
pub(super) async fn delete_done(connection: &mut AnyConnection, before: UnixMillis) -> Result<u64> {
    let deleted = sqlx::query("DELETE FROM jobs WHERE state = 'done' AND finished_at < $1")
        .bind(before)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}

/// $1 store
pub(crate) async fn count_dead(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM jobs WHERE store_id = $1 AND state = 'dead'")
        .bind(store_id.to_string())
        .fetch_one(connection)
        .await?;
    row.try_get("n").map_err(Error::from)
}
