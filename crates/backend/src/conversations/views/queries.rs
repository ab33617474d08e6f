//! All SQL of kept views.

use crate::error::{Error, Result};
use domain::{
    UnixMillis,
    ids::{StoreId, UserId},
    inbox::{InboxView, SavedView},
};
use sqlx::{AnyConnection, Row};

/// Those of a person, by name. $1 store, $2 person
pub(in crate::conversations) async fn list(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user: UserId,
) -> Result<Vec<SavedView>> {
    let rows = sqlx::query(
        "SELECT name, shows FROM saved_views WHERE store_id = $1 AND user_id = $2
         ORDER BY LOWER(name), name LIMIT 100",
    )
    .bind(store_id.to_string())
    .bind(user.to_string())
    .fetch_all(connection)
    .await?;
    let mut views = Vec::new();
    for row in &rows {
        let shows: String = row.try_get("shows")?;
        // A newer server may have kept what this one doesn't know: the inbox opens all the same.
        match serde_json::from_str(&shows) {
            Ok(view) => views.push(SavedView {
                name: row.try_get("name")?,
                view,
            }),
            Err(error) => tracing::warn!(%store_id, %error, "a kept view can't be read"),
        }
    }
    Ok(views)
}

/// $1 store, $2 person, $3 name, $4 what it shows, $5 now
pub(super) async fn keep(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user: UserId,
    saved: &SavedView,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO saved_views (store_id, user_id, name, shows, updated_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (store_id, user_id, name)
         DO UPDATE SET shows = excluded.shows, updated_at = excluded.updated_at",
    )
    .bind(store_id.to_string())
    .bind(user.to_string())
    .bind(saved.name.as_str())
    .bind(json(saved.view)?)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 person, $3 name
pub(super) async fn forget(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user: UserId,
    name: &str,
) -> Result<()> {
    sqlx::query("DELETE FROM saved_views WHERE store_id = $1 AND user_id = $2 AND name = $3")
        .bind(store_id.to_string())
        .bind(user.to_string())
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

fn json(view: InboxView) -> Result<String> {
    serde_json::to_string(&view)
        .map_err(|error| Error::Internal(format!("writing a view: {error}")))
}
