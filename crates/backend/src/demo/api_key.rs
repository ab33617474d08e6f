//! The demo store's API key, which is published. It is good for as long as the demo is,
//! and on this machine only.

use crate::{Ctx, api_keys::queries, error::Result, tokens};
use domain::{
    UnixMillis,
    api_key::{ApiKey, Scope},
    ids::{ApiKeyId, StoreId},
};
use sqlx::AnyConnection;

/// Known to everybody: never on an address that others can reach.
pub const TOKEN: &str = "demo-api-key";

/// Whether `token` may be used here: the demo's only while the demo is served to this
/// machine alone, whatever data a later server finds.
pub(crate) fn may_be_used(ctx: &Ctx, token: &str) -> bool {
    ctx.config().demo_api_key || token != TOKEN
}

/// Gives it to the demo store, unless it has it or has revoked it.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<()> {
    let key = ApiKey {
        id: ApiKeyId::generate(),
        name: "Demo".to_owned(),
        scopes: Scope::ALL.to_vec(),
        start: TOKEN.to_owned(),
        created_by: None,
        created_at: now,
        last_used_at: None,
    };
    queries::insert(connection, store_id, &key, &tokens::hash(TOKEN), None).await
}
