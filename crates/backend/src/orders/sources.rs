//! Where orders are looked up.

use super::{
    builtin::Builtin,
    source::{Lookup, OrderSource},
};
use crate::{db::Db, error::Result};
use domain::{ids::StoreId, order::Order};

/// Every source of the installation, in the order in which they are asked.
pub struct OrderSources {
    sources: Vec<Box<dyn OrderSource>>,
}

impl OrderSources {
    /// The built-in source alone.
    #[must_use]
    pub fn builtin(db: Db) -> Self {
        Self {
            sources: vec![Box::new(Builtin::new(db))],
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

    /// A source that finds nothing, or fails.
    struct Empty {
        works: bool,
    }

    impl Empty {
        fn outcome<T: Send + 'static>(&self, well: T) -> BoxFuture<'_, Result<T>> {
            let outcome = if self.works {
                Ok(well)
            } else {
                Err(Error::Internal("out of reach".to_owned()))
            };
            Box::pin(async { outcome })
        }
    }

    impl OrderSource for Empty {
        fn name(&self) -> &'static str {
            "Empty"
        }

        fn look_up<'a>(&'a self, _: StoreId, _: &'a Lookup) -> BoxFuture<'a, Result<Vec<Order>>> {
            self.outcome(Vec::new())
        }

        fn health(&self) -> BoxFuture<'_, Result<()>> {
            self.outcome(())
        }
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_taken_for_one_that_knows_nothing() {
        for (works, expected) in [(true, Some(0)), (false, None)] {
            let sources = OrderSources {
                sources: vec![Box::new(Empty { works: true }), Box::new(Empty { works })],
            };
            let lookup = Lookup::Email("jane@example.com".to_owned());
            let found = sources.look_up(StoreId::generate(), &lookup).await;
            assert_eq!(found.ok().map(|orders| orders.len()), expected);
            assert_eq!(sources.health().await.is_ok(), works);
        }
    }
}
