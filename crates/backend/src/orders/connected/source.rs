//! A connected shop as one of a store's sources.

use super::{Connected, Line, Question, stored::Stored};
use crate::{
    error::{Error, Result},
    orders::source::{Coverage, Lookup, OrderSource},
};
use domain::{
    UnixMillis,
    ids::{OrderSourceId, StoreId},
    order::Order,
    order_number::OrderNumber,
    order_source::{SourceFound, SourceTrouble, UnaskedSource},
};
use futures::future::BoxFuture;
use std::sync::Arc;

/// How old the number of a shop's orders may be that the merchant is shown, in milliseconds.
const COUNTED_EVERY: UnixMillis = 6 * 60 * 60 * 1_000;

/// See above.
pub(in crate::orders) struct ShopSource {
    connected: Arc<Connected>,
    stored: Stored,
}

impl ShopSource {
    pub fn new(connected: Arc<Connected>, stored: Stored) -> Self {
        Self { connected, stored }
    }
}

impl OrderSource for ShopSource {
    fn coverage(
        &self,
        store_id: StoreId,
        since: UnixMillis,
    ) -> BoxFuture<'_, Result<Option<Coverage>>> {
        Box::pin(async move {
            let (connected, stored) = (&self.connected, &self.stored);
            let now = connected.clock.now();
            let is_old = stored.counted_at.is_none_or(|at| now - at >= COUNTED_EVERY);
            let ask = async move |line: &Line| {
                let newest = line.shop.placed_since(since).await?;
                // For the merchant alone: the look-up goes on without it.
                let found = match is_old {
                    true => line.shop.found().await.ok(),
                    false => None,
                };
                Ok((newest, found.map(|found| found.has.orders)))
            };
            let asked = connected.ask(store_id, stored, ask).await;
            let (newest, counted) = asked.map_err(Error::OrderSource)?;
            if counted.is_some() {
                connected
                    .record(store_id, &stored.shop, None, counted)
                    .await;
            }
            connected.remember(store_id, stored, &newest.numbers).await;
            Ok(Some(Coverage {
                recent_orders: newest.has,
            }))
        })
    }

    fn look_up<'a>(
        &'a self,
        store_id: StoreId,
        lookup: &'a Lookup,
    ) -> BoxFuture<'a, Result<Vec<Order>>> {
        Box::pin(async move {
            let question = Question::LookUp(lookup.clone());
            let orders = self.connected.look_up_at(store_id, &self.stored, question);
            orders.await.map_err(Error::OrderSource)
        })
    }

    /// None of the shops' own searches knows parcels: of an email's orders it is looked for here.
    fn can_search(&self, lookup: &Lookup) -> bool {
        !matches!(lookup, Lookup::Tracking(_))
    }

    fn health(&self, store_id: StoreId) -> BoxFuture<'_, Result<SourceFound>> {
        Box::pin(async move {
            let found = self.connected.test(store_id, &self.stored).await;
            found.map_err(Error::OrderSource)
        })
    }

    fn shop_id(&self) -> Option<OrderSourceId> {
        Some(self.stored.shop.id)
    }

    fn unasked(&self, trouble: SourceTrouble) -> UnaskedSource {
        self.stored.shop.unasked(trouble)
    }

    fn ways<'a>(
        &'a self,
        _store_id: StoreId,
        typed: &'a OrderNumber,
    ) -> BoxFuture<'a, Result<Vec<OrderNumber>>> {
        Box::pin(async { Ok(self.stored.ways(typed)) })
    }
}
