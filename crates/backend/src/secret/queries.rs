//! All SQL of the installation's secret.

use crate::error::Result;
use domain::UnixMillis;
use sqlx::{AnyConnection, Row};

/// Keeps `new` unless there is a secret already; the one that is kept.
/// $1 secret, $2 now
pub(super) async fn first_secret(
    connection: &mut AnyConnection,
    new: &str,
    now: UnixMillis,
) -> Result<String> {
    sqlx::query(
        "INSERT INTO installation (name, value, created_at) VALUES ('secret', $1, $2)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(new)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    let row = sqlx::query("SELECT value FROM installation WHERE name = 'secret'")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get("value")?)
}
