//! What a shop's own API must be able to say.

use super::request::Calls;
use crate::{
    orders::{medusa::Customers, source::Lookup},
    outgoing::Failure,
};
use domain::{
    UnixMillis,
    order::Order,
    order_number::OrderNumber,
    order_source::{SourceFound, SourceTrouble},
};
use futures::future::BoxFuture;

/// Shorthand for what a shop answers.
pub type Asked<'a, T> = BoxFuture<'a, Result<T, SourceTrouble>>;

/// Newest orders of which a shop is asked for the numbers where it is asked how many it has:
/// in the same request.
pub const NEWEST: &str = "20";

/// How many orders a shop has, and the numbers of the newest as customers are told them.
pub struct Newest<T> {
    pub has: T,
    pub numbers: Vec<String>,
}

/// A shop that can be asked about its orders.
pub trait Shop: Send + Sync {
    /// See [`OrderSource::look_up`](crate::orders::OrderSource::look_up). What the shop
    /// says it has found is checked again: none of them can be trusted to have filtered.
    fn look_up<'a>(&'a self, lookup: &'a Lookup) -> Asked<'a, Vec<Order>>;

    /// What it has.
    fn found(&self) -> Asked<'_, Newest<SourceFound>>;

    /// How many orders were placed after `since`.
    fn placed_since(&self, since: UnixMillis) -> Asked<'_, Newest<u64>>;

    /// The latest orders of its customer who has this id, at most three, or the one of this
    /// number; none where customers aren't known by their ids. Checked again, as all else.
    fn own<'a>(
        &'a self,
        _customer_id: &'a str,
        _number: Option<&'a OrderNumber>,
    ) -> Asked<'a, Vec<Order>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// The calls to it.
    fn calls(&self) -> &Calls;

    /// What says whose a customer's own token is, where there is such a thing.
    fn customers(&self) -> Option<&Customers> {
        None
    }
}

impl From<Failure> for SourceTrouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NoConnection => Self::NoConnection,
            Failure::UnknownHost => Self::UnknownHost,
            Failure::TimedOut => Self::TimedOut,
            Failure::PrivateAddress => Self::PrivateAddress,
            Failure::TooLarge => Self::TooLarge,
        }
    }
}
