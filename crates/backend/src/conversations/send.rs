//! Sending a customer's message, and what all messages have in common.

use super::{
    announce,
    append::{Appended, append, append_alone},
    change::{Change, Entry},
    messages::{self, ID_TAKEN},
    queries,
};
use crate::{
    Ctx,
    ai::need::needs_look,
    attachments,
    db::Tx,
    error::{Conflict, Error, Result},
    limits::Client,
    visitors,
};
use domain::{
    UnixMillis,
    ids::{AttachmentId, ConversationId, MessageId, StoreId},
    message::{Message, Sender},
    widget_api::NewMessage,
};
use futures::future::BoxFuture;

/// Stores a customer's message, which came from `client`. A retry returns the first result and changes
/// nothing; `true` if the message is new.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others; [`Error::Invalid`] for the
/// body; [`Error::Conflict`] if the id belongs to another message;
/// [`Error::RateLimited`].
pub async fn send(
    ctx: &Ctx,
    session: &visitors::Session,
    conversation_id: ConversationId,
    message: NewMessage,
    client: Client,
) -> Result<(Message, bool)> {
    let NewMessage {
        id,
        body,
        attachment_ids,
    } = message.checked()?;
    let limits = ctx.limits();
    limits
        .visitor_message
        .check(session.visitor_id.to_string())
        .await?;
    limits.address_message.check(client.to_string()).await?;
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let look = needs_look(session.settings.ai.enabled, &body);
    let entry = Entry::customer(id, body, visitor_id);
    let change = Change {
        only_of: Some(visitor_id),
        ..Change::customer_message(Some(client), look)
    };
    let appended = if attachment_ids.is_empty() {
        let (db, queue) = (ctx.db(), ctx.jobs());
        append_alone((db, queue), store_id, conversation_id, entry, change, now).await
    } else {
        let work = with_files(
            store_id,
            conversation_id,
            attachment_ids,
            entry,
            change,
            now,
        );
        ctx.db().write(work).await
    };
    match appended {
        Ok(appended) => Ok((appended.message, true)),
        Err(refused) => {
            let first = sent_before(
                ctx,
                store_id,
                conversation_id,
                id,
                Sender::Customer,
                refused,
            )
            .await?;
            let mut connection = ctx.db().read().await?;
            queries::of_visitor(&mut connection, store_id, conversation_id, visitor_id).await?;
            announce::again(&mut connection, ctx.realtime(), store_id, &first).await?;
            Ok((first, false))
        }
    }
}

/// Adds `entry` with the files that it claims.
pub(super) fn with_files(
    store_id: StoreId,
    id: ConversationId,
    files: Vec<AttachmentId>,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<Appended>> + Send + 'static {
    move |tx| {
        Box::pin(async move {
            let files =
                attachments::claim(tx, store_id, id, entry.id, &entry.author, &files).await?;
            append(tx, store_id, id, entry.with(files), change, now).await
        })
    }
}

/// The message with this id, if it was sent before in this conversation; else
/// why it was `refused` now.
pub(super) async fn sent_before(
    ctx: &Ctx,
    store_id: StoreId,
    conversation_id: ConversationId,
    id: MessageId,
    sender: Sender,
    refused: Error,
) -> Result<Message> {
    if !matches!(
        refused,
        Error::NotFound(_) | Error::Conflict(Conflict::IdTaken)
    ) {
        return Err(refused);
    }
    let mut connection = ctx.db().read().await?;
    match messages::by_id(&mut connection, store_id, id).await? {
        Some(first) if first.conversation_id == conversation_id && first.sender == sender => {
            Ok(first)
        }
        Some(_) => Err(ID_TAKEN),
        None => Err(refused),
    }
}

#[cfg(test)]
mod tests;
