//! Orders: where they are looked up, and the list of those that are built in.

mod builtin;
mod change;
mod civil;
pub mod connect;
mod connected;
mod dialect;
pub mod export;
pub(crate) mod formula;
pub mod import;
mod medusa;
mod number_form;
mod put;
pub(crate) mod queries;
mod shopify;
pub(crate) mod source;
pub(crate) mod sources;
mod told;
mod woocommerce;

pub use change::{create, edit, get, put, remove};
pub use medusa::{FIELDS as MEDUSA_FIELDS, HEAD_FIELDS as MEDUSA_HEAD_FIELDS};
pub use put::Put;
pub(crate) use source::has_parcel;
pub use source::{Coverage, Found, Lookup, OrderSource, OwnOrders};
pub use sources::OrderSources;

use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
    page::Page,
};
use domain::{
    account::EmailAddress,
    order::{Order, OrderPage},
    text,
};

/// Orders in one page of the list.
const PAGE: i64 = 50;
/// Longest search text, in characters.
const SEARCH_MAX: usize = 100;

/// A page of the built-in orders, of one email or of all: those after the number `after`,
/// in the order of their numbers.
///
/// # Errors
/// If the database fails.
pub async fn browse(
    ctx: &Ctx,
    who: &Principal,
    email: Option<&EmailAddress>,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Order>> {
    who.require(Permission::ReadOrders)?;
    let (email, after) = (
        email.map_or("", EmailAddress::as_str),
        after.unwrap_or_default(),
    );
    let mut connection = ctx.db().read().await?;
    let rows =
        queries::after_number(&mut connection, who.store_id, email, after, limit + 1).await?;
    Ok(Page::of(rows, limit))
}

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
