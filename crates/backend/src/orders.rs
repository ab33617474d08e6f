//! Orders: where they are looked up, and the list of those that are built in.

mod builtin;
pub mod connect;
mod connected;
mod medusa;
mod change;
mod civil;
mod dialect;
pub mod export;
mod formula;
pub mod import;
mod put;
pub(crate) mod queries;
pub(crate) mod source;
pub(crate) mod sources;

pub use change::{get, put, remove};
pub use put::Put;
pub use source::{Coverage, Lookup, OrderSource};
pub use sources::OrderSources;

use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
};
use domain::{order::OrderPage, text};

/// Orders in one page of the list.
const PAGE: i64 = 50;
/// Longest search text, in characters.
const SEARCH_MAX: usize = 100;

/// A page of the Orders list; `search` in number, email and name.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal, search: &str, offset: i64) -> Result<OrderPage> {
    who.require(Permission::ReadOrders)?;
    let search = text::excerpt(
        search
            .replace(char::is_control, " ")
            .trim()
            .trim_start_matches('#'),
        SEARCH_MAX,
    );
    let mut connection = ctx.db().read().await?;
    queries::list(&mut connection, who.store_id, &search, offset.max(0), PAGE).await
}
