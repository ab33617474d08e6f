//! All SQL of API keys.

use crate::{
    access::ApiKeyActor,
    db::RowExt,
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    api_key::{ApiKey, Scope},
    ids::{ApiKeyId, StoreId, UserId},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Scopes that only a newer server knows are left out: less is allowed, never more.
fn read_scopes(row: &AnyRow) -> Result<Vec<Scope>> {
    let words: String = row.try_get("scopes")?;
    Ok(words
        .split_whitespace()
        .filter_map(Scope::from_word)
        .collect())
}

/// Whose the key is, and when it was last used; nothing if it was revoked. Finds its
/// store by a secret instead of being told it. $1 token hash
pub(super) async fn by_token(
    connection: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<(StoreId, ApiKeyActor, Option<UnixMillis>)>> {
    let row = sqlx::query(
        "SELECT store_id, id, name, scopes, last_used_at FROM api_keys
         WHERE token_hash = $1 AND revoked_at IS NULL",
    )
    .bind(token_hash)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let key = ApiKeyActor {
            id: row.parsed("id")?,
            name: row.try_get("name")?,
            scopes: read_scopes(&row)?,
        };
        Ok((row.parsed("store_id")?, key, row.try_get("last_used_at")?))
    })
    .transpose()
}

/// Those in use, the newest first. $1 store
pub(super) async fn list(connection: &mut AnyConnection, store_id: StoreId) -> Result<Vec<ApiKey>> {
    let rows = sqlx::query(
        "SELECT k.id, k.name, k.scopes, k.start, u.name AS created_by, k.created_at, k.last_used_at
         FROM api_keys k LEFT JOIN users u ON u.id = k.created_by
         WHERE k.store_id = $1 AND k.revoked_at IS NULL ORDER BY k.id DESC",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ApiKey {
                id: row.parsed("id")?,
                name: row.try_get("name")?,
                scopes: read_scopes(row)?,
                start: row.try_get("start")?,
                created_by: row.try_get("created_by")?,
                created_at: row.try_get("created_at")?,
                last_used_at: row.try_get("last_used_at")?,
            })
        })
        .collect()
}

/// Nothing happens if there is one with the same token.
/// $1 store, $2 id, $3 name, $4 scopes, $5 token hash, $6 start, $7 user, $8 created at
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    key: &ApiKey,
    token_hash: &str,
    created_by: Option<UserId>,
) -> Result<()> {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    sqlx::query(
        "INSERT INTO api_keys (store_id, id, name, scopes, token_hash, start, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (token_hash) DO NOTHING",
    )
    .bind(store_id.to_string())
    .bind(key.id.to_string())
    .bind(key.name.as_str())
    .bind(scopes.join(" "))
    .bind(token_hash)
    .bind(key.start.as_str())
    .bind(created_by.map(|id| id.to_string()))
    .bind(key.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The hash of its token. $1 store, $2 id, $3 now
pub(super) async fn revoke(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ApiKeyId,
    now: UnixMillis,
) -> Result<Option<String>> {
    let row = sqlx::query(
        "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $3) WHERE store_id = $1 AND id = $2
         RETURNING token_hash",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.try_get("token_hash").map_err(Error::from))
        .transpose()
}

/// Of several requests at once the first writes.
/// $1 store, $2 id, $3 now, $4 only if it was not used since
pub(super) async fn note_use(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ApiKeyId,
    now: UnixMillis,
    unused_since: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE api_keys SET last_used_at = $3
         WHERE store_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at <= $4)",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .bind(unused_since)
    .execute(connection)
    .await?;
    Ok(())
}
