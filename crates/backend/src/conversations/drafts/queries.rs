//! All SQL of drafts.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId, UserId},
    inbox::Drafts,
};
use sqlx::{AnyConnection, Row};

/// $1 store, $2 conversation, $3 person
pub(super) async fn of_conversation(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
) -> Result<Drafts> {
    let rows = sqlx::query(
        "SELECT is_note, body FROM drafts WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .fetch_all(connection)
    .await?;
    let mut drafts = Drafts::default();
    for row in &rows {
        let body = row.try_get("body")?;
        if row.flag("is_note")? {
            drafts.note = body;
        } else {
            drafts.reply = body;
        }
    }
    Ok(drafts)
}

/// $1 store, $2 conversation, $3 person, $4 1 for a note, $5 text, $6 now
pub(super) async fn keep(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
    (is_note, body): (bool, &str),
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO drafts (store_id, conversation_id, user_id, is_note, body, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (store_id, conversation_id, user_id, is_note)
         DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .bind(i64::from(is_note))
    .bind(body)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 conversation, $3 person, $4 1 for a note
pub(super) async fn forget(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
    is_note: bool,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM drafts WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3 AND is_note = $4",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .bind(i64::from(is_note))
    .execute(connection)
    .await?;
    Ok(())
}
