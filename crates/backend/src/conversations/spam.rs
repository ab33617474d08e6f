//! What is nobody's to answer: a conversation, or whatever a visitor writes.

use super::{
    announce,
    append::append,
    change::{Change, Entry},
    identify::lock_visitor,
    place, queries,
    status::change,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::Result,
    visitors,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId, VisitorId},
    inbox::ConversationSummary,
    message::MessageKind,
};

/// Marks a conversation as spam, or as none. Spam rests as resolved: whatever its shopper
/// writes is kept, counts as unread nowhere and is not looked at by the AI. The shopper isn't
/// told. What is no spam any more is open.
///
/// # Errors
/// [`Error::NotFound`](crate::error::Error::NotFound) if it isn't this store's.
pub async fn set_spam(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    is_spam: bool,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let kind = match is_spam {
        true => MessageKind::Spam,
        false => MessageKind::NotSpam,
    };
    let author = who.actor.clone();
    change(ctx, who, id, move |stored| {
        (stored.spam != is_spam).then(|| (Entry::team_event(kind, author), Change::spam(is_spam)))
    })
    .await
}

/// Blocks the visitor of a conversation: all that they have written is spam, and so is what
/// they write from now on, of which they are told once a conversation. To block who is blocked
/// changes nothing.
///
/// # Errors
/// [`Error::NotFound`](crate::error::Error::NotFound) if the conversation isn't this store's.
pub async fn block(ctx: &Ctx, who: &Principal, id: ConversationId) -> Result<ConversationSummary> {
    set_blocked(ctx, who, id, true).await
}

/// Lets a blocked visitor write again. This conversation is open; others of theirs stay spam.
///
/// # Errors
/// As [`block`].
pub async fn unblock(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<ConversationSummary> {
    set_blocked(ctx, who, id, false).await
}

async fn set_blocked(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    is_blocked: bool,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                tx.lock(id).await?;
                let before = place::known_summary(tx.connection, store_id, id).await?;
                // Who starts another one meanwhile waits for it.
                lock_visitor(tx, before.visitor.id).await?;
                // They may have become a customer, or been blocked, until now.
                let visitor = place::known_summary(tx.connection, store_id, id)
                    .await?
                    .visitor;
                if visitor.blocked == is_blocked {
                    return place::known_summary(tx.connection, store_id, id).await;
                }
                visitors::queries::set_blocked(
                    tx.connection,
                    store_id,
                    visitor.id,
                    is_blocked.then_some(now),
                )
                .await?;
                let kind = match is_blocked {
                    true => MessageKind::Blocked,
                    false => MessageKind::Unblocked,
                };
                let entry = Entry::team_event(kind, who.actor.clone());
                append(tx, store_id, id, entry, Change::spam(is_blocked), now).await?;
                if is_blocked {
                    decline(tx, store_id, id, visitor.locale.as_deref(), now).await?;
                    block_others(tx, store_id, visitor.id, now).await?;
                }
                place::known_summary(tx.connection, store_id, id).await
            })
        })
        .await
}

async fn block_others(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
    now: UnixMillis,
) -> Result<()> {
    for other in queries::set_all_spam(tx.connection, store_id, visitor_id, now).await? {
        announce::summary(tx, store_id, other).await?;
    }
    Ok(())
}

/// Tells a shopper who is blocked that nobody answers, in their language.
///
/// # Errors
/// If the database fails.
pub(super) async fn decline(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    locale: Option<&str>,
    now: UnixMillis,
) -> Result<()> {
    let entry = Entry::declined(locale.map(str::to_owned));
    append(tx, store_id, id, entry, Change::default(), now).await?;
    Ok(())
}
