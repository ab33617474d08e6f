//! All SQL of attachments.

use crate::{access::Actor, db::RowExt, error::Result};
use domain::{
    ids::{AttachmentId, ConversationId, MessageId, StoreId},
    message::Attachment,
};
use sqlx::{AnyConnection, Row};

/// Also of one that was merged into the conversation meanwhile.
/// $1 store, $2 id, $3 conversation, $4 message, $5 uploader's kind, $6 uploader
pub(super) async fn claim(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: AttachmentId,
    conversation_id: ConversationId,
    message_id: MessageId,
    uploader: &Actor,
) -> Result<Option<Attachment>> {
    let row = sqlx::query(
        "UPDATE attachments SET message_id = $4, conversation_id = $3
         WHERE store_id = $1 AND id = $2 AND (conversation_id = $3 OR conversation_id IN
            (SELECT c.id FROM conversations c WHERE c.store_id = $1 AND c.merged_into = $3)) AND state = 'ready'
           AND (message_id IS NULL OR message_id = $4)
           AND uploader_kind = $5 AND COALESCE(uploader_id, '') = COALESCE($6, '')
         RETURNING id, name, mime, size",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(conversation_id.to_string())
    .bind(message_id.to_string())
    .bind(uploader.as_str())
    .bind(uploader.id())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Attachment {
            id: row.parsed("id")?,
            name: row.try_get("name")?,
            mime: row.try_get("mime")?,
            size: row.try_get("size")?,
        })
    })
    .transpose()
}
