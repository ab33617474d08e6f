//! All SQL of visitors.

use crate::{db::RowExt, error::Result, identity::Customer};
use domain::{
    UnixMillis,
    account::EmailAddress,
    ids::{StoreId, VisitorId},
    inbox::{Visitor, VisitorProfile},
    widget_api::VisitorDetails,
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// A token: whose it is, until when, and whether it was ended before.
pub(crate) struct Token {
    pub store_id: StoreId,
    pub visitor_id: VisitorId,
    pub expires_at: UnixMillis,
    is_revoked: bool,
}

impl Token {
    /// Whether it opens anything.
    pub fn is_valid(&self, now: UnixMillis) -> bool {
        !self.is_revoked && self.expires_at > now
    }
}

/// The one query that finds its store by a secret instead of being told it.
/// $1 token hash
pub(crate) async fn by_token(
    connection: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<Token>> {
    let row = sqlx::query(
        "SELECT store_id, visitor_id, expires_at, revoked_at FROM visitor_tokens
         WHERE token_hash = $1",
    )
    .bind(token_hash)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Token {
            store_id: row.parsed("store_id")?,
            visitor_id: row.parsed("visitor_id")?,
            expires_at: row.try_get("expires_at")?,
            is_revoked: row
                .try_get::<Option<UnixMillis>, _>("revoked_at")?
                .is_some(),
        })
    })
    .transpose()
}

/// $1 store, $2 id
pub(super) async fn profile(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: VisitorId,
) -> Result<Option<VisitorProfile>> {
    let row = sqlx::query(
        "SELECT id, name, email, locale, customer_id, created_at, last_seen_at, blocked_at FROM visitors
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_profile).transpose()
}

/// Where a list of ids that counts down begins: after every id.
const AFTER_ALL: &str = "~";

/// The newest first, those before `before`. $1 store, $2 before, $3 limit
pub(super) async fn page(
    connection: &mut AnyConnection,
    store_id: StoreId,
    before: Option<VisitorId>,
    limit: i64,
) -> Result<Vec<VisitorProfile>> {
    let rows = sqlx::query(
        "SELECT id, name, email, locale, customer_id, created_at, last_seen_at, blocked_at FROM visitors
         WHERE store_id = $1 AND id < $2
         ORDER BY id DESC LIMIT $3",
    )
    .bind(store_id.to_string())
    .bind(before.map_or_else(|| AFTER_ALL.to_owned(), |id| id.to_string()))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_profile).collect()
}

/// As [`page`], those with this address. $1 store, $2 email, $3 before, $4 limit
pub(super) async fn page_of_email(
    connection: &mut AnyConnection,
    store_id: StoreId,
    email: &EmailAddress,
    before: Option<VisitorId>,
    limit: i64,
) -> Result<Vec<VisitorProfile>> {
    let rows = sqlx::query(
        "SELECT id, name, email, locale, customer_id, created_at, last_seen_at, blocked_at FROM visitors
         WHERE store_id = $1 AND email = $2 AND id < $3
         ORDER BY id DESC LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(email.as_str())
    .bind(before.map_or_else(|| AFTER_ALL.to_owned(), |id| id.to_string()))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_profile).collect()
}

