//! What a place that knows orders can do.

use crate::error::Result;
use domain::{ids::StoreId, order::Order, order_number::OrderNumber};
use futures::future::BoxFuture;

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

/// A place that knows orders.
pub trait OrderSource: Send + Sync {
    /// Its name, for the operator.
    fn name(&self) -> &'static str;

    /// The orders that `lookup` finds, newest first, at most three. Nothing
    /// found and a number that doesn't match the email are the same: an empty
    /// list. An error says that it can't be asked right now.
    fn look_up<'a>(
        &'a self,
        store_id: StoreId,
        lookup: &'a Lookup,
    ) -> BoxFuture<'a, Result<Vec<Order>>>;

    /// Whether it can be asked right now.
    fn health(&self) -> BoxFuture<'_, Result<()>>;
}
