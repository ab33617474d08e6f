//! All SQL of teams and invitations.

use crate::{
    db::RowExt,
    error::{Error, Result},
    presence::row::read_presence,
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    ids::{InvitationId, StoreId, UserId},
    role::Role,
    team::{Invitation, Member, OfferState},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

fn email(row: &AnyRow) -> Result<Option<EmailAddress>> {
    let email: Option<String> = row.try_get("email")?;
    let email = email.map(|email| EmailAddress::parse(&email));
    email.transpose().map_err(|_| Error::corrupt("email"))
}

/// By name; more than a team may have are cut. $1 store
pub(super) async fn members(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<Member>> {
    let rows = sqlx::query(
        "SELECT users.id, users.name, users.email, users.away_since, memberships.role, memberships.last_seen_at,
                memberships.connected_at,
                COALESCE(memberships.joined_at, stores.created_at) AS since,
                two_factor.confirmed_at
         FROM memberships
         JOIN users ON users.id = memberships.user_id
         JOIN stores ON stores.id = memberships.store_id
         LEFT JOIN two_factor ON two_factor.user_id = memberships.user_id
         WHERE memberships.store_id = $1 ORDER BY users.name, users.id LIMIT 500",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                id: row.parsed("id")?,
                name: row.try_get("name")?,
                email: row.word("email", |text| EmailAddress::parse(text).ok())?,
                role: row.word("role", Role::from_word)?,
                since: row.try_get("since")?,
                last_seen_at: row.try_get("last_seen_at")?,
                two_factor: row
                    .try_get::<Option<UnixMillis>, _>("confirmed_at")?
                    .is_some(),
                presence: read_presence(row, now)?,
            })
        })
        .collect()
}

/// How many there are. $1 store, $2 owner
pub(super) async fn owners(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row =
        sqlx::query("SELECT COUNT(*) AS n FROM memberships WHERE store_id = $1 AND role = $2")
            .bind(store_id.to_string())
            .bind(Role::Owner.as_str())
            .fetch_one(connection)
            .await?;
    Ok(row.try_get("n")?)
}

/// How many people there are. $1 store
pub(super) async fn size(connection: &mut AnyConnection, store_id: StoreId) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM memberships WHERE store_id = $1")
        .bind(store_id.to_string())
        .fetch_one(connection)
        .await?;
    Ok(row.try_get("n")?)
}

