//! All SQL of visitors.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    ids::{StoreId, VisitorId},
    widget_api::VisitorDetails,
};
use sqlx::{AnyConnection, Row};

/// A token that is valid: whose it is, and until when.
pub(crate) struct Token {
    pub store_id: StoreId,
    pub visitor_id: VisitorId,
    pub expires_at: UnixMillis,
}

/// The one query that finds its store by a secret instead of being told it.
/// Nothing for a token that has expired or was revoked.
/// $1 token hash, $2 now
pub(crate) async fn by_token(
    connection: &mut AnyConnection,
    token_hash: &str,
    now: UnixMillis,
) -> Result<Option<Token>> {
    let row = sqlx::query(
        "SELECT store_id, visitor_id, expires_at FROM visitor_tokens
         WHERE token_hash = $1 AND expires_at > $2 AND revoked_at IS NULL",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Token {
            store_id: row.parsed("store_id")?,
            visitor_id: row.parsed("visitor_id")?,
            expires_at: row.try_get("expires_at")?,
        })
    })
    .transpose()
}

/// $1 token hash, $2 store, $3 new end
pub(super) async fn extend_token(
    connection: &mut AnyConnection,
    token_hash: &str,
    store_id: StoreId,
    expires_at: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitor_tokens SET expires_at = $3 WHERE token_hash = $1 AND store_id = $2",
    )
    .bind(token_hash)
    .bind(store_id.to_string())
    .bind(expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 visitor, $3 now
pub(super) async fn revoke_tokens(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitor_tokens SET revoked_at = $3
         WHERE store_id = $1 AND visitor_id = $2 AND revoked_at IS NULL",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 id, $2 store, $3 name, $4 email, $5 locale, $6 now
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    id: VisitorId,
    store_id: StoreId,
    details: &VisitorDetails,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO visitors (id, store_id, name, email, locale, created_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(id.to_string())
    .bind(store_id.to_string())
    .bind(details.name.as_deref())
    .bind(details.email.as_deref())
    .bind(details.locale.as_deref())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps what was known where nothing new was told.
/// $1 id, $2 store, $3 name, $4 email, $5 locale, $6 now
pub(crate) async fn update(
    connection: &mut AnyConnection,
    id: VisitorId,
    store_id: StoreId,
    details: &VisitorDetails,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitors SET name = COALESCE($3, name), email = COALESCE($4, email),
            locale = COALESCE($5, locale), last_seen_at = $6
         WHERE id = $1 AND store_id = $2",
    )
    .bind(id.to_string())
    .bind(store_id.to_string())
    .bind(details.name.as_deref())
    .bind(details.email.as_deref())
    .bind(details.locale.as_deref())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 token hash, $2 store, $3 visitor, $4 now, $5 end
pub(crate) async fn insert_token(
    connection: &mut AnyConnection,
    token_hash: &str,
    store_id: StoreId,
    visitor_id: VisitorId,
    now: UnixMillis,
    expires_at: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO visitor_tokens (token_hash, store_id, visitor_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(token_hash)
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .bind(now)
    .bind(expires_at)
    .execute(connection)
    .await?;
    Ok(())
}
