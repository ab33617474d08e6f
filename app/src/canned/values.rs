//! What is known of the team's side of a reply.

use crate::session::AccountResource;
use domain::{canned::template::Values, ids::StoreId};
use leptos::prelude::*;

/// Who replies, and for which store; nothing of the shopper.
#[must_use]
pub fn of_team(account: AccountResource, store: StoreId) -> Values {
    let mut values = Values::default();
    if let Some(Ok(account)) = account.get_untracked() {
        let mut stores = account.stores.into_iter();
        values.store_name = stores
            .find(|summary| summary.id == store)
            .map(|summary| summary.name);
        values.agent_name = Some(account.name);
        values.agent_signature = Some(account.signature);
    }
    values
}
