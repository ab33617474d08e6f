//! All SQL of browsers that are told by push.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    ids::{PushSubscriptionId, StoreId, UserId},
    push::PushTarget,
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// A browser that is told from now on.
pub(super) struct NewSubscription {
    pub id: PushSubscriptionId,
    pub user_id: UserId,
    /// The hash of its session's token.
    pub session: String,
    pub target: PushTarget,
}

/// Whether there was still the session $3 of that person.
///
/// $1 id, $2 user, $3 session, $4 endpoint, $5 key, $6 secret, $7 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    row: &NewSubscription,
    now: UnixMillis,
) -> Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO push_subscriptions (id, user_id, session_hash, endpoint, p256dh, auth, created_at)
         SELECT $1, s.user_id, s.token_hash, $4, $5, $6, $7 FROM sessions s
         WHERE s.token_hash = $3 AND s.user_id = $2",
    )
    .bind(row.id.to_string())
    .bind(row.user_id.to_string())
    .bind(row.session.as_str())
    .bind(row.target.endpoint.as_str())
    .bind(row.target.p256dh.as_str())
    .bind(row.target.auth.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// What the same browser had, or the same session. $1 session, $2 endpoint
pub(super) async fn forget_like(
    connection: &mut AnyConnection,
    row: &NewSubscription,
) -> Result<()> {
    sqlx::query("DELETE FROM push_subscriptions WHERE session_hash = $1 OR endpoint = $2")
        .bind(row.session.as_str())
        .bind(row.target.endpoint.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// All but the newest of a person. $1 user, $2 how many stay
pub(super) async fn forget_beyond(
    connection: &mut AnyConnection,
    user_id: UserId,
    most: usize,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM push_subscriptions WHERE user_id = $1 AND id NOT IN
            (SELECT id FROM push_subscriptions WHERE user_id = $1 ORDER BY id DESC LIMIT $2)",
    )
    .bind(user_id.to_string())
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 session
pub(super) async fn forget_session(connection: &mut AnyConnection, session: &str) -> Result<()> {
    sqlx::query("DELETE FROM push_subscriptions WHERE session_hash = $1")
        .bind(session)
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 subscription
pub(crate) async fn forget(connection: &mut AnyConnection, id: PushSubscriptionId) -> Result<()> {
    sqlx::query("DELETE FROM push_subscriptions WHERE id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 session
pub(super) async fn of_session(
    connection: &mut AnyConnection,
    session: &str,
) -> Result<Option<(PushSubscriptionId, PushTarget)>> {
    let row = sqlx::query(
        "SELECT id, endpoint, p256dh, auth FROM push_subscriptions WHERE session_hash = $1",
    )
    .bind(session)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((row.parsed("id")?, target(&row)?)))
        .transpose()
}

/// A browser of somebody of a team.
pub(crate) struct Told {
    pub id: PushSubscriptionId,
    pub user_id: UserId,
}

/// Those of a store's team. $1 store, $2 now
pub(crate) async fn of_team(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<Told>> {
    let rows = sqlx::query(
        "SELECT p.id, p.user_id FROM push_subscriptions p
         JOIN memberships m ON m.user_id = p.user_id
         JOIN sessions s ON s.token_hash = p.session_hash
         WHERE m.store_id = $1 AND s.expires_at > $2 ORDER BY p.id LIMIT 1000",
    )
    .bind(store_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Told {
                id: row.parsed("id")?,
                user_id: row.parsed("user_id")?,
            })
        })
        .collect()
}

/// A browser that is to be told now.
pub(crate) struct Reached {
    pub user_id: UserId,
    pub target: PushTarget,
    /// What the store is called.
    pub store: String,
    /// When it was last told of waiting shoppers.
    pub alarmed_at: Option<UnixMillis>,
}

/// If it belongs to somebody who is still of the store's team, and signed in.
/// $1 store, $2 subscription, $3 now
pub(crate) async fn reached(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: PushSubscriptionId,
    now: UnixMillis,
) -> Result<Option<Reached>> {
    let row = sqlx::query(
        "SELECT p.user_id, p.endpoint, p.p256dh, p.auth, p.alarmed_at, stores.name
         FROM push_subscriptions p
         JOIN memberships m ON m.user_id = p.user_id
         JOIN stores ON stores.id = m.store_id
         JOIN sessions s ON s.token_hash = p.session_hash
         WHERE m.store_id = $1 AND p.id = $2 AND s.expires_at > $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Reached {
            user_id: row.parsed("user_id")?,
            target: target(&row)?,
            store: row.try_get("name")?,
            alarmed_at: row.try_get("alarmed_at")?,
        })
    })
    .transpose()
}

/// $1 subscription, $2 now
pub(crate) async fn note_alarm(
    connection: &mut AnyConnection,
    id: PushSubscriptionId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE push_subscriptions SET alarmed_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

fn target(row: &AnyRow) -> Result<PushTarget> {
    Ok(PushTarget {
        endpoint: row.try_get("endpoint")?,
        p256dh: row.try_get("p256dh")?,
        auth: row.try_get("auth")?,
    })
}
