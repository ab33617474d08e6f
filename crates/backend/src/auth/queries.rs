//! All SQL of accounts and sessions.

use crate::{access::User, db::RowExt, error::Result};
use domain::{UnixMillis, account::EmailAddress, ids::UserId};
use sqlx::{AnyConnection, Row, any::AnyRow};

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

/// $1 token hash, $2 user, $3 now, $4 expires at
pub(super) async fn insert_session(
    connection: &mut AnyConnection,
    token_hash: &str,
    user_id: UserId,
    now: UnixMillis,
    expires_at: UnixMillis,
) -> Result<()> {
    sqlx::query("INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(user_id.to_string())
        .bind(now)
        .bind(expires_at)
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
