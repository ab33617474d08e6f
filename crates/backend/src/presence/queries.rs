//! All SQL of who is there.

use crate::{
    db::{Query, RowExt, Tx},
    error::Result,
};
use domain::{
    UnixMillis,
    ids::{StoreId, UserId},
    presence::gone_since,
};
use sqlx::{AnyConnection, Row};

/// Notes somebody again who is there; whether they were. $1 store, $2 user, $3 now, $4 since when
/// they would be gone
pub(super) async fn stay(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE memberships SET connected_at = $3
         WHERE store_id = $1 AND user_id = $2 AND connected_at > $4",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .bind(now)
    .bind(gone_since(now))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes somebody who comes; whether they are of the team. $1 store, $2 user, $3 now
pub(super) async fn come(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE memberships SET connected_at = $3 WHERE store_id = $1 AND user_id = $2",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// $1 user
pub(crate) async fn is_away(connection: &mut AnyConnection, user_id: UserId) -> Result<bool> {
    let row = sqlx::query("SELECT away_since FROM users WHERE id = $1")
        .bind(user_id.to_string())
        .fetch_optional(connection)
        .await?;
    let away_since: Option<Option<UnixMillis>> =
        row.map(|row| row.try_get("away_since")).transpose()?;
    Ok(away_since.flatten().is_some())
}

/// Whether that changes anything. $1 user, $2 now or nothing
pub(super) async fn set_away(
    connection: &mut AnyConnection,
    user_id: UserId,
    away: bool,
    now: UnixMillis,
) -> Result<bool> {
    let sql = match away {
        true => "UPDATE users SET away_since = $2 WHERE id = $1 AND away_since IS NULL",
        false => "UPDATE users SET away_since = $2 WHERE id = $1 AND away_since IS NOT NULL",
    };
    let done = sqlx::query(sql)
        .bind(user_id.to_string())
        .bind(away.then_some(now))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Where somebody is in the team, and when they were last noted there. $1 user
pub(super) async fn connections_of(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Vec<(StoreId, Option<UnixMillis>)>> {
    let rows = sqlx::query(
        "SELECT store_id, connected_at FROM memberships
         WHERE user_id = $1 AND connected_at IS NOT NULL LIMIT 1000",
    )
    .bind(user_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("store_id")?, row.try_get("connected_at")?)))
        .collect()
}

/// $1 since when
pub(super) async fn is_any_gone(connection: &mut AnyConnection, until: UnixMillis) -> Result<bool> {
    let row = sqlx::query("SELECT 1 AS one FROM memberships WHERE connected_at <= $1 LIMIT 1")
        .bind(until)
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

macro_rules! note_gone {
    ($held:literal) => {
        concat!(
            "UPDATE memberships SET connected_at = NULL
             WHERE connected_at <= $1 AND (store_id, user_id) IN (
                SELECT store_id, user_id FROM memberships WHERE connected_at <= $1
                ORDER BY connected_at LIMIT $2 ",
            $held,
            ") RETURNING store_id, user_id"
        )
    };
}

/// $1 since when, $2 limit. On PostgreSQL what another server is at is passed over, so that none
/// waits for the other.
static NOTE_GONE: Query = Query::new(2, note_gone!(""), note_gone!("FOR UPDATE SKIP LOCKED"));

/// Notes those who are gone; in which store who.
pub(super) async fn note_gone(
    tx: &mut Tx<'_>,
    until: UnixMillis,
    limit: usize,
) -> Result<Vec<(StoreId, UserId)>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = tx.run(&NOTE_GONE, &[until.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| Ok((row.parsed("store_id")?, row.parsed("user_id")?)))
        .collect()
}
