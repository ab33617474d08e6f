//! Reading a thread: a shopper's history, an agent's thread, what a socket
//! has missed.

use super::{
    drafts, mentions, messages, own_reads,
    place::{self, Place},
    queries,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Result},
    visitors,
};
use domain::{
    ids::{ConversationId, MessageId},
    inbox::Thread,
    message::Message,
    widget_api::History,
};
use sqlx::AnyConnection;

/// Messages of a thread in one page.
const THREAD_PAGE: i64 = 60;
/// Messages before the one that a thread is opened at, and most of it and those after it.
const BEFORE_MESSAGE: i64 = 25;
const FROM_MESSAGE: i64 = 200;
/// Messages before the first unread one, as far as they fit.
const BEFORE_UNREAD: i64 = 10;
/// Most messages in one reply to a widget.
pub const HISTORY_MAX: i64 = 200;

/// What `session`'s visitor may see after `after_seq`, at most `limit`
/// messages, and fewer if they are long: it says itself how far it reaches.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub async fn history(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<History> {
    let limit = limit.clamp(1, HISTORY_MAX);
    let (store_id, visitor_id) = (session.store_id, session.visitor_id);
    let mut connection = ctx.db().read().await?;
    let (mut stored, mut place) =
        place::of_visitor(&mut connection, store_id, id, visitor_id).await?;
    loop {
        let after = place.inner(after_seq.max(0));
        let messages = messages::after(&mut connection, store_id, place.at, after, limit).await?;
        // They may have been moved between the two questions: none is passed over.
        if !place.is_itself() || messages.is_empty() && stored.last_seq > after {
            let now = place::of_visitor(&mut connection, store_id, id, visitor_id).await?;
            let is_same = (now.1, now.0.owner_epoch) == (place, stored.owner_epoch);
            if !is_same {
                (stored, place) = now;
                continue;
            }
        }
        return Ok(History {
            last_seq: place.outer(reached(&messages, stored.last_seq)),
            messages: messages
                .iter()
                .filter_map(Message::for_visitor)
                .map(|message| place.message(message))
                .collect(),
            conversation: place.conversation(stored.for_visitor()),
            merged_into: place.for_good(ctx.now()),
        });
    }
}

/// The number that a page reaches to: the conversation's last if nothing comes
/// after it.
fn reached(page: &[Message], last_seq: i64) -> i64 {
    page.last().map_or(last_seq, |message| message.seq)
}

/// Where a conversation is that a shopper's chat knows by this id.
///
/// # Errors
/// If the database fails.
pub async fn place_of_visitors(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
) -> Result<Place> {
    let mut connection = ctx.db().read().await?;
    place::place(&mut connection, session.store_id, id).await
}

/// A conversation with the newest of its messages, or with those before
/// `before_seq`.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn thread(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    before_seq: Option<i64>,
) -> Result<Thread> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    // Of one that was merged, that which has its messages.
    let id = place::place(&mut connection, who.store_id, id).await?.at;
    let conversation = place::known_summary(&mut connection, who.store_id, id).await?;
    let unread_seq = first_unread(&mut connection, who, id).await?;
    let (before, limit) = match before_seq {
        Some(before) => (before, THREAD_PAGE),
        None => (i64::MAX, newest_from(unread_seq, conversation.last_seq)),
    };
    let messages = messages::before(&mut connection, who.store_id, id, before, limit).await?;
    let drafts = drafts::of(&mut connection, who, id).await?;
    let unseen = mentions::unseen(&mut connection, who, id).await?;
    Ok(Thread {
        conversation,
        drafts,
        mentioned_seq: unseen.map_or(0, |places| *places.end()),
        unread_seq,
        has_earlier: messages.first().is_some_and(|first| first.seq > 1),
        messages: messages.iter().map(Message::for_team).collect(),
    })
}

/// The place of the first message that whoever asks is to read; 0 if there is none.
async fn first_unread(
    connection: &mut AnyConnection,
    who: &Principal,
    id: ConversationId,
) -> Result<i64> {
    let Some(user) = who.user() else {
        return Ok(0);
    };
    let first = own_reads::queries::first_unread(connection, who.store_id, user.id, id).await?;
    Ok(first.unwrap_or(0))
}

/// How many of the newest messages a thread opens with, if somebody has read what is before
/// `unread_seq`: what they haven't with a little before it, up to a bound.
fn newest_from(unread_seq: i64, last_seq: i64) -> i64 {
    match unread_seq {
        0 => THREAD_PAGE,
        _ => (last_seq - unread_seq + BEFORE_UNREAD).clamp(THREAD_PAGE, FROM_MESSAGE),
    }
}

/// A conversation with the messages around one of them, and those after it as far as they
/// are in a page; with the newest if that one is gone.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn thread_at(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    message: MessageId,
) -> Result<Thread> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let id = place::place(&mut connection, who.store_id, id).await?.at;
    let Some(seq) = place_of(&mut connection, who, id, message).await? else {
        drop(connection);
        return thread(ctx, who, id, None).await;
    };
    let conversation = place::known_summary(&mut connection, who.store_id, id).await?;
    let unread_seq = first_unread(&mut connection, who, id).await?;
    let after = (seq - BEFORE_MESSAGE - 1).max(0);
    let limit = BEFORE_MESSAGE + FROM_MESSAGE;
    let messages = messages::after(&mut connection, who.store_id, id, after, limit).await?;
    let drafts = drafts::of(&mut connection, who, id).await?;
    let unseen = mentions::unseen(&mut connection, who, id).await?;
    Ok(Thread {
        conversation,
        drafts,
        mentioned_seq: unseen.map_or(0, |places| *places.end()),
        unread_seq,
        has_earlier: messages.first().is_some_and(|first| first.seq > 1),
        messages: messages.iter().map(Message::for_team).collect(),
    })
}

/// The number of a message, if it is one of this conversation.
pub(super) async fn place_of(
    connection: &mut AnyConnection,
    who: &Principal,
    id: ConversationId,
    message: MessageId,
) -> Result<Option<i64>> {
    let message = messages::by_id(connection, who.store_id, message).await?;
    let message = message.filter(|message| message.conversation_id == id);
    Ok(message.map(|message| message.seq))
}

/// Messages of a conversation of this store after `after_seq`, for an agent's
/// socket, and the number that they reach to: the conversation's last, unless
/// there are more.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn messages_after(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<(Vec<Message>, i64)> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let Some(stored) = queries::stored(&mut connection, who.store_id, id).await? else {
        return match place::missing(&mut connection, who.store_id, id).await? {
            // There is nothing to follow; whoever looks at it is led on.
            Error::Merged(_) => Ok((Vec::new(), after_seq)),
            missing => Err(missing),
        };
    };
    let messages = messages::after(&mut connection, who.store_id, id, after_seq, limit).await?;
    let reached = reached(&messages, stored.last_seq);
    Ok((messages.iter().map(Message::for_team).collect(), reached))
}