fn read_profile(row: &AnyRow) -> Result<VisitorProfile> {
    Ok(VisitorProfile {
        visitor: Visitor {
            id: row.parsed("id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            locale: row.try_get("locale")?,
            customer_id: row.try_get("customer_id")?,
            blocked: row
                .try_get::<Option<UnixMillis>, _>("blocked_at")?
                .is_some(),
        },
        created_at: row.try_get("created_at")?,
        last_seen_at: row.try_get("last_seen_at")?,
    })
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

/// The hashes of those that ended by it. $1 store, $2 visitor, $3 now
pub(super) async fn revoke_tokens(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
    now: UnixMillis,
) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "UPDATE visitor_tokens SET revoked_at = $3
         WHERE store_id = $1 AND visitor_id = $2 AND revoked_at IS NULL
         RETURNING token_hash",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("token_hash")?))
        .collect()
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

/// Keeps what was known where nothing new was told. Of somebody
/// who is verified it is known better than what is typed.
/// $1 id, $2 store, $3 name, $4 email, $5 locale, $6 now
pub(crate) async fn update(
    connection: &mut AnyConnection,
    id: VisitorId,
    store_id: StoreId,
    details: &VisitorDetails,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitors SET
            name = CASE WHEN verified_at IS NULL THEN COALESCE($3, name) ELSE name END,
            email = CASE WHEN verified_at IS NULL THEN COALESCE($4, email) ELSE email END,
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

/// The visitor who is this customer of the storefront. $1 store, $2 customer
pub(crate) async fn of_customer(
    connection: &mut AnyConnection,
    store_id: StoreId,
    customer_id: &str,
) -> Result<Option<VisitorId>> {
    let row = sqlx::query("SELECT id FROM visitors WHERE store_id = $1 AND customer_id = $2")
        .bind(store_id.to_string())
        .bind(customer_id)
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// What a visitor has proven of themselves.
#[derive(Default)]
pub(crate) struct Proven {
    pub customer_id: Option<String>,
    pub email: Option<String>,
}

/// $1 store, $2 visitor
pub(crate) async fn proven(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: VisitorId,
) -> Result<Proven> {
    let row = sqlx::query(
        "SELECT customer_id, CASE WHEN verified_at IS NULL THEN NULL ELSE email END AS proven_email
         FROM visitors WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(Proven::default());
    };
    Ok(Proven {
        customer_id: row.try_get("customer_id")?,
        email: row.try_get("proven_email")?,
    })
}

/// The storefront's word replaces what was typed: the email is its, or none.
/// $1 store, $2 visitor, $3 customer, $4 name, $5 email, $6 now
pub(crate) async fn set_customer(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: VisitorId,
    customer: &Customer,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitors SET customer_id = $3, name = COALESCE($4, name), email = $5, verified_at = $6,
            last_seen_at = $6
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(&customer.id)
    .bind(customer.name.as_deref())
    .bind(customer.email.as_ref().map(EmailAddress::as_str))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Never a customer's: the storefront knows them better. $1 store, $2 visitor, $3 email, $4 now
pub(crate) async fn set_verified_email(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: VisitorId,
    email: &EmailAddress,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitors SET email = $3, verified_at = $4, last_seen_at = $4
         WHERE store_id = $1 AND id = $2 AND customer_id IS NULL",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(email.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Tokens of one visitor become another's. $1 store, $2 visitor, $3 other visitor
pub(crate) async fn move_tokens(
    connection: &mut AnyConnection,
    store_id: StoreId,
    from: VisitorId,
    to: VisitorId,
) -> Result<()> {
    sqlx::query(
        "UPDATE visitor_tokens SET visitor_id = $3 WHERE store_id = $1 AND visitor_id = $2",
    )
    .bind(store_id.to_string())
    .bind(from.to_string())
    .bind(to.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 visitor
pub(crate) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: VisitorId,
) -> Result<()> {
    sqlx::query("DELETE FROM visitors WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
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

/// $1 store, $2 visitor, $3 since when they are blocked, or nothing
pub(crate) async fn set_blocked(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
    since: Option<UnixMillis>,
) -> Result<()> {
    sqlx::query("UPDATE visitors SET blocked_at = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(visitor_id.to_string())
        .bind(since)
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 store, $2 visitor
pub(crate) async fn is_blocked(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 AS one FROM visitors
         WHERE store_id = $1 AND id = $2 AND blocked_at IS NOT NULL",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Whether they have no conversation and aren't blocked. $1 store, $2 visitor
pub(crate) async fn is_forgettable(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 AS one FROM visitors WHERE store_id = $1 AND id = $2 AND blocked_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.store_id = $1 AND c.visitor_id = $2)",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}
