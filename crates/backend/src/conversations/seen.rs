//! A message with what bears on its answer.

use super::{
    messages,
    queries::{self, Stored},
};
use crate::{Ctx, error::Result};
use domain::{
    ids::{ConversationId, MessageId, StoreId},
    message::Message,
};

/// A message and its conversation, as they were at one time.
#[derive(Clone)]
pub(crate) struct Seen {
    pub stored: Stored,
    /// What the visitor gave.
    pub email: Option<String>,
    /// The language tag of the visitor's browser or page.
    pub locale: Option<String>,
    pub message: Message,
}

/// What is there now; `None` if there is no such message in the conversation.
///
/// # Errors
/// If the database fails.
pub(crate) async fn seen(
    ctx: &Ctx,
    store_id: StoreId,
    conversation_id: ConversationId,
    message_id: MessageId,
) -> Result<Option<Seen>> {
    let mut connection = ctx.db().read().await?;
    let found = queries::stored_with_visitor(&mut connection, store_id, conversation_id).await?;
    let Some((stored, email, locale)) = found else {
        return Ok(None);
    };
    let message = messages::by_id(&mut connection, store_id, message_id).await?;
    let message = message.filter(|message| message.conversation_id == conversation_id);
    Ok(message.map(|message| Seen {
        stored,
        email,
        locale,
        message,
    }))
}
