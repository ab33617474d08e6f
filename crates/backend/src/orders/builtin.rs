//! The built-in order source: orders that were imported, pushed or seeded.

use super::{
    queries,
    source::{Lookup, OrderSource},
};
use crate::{db::Db, error::Result};
use domain::{ids::StoreId, order::Order};
use futures::future::BoxFuture;

/// Most orders of one email that an answer shows.
const LATEST: i64 = 3;

/// Orders in the own database.
pub(super) struct Builtin {
    db: Db,
}

impl Builtin {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    async fn orders(&self, store_id: StoreId, lookup: &Lookup) -> Result<Vec<Order>> {
        let mut connection = self.db.read().await?;
        match lookup {
            Lookup::Number(number) => {
                let found = queries::by_number(&mut connection, store_id, number.as_str()).await?;
                Ok(found.into_iter().collect())
            }
            Lookup::Email(email) => {
                queries::by_email(&mut connection, store_id, email, LATEST).await
            }
            Lookup::NumberAndEmail(number, email) => {
                let found = queries::by_number(&mut connection, store_id, number.as_str()).await?;
                Ok(found
                    .into_iter()
                    .filter(|order| order.email == *email)
                    .collect())
            }
        }
    }
}

impl OrderSource for Builtin {
    fn name(&self) -> &'static str {
        "Built in"
    }

    fn look_up<'a>(
        &'a self,
        store_id: StoreId,
        lookup: &'a Lookup,
    ) -> BoxFuture<'a, Result<Vec<Order>>> {
        Box::pin(self.orders(store_id, lookup))
    }

    fn health(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.db.read().await?;
            Ok(())
        })
    }
}
