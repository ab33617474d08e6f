//! Sending messages: a customer's, and a person's reply.

use super::{
    append::append,
    change::{Change, Entry},
    messages::{self, ID_TAKEN},
    queries,
    reading::mark_up_to,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Error, Forbidden, Result},
    limits::Client,
    visitors,
};
use domain::{
    events::Side,
    ids::{ConversationId, StoreId},
    message::{Message, Sender, parse_body},
    widget_api::NewMessage,
};

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
    let body = parse_body(&message.body)?;
    let limits = ctx.limits();
    limits
        .visitor_message
        .check(session.visitor_id.to_string())
        .await?;
    limits.address_message.check(client.to_string()).await?;
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let (message, new) = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(conversation_id).await?;
                queries::of_visitor(tx.connection, store_id, conversation_id, visitor_id).await?;
                if let Some(first) =
                    sent_before(tx, store_id, conversation_id, &message, Sender::Customer).await?
                {
                    return Ok((first, false));
                }
                let entry = Entry::customer(message.id, body);
                let change = Change::customer_message(Some(client));
                let appended = append(tx, store_id, conversation_id, entry, change, now).await?;
                Ok((appended.message, true))
            })
        })
        .await?;
    Ok((message, new))
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
    let body = parse_body(&message.body)?;
    let user = who.user().cloned().ok_or(NOT_A_PERSON)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(conversation_id).await?;
                if let Some(first) =
                    sent_before(tx, store_id, conversation_id, &message, Sender::Agent).await?
                {
                    return Ok(first);
                }
                let entry = Entry::agent(message.id, body, user);
                let change = Change::agent_reply();
                let appended = append(tx, store_id, conversation_id, entry, change, now).await?;
                let seq = appended.message.seq;
                mark_up_to(tx, store_id, conversation_id, Side::Agent, seq, now).await?;
                Ok(appended.message)
            })
        })
        .await
}

/// The message with this id, if it was sent before in this conversation.
async fn sent_before(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    conversation_id: ConversationId,
    message: &NewMessage,
    sender: Sender,
) -> Result<Option<Message>> {
    match messages::by_id(tx.connection, store_id, message.id).await? {
        Some(first) if first.conversation_id == conversation_id && first.sender == sender => {
            Ok(Some(first))
        }
        Some(_) => Err(ID_TAKEN),
        None => Ok(None),
    }
}
