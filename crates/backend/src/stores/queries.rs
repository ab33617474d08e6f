//! All SQL of stores and memberships.

use crate::{
    access::User,
    db::RowExt,
    error::{Error, Noun, Result},
    presence::row::read_presence,
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    ids::{StoreId, UserId},
    role::Role,
    store::{StoreSummary, TeamMember},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// A row of `stores`.
pub(crate) struct Stored {
    pub id: StoreId,
    pub name: String,
    pub public_key: String,
    pub created_at: UnixMillis,
}

/// What the overview counts.
pub(super) struct Counts {
    pub open_conversations: i64,
    pub unread_conversations: i64,
    pub faq_items: i64,
    pub orders: i64,
    pub webhooks_off: i64,
}

/// $1 store, $2 user
pub(crate) async fn role(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<Option<Role>> {
    let row = sqlx::query("SELECT role FROM memberships WHERE store_id = $1 AND user_id = $2")
        .bind(store_id.to_string())
        .bind(user_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.word("role", Role::from_word)).transpose()
}

/// What a person is in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Membership {
    pub role: Role,
    /// Whether the store requires a second factor, and they have none.
    pub lacks_two_factor: bool,
}

/// $1 store, $2 user
pub(super) async fn membership(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<Option<Membership>> {
    let row = sqlx::query(
        "SELECT memberships.role, stores.requires_two_factor, two_factor.confirmed_at
         FROM memberships JOIN stores ON stores.id = memberships.store_id
         LEFT JOIN two_factor ON two_factor.user_id = memberships.user_id
         WHERE memberships.store_id = $1 AND memberships.user_id = $2",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let confirmed_at: Option<UnixMillis> = row.try_get("confirmed_at")?;
        Ok(Membership {
            role: row.word("role", Role::from_word)?,
            lacks_two_factor: row.flag("requires_two_factor")? && confirmed_at.is_none(),
        })
    })
    .transpose()
}

/// Whether everybody in the team must have a second factor. $1 store
pub(crate) async fn requires_two_factor(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<bool> {
    let row = sqlx::query("SELECT requires_two_factor FROM stores WHERE id = $1")
        .bind(store_id.to_string())
        .fetch_one(connection)
        .await?;
    row.flag("requires_two_factor")
}

/// $1 store, $2 whether it does
pub(crate) async fn set_requires_two_factor(
    connection: &mut AnyConnection,
    store_id: StoreId,
    requires: bool,
) -> Result<()> {
    sqlx::query("UPDATE stores SET requires_two_factor = $2 WHERE id = $1")
        .bind(store_id.to_string())
        .bind(i64::from(requires))
        .execute(connection)
        .await?;
    Ok(())
}

/// The store that was made first.
pub(crate) async fn oldest(connection: &mut AnyConnection) -> Result<Option<StoreId>> {
    let row = sqlx::query("SELECT id FROM stores ORDER BY created_at, id LIMIT 1")
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// By name; more than anybody looks through are cut. $1 store
pub(crate) async fn team(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<TeamMember>> {
    let rows = sqlx::query(
        "SELECT users.id, users.name, users.away_since, memberships.role, memberships.connected_at FROM memberships
         JOIN users ON users.id = memberships.user_id
         WHERE memberships.store_id = $1 ORDER BY users.name, users.id LIMIT 500",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(TeamMember {
                id: row.parsed("id")?,
                name: row.try_get("name")?,
                role: row.word("role", Role::from_word)?,
                presence: read_presence(row, now)?,
            })
        })
        .collect()
}

/// $1 store, $2 user
pub(crate) async fn of_team(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<Option<User>> {
    let row = sqlx::query(
        "SELECT users.id, users.name, users.email FROM memberships
         JOIN users ON users.id = memberships.user_id
         WHERE memberships.store_id = $1 AND memberships.user_id = $2",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(User {
            id: row.parsed("id")?,
            name: row.try_get("name")?,
            email: row.word("email", |text| EmailAddress::parse(text).ok())?,
        })
    })
    .transpose()
}

/// $1 user
pub(crate) async fn stores_of(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Vec<StoreSummary>> {
    let rows = sqlx::query(
        "SELECT stores.id, stores.name, memberships.role FROM memberships
         JOIN stores ON stores.id = memberships.store_id
         WHERE memberships.user_id = $1 ORDER BY stores.name, stores.id",
    )
    .bind(user_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(StoreSummary {
                id: row.parsed("id")?,
                name: row.try_get("name")?,
                role: row.word("role", Role::from_word)?,
            })
        })
        .collect()
}

/// $1 id, $2 name, $3 public key, $4 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    id: StoreId,
    name: &str,
    public_key: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO stores (id, name, public_key, faq_version, created_at)
         VALUES ($1, $2, $3, 0, $4)",
    )
    .bind(id.to_string())
    .bind(name)
    .bind(public_key)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 user, $3 role
pub(super) async fn insert_membership(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    role: Role,
) -> Result<()> {
    sqlx::query("INSERT INTO memberships (store_id, user_id, role) VALUES ($1, $2, $3)")
        .bind(store_id.to_string())
        .bind(user_id.to_string())
        .bind(role.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 store, $2 user, $3 now
pub(super) async fn note_seen(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE memberships SET last_seen_at = $3 WHERE store_id = $1 AND user_id = $2")
        .bind(store_id.to_string())
        .bind(user_id.to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 id
pub(crate) async fn by_id(connection: &mut AnyConnection, id: StoreId) -> Result<Stored> {
    let row = sqlx::query("SELECT id, name, public_key, created_at FROM stores WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound(Noun::Store))?;
    stored(&row)
}

/// $1 public key
pub(super) async fn by_public_key(
    connection: &mut AnyConnection,
    key: &str,
) -> Result<Option<Stored>> {
    let row =
        sqlx::query("SELECT id, name, public_key, created_at FROM stores WHERE public_key = $1")
            .bind(key)
            .fetch_optional(connection)
            .await?;
    row.map(|row| stored(&row)).transpose()
}

fn stored(row: &AnyRow) -> Result<Stored> {
    Ok(Stored {
        id: row.parsed("id")?,
        name: row.try_get("name")?,
        public_key: row.try_get("public_key")?,
        created_at: row.try_get("created_at")?,
    })
}

/// $1 store
pub(super) async fn counts(connection: &mut AnyConnection, store_id: StoreId) -> Result<Counts> {
    let row = sqlx::query(
        "SELECT
            (SELECT COUNT(*) FROM conversations WHERE store_id = $1 AND status = 'open' AND last_seq > 0) AS open_conversations,
            (SELECT COUNT(*) FROM conversations WHERE store_id = $1 AND unread > 0) AS unread_conversations,
            (SELECT COUNT(*) FROM faq_items WHERE store_id = $1) AS faq_items,
            (SELECT COUNT(*) FROM orders WHERE store_id = $1) AS orders,
            (SELECT COUNT(*) FROM webhooks WHERE store_id = $1 AND switched_off_at IS NOT NULL) AS webhooks_off",
    )
    .bind(store_id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(Counts {
        open_conversations: row.try_get("open_conversations")?,
        unread_conversations: row.try_get("unread_conversations")?,
        faq_items: row.try_get("faq_items")?,
        orders: row.try_get("orders")?,
        webhooks_off: row.try_get("webhooks_off")?,
    })
}
