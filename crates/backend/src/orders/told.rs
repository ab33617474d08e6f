//! What the team's pages are told of a store's orders and their sources.

use crate::{
    db::Tx,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    events::{Noun, ServerEvent},
    ids::StoreId,
};

/// What is shown of `what` has changed: whoever shows it asks again.
pub(super) fn tell_agents(tx: &mut Tx<'_>, store_id: StoreId, what: Noun) {
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(what),
    });
}
