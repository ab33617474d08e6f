//! What a place that knows orders can do.

use crate::error::Result;
use domain::{
    UnixMillis,
    ids::{OrderSourceId, StoreId},
    order::{Order, Shipment},
    order_number::OrderNumber,
    order_source::{BUILT_IN, SourceFound, SourceTrouble, UnaskedSource},
    shop_customer::ShopCustomer,
    tracking_number::TrackingNumber,
};
use futures::future::BoxFuture;
use std::time::Duration;

/// What a shopper has given to find an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// The order of this number.
    Number(OrderNumber),
    /// The latest orders of this email.
    Email(String),
    /// The order of this number, if it was placed with this email.
    NumberAndEmail(OrderNumber, String),
    /// The orders of the parcel of this number.
    Tracking(TrackingNumber),
    /// The same, if they were placed with this email.
    TrackingAndEmail(TrackingNumber, String),
}

impl Lookup {
    /// The order's number, if one is given.
    #[must_use]
    pub fn number(&self) -> Option<&OrderNumber> {
        match self {
            Self::Number(number) | Self::NumberAndEmail(number, _) => Some(number),
            Self::Email(_) | Self::Tracking(_) | Self::TrackingAndEmail(..) => None,
        }
    }

    /// The same with another number of the order, if one is given.
    #[must_use]
    pub fn with_number(&self, number: OrderNumber) -> Self {
        match self {
            Self::Number(_) => Self::Number(number),
            Self::NumberAndEmail(_, email) => Self::NumberAndEmail(number, email.clone()),
            other => other.clone(),
        }
    }

    /// Whether a number is all that is given, which proves nothing.
    #[must_use]
    pub fn is_number_alone(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Tracking(_))
    }

    /// Whether a parcel's number is given.
    #[must_use]
    pub fn is_by_parcel(&self) -> bool {
        matches!(self, Self::Tracking(_) | Self::TrackingAndEmail(..))
    }

    /// Whether a number and an email are given, which must belong together.
    #[must_use]
    pub fn is_pair(&self) -> bool {
        matches!(self, Self::NumberAndEmail(..) | Self::TrackingAndEmail(..))
    }
}

/// What the customer of a connected shop asks for: orders of their own, of which that shop
/// alone is asked. Not a [`Lookup`], so that no other source can be given it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnOrders {
    /// Whose.
    pub customer: ShopCustomer,
    /// The one of this number; the latest without.
    pub number: Option<OrderNumber>,
}

/// What a look-up has come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The orders, newest first.
    pub orders: Vec<Order>,
    /// Sources that couldn't be asked, and may have more of what was asked for or know better.
    pub unasked: Vec<UnaskedSource>,
    /// Whether a source that has orders of the store has answered.
    pub is_reached: bool,
    /// Whether there are sources that can't be searched by what was given.
    pub is_unsearched: bool,
}

impl Found {
    /// Whether a source was out of reach, and may answer later.
    #[must_use]
    pub fn is_down(&self) -> bool {
        let mut unasked = self.unasked.iter();
        unasked.any(|source| source.trouble.is_of_shop())
    }
}

/// What a source has of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Orders that were placed in the last `RECENT_DAYS` days.
    pub recent_orders: u64,
}

/// How long the coverage of a store is kept, and the forms of its numbers.
pub(super) const KEPT: Duration = Duration::from_secs(10 * 60);
/// Stores of which they are kept.
pub(super) const STORES: usize = 10_000;

/// See [`Coverage`].
pub(super) const RECENT_DAYS: u32 = 30;

impl Coverage {
    /// How many orders the store takes in a day, of late.
    #[must_use]
    pub fn orders_a_day(self) -> u64 {
        self.recent_orders / u64::from(RECENT_DAYS)
    }
}

/// A place that knows orders.
pub trait OrderSource: Send + Sync {
    /// What it has of a store, counting orders placed after `since`; `None` if it is no
    /// source of this store: nobody has set it up there, or it has never had an order of
    /// it. An error says that it can't be asked right now, and never means `None`.
    fn coverage(
        &self,
        store_id: StoreId,
        since: UnixMillis,
    ) -> BoxFuture<'_, Result<Option<Coverage>>>;

