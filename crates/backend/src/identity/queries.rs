//! All SQL of identities' secrets.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    identity::IdentitySecret,
    ids::{IdentitySecretId, StoreId},
};
use sqlx::{AnyConnection, Row};

/// Those that count, the newest first. $1 store, $2 now
pub(super) async fn list(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<IdentitySecret>> {
    let rows = sqlx::query(
        "SELECT id, made_at, ends_at FROM identity_secrets
         WHERE store_id = $1 AND (ends_at IS NULL OR ends_at > $2)
         ORDER BY made_at DESC, id DESC",
    )
    .bind(store_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(IdentitySecret {
                id: row.parsed("id")?,
                made_at: row.try_get("made_at")?,
                ends_at: row.try_get("ends_at")?,
            })
        })
        .collect()
}

/// As [`list`], what is secret about them. $1 store, $2 now
pub(super) async fn sealed(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT sealed FROM identity_secrets
         WHERE store_id = $1 AND (ends_at IS NULL OR ends_at > $2)
         ORDER BY made_at DESC, id DESC",
    )
    .bind(store_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("sealed")?)).collect()
}

/// $1 store, $2 id, $3 sealed, $4 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: IdentitySecretId,
    sealed: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO identity_secrets (store_id, id, sealed, made_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(sealed)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Those that had no end get one. $1 store, $2 end
pub(super) async fn replace(
    connection: &mut AnyConnection,
    store_id: StoreId,
    ends_at: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE identity_secrets SET ends_at = $2 WHERE store_id = $1 AND ends_at IS NULL")
        .bind(store_id.to_string())
        .bind(ends_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether there was one. $1 store, $2 id
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: IdentitySecretId,
) -> Result<bool> {
    let done = sqlx::query("DELETE FROM identity_secrets WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// $1 store, $2 now
pub(super) async fn delete_ended(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("DELETE FROM identity_secrets WHERE store_id = $1 AND ends_at <= $2")
        .bind(store_id.to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
