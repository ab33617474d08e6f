//! A message with what bears on its answer.

use super::{
    messages,
    queries::{self, Stored},
};
use crate::{Ctx, db::to_json, error::Result};
use domain::{
    ids::{ConversationId, MessageId, StoreId},
    message::Message,
};
use std::collections::HashMap;

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

/// The same for several conversations of a store; what isn't there is left out.
///
/// # Errors
/// If the database fails.
pub(crate) async fn seen_together(
    ctx: &Ctx,
    store_id: StoreId,
    asked: &[(ConversationId, MessageId)],
) -> Result<HashMap<MessageId, Seen>> {
    let (ids, message_ids): (Vec<_>, Vec<_>) = asked.iter().copied().unzip();
    let (ids, message_ids) = (to_json(&ids)?, to_json(&message_ids)?);
    let (database, mut connection) = (ctx.db().kind(), ctx.db().read().await?);
    let found = queries::stored_with_visitors(&mut connection, database, store_id, ids).await?;
    let messages = messages::by_ids(&mut connection, database, store_id, message_ids).await?;
    let found: HashMap<_, _> = found.into_iter().map(|found| (found.0.id, found)).collect();
    let is_asked = |message: &Message| asked.contains(&(message.conversation_id, message.id));
    let seen = messages.into_iter().filter(is_asked).filter_map(|message| {
        let (stored, email, locale) = found.get(&message.conversation_id)?.clone();
        let id = message.id;
        let seen = Seen {
            stored,
            email,
            locale,
            message,
        };
        Some((id, seen))
    });
    Ok(seen.collect())
}
