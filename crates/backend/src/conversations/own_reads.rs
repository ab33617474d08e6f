//! What each person of the team has read themselves.

pub(super) mod queries;

use crate::{
    db::{Kind, Tx, to_json},
    error::Result,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    events::{Seen, ServerEvent},
    ids::{ConversationId, StoreId, UserId},
    inbox::ConversationSummary,
};
use sqlx::AnyConnection;
use std::collections::HashMap;

/// How many customer messages a person hasn't read, up to 100, where that isn't what nobody
/// has read.
///
/// # Errors
/// If the database fails.
pub(super) async fn unread_of(
    connection: &mut AnyConnection,
    database: Kind,
    store_id: StoreId,
    user: UserId,
    rows: &[ConversationSummary],
) -> Result<HashMap<ConversationId, i64>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let ids = to_json(&ids)?;
    let mut own = queries::unread(connection, database, store_id, user, ids).await?;
    for row in rows {
        if own.get(&row.id) == Some(&row.unread) {
            own.remove(&row.id);
        }
    }
    Ok(own)
}

/// A person has read a conversation up to `seq`. Their other pages are told.
///
/// # Errors
/// If the database fails.
pub(super) async fn read(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
    seq: i64,
) -> Result<()> {
    queries::read(tx.connection, store_id, id, user, seq).await?;
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::Seen(Seen {
            conversation_id: id,
            user,
            seq,
        }),
    });
    Ok(())
}
