//! All SQL of canned responses.

use crate::{access::Principal, db::RowExt, error::Result};
use domain::{
    UnixMillis,
    canned::{CannedDraft, CannedResponse},
    ids::{CannedResponseId, StoreId, UserId},
};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::collections::HashSet;

/// What somebody sees: what a store's team shares, and what is their own in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visible {
    pub store_id: StoreId,
    user_id: Option<UserId>,
}

impl Visible {
    pub fn to(who: &Principal) -> Self {
        Self {
            store_id: who.store_id,
            user_id: who.user().map(|user| user.id),
        }
    }

    /// Nobody's, for those who are no person.
    fn user(self) -> String {
        self.user_id.map(|id| id.to_string()).unwrap_or_default()
    }
}

fn read(row: &AnyRow) -> Result<CannedResponse> {
    let owner: Option<String> = row.try_get("owner_id")?;
    Ok(CannedResponse {
        id: row.parsed("id")?,
        keyword: row.try_get("keyword")?,
        title: row.try_get("title")?,
        text: row.try_get("text")?,
        category: row.try_get("category")?,
        // Nobody reads another person's.
        mine: owner.is_some(),
        uses: row.try_get("uses")?,
        last_used_at: row.try_get("last_used_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

/// By keyword. $1 store, $2 user
pub(super) async fn list(
    connection: &mut AnyConnection,
    visible: Visible,
) -> Result<Vec<CannedResponse>> {
    let rows = sqlx::query(
        "SELECT id, keyword, title, text, category, owner_id, uses, last_used_at, updated_at
         FROM canned_responses WHERE store_id = $1 AND (owner_id IS NULL OR owner_id = $2)
         ORDER BY keyword",
    )
    .bind(visible.store_id.to_string())
    .bind(visible.user())
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// By id. $1 store, $2 user, $3 id of the last one shown, $4 limit
pub(super) async fn page(
    connection: &mut AnyConnection,
    visible: Visible,
    after: Option<CannedResponseId>,
    limit: i64,
) -> Result<Vec<CannedResponse>> {
    let rows = sqlx::query(
        "SELECT id, keyword, title, text, category, owner_id, uses, last_used_at, updated_at
         FROM canned_responses
         WHERE store_id = $1 AND (owner_id IS NULL OR owner_id = $2) AND id > $3
         ORDER BY id LIMIT $4",
    )
    .bind(visible.store_id.to_string())
    .bind(visible.user())
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// $1 store, $2 user, $3 id
pub(super) async fn get(
    connection: &mut AnyConnection,
    visible: Visible,
    id: CannedResponseId,
) -> Result<Option<CannedResponse>> {
    let row = sqlx::query(
        "SELECT id, keyword, title, text, category, owner_id, uses, last_used_at, updated_at
         FROM canned_responses
         WHERE store_id = $1 AND (owner_id IS NULL OR owner_id = $2) AND id = $3",
    )
    .bind(visible.store_id.to_string())
    .bind(visible.user())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read).transpose()
}

/// Which one has a keyword, whoever may see it. $1 store, $2 keyword
pub(super) async fn by_keyword(
    connection: &mut AnyConnection,
    store_id: StoreId,
    keyword: &str,
) -> Result<Option<CannedResponseId>> {
    let row = sqlx::query("SELECT id FROM canned_responses WHERE store_id = $1 AND keyword = $2")
        .bind(store_id.to_string())
        .bind(keyword)
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// Every keyword that is taken, whoever may see what it stands for. $1 store
pub(super) async fn keywords(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<HashSet<String>> {
    let rows = sqlx::query("SELECT keyword FROM canned_responses WHERE store_id = $1")
        .bind(store_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(row.try_get("keyword")?)).collect()
}

/// How many the team shares, or a person has. $1 store, $2 owner or nobody
pub(super) async fn count(
    connection: &mut AnyConnection,
    store_id: StoreId,
    owner: Option<UserId>,
) -> Result<i64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM canned_responses
         WHERE store_id = $1 AND COALESCE(owner_id, '') = $2",
    )
    .bind(store_id.to_string())
    .bind(owner.map(|id| id.to_string()).unwrap_or_default())
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("n")?)
}

/// Whether it is there now: another one, which not everybody may see, may have its id.
/// $1 store, $2 id, $3 keyword, $4 title, $5 text, $6 category, $7 owner, $8 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: CannedResponseId,
    owner: Option<UserId>,
    draft: &CannedDraft,
    now: UnixMillis,
) -> Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO canned_responses (store_id, id, keyword, title, text, category, owner_id, uses, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) ON CONFLICT (store_id, id) DO NOTHING",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(draft.keyword.as_str())
    .bind(draft.title.as_str())
    .bind(draft.text.as_str())
    .bind(draft.category.as_deref())
    .bind(owner.map(|id| id.to_string()))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// $1 store, $2 id, $3 keyword, $4 title, $5 text, $6 category, $7 owner, $8 now
pub(super) async fn update(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: CannedResponseId,
    owner: Option<UserId>,
    draft: &CannedDraft,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE canned_responses SET keyword = $3, title = $4, text = $5, category = $6,
            owner_id = $7, updated_at = $8
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(draft.keyword.as_str())
    .bind(draft.title.as_str())
    .bind(draft.text.as_str())
    .bind(draft.category.as_deref())
    .bind(owner.map(|id| id.to_string()))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 id
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: CannedResponseId,
) -> Result<()> {
    sqlx::query("DELETE FROM canned_responses WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether there is one. $1 store, $2 user, $3 id, $4 now
pub(super) async fn note_use(
    connection: &mut AnyConnection,
    visible: Visible,
    id: CannedResponseId,
    now: UnixMillis,
) -> Result<bool> {
    let noted = sqlx::query(
        "UPDATE canned_responses SET uses = uses + 1, last_used_at = $4
         WHERE store_id = $1 AND (owner_id IS NULL OR owner_id = $2) AND id = $3",
    )
    .bind(visible.store_id.to_string())
    .bind(visible.user())
    .bind(id.to_string())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() > 0)
}
