//! The SQL of the job queue that is one for both databases, and what reads the
//! rows of the dialects' own.

use super::{
    dialect::{at_database_time, postgres, sqlite},
    job::{Claimed, Kind, State, Written},
    kinds,
};
use crate::{
    db::{self, Query, RowExt, Tx, Value, to_json},
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    ids::{JobId, StoreId},
    job::{DeadLetter, Failure},
};
use serde::Serialize;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Most jobs that are set free in one write: those that became due, and those
/// whose lease ran out.
const SWEEP_MAX: i64 = 256;

/// Writes jobs; `rows` is their JSON.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    database: db::Kind,
    rows: &str,
) -> Result<Vec<Written>> {
    let written = sqlx::query(match database {
        db::Kind::Sqlite => sqlite::INSERT,
        db::Kind::Postgres => postgres::INSERT,
    })
    .bind(rows)
    .fetch_all(connection)
    .await?;
    written.iter().map(read_written).collect()
}

/// A row that `insert_jobs!` has returned.
pub(crate) fn read_written(row: &AnyRow) -> Result<Written> {
    Ok(Written {
        id: row.parsed("id")?,
        state: row.word("state", State::from_word)?,
    })
}

/// What the queue waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlook {
    /// The database's clock.
    pub now: UnixMillis,
    /// When the next job that is not due yet will be.
    pub due: Option<UnixMillis>,
    /// When the next lease runs out.
    pub lease_end: Option<UnixMillis>,
}

/// No parameters.
pub(super) async fn outlook(connection: &mut AnyConnection, database: db::Kind) -> Result<Outlook> {
    let row = sqlx::query(at_database_time!(
        database,
        "SELECT ",
        " AS now,
             (SELECT MIN(run_at) FROM jobs WHERE state = 'later') AS due,
             (SELECT MIN(lease_until) FROM jobs WHERE state = 'running') AS lease_end"
    ))
    .fetch_one(connection)
    .await?;
    Ok(Outlook {
        now: row.try_get("now")?,
        due: row.try_get("due")?,
        lease_end: row.try_get("lease_end")?,
    })
}

/// Makes jobs ready that are due.
///
/// $1 now, $2 most
pub(super) async fn release_due(connection: &mut AnyConnection, now: UnixMillis) -> Result<()> {
    sqlx::query(
        "UPDATE jobs SET state = 'ready'
         WHERE state = 'later' AND n IN (
             SELECT n FROM jobs WHERE state = 'later' AND run_at <= $1 ORDER BY run_at LIMIT $2)",
    )
    .bind(now)
    .bind(SWEEP_MAX)
    .execute(connection)
    .await?;
    Ok(())
}

/// A job whose worker has died.
pub(super) struct Abandoned {
    pub id: JobId,
    pub store_id: StoreId,
    pub kind: String,
    pub lane: String,
    pub payload: String,
    pub attempts: i64,
    pub lease: String,
}

/// Jobs whose lease ran out.
///
/// $1 now, $2 most
pub(super) async fn abandoned(
    connection: &mut AnyConnection,
    now: UnixMillis,
) -> Result<Vec<Abandoned>> {
    let rows = sqlx::query(
        "SELECT id, store_id, kind, lane, payload, attempts, lease FROM jobs
         WHERE state = 'running' AND lease_until < $1 ORDER BY lease_until LIMIT $2",
    )
    .bind(now)
    .bind(SWEEP_MAX)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Abandoned {
                id: row.parsed("id")?,
                store_id: row.parsed("store_id")?,
                kind: row.try_get("kind")?,
                lane: row.try_get("lane")?,
                payload: row.try_get("payload")?,
                attempts: row.try_get("attempts")?,
                lease: row.try_get("lease")?,
            })
        })
        .collect()
}

