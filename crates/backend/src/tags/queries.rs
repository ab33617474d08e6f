//! All SQL of tags.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId, TagId},
    tag::{Tag, TagColour},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// By name. $1 store
pub(crate) async fn list(connection: &mut AnyConnection, store_id: StoreId) -> Result<Vec<Tag>> {
    let rows =
        sqlx::query("SELECT id, name, colour FROM tags WHERE store_id = $1 ORDER BY name_key, id")
            .bind(store_id.to_string())
            .fetch_all(connection)
            .await?;
    rows.iter().map(read).collect()
}

/// $1 store, $2 id
pub(crate) async fn get(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: TagId,
) -> Result<Option<Tag>> {
    let row = sqlx::query("SELECT id, name, colour FROM tags WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

/// $1 store, $2 id, $3 name, $4 name's key, $5 colour, $6 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    tag: &Tag,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO tags (store_id, id, name, name_key, colour, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(store_id.to_string())
    .bind(tag.id.to_string())
    .bind(tag.name.as_str())
    .bind(Tag::key(&tag.name))
    .bind(tag.colour.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// `false` if there is none. $1 store, $2 id, $3 name, $4 name's key, $5 colour
pub(super) async fn update(
    connection: &mut AnyConnection,
    store_id: StoreId,
    tag: &Tag,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE tags SET name = $3, name_key = $4, colour = $5 WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(tag.id.to_string())
    .bind(tag.name.as_str())
    .bind(Tag::key(&tag.name))
    .bind(tag.colour.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Conversations that have one tag have another one in its place.
/// $1 store, $2 tag, $3 other tag
pub(super) async fn move_all(
    connection: &mut AnyConnection,
    store_id: StoreId,
    from: TagId,
    into: TagId,
) -> Result<()> {
    sqlx::query(
        "UPDATE conversation_tags SET tag = $3 WHERE store_id = $1 AND tag = $2
           AND conversation_id NOT IN (
             SELECT t.conversation_id FROM conversation_tags t WHERE t.store_id = $1 AND t.tag = $3)",
    )
    .bind(store_id.to_string())
    .bind(from.to_string())
    .bind(into.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Wherever it is; `false` if there is none. $1 store, $2 id
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: TagId,
) -> Result<bool> {
    let mut done = 0;
    for sql in [
        "DELETE FROM conversation_tags WHERE store_id = $1 AND tag = $2",
        "DELETE FROM tags WHERE store_id = $1 AND id = $2",
    ] {
        done = sqlx::query(sql)
            .bind(store_id.to_string())
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(done > 0)
}

/// `false` if it had it. $1 store, $2 conversation, $3 tag, $4 now
pub(crate) async fn put_on(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    id: TagId,
    now: UnixMillis,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO conversation_tags (store_id, conversation_id, tag, created_at)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// `false` if it hadn't it. $1 store, $2 conversation, $3 tag
pub(crate) async fn take_off(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    id: TagId,
) -> Result<bool> {
    let done = sqlx::query(
        "DELETE FROM conversation_tags WHERE store_id = $1 AND conversation_id = $2 AND tag = $3",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How many tags a conversation has. $1 store, $2 conversation
pub(crate) async fn count_of(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
) -> Result<i64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM conversation_tags WHERE store_id = $1 AND conversation_id = $2",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("n")?)
}

fn read(row: &AnyRow) -> Result<Tag> {
    Ok(Tag {
        id: row.parsed("id")?,
        name: row.try_get("name")?,
        colour: row.word("colour", TagColour::from_word)?,
    })
}
