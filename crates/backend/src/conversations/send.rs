//! Sending messages: a customer's, and a person's reply.

use super::{
    announce,
    append::{Appended, append, append_alone},
    change::{Change, Entry},
    messages::{self, ID_TAKEN},
    queries,
    reading::mark_up_to,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    ai::need::needs_look,
    attachments,
    db::Tx,
    error::{Conflict, Error, Forbidden, Result},
    limits::Client,
    visitors,
};
use domain::{
    UnixMillis,
    events::Side,
    ids::{AttachmentId, ConversationId, MessageId, StoreId},
    message::{Message, Sender},
    widget_api::NewMessage,
};
use futures::future::BoxFuture;

/// Replies come from people.
const NOT_A_PERSON: Error = Error::Forbidden(Forbidden::NotAPerson);

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
fn with_files(
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

/// Stores an agent's reply. A retry returns the first result and changes
/// nothing. The AI goes quiet in the conversation.
///
/// # Errors
/// [`Error::NotFound`] if the conversation isn't this store's;
/// [`Error::Invalid`] for the body; [`Error::Conflict`] if the id belongs to
/// another message.
pub async fn reply(
    ctx: &Ctx,
    who: &Principal,
    conversation_id: ConversationId,
    message: NewMessage,
) -> Result<Message> {
    who.require(Permission::AnswerConversations)?;
    let NewMessage {
        id,
        body,
        attachment_ids,
    } = message.checked()?;
    let user = who.user().cloned().ok_or(NOT_A_PERSON)?;
    let (store_id, now) = (who.store_id, ctx.now());
    let appended = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                // Before the conversation's row, as everybody who takes both.
                tx.lock(conversation_id).await?;
                let entry = Entry::agent(id, body, user);
                let change = Change::agent_reply();
                let adding = with_files(
                    store_id,
                    conversation_id,
                    attachment_ids,
                    entry,
                    change,
                    now,
                );
                let appended = adding(tx).await?;
                let seq = appended.message.seq;
                mark_up_to(tx, store_id, conversation_id, Side::Agent, seq, now).await?;
                Ok(appended.message)
            })
        })
        .await;
    match appended {
        Ok(message) => Ok(message),
        Err(refused) => {
            let first =
                sent_before(ctx, store_id, conversation_id, id, Sender::Agent, refused).await?;
            let mut connection = ctx.db().read().await?;
            announce::again(&mut connection, ctx.realtime(), store_id, &first).await?;
            Ok(first)
        }
    }
}

/// The message with this id, if it was sent before in this conversation; else
/// why it was `refused` now.
async fn sent_before(
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
