//! All SQL of second factors.

use crate::error::Result;
use domain::{UnixMillis, ids::UserId};
use sqlx::{AnyConnection, Row};

/// The second factor of an account, confirmed or only begun.
pub(in crate::auth) struct Stored {
    pub sealed_key: String,
    pub begun_at: UnixMillis,
    pub confirmed_at: Option<UnixMillis>,
    pub last_step: i64,
}

/// $1 user
pub(in crate::auth) async fn load(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Option<Stored>> {
    let row = sqlx::query(
        "SELECT sealed_key, begun_at, confirmed_at, last_step FROM two_factor WHERE user_id = $1",
    )
    .bind(user_id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Stored {
            sealed_key: row.try_get("sealed_key")?,
            begun_at: row.try_get("begun_at")?,
            confirmed_at: row.try_get("confirmed_at")?,
            last_step: row.try_get("last_step")?,
        })
    })
    .transpose()
}

/// Whether an account has one that is confirmed. $1 user
pub(crate) async fn is_on(connection: &mut AnyConnection, user_id: UserId) -> Result<bool> {
    let stored = load(connection, user_id).await?;
    Ok(stored.is_some_and(|stored| stored.confirmed_at.is_some()))
}

/// Begins one, in place of one that was begun before; `false` if there is one that is confirmed.
/// $1 user, $2 sealed key, $3 now
pub(super) async fn begin(
    connection: &mut AnyConnection,
    user_id: UserId,
    sealed_key: &str,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO two_factor (user_id, sealed_key, begun_at, last_step) VALUES ($1, $2, $3, 0)
         ON CONFLICT (user_id) DO UPDATE SET sealed_key = excluded.sealed_key,
            begun_at = excluded.begun_at WHERE two_factor.confirmed_at IS NULL",
    )
    .bind(user_id.to_string())
    .bind(sealed_key)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Confirms the one that was begun with this key; `false` if it is another one by now.
/// $1 user, $2 sealed key, $3 now, $4 step
pub(super) async fn confirm(
    connection: &mut AnyConnection,
    user_id: UserId,
    sealed_key: &str,
    now: UnixMillis,
    step: i64,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE two_factor SET confirmed_at = $3, last_step = $4
         WHERE user_id = $1 AND sealed_key = $2 AND confirmed_at IS NULL",
    )
    .bind(user_id.to_string())
    .bind(sealed_key)
    .bind(now)
    .bind(step)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Uses the code of a step up; `false` if that, or the code of a later one, was used.
/// $1 user, $2 step
pub(super) async fn use_step(
    connection: &mut AnyConnection,
    user_id: UserId,
    step: i64,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE two_factor SET last_step = $2
         WHERE user_id = $1 AND confirmed_at IS NOT NULL AND last_step < $2",
    )
    .bind(user_id.to_string())
    .bind(step)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether there was one. $1 user
pub(super) async fn delete(connection: &mut AnyConnection, user_id: UserId) -> Result<bool> {
    let done = sqlx::query("DELETE FROM two_factor WHERE user_id = $1")
        .bind(user_id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// $1 user
pub(super) async fn delete_recovery_codes(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<()> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 user, $2 hash
pub(super) async fn insert_recovery_code(
    connection: &mut AnyConnection,
    user_id: UserId,
    code_hash: &str,
) -> Result<()> {
    sqlx::query("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)")
        .bind(user_id.to_string())
        .bind(code_hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses one up; `false` if there is none such, or it was used. $1 user, $2 hash, $3 now
pub(super) async fn use_recovery_code(
    connection: &mut AnyConnection,
    user_id: UserId,
    code_hash: &str,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE recovery_codes SET used_at = $3
         WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
    )
    .bind(user_id.to_string())
    .bind(code_hash)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How many nobody has used. $1 user
pub(super) async fn recovery_codes_left(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<i64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
    )
    .bind(user_id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("n")?)
}

/// Names of the stores of an account that require it. $1 user
pub(super) async fn required_by(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT stores.name FROM memberships JOIN stores ON stores.id = memberships.store_id
         WHERE memberships.user_id = $1 AND stores.requires_two_factor = 1
         ORDER BY stores.name, stores.id",
    )
    .bind(user_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
}