/// Makes jobs ready whose lease ran out.
///
/// $1 now, $2 most
pub(super) async fn release_abandoned(
    connection: &mut AnyConnection,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE jobs SET state = 'ready', lease = NULL
         WHERE state = 'running' AND lease_until < $1 AND n IN (
             SELECT n FROM jobs WHERE state = 'running' AND lease_until < $1 ORDER BY lease_until LIMIT $2)",
    )
    .bind(now)
    .bind(SWEEP_MAX)
    .execute(connection)
    .await?;
    Ok(())
}

/// A part of the stores that have work of a kind.
#[derive(Debug, Serialize)]
pub(super) struct Asked<'a> {
    pub kind: &'static str,
    /// Only stores after this one.
    pub after: &'a str,
    /// And up to this one.
    pub until: Option<&'a str>,
}

/// Which stores have ready work of the kinds that are asked for, at most `depth`
/// of each part; in the order of the stores.
pub(super) async fn waiting(
    connection: &mut AnyConnection,
    database: db::Kind,
    asked: &[Asked<'_>],
    depth: i64,
) -> Result<Vec<(&'static Kind, StoreId)>> {
    let rows = sqlx::query(match database {
        db::Kind::Sqlite => sqlite::WAITING,
        db::Kind::Postgres => postgres::WAITING,
    })
    .bind(to_json(&asked)?)
    .bind(depth)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.word("kind", kinds::named)?, row.parsed("store_id")?)))
        .collect()
}

macro_rules! put_off {
    ($now:expr) => {
        concat!(
            "SELECT 1 AS one FROM jobs WHERE store_id = $1 AND lane = $2 AND state = 'later' AND run_at > $3 + ",
            $now,
            " LIMIT 1"
        )
    };
}

/// $1 store, $2 lane, $3 in how many milliseconds
static PUT_OFF: Query = Query::new(
    3,
    put_off!(super::dialect::sqlite::now!()),
    put_off!(super::dialect::postgres::now!()),
);

/// Whether a job of a lane begins in more than `delay` milliseconds.
pub(super) async fn is_put_off(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    lane: String,
    delay: i64,
) -> Result<bool> {
    let values = [store_id.to_string().into(), lane.into(), delay.into()];
    let rows = tx.run(&PUT_OFF, &values).await?;
    Ok(!rows.is_empty())
}

/// Claims what was picked and is still to be had.
///
/// $1 picks, $2 lease, $3 now
pub(super) static CLAIM: Query = Query::new(3, sqlite::CLAIM, postgres::CLAIM);

/// How many jobs to claim of a kind in a store.
#[derive(Debug, Serialize)]
pub(super) struct Pick {
    #[serde(serialize_with = "kind_name")]
    pub kind: &'static Kind,
    pub store_id: StoreId,
    pub count: i64,
    pub lease_ms: i64,
}

fn kind_name<S: serde::Serializer>(kind: &&'static Kind, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(kind.name)
}

/// See [`CLAIM`].
pub(super) fn claim_values(picks: &[Pick], lease: &str, now: UnixMillis) -> Result<Vec<Value>> {
    Ok(vec![to_json(&picks)?.into(), lease.into(), now.into()])
}

/// A job that was claimed.
pub(super) enum Taken {
    Readable(Claimed),
    /// No version writes its payload: trying it again would not help.
    Unreadable(Claimed),
}

/// Reads what [`CLAIM`] has claimed, oldest first.
pub(super) fn read_claimed(mut rows: Vec<AnyRow>, lease: &str) -> Result<Vec<Taken>> {
    rows.sort_by_key(|row| row.try_get::<i64, _>("n").unwrap_or_default());
    rows.iter()
        .map(|row| {
            let claimed = Claimed {
                id: row.parsed("id")?,
                store_id: row.parsed("store_id")?,
                attempts: row.try_get("attempts")?,
                kind: row.word("kind", kinds::named)?,
                lane: row.try_get("lane")?,
                payload: row.try_get("payload")?,
                lease: lease.to_owned(),
                remembered: None,
            };
            Ok(if (claimed.kind.reads)(&claimed.payload) {
                Taken::Readable(claimed)
            } else {
                Taken::Unreadable(claimed)
            })
        })
        .collect()
}