    /// The orders that `lookup` finds, newest first, at most three. Nothing
    /// found and a number that doesn't match the email are the same: an empty
    /// list. An error says that it can't be asked right now.
    fn look_up<'a>(
        &'a self,
        store_id: StoreId,
        lookup: &'a Lookup,
    ) -> BoxFuture<'a, Result<Vec<Order>>>;

    /// How it does: what it has of the store, asked for now, whatever is known of it. Of a
    /// shop that is written down, for the merchant and for whoever asks it next. An error says
    /// what is wrong.
    fn health(&self, store_id: StoreId) -> BoxFuture<'_, Result<SourceFound>>;

    /// Which shop elsewhere it is; `None` of the built-in orders.
    fn shop_id(&self) -> Option<OrderSourceId> {
        None
    }

    /// Whether it can be searched by what is given.
    fn can_search(&self, _lookup: &Lookup) -> bool {
        true
    }

    /// Whether it has any order of the store, if it could be asked at all.
    fn has_orders(&self, _store_id: StoreId) -> BoxFuture<'_, Result<bool>> {
        Box::pin(async { Ok(true) })
    }

    /// That it couldn't be asked, for the merchant.
    fn unasked(&self, trouble: SourceTrouble) -> UnaskedSource {
        UnaskedSource {
            name: BUILT_IN.to_owned(),
            address: String::new(),
            trouble,
        }
    }

    /// How the store may write a number here that was typed otherwise, by all of its ways
    /// that fit: `SD-1001` for `1001`.
    fn ways<'a>(
        &'a self,
        _store_id: StoreId,
        _typed: &'a OrderNumber,
    ) -> BoxFuture<'a, Result<Vec<OrderNumber>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Whether a parcel of an order has this number.
pub(crate) fn has_parcel(order: &Order, parcel: &TrackingNumber) -> bool {
    let is_it = |shipment: &Shipment| {
        let number = shipment.tracking_number.as_deref();
        number.and_then(TrackingNumber::parse).as_ref() == Some(parcel)
    };
    order.shipments.iter().any(is_it)
}

/// Most orders of one email that an answer shows.
pub(super) const LATEST: usize = 3;

/// What several sources have found for one `lookup`, put together: a number is that of
/// the first one that knows it, an email's orders are the latest of all. What two sources
/// have, such as a shop and an import of its orders, is the first one's.
pub(super) fn latest(lookup: &Lookup, found: Vec<Vec<Order>>) -> Vec<Order> {
    if !matches!(lookup, Lookup::Email(_)) {
        let first = found.into_iter().find(|orders| !orders.is_empty());
        return first.unwrap_or_default();
    }
    let mut orders: Vec<Order> = Vec::new();
    for order in found.into_iter().flatten() {
        let is_known = |known: &Order| known.number.eq_ignore_ascii_case(&order.number);
        if !orders.iter().any(is_known) {
            orders.push(order);
        }
    }
    orders.sort_by_key(|order| std::cmp::Reverse(order.placed_at));
    orders.truncate(LATEST);
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::order::{OrderStatus, PaymentStatus};

    fn order(number: &str, placed_at: UnixMillis, status: OrderStatus) -> Order {
        Order {
            number: number.to_owned(),
            email: "jane@example.com".to_owned(),
            customer_name: None,
            status,
            payment_status: PaymentStatus::Paid,
            currency: "USD".to_owned(),
            total_minor: 100,
            placed_at,
            changed_at: None,
            items: Vec::new(),
            shipments: Vec::new(),
        }
    }

    #[test]
    fn an_order_that_two_sources_have_is_told_once_by_the_first() {
        let lookup = Lookup::Email("jane@example.com".to_owned());
        let shop = vec![
            order("SD-1001", 1, OrderStatus::Delivered),
            order("SD-1003", 3, OrderStatus::Shipped),
        ];
        let imported = vec![
            order("sd-1001", 1, OrderStatus::Pending),
            order("SD-1002", 2, OrderStatus::Shipped),
        ];
        let told = latest(&lookup, vec![shop, imported]);
        let told: Vec<_> = told
            .iter()
            .map(|order| (order.number.as_str(), order.status))
            .collect();
        let (shipped, delivered) = (OrderStatus::Shipped, OrderStatus::Delivered);
        let expected = [
            ("SD-1003", shipped),
            ("SD-1002", shipped),
            ("SD-1001", delivered),
        ];
        assert_eq!(told, expected);
    }
}
