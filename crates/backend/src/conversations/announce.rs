//! Tells followers, once it is committed, what happened to a conversation.

use super::queries::{self, Stored};
use crate::{
    db::{Effects, Tx},
    error::Result,
    realtime::{
        Realtime,
        hub::{Outgoing, Topic},
    },
};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, StoreId},
    inbox::ConversationSummary,
    message::Message,
};
use sqlx::AnyConnection;

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

/// Announces a message that is stored already, and what the conversation looks
/// like now: the first time may have ended before anybody was told.
pub(super) async fn again(
    connection: &mut AnyConnection,
    realtime: &Realtime,
    store_id: StoreId,
    message: &Message,
) -> Result<()> {
    let id = message.conversation_id;
    let mut events: Vec<_> = Outgoing::message(store_id, message).into();
    if let Some(stored) = queries::stored(connection, store_id, id).await? {
        events.push(Outgoing {
            topic: Topic::ConversationForVisitor(store_id, id),
            event: ServerEvent::Status(stored.for_visitor()),
        });
    }
    if let Some(summary) = queries::summary(connection, store_id, id).await? {
        events.push(Outgoing {
            topic: Topic::Store(store_id),
            event: ServerEvent::Conversation(summary),
        });
    }
    realtime.announce(events);
    Ok(())
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
