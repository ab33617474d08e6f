//! Where orders are looked up.

use super::{
    builtin::Builtin,
    connected::Connected,
    number_form,
    source::{Coverage, KEPT, Lookup, OrderSource, OwnOrders, RECENT_DAYS, STORES, latest},
};
use crate::{clock::Clock, db::Db, error::Result, outgoing::Outgoing, secret::Secret};
use domain::{UnixMillis, ids::StoreId, order::Order};
use quick_cache::sync::Cache;
use std::{sync::Arc, time::Instant};

const RECENT: UnixMillis = RECENT_DAYS as UnixMillis * 24 * 60 * 60 * 1_000;

/// Every source of the installation.
pub struct OrderSources {
    all: All,
    /// One of them: what merchants have connected.
    connected: Arc<Connected>,
}

impl OrderSources {
    /// The shops that merchants have connected, which know best, then the built-in orders:
    /// those may be an import of the same shop from last month.
    pub(crate) fn new(db: Db, clock: Clock, secret: Secret, outgoing: Outgoing) -> Self {
        let connected = Arc::new(Connected::new(db.clone(), clock, secret, outgoing));
        Self {
            all: All::new(vec![connected.clone(), Arc::new(Builtin::new(db))]),
            connected,
        }
    }

    /// What merchants have connected.
    pub(crate) fn connected(&self) -> &Connected {
        &self.connected
    }

    /// The store's sources have changed.
    pub(super) fn forget(&self, store_id: StoreId) {
        self.all.covered.remove(&store_id);
    }

    /// What all sources together have of a store; `None` if none of them is a source of
    /// it. Kept for ten minutes: a store with orders is rarely asked about.
    ///
    /// # Errors
    /// If no source has anything and one can't be asked.
    pub async fn coverage(&self, store_id: StoreId, now: UnixMillis) -> Result<Option<Coverage>> {
        self.all.coverage(store_id, now).await
    }

    /// What all sources find. See [`OrderSource::look_up`]. How the store writes its numbers
    /// is learned from its orders, unless there are `examples`.
    ///
    /// # Errors
    /// If nothing was found and a source can't be asked.
    pub async fn look_up(
        &self,
        store_id: StoreId,
        lookup: &Lookup,
        examples: &[String],
    ) -> Result<Vec<Order>> {
        self.all.look_up(store_id, lookup, examples).await
    }

    /// A customer's own orders, newest first, at most three, from the shop that they are a
    /// customer of and from nowhere else; `None` if the store takes that shop's customers no
    /// more. See [`Self::look_up`] for `examples`.
    ///
    /// # Errors
    /// If the shop can't be asked.
    pub async fn own(
        &self,
        store_id: StoreId,
        own: &OwnOrders,
        examples: &[String],
    ) -> Result<Option<Vec<Order>>> {
        self.connected.own(store_id, own, examples).await
    }
}

/// Sources, in the order in which they are asked.
struct All {
    sources: Vec<Arc<dyn OrderSource>>,
    /// Coverage, and when it was asked for. That a store has none is not kept: its first
    /// order counts at once.
    covered: Cache<StoreId, (Instant, Coverage)>,
}

impl All {
    fn new(sources: Vec<Arc<dyn OrderSource>>) -> Self {
        Self {
            sources,
            covered: Cache::new(STORES),
        }
    }

