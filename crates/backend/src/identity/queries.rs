//! All SQL of identities' secrets, and of codes by email.

use crate::{
    db::RowExt,
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    identity::IdentitySecret,
    ids::{ConversationId, IdentitySecretId, StoreId},
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

/// A code that was sent.
pub(crate) struct Code {
    pub email: EmailAddress,
    pub sealed: String,
    /// How often a wrong one was given.
    pub misses: i64,
    pub ends_at: UnixMillis,
}

/// $1 store, $2 conversation
pub(crate) async fn code(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<Code>> {
    let row = sqlx::query(
        "SELECT email, sealed, misses, ends_at FROM email_codes
         WHERE store_id = $1 AND conversation_id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let email: String = row.try_get("email")?;
        Ok(Code {
            email: EmailAddress::parse(&email).map_err(|_| Error::corrupt("email_codes.email"))?,
            sealed: row.try_get("sealed")?,
            misses: row.try_get("misses")?,
            ends_at: row.try_get("ends_at")?,
        })
    })
    .transpose()
}

/// Nobody can use them any more. $1 store, $2 now
pub(crate) async fn delete_ended_codes(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("DELETE FROM email_codes WHERE store_id = $1 AND ends_at <= $2")
        .bind(store_id.to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Replaces the one before. $1 store, $2 conversation, $3 email, $4 sealed, $5 end
pub(crate) async fn put_code(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    email: &EmailAddress,
    sealed: &str,
    ends_at: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO email_codes (store_id, conversation_id, email, sealed, misses, ends_at)
         VALUES ($1, $2, $3, $4, 0, $5)
         ON CONFLICT (store_id, conversation_id) DO UPDATE
            SET email = excluded.email, sealed = excluded.sealed, misses = 0, ends_at = excluded.ends_at",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(email.as_str())
    .bind(sealed)
    .bind(ends_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 conversation
pub(crate) async fn count_miss(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<()> {
    sqlx::query(
        "UPDATE email_codes SET misses = misses + 1 WHERE store_id = $1 AND conversation_id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 conversation
pub(crate) async fn delete_code(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<()> {
    sqlx::query("DELETE FROM email_codes WHERE store_id = $1 AND conversation_id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