/// Whether nothing stands before a job in its lane any more.
///
/// $1 store, $2 lane, $3 id
pub(super) async fn is_first(connection: &mut AnyConnection, claimed: &Claimed) -> Result<bool> {
    let row = sqlx::query(
        "SELECT id FROM jobs WHERE store_id = $1 AND lane = $2 AND state <> 'dead' ORDER BY n LIMIT 1",
    )
    .bind(claimed.store_id.to_string())
    .bind(claimed.lane.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_none_or(|row| row.parsed("id").is_ok_and(|id: JobId| id == claimed.id)))
}

/// Gives a job back as if it had never been claimed.
///
/// $1 id, $2 lease
pub(super) async fn give_back(connection: &mut AnyConnection, claimed: &Claimed) -> Result<()> {
    sqlx::query(
        "UPDATE jobs SET state = 'ready', lease = NULL, attempts = attempts - 1
         WHERE id = $1 AND lease = $2 AND state = 'running'",
    )
    .bind(claimed.id.to_string())
    .bind(claimed.lease.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// What [`finish`] found.
pub(super) struct Ended {
    /// The lease was ours, and the job is no more.
    pub is_ours: bool,
    /// The next job of the lane may begin.
    pub is_followed: bool,
}

impl Ended {
    /// From rows that say `what` they are.
    pub fn read(rows: &[AnyRow]) -> Self {
        let has = |what| {
            rows.iter()
                .any(|row| row.try_get::<String, _>("what").is_ok_and(|is| is == what))
        };
        Self {
            is_ours: has("ended") || has("followed"),
            is_followed: has("next") || has("followed"),
        }
    }
}

/// Deletes a job and makes the next of its lane ready.
pub(super) async fn finish(
    connection: &mut AnyConnection,
    database: db::Kind,
    claimed: &Claimed,
) -> Result<Ended> {
    match database {
        db::Kind::Sqlite => {
            let rows = sqlx::query(sqlite::FINISH)
                .bind(claimed.id.to_string())
                .bind(claimed.lease.as_str())
                .bind(claimed.store_id.to_string())
                .bind(claimed.lane.as_str())
                .fetch_all(connection)
                .await?;
            Ok(Ended::read(&rows))
        }
        // Two statements: the second one sees a job that was written while the
        // first one waited for it.
        db::Kind::Postgres => {
            let deleted =
                sqlx::query("DELETE FROM jobs WHERE id = $1 AND lease = $2 AND state = 'running'")
                    .bind(claimed.id.to_string())
                    .bind(claimed.lease.as_str())
                    .execute(&mut *connection)
                    .await?;
            let is_ours = deleted.rows_affected() > 0;
            let is_followed = is_ours
                && start_next(connection, database, claimed.store_id, &claimed.lane).await?;
            Ok(Ended {
                is_ours,
                is_followed,
            })
        }
    }
}

/// Lets the first job of a lane begin, and says whether one may now.
///
/// $1 store, $2 lane
pub(super) async fn start_next(
    connection: &mut AnyConnection,
    database: db::Kind,
    store_id: StoreId,
    lane: &str,
) -> Result<bool> {
    let started = sqlx::query(at_database_time!(
        database,
        "UPDATE jobs SET state = CASE WHEN run_at > ",
        " THEN 'later' ELSE 'ready' END
         WHERE state = 'queued' AND n = (
             SELECT MIN(e.n) FROM jobs e WHERE e.store_id = $1 AND e.lane = $2 AND e.state <> 'dead')"
    ))
    .bind(store_id.to_string())
    .bind(lane)
    .execute(connection)
    .await?;
    Ok(started.rows_affected() > 0)
}

/// How many rows: 0 if the lease was lost.
///
/// $1 id, $2 lease, $3 milliseconds
pub(super) async fn renew(
    connection: &mut AnyConnection,
    database: db::Kind,
    claimed: &Claimed,
) -> Result<u64> {
    let renewed = sqlx::query(at_database_time!(
        database,
        "UPDATE jobs SET lease_until = $3 + ",
        " WHERE id = $1 AND lease = $2 AND state = 'running'"
    ))
    .bind(claimed.id.to_string())
    .bind(claimed.lease.as_str())
    .bind(claimed.kind.lease_ms())
    .execute(connection)
    .await?;
    Ok(renewed.rows_affected())
}

/// Back to the queue, due after `delay` milliseconds.
///
/// $1 id, $2 lease, $3 delay, $4 error
pub(super) async fn put_back(
    connection: &mut AnyConnection,
    database: db::Kind,
    claimed: &Claimed,
    delay: i64,
    error: &str,
) -> Result<()> {
    sqlx::query(at_database_time!(
        database,
        "UPDATE jobs SET state = 'later', lease = NULL, last_error = $4, run_at = $3 + ",
        " WHERE id = $1 AND lease = $2 AND state = 'running'"
    ))
    .bind(claimed.id.to_string())
    .bind(claimed.lease.as_str())
    .bind(delay)
    .bind(error)
    .execute(connection)
    .await?;
    Ok(())
}

/// To the dead letters. How many rows: 0 if the lease was lost.
///
/// $1 id, $2 lease, $3 failure, $4 error
pub(super) async fn bury(
    connection: &mut AnyConnection,
    database: db::Kind,
    id: JobId,
    lease: &str,
    failure: Failure,
    error: &str,
) -> Result<u64> {
    let buried = sqlx::query(at_database_time!(
        database,
        "UPDATE jobs SET state = 'dead', lease = NULL, failure = $3, last_error = $4, failed_at = ",
        " WHERE id = $1 AND lease = $2 AND state = 'running'"
    ))
    .bind(id.to_string())
    .bind(lease)
    .bind(failure.as_str())
    .bind(error)
    .execute(connection)
    .await?;
    Ok(buried.rows_affected())
}

/// Lets every running job be claimed again. No parameters.
pub(super) async fn end_leases(connection: &mut AnyConnection) -> Result<()> {
    sqlx::query("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 store
pub(crate) async fn count_dead(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM jobs WHERE store_id = $1 AND state = 'dead'")
        .bind(store_id.to_string())
        .fetch_one(connection)
        .await?;
    row.try_get("n").map_err(Error::from)
}

/// The newest first.
///
/// $1 store, $2 most
pub(super) async fn dead_letters(
    connection: &mut AnyConnection,
    store_id: StoreId,
    limit: i64,
) -> Result<Vec<DeadLetter>> {
    let rows = sqlx::query(
        "SELECT id, kind, attempts, failure, failed_at FROM jobs
         WHERE store_id = $1 AND state = 'dead' ORDER BY n DESC LIMIT $2",
    )
    .bind(store_id.to_string())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("kind")?;
            Ok(DeadLetter {
                id: row.parsed("id")?,
                title: kinds::named(&kind).map(|kind| kind.title.to_owned()),
                attempts: row.try_get("attempts")?,
                failure: row.word("failure", Failure::from_word)?,
                failed_at: row.try_get("failed_at")?,
            })
        })
        .collect()
}

/// What is written again when a dead letter is tried again.
pub(super) struct Exhumed {
    pub kind: String,
    pub payload: String,
    pub lane: String,
    pub dedupe_key: Option<String>,
}

/// Takes a dead letter away, if there is one.
///
/// $1 store, $2 id
pub(super) async fn take_dead(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: JobId,
) -> Result<Option<Exhumed>> {
    let row = sqlx::query(
        "DELETE FROM jobs WHERE store_id = $1 AND id = $2 AND state = 'dead'
         RETURNING kind, payload, lane, dedupe_key",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Exhumed {
            kind: row.try_get("kind")?,
            payload: row.try_get("payload")?,
            lane: row.try_get("lane")?,
            dedupe_key: row.try_get("dedupe_key")?,
        })
    })
    .transpose()
}
