//! Tells followers, once it is committed, what happened to a conversation.

use super::{
    change::Change,
    queries::{self, Stored},
};
use crate::{
    db::Tx,
    error::Result,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, StoreId},
    message::Message,
};

/// Tells the conversation's followers about a new message.
pub(super) fn publish(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    message: &Message,
    stored: &Stored,
    change: Change,
) {
    let id = message.conversation_id;
    for outgoing in Outgoing::message(store_id, message) {
        tx.publish(outgoing);
    }
    if change.status.is_some() || change.needs_human.is_some() {
        tx.publish(Outgoing {
            topic: Topic::ConversationForVisitor(store_id, id),
            event: ServerEvent::Status(stored.for_visitor()),
        });
    }
}

/// Tells the store's inbox what the conversation looks like now.
pub(super) async fn publish_summary(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
) -> Result<()> {
    if let Some(summary) = queries::summary(tx.connection, store_id, id).await? {
        tx.publish(Outgoing {
            topic: Topic::Store(store_id),
            event: ServerEvent::Conversation(summary),
        });
    }
    Ok(())
}