    async fn coverage(&self, store_id: StoreId, now: UnixMillis) -> Result<Option<Coverage>> {
        if let Some((asked_at, coverage)) = self.covered.get(&store_id)
            && asked_at.elapsed() < KEPT
        {
            return Ok(Some(coverage));
        }
        let mut covered: Option<Coverage> = None;
        let mut failed = None;
        for source in &self.sources {
            match source.coverage(store_id, now - RECENT).await {
                Ok(Some(more)) => {
                    covered.get_or_insert_default().recent_orders += more.recent_orders;
                }
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        match (covered, failed) {
            (None, Some(error)) => Err(error),
            (Some(coverage), None) => {
                self.covered.insert(store_id, (Instant::now(), coverage));
                Ok(Some(coverage))
            }
            (covered, _) => Ok(covered),
        }
    }

    /// As it was typed; if no source knows that, as the store writes its numbers. Where
    /// several ways of writing it fit, of whichever sources, none is guessed.
    async fn look_up(
        &self,
        store_id: StoreId,
        lookup: &Lookup,
        examples: &[String],
    ) -> Result<Vec<Order>> {
        let found = look_up_in(&self.sources, store_id, lookup).await?;
        let Some(typed) = lookup.number().filter(|_| found.is_empty()) else {
            return Ok(found);
        };
        if !examples.is_empty() {
            let ways = number_form::ways(&number_form::shown_by(examples), typed);
            return match number_form::only(&ways, typed) {
                Some(number) => {
                    look_up_in(&self.sources, store_id, &lookup.with_number(number)).await
                }
                None => Ok(found),
            };
        }
        let (mut all, mut writing_so) = (Vec::new(), Vec::new());
        for source in &self.sources {
            let ways = source.ways(store_id, typed).await?;
            all.extend_from_slice(&ways);
            if !ways.is_empty() {
                writing_so.push(Arc::clone(source));
            }
        }
        match number_form::only(&all, typed) {
            Some(number) => look_up_in(&writing_so, store_id, &lookup.with_number(number)).await,
            None => Ok(found),
        }
    }
}

/// What `sources` find. A number that one knows is not asked for further.
async fn look_up_in(
    sources: &[Arc<dyn OrderSource>],
    store_id: StoreId,
    lookup: &Lookup,
) -> Result<Vec<Order>> {
    let is_email = matches!(lookup, Lookup::Email(_));
    let mut found = Vec::new();
    let mut failed = None;
    for source in sources {
        match source.look_up(store_id, lookup).await {
            Ok(orders) if !orders.is_empty() && !is_email => return Ok(orders),
            Ok(orders) => found.push(orders),
            Err(error) => failed = Some(error),
        }
    }
    let found = latest(lookup, found);
    match failed {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use futures::future::BoxFuture;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    /// A source that finds nothing, or fails.
    #[derive(Clone, Default)]
    struct Empty {
        fails: bool,
        coverage: Option<Coverage>,
        /// How often it was asked what it has.
        asked: Arc<AtomicUsize>,
    }

    impl Empty {
        fn failing() -> Self {
            Self {
                fails: true,
                ..Self::default()
            }
        }

        fn with_orders(recent_orders: u64) -> Self {
            Self {
                coverage: Some(Coverage { recent_orders }),
                ..Self::default()
            }
        }

        fn outcome<T: Send + 'static>(&self, well: T) -> BoxFuture<'_, Result<T>> {
            let outcome = if self.fails {
                Err(Error::Internal("out of reach".to_owned()))
            } else {
                Ok(well)
            };
            Box::pin(async { outcome })
        }
    }

    impl OrderSource for Empty {
        fn coverage(&self, _: StoreId, _: UnixMillis) -> BoxFuture<'_, Result<Option<Coverage>>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.outcome(self.coverage)
        }

        fn look_up<'a>(&'a self, _: StoreId, _: &'a Lookup) -> BoxFuture<'a, Result<Vec<Order>>> {
            self.outcome(Vec::new())
        }
    }

    fn all(sources: &[Empty]) -> All {
        let shared = |source: &Empty| Arc::new(source.clone()) as Arc<dyn OrderSource>;
        All::new(sources.iter().map(shared).collect())
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_taken_for_one_that_knows_nothing() {
        for (second, expected) in [(Empty::default(), Some(0)), (Empty::failing(), None)] {
            let sources = all(&[Empty::default(), second]);
            let lookup = Lookup::Email("jane@example.com".to_owned());
            let found = sources.look_up(StoreId::generate(), &lookup, &[]).await;
            assert_eq!(found.ok().map(|orders| orders.len()), expected);
        }
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_taken_for_one_that_is_none() {
        let store = StoreId::generate();
        for (sources, expected) in [
            (vec![Empty::default()], Some(None)),
            (vec![Empty::default(), Empty::failing()], None),
            (
                vec![Empty::failing(), Empty::with_orders(7)],
                Some(Some(Coverage { recent_orders: 7 })),
            ),
            (
                vec![Empty::with_orders(1), Empty::with_orders(7)],
                Some(Some(Coverage { recent_orders: 8 })),
            ),
        ] {
            let coverage = all(&sources).coverage(store, 0).await;
            assert_eq!(coverage.ok(), expected);
        }
    }

    #[tokio::test]
    async fn a_store_with_orders_is_not_asked_about_each_time() {
        let store = StoreId::generate();
        for (source, asked) in [(Empty::with_orders(7), 1), (Empty::default(), 2)] {
            let sources = all(std::slice::from_ref(&source));
            for _ in 0..2 {
                sources.coverage(store, 0).await.expect("an answer");
            }
            assert_eq!(source.asked.load(Ordering::Relaxed), asked);
        }
    }
}
