//! Tells followers, once it is committed, what happened to a conversation.

use super::queries::{self, Stored};
use crate::{
    db::{Effects, Tx},
    error::Result,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, StoreId},
    inbox::ConversationSummary,
    message::Message,
};

/// A new message: to both sides of the conversation and to the store's inbox;
/// to the shopper also what it has changed of the conversation.
pub(super) fn appended(
    effects: &mut Effects,
    store_id: StoreId,
    message: &Message,
    stored: &Stored,
    summary: ConversationSummary,
) {
    let id = message.conversation_id;
    for outgoing in Outgoing::message(store_id, message) {
        effects.publish(outgoing);
    }
    if stored.changed_seq == message.seq {
        effects.publish(Outgoing {
            topic: Topic::ConversationForVisitor(store_id, id),
            event: ServerEvent::Status(stored.for_visitor()),
        });
    }
    effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::Conversation(summary),
    });
}

/// Tells the store's inbox what the conversation looks like now.
pub(super) async fn summary(tx: &mut Tx<'_>, store_id: StoreId, id: ConversationId) -> Result<()> {
    if let Some(summary) = queries::summary(tx.connection, store_id, id).await? {
        tx.effects.publish(Outgoing {
            topic: Topic::Store(store_id),
            event: ServerEvent::Conversation(summary),
        });
    }
    Ok(())
}