/// $1 store, $2 user, $3 role, $4 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    role: Role,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO memberships (store_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .bind(role.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 user, $3 role
pub(super) async fn set_role(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    role: Role,
) -> Result<()> {
    sqlx::query("UPDATE memberships SET role = $3 WHERE store_id = $1 AND user_id = $2")
        .bind(store_id.to_string())
        .bind(user_id.to_string())
        .bind(role.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// It was their turn just now to be given a conversation. Two who are given one by hand at the
/// same moment may share a turn, which does no harm. $1 store, $2 user
pub(crate) async fn note_turn(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<()> {
    sqlx::query(
        "UPDATE memberships SET last_turn = 1 + (SELECT COALESCE(MAX(o.last_turn), 0)
            FROM memberships o WHERE o.store_id = $1)
         WHERE store_id = $1 AND user_id = $2",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// With what is their own in the store. $1 store, $2 user
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<()> {
    sqlx::query("DELETE FROM memberships WHERE store_id = $1 AND user_id = $2")
        .bind(store_id.to_string())
        .bind(user_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// An invitation, whatever has become of it.
pub(super) struct Stored {
    pub store_id: StoreId,
    pub store_name: String,
    pub invitation: Invitation,
    used_at: Option<UnixMillis>,
    revoked_at: Option<UnixMillis>,
}

impl Stored {
    /// Whether it can be accepted at that time.
    pub fn state(&self, now: UnixMillis) -> OfferState {
        if self.used_at.is_some() {
            OfferState::Used
        } else if self.revoked_at.is_some() {
            OfferState::Revoked
        } else if self.invitation.expires_at <= now {
            OfferState::Expired
        } else {
            OfferState::Open
        }
    }
}

fn invitation(row: &AnyRow) -> Result<Invitation> {
    Ok(Invitation {
        id: row.parsed("id")?,
        role: row.word("role", Role::from_word)?,
        email: email(row)?,
        invited_by: row.try_get("invited_by")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}

/// Those that can be accepted, the newest first. $1 store, $2 now
pub(super) async fn waiting(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<Invitation>> {
    let rows = sqlx::query(
        "SELECT i.id, i.role, i.email, u.name AS invited_by, i.created_at, i.expires_at
         FROM invitations i LEFT JOIN users u ON u.id = i.invited_by
         WHERE i.store_id = $1 AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
         ORDER BY i.created_at DESC, i.id DESC",
    )
    .bind(store_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter().map(invitation).collect()
}

/// Whichever has this id. $1 store, $2 id
pub(super) async fn by_id(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: InvitationId,
) -> Result<Option<Stored>> {
    let row = sqlx::query(
        "SELECT i.store_id, i.id, i.role, i.email, u.name AS invited_by, i.created_at,
                i.expires_at, i.used_at, i.revoked_at, s.name AS store_name
         FROM invitations i JOIN stores s ON s.id = i.store_id
         LEFT JOIN users u ON u.id = i.invited_by
         WHERE i.store_id = $1 AND i.id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| stored(&row)).transpose()
}

/// Finds its store by a secret instead of being told it. $1 token hash
pub(super) async fn by_token(
    connection: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<Stored>> {
    let row = sqlx::query(
        "SELECT i.store_id, i.id, i.role, i.email, u.name AS invited_by, i.created_at,
                i.expires_at, i.used_at, i.revoked_at, s.name AS store_name
         FROM invitations i JOIN stores s ON s.id = i.store_id
         LEFT JOIN users u ON u.id = i.invited_by
         WHERE i.token_hash = $1",
    )
    .bind(token_hash)
    .fetch_optional(connection)
    .await?;
    row.map(|row| stored(&row)).transpose()
}

fn stored(row: &AnyRow) -> Result<Stored> {
    Ok(Stored {
        store_id: row.parsed("store_id")?,
        store_name: row.try_get("store_name")?,
        invitation: invitation(row)?,
        used_at: row.try_get("used_at")?,
        revoked_at: row.try_get("revoked_at")?,
    })
}

/// $1 store, $2 id, $3 token hash, $4 role, $5 email, $6 user, $7 created at, $8 expires at
pub(super) async fn insert_invitation(
    connection: &mut AnyConnection,
    store_id: StoreId,
    invitation: &Invitation,
    token_hash: &str,
    invited_by: Option<UserId>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO invitations
            (store_id, id, token_hash, role, email, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(store_id.to_string())
    .bind(invitation.id.to_string())
    .bind(token_hash)
    .bind(invitation.role.as_str())
    .bind(invitation.email.as_ref().map(EmailAddress::as_str))
    .bind(invited_by.map(|user| user.to_string()))
    .bind(invitation.created_at)
    .bind(invitation.expires_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether there was one that nobody has used. $1 store, $2 id, $3 now
pub(super) async fn revoke(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: InvitationId,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE invitations SET revoked_at = COALESCE(revoked_at, $3)
         WHERE store_id = $1 AND id = $2 AND used_at IS NULL",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Of several who use one at once, the first. $1 store, $2 id, $3 now, $4 user
pub(super) async fn use_up(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: InvitationId,
    user_id: UserId,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE invitations SET used_at = $3, used_by = $4
         WHERE store_id = $1 AND id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .bind(user_id.to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Those that somebody made whose own place has become less, or is gone.
/// $1 store, $2 user, $3 now
pub(super) async fn revoke_of(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE invitations SET revoked_at = $3
         WHERE store_id = $1 AND invited_by = $2 AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
