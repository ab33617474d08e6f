//! Who has read how far.

use super::{announce, mentions, messages, own_reads, place, queries};
use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Error, Result},
    realtime::hub::{Outgoing, Topic},
    visitors,
};
use domain::{
    UnixMillis,
    events::{Read, ServerEvent, Side},
    ids::{ConversationId, StoreId, UserId},
    inbox::ConversationSummary,
};

/// The visitor has seen everything up to `seq`.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub async fn read_by_visitor(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
    seq: i64,
) -> Result<()> {
    let (stored, place) = {
        let mut connection = ctx.db().read().await?;
        place::of_visitor(&mut connection, session.store_id, id, session.visitor_id).await?
    };
    // Nobody has read what isn't there yet.
    let seq = place.inner(seq).min(stored.last_seq);
    if stored.visitor_read_seq >= seq {
        return Ok(());
    }
    let (store_id, id, now) = (session.store_id, place.at, ctx.now());
    let read = ctx
        .db()
        .write(move |tx| Box::pin(mark_up_to(tx, store_id, id, Side::Visitor, seq, now)))
        .await;
    match read {
        // It was merged meanwhile: the chat says it again.
        Err(Error::NotFound(_)) => Err(Error::Busy),
        read => read,
    }
}

/// The team has read everything up to `seq`, and whoever says so has themselves.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn mark_read(ctx: &Ctx, who: &Principal, id: ConversationId, seq: i64) -> Result<()> {
    who.require(Permission::ReadConversations)?;
    mark_read_seen(ctx, who, id, seq).await
}

async fn mark_read_seen(ctx: &Ctx, who: &Principal, id: ConversationId, seq: i64) -> Result<()> {
    let me = who.user().map(|user| user.id);
    let (stored, unseen, own_seq) = {
        let mut connection = ctx.db().read().await?;
        let stored = place::known(&mut connection, who.store_id, id).await?;
        let own_seq = match me {
            Some(me) => own_reads::queries::read_seq(&mut connection, who.store_id, id, me).await?,
            None => i64::MAX,
        };
        let unseen = mentions::unseen(&mut connection, who, id).await?;
        (stored, unseen, own_seq)
    };
    if let Some(me) = me
        && unseen.is_some_and(|places| *places.start() <= seq)
    {
        see_mentions(ctx, who.store_id, id, me, seq).await?;
    }
    let seq = seq.min(stored.last_seq);
    let is_new = stored.agent_read_seq < seq || stored.unread > 0;
    let is_new_to_me = own_seq < seq;
    if !is_new && !is_new_to_me {
        return Ok(());
    }
    let (store_id, now) = (who.store_id, ctx.now());
    let me = me.filter(|_| is_new_to_me);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if is_new {
                    mark_up_to(tx, store_id, id, Side::Agent, seq, now).await?;
                }
                match me {
                    Some(me) => own_reads::read(tx, store_id, id, me, seq).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

/// A person has seen what speaks to them. Their counts are asked for again with the row.
async fn see_mentions(
    ctx: &Ctx,
    store_id: StoreId,
    id: ConversationId,
    me: UserId,
    seq: i64,
) -> Result<()> {
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                mentions::queries::see(tx.connection, store_id, id, me, seq, now).await?;
                announce::summary(tx, store_id, id).await
            })
        })
        .await
}

/// The team has read all of it.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn mark_all_read(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    mark_read_seen(ctx, who, id, i64::MAX).await?;
    let mut connection = ctx.db().read().await?;
    place::known_summary(&mut connection, who.store_id, id).await
}

/// Marks what the other side wrote as read, and tells everybody.
pub(crate) async fn mark_up_to(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    by: Side,
    seq: i64,
    now: UnixMillis,
) -> Result<()> {
    tx.lock(id).await?;
    queries::hold(tx, store_id, id).await?;
    messages::mark_read(tx.connection, store_id, id, by, seq, now).await?;
    let seq = match by {
        Side::Agent => queries::agent_read(tx.connection, store_id, id, seq).await?,
        Side::Visitor => queries::visitor_read(tx.connection, store_id, id, seq).await?,
    };
    let read = ServerEvent::Read(Read {
        conversation_id: id,
        by,
        seq,
        at: now,
    });
    for topic in [
        Topic::ConversationForAgents(store_id, id),
        Topic::ConversationForVisitor(store_id, id),
    ] {
        tx.effects.publish(Outgoing {
            topic,
            event: read.clone(),
        });
    }
    announce::summary(tx, store_id, id).await
}
