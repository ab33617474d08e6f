//! Deleting a conversation for good.

use super::{identify::lock_visitor, place, queries};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
    realtime::hub::{Outgoing, Topic},
    visitors,
};
use domain::{
    events::{Noun as Changed, ServerEvent},
    ids::ConversationId,
};

/// Deletes a conversation with all that is in it: messages, files, notes and drafts, and what
/// leads to it since it was merged into it. What is
/// known of its visitor goes too, if they have no other conversation; that they are blocked
/// is remembered.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) if it isn't this store's.
pub async fn delete(ctx: &Ctx, who: &Principal, id: ConversationId) -> Result<()> {
    who.require(Permission::DeleteConversations)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(id).await?;
                let stored = place::known(tx.connection, store_id, id).await?;
                let visitor_id = stored.visitor_id;
                // Who starts another conversation meanwhile waits for it.
                lock_visitor(tx, visitor_id).await?;
                queries::delete(tx.connection, store_id, id).await?;
                if visitors::queries::is_forgettable(tx.connection, store_id, visitor_id).await? {
                    visitors::end_tokens(tx, store_id, visitor_id, now).await?;
                    visitors::queries::delete(tx.connection, store_id, visitor_id).await?;
                }
                tx.effects.publish(Outgoing {
                    topic: Topic::Store(store_id),
                    event: ServerEvent::changed(Changed::Conversations),
                });
                Ok(())
            })
        })
        .await
}
