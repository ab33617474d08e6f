//! Where orders are looked up.

use super::{
    builtin::Builtin,
    source::{Coverage, Lookup, OrderSource, RECENT_DAYS},
};
use crate::{db::Db, error::Result};
use domain::{UnixMillis, ids::StoreId, order::Order};
use quick_cache::sync::Cache;
use std::time::{Duration, Instant};

/// How long the coverage of a store is kept.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// Stores of which it is kept.
const STORES: usize = 10_000;
const RECENT: UnixMillis = RECENT_DAYS as UnixMillis * 24 * 60 * 60 * 1_000;

/// Every source of the installation, in the order in which they are asked.
pub struct OrderSources {
    sources: Vec<Box<dyn OrderSource>>,
    /// Coverage, and when it was asked for. That a store has none is not kept: its first
    /// order counts at once.
    covered: Cache<StoreId, (Instant, Coverage)>,
}

impl OrderSources {
    /// The built-in source alone.
    #[must_use]
    pub fn builtin(db: Db) -> Self {
        Self::of(vec![Box::new(Builtin::new(db))])
    }

    fn of(sources: Vec<Box<dyn OrderSource>>) -> Self {
        Self {
            sources,
            covered: Cache::new(STORES),
        }
    }

    /// What all sources together have of a store; `None` if none of them is a source of
    /// it. Kept for an hour: a store with orders is rarely asked about.
    ///
    /// # Errors
    /// If no source has anything and one can't be asked.
    pub async fn coverage(&self, store_id: StoreId, now: UnixMillis) -> Result<Option<Coverage>> {
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

    /// What the first source that knows of such orders finds. See
    /// [`OrderSource::look_up`].
    ///
    /// # Errors
    /// If a source that had to be asked can't be.
    pub async fn look_up(&self, store_id: StoreId, lookup: &Lookup) -> Result<Vec<Order>> {
        for source in &self.sources {
            let found = source.look_up(store_id, lookup).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The sources' names.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<_> = self.sources.iter().map(|source| source.name()).collect();
        names.join(", ")
    }

    /// Whether all of them can be asked right now.
    ///
    /// # Errors
    /// The first reason why not.
    pub async fn health(&self) -> Result<()> {
        for source in &self.sources {
            source.health().await?;
        }
        Ok(())
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
        fn name(&self) -> &'static str {
            "Empty"
        }

        fn coverage(&self, _: StoreId, _: UnixMillis) -> BoxFuture<'_, Result<Option<Coverage>>> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.outcome(self.coverage)
        }

        fn look_up<'a>(&'a self, _: StoreId, _: &'a Lookup) -> BoxFuture<'a, Result<Vec<Order>>> {
            self.outcome(Vec::new())
        }

        fn health(&self) -> BoxFuture<'_, Result<()>> {
            self.outcome(())
        }
    }

    fn all(sources: &[Empty]) -> OrderSources {
        let boxed = |source: &Empty| Box::new(source.clone()) as Box<dyn OrderSource>;
        OrderSources::of(sources.iter().map(boxed).collect())
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_taken_for_one_that_knows_nothing() {
        for (second, expected) in [(Empty::default(), Some(0)), (Empty::failing(), None)] {
            let works = !second.fails;
            let sources = all(&[Empty::default(), second]);
            let lookup = Lookup::Email("jane@example.com".to_owned());
            let found = sources.look_up(StoreId::generate(), &lookup).await;
            assert_eq!(found.ok().map(|orders| orders.len()), expected);
            assert_eq!(sources.health().await.is_ok(), works);
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
