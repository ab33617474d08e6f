//! Conversations one by one and page by page, for programs.

use super::{history::place_of, messages, place, queries};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result},
    page::Page,
};
use domain::{
    ids::{ConversationId, MessageId},
    inbox::{ConversationFilter, ConversationSummary},
    message::Message,
};

/// A page of those that `filter` lets through, the newest first: those after `after`. A
/// conversation keeps its place in the list whatever happens to it.
///
/// # Errors
/// If the database fails.
pub async fn browse(
    ctx: &Ctx,
    who: &Principal,
    filter: ConversationFilter,
    after: Option<ConversationId>,
    limit: i64,
) -> Result<Page<ConversationSummary>> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let rows = queries::filtered(&mut connection, who.store_id, filter, after, limit + 1).await?;
    Ok(Page::of(rows, limit))
}

/// One conversation.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn get(ctx: &Ctx, who: &Principal, id: ConversationId) -> Result<ConversationSummary> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    place::known_summary(&mut connection, who.store_id, id).await
}

/// Other conversations of a conversation's visitor, at most this many.
const OTHERS_MAX: i64 = 10;

/// The other conversations of whoever began this one, the latest first.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn others_of_visitor(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<Vec<ConversationSummary>> {
    let visitor_id = get(ctx, who, id).await?.visitor.id;
    let mut connection = ctx.db().read().await?;
    let filter = ConversationFilter {
        visitor_id: Some(visitor_id),
        ..ConversationFilter::default()
    };
    let limit = OTHERS_MAX + 1;
    let mut all = queries::filtered(&mut connection, who.store_id, filter, None, limit).await?;
    all.retain(|other| other.id != id);
    Ok(all)
}

/// A page of a conversation's messages, in order: those after `after_seq`, at most
/// `limit`, and fewer if they are long.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn messages_page(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<Page<Message>> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let stored = place::known(&mut connection, who.store_id, id).await?;
    let messages = messages::after(&mut connection, who.store_id, id, after_seq, limit).await?;
    Ok(Page {
        has_more: messages
            .last()
            .is_some_and(|last| last.seq < stored.last_seq),
        items: messages.iter().map(Message::for_team).collect(),
    })
}

/// A page of a conversation's messages, in order, with `message` in the middle of it.
///
/// # Errors
/// [`Error::NotFound`] if the conversation isn't this store's, or the message isn't one of
/// it.
pub async fn messages_around(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    message: MessageId,
    limit: i64,
) -> Result<Page<Message>> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    place::known(&mut connection, who.store_id, id).await?;
    let seq = place_of(&mut connection, who, id, message)
        .await?
        .ok_or(Error::NotFound(Noun::Message))?;
    drop(connection);
    let after = (seq - 1 - limit / 2).max(0);
    messages_page(ctx, who, id, after, limit).await
}
