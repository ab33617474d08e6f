//! All SQL of what leads from one conversation to another.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId},
};
use sqlx::{AnyConnection, Row};

/// What leads from a merged conversation to the one that has its messages.
pub(in crate::conversations) struct Stub {
    pub into: ConversationId,
    pub after_seq: i64,
    pub merged_at: UnixMillis,
    /// Of the request that started it, and when that was.
    pub request_hash: String,
    pub created_at: UnixMillis,
}

/// If it is one. $1 store, $2 id
pub(in crate::conversations) async fn stub(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<Stub>> {
    let row = sqlx::query(
        "SELECT merged_into, merged_after, merged_at, request_hash, created_at FROM conversations
         WHERE store_id = $1 AND id = $2 AND merged_into IS NOT NULL",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Stub {
            into: row.parsed("merged_into")?,
            after_seq: row.try_get("merged_after")?,
            merged_at: row.try_get("merged_at")?,
            request_hash: row.try_get("request_hash")?,
            created_at: row.try_get("created_at")?,
        })
    })
    .transpose()
}

/// After which number in `into` the messages of `from` are, or were before that was taken back;
/// the last time, if they were several times. $1 store, $2 from, $3 into
pub(in crate::conversations) async fn once_after(
    connection: &mut AnyConnection,
    store_id: StoreId,
    from: ConversationId,
    into: ConversationId,
) -> Result<Option<i64>> {
    let row = sqlx::query(
        "SELECT after_seq FROM merges WHERE store_id = $1 AND from_id = $2 AND into_id = $3
         ORDER BY merged_at DESC, after_seq DESC LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(from.to_string())
    .bind(into.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.try_get("after_seq")).transpose()?)
}
