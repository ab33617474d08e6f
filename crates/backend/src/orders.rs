//! The built-in order source: orders that were imported, pushed or seeded.

pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
};
use domain::{
    ids::StoreId,
    order::{Order, OrderPage},
    order_number::OrderNumber,
    text,
};

/// Orders in one page of the list.
const PAGE: i64 = 50;
/// Most orders of one email that an answer shows.
const LATEST: i64 = 3;
/// Longest search text, in characters.
const SEARCH_MAX: usize = 100;

/// What a shopper has given to find an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// The order of this number.
    Number(OrderNumber),
    /// The latest orders of this email.
    Email(String),
    /// The order of this number, if it was placed with this email.
    NumberAndEmail(OrderNumber, String),
}

/// The orders that `lookup` finds, newest first, at most three. Nothing found
/// and a number that doesn't match the email are the same: an empty list.
///
/// # Errors
/// If the source can't be asked right now.
pub async fn look_up(ctx: &Ctx, store_id: StoreId, lookup: &Lookup) -> Result<Vec<Order>> {
    let mut connection = ctx.db().read().await?;
    match lookup {
        Lookup::Number(number) => {
            let found = queries::by_number(&mut connection, store_id, number.as_str()).await?;
            Ok(found.into_iter().collect())
        }
        Lookup::Email(email) => queries::by_email(&mut connection, store_id, email, LATEST).await,
        Lookup::NumberAndEmail(number, email) => {
            let found = queries::by_number(&mut connection, store_id, number.as_str()).await?;
            Ok(found
                .into_iter()
                .filter(|order| order.email == *email)
                .collect())
        }
    }
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
