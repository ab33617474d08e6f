//! All SQL of accounts and sessions.

use crate::{access::User, db::RowExt, error::Result};
use domain::{UnixMillis, account::EmailAddress, ids::UserId};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::net::IpAddr;

/// $1 email of an account that doesn't count
pub(super) async fn any_user(connection: &mut AnyConnection, except: &str) -> Result<bool> {
    let row = sqlx::query("SELECT id FROM users WHERE email <> $1 LIMIT 1")
        .bind(except)
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// $1 id, $2 email, $3 name, $4 password hash, $5 now
pub(super) async fn insert_user(
    connection: &mut AnyConnection,
    user: &User,
    password_hash: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("INSERT INTO users (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(user.id.to_string())
        .bind(user.email.as_str())
        .bind(user.name.as_str())
        .bind(password_hash)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The account of an address with its password hash. $1 email
pub(super) async fn user_by_email(
    connection: &mut AnyConnection,
    email: &EmailAddress,
) -> Result<Option<(User, String)>> {
    let row = sqlx::query("SELECT id, name, email, password_hash FROM users WHERE email = $1")
        .bind(email.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((user(&row)?, row.try_get("password_hash")?)))
        .transpose()
}

/// $1 id
pub(crate) async fn user_by_id(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Option<User>> {
    let row = sqlx::query("SELECT id, name, email FROM users WHERE id = $1")
        .bind(user_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| user(&row)).transpose()
}

fn user(row: &AnyRow) -> Result<User> {
    Ok(User {
        id: row.parsed("id")?,
        name: row.try_get("name")?,
        email: row.word("email", |text| EmailAddress::parse(text).ok())?,
    })
}

/// $1 password hash, $2 user
pub(super) async fn set_password(
    connection: &mut AnyConnection,
    user_id: UserId,
    password_hash: &str,
) -> Result<()> {
    sqlx::query("UPDATE users SET password_hash = $1 WHERE id = $2")
        .bind(password_hash)
        .bind(user_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// A session that begins.
pub(super) struct NewSessionRow {
    pub token_hash: String,
    pub user_id: UserId,
    pub expires_at: UnixMillis,
    /// What the browser said of itself.
    pub user_agent: Option<String>,
    /// Where it signed in from.
    pub address: Option<IpAddr>,
}

/// $1 token hash, $2 user, $3 now, $4 expires at, $5 user agent, $6 address
pub(super) async fn insert_session(
    connection: &mut AnyConnection,
    row: &NewSessionRow,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO sessions
            (token_hash, user_id, created_at, expires_at, user_agent, address, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $3)",
    )
    .bind(row.token_hash.as_str())
    .bind(row.user_id.to_string())
    .bind(now)
    .bind(row.expires_at)
    .bind(row.user_agent.as_deref())
    .bind(row.address.map(|address| address.to_string()))
    .execute(connection)
    .await?;
    Ok(())
}

/// A session that goes on.
pub(super) struct StoredSession {
    pub token_hash: String,
    pub user_agent: Option<String>,
    pub address: Option<String>,
    pub created_at: UnixMillis,
    pub last_seen_at: Option<UnixMillis>,
}

/// Those of an account, the one that was used last first. $1 user, $2 now
pub(super) async fn sessions_of(
    connection: &mut AnyConnection,
    user_id: UserId,
    now: UnixMillis,
) -> Result<Vec<StoredSession>> {
    let rows = sqlx::query(
        "SELECT token_hash, user_agent, address, created_at, last_seen_at FROM sessions
         WHERE user_id = $1 AND expires_at > $2
         ORDER BY COALESCE(last_seen_at, created_at) DESC, token_hash LIMIT 1000",
    )
    .bind(user_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredSession {
                token_hash: row.try_get("token_hash")?,
                user_agent: row.try_get("user_agent")?,
                address: row.try_get("address")?,
                created_at: row.try_get("created_at")?,
                last_seen_at: row.try_get("last_seen_at")?,
            })
        })
        .collect()
}

/// $1 token hash, $2 now
pub(super) async fn note_seen(
    connection: &mut AnyConnection,
    token_hash: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1")
        .bind(token_hash)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 user, $2 name
pub(super) async fn set_name(
    connection: &mut AnyConnection,
    user_id: UserId,
    name: &str,
) -> Result<()> {
    sqlx::query("UPDATE users SET name = $2 WHERE id = $1")
        .bind(user_id.to_string())
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// What somebody has set for themselves, beside name and address.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    pub signature: String,
    pub hold_replies: bool,
    pub two_factor: bool,
}

/// Nothing stored is an empty signature. $1 user
pub(crate) async fn profile(connection: &mut AnyConnection, user_id: UserId) -> Result<Profile> {
    let row = sqlx::query(
        "SELECT u.signature, u.hold_replies,
            (SELECT COUNT(*) FROM two_factor t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS two_factor
         FROM users u WHERE u.id = $1",
    )
    .bind(user_id.to_string())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(Profile::default());
    };
    let signature: Option<String> = row.try_get("signature")?;
    Ok(Profile {
        signature: signature.unwrap_or_default(),
        hold_replies: row.flag("hold_replies")?,
        two_factor: row.flag("two_factor")?,
    })
}

/// $1 user, $2 whether
pub(super) async fn set_hold_replies(
    connection: &mut AnyConnection,
    user_id: UserId,
    hold_replies: bool,
) -> Result<()> {
    sqlx::query("UPDATE users SET hold_replies = $2 WHERE id = $1")
        .bind(user_id.to_string())
        .bind(i64::from(hold_replies))
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 user, $2 signature
pub(super) async fn set_signature(
    connection: &mut AnyConnection,
    user_id: UserId,
    signature: &str,
) -> Result<()> {
    sqlx::query("UPDATE users SET signature = $2 WHERE id = $1")
        .bind(user_id.to_string())
        .bind(signature)
        .execute(connection)
        .await?;
    Ok(())
}

/// Who is signed in, and until when. $1 token hash, $2 now
pub(super) async fn session(
    connection: &mut AnyConnection,
    token_hash: &str,
    now: UnixMillis,
) -> Result<Option<(User, UnixMillis)>> {
    let row = sqlx::query(
        "SELECT users.id, users.name, users.email, sessions.expires_at FROM sessions
         JOIN users ON users.id = sessions.user_id
         WHERE sessions.token_hash = $1 AND sessions.expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok((user(&row)?, row.try_get("expires_at")?)))
        .transpose()
}

/// $1 token hash
pub(super) async fn delete_session(connection: &mut AnyConnection, token_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(token_hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// The hashes of their tokens. $1 user
pub(super) async fn delete_sessions_of(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Vec<String>> {
    let rows = sqlx::query("DELETE FROM sessions WHERE user_id = $1 RETURNING token_hash")
        .bind(user_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("token_hash")?))
        .collect()
}

/// All but one; the hashes of their tokens. $1 user, $2 hash of the one that stays
pub(super) async fn delete_sessions_but(
    connection: &mut AnyConnection,
    user_id: UserId,
    token_hash: &str,
) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2 RETURNING token_hash",
    )
    .bind(user_id.to_string())
    .bind(token_hash)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("token_hash")?))
        .collect()
}

/// $1 now
pub(super) async fn delete_expired_sessions(
    connection: &mut AnyConnection,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
