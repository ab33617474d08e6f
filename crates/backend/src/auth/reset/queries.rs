//! All SQL of forgotten passwords.

use crate::{db::RowExt, error::Result};
use domain::{UnixMillis, ids::UserId};
use sqlx::AnyConnection;

/// $1 token hash, $2 user, $3 now, $4 expires at
pub(super) async fn insert(
    connection: &mut AnyConnection,
    token_hash: &str,
    user_id: UserId,
    now: UnixMillis,
    expires_at: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO password_resets (token_hash, user_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(token_hash)
    .bind(user_id.to_string())
    .bind(now)
    .bind(expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whose password one sets that is still good. $1 token hash, $2 now
pub(super) async fn owner(
    connection: &mut AnyConnection,
    token_hash: &str,
    now: UnixMillis,
) -> Result<Option<UserId>> {
    let row = sqlx::query(
        "SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.parsed("user_id")).transpose()
}

/// Uses it up; of several who do at once, the first has it. $1 token hash, $2 now
pub(super) async fn take(
    connection: &mut AnyConnection,
    token_hash: &str,
    now: UnixMillis,
) -> Result<Option<UserId>> {
    let row = sqlx::query(
        "DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.parsed("user_id")).transpose()
}

/// Those of an account. $1 user
pub(in crate::auth) async fn delete_of(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<()> {
    sqlx::query("DELETE FROM password_resets WHERE user_id = $1")
        .bind(user_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 now
pub(super) async fn delete_expired(connection: &mut AnyConnection, now: UnixMillis) -> Result<()> {
    sqlx::query("DELETE FROM password_resets WHERE expires_at <= $1")
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
