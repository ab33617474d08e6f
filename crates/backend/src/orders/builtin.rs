//! The built-in order source: orders that were imported, pushed or seeded.

use super::{
    queries,
    source::{Coverage, LATEST, Lookup, OrderSource},
};
use crate::{db::Db, error::Result};
use domain::{UnixMillis, ids::StoreId, order::Order};
use futures::future::BoxFuture;

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
                queries::by_email(&mut connection, store_id, email, LATEST as i64).await
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
    fn coverage(
        &self,
        store_id: StoreId,
        since: UnixMillis,
    ) -> BoxFuture<'_, Result<Option<Coverage>>> {
        Box::pin(async move {
            let mut connection = self.db.read().await?;
            let (orders, recent) = queries::count(&mut connection, store_id, since).await?;
            Ok((orders > 0).then(|| Coverage {
                recent_orders: u64::try_from(recent).unwrap_or_default(),
            }))
        })
    }

    fn look_up<'a>(
        &'a self,
        store_id: StoreId,
        lookup: &'a Lookup,
    ) -> BoxFuture<'a, Result<Vec<Order>>> {
        Box::pin(self.orders(store_id, lookup))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::shop::Shop;
    use domain::order::{OrderStatus, PaymentStatus};

    async fn place(shop: &Shop, number: &str, placed_at: UnixMillis) {
        let order = Order {
            number: number.to_owned(),
            email: "jane@example.com".to_owned(),
            customer_name: None,
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "USD".to_owned(),
            total_minor: 1_200,
            placed_at,
            items: Vec::new(),
            shipments: Vec::new(),
        };
        let store_id = shop.member.store_id;
        let insert = shop.test.ctx.db().write(move |tx| {
            Box::pin(async move { queries::insert(tx.connection, store_id, &order).await })
        });
        insert.await.expect("an order");
    }

    #[tokio::test]
    async fn it_is_a_source_of_stores_that_have_had_an_order() {
        let shop = Shop::new().await;
        let source = Builtin::new(shop.test.ctx.db().clone());
        let coverage = async || {
            let coverage = source.coverage(shop.member.store_id, 1_000);
            coverage.await.expect("a database")
        };
        assert_eq!(coverage().await, None);
        for (number, placed_at, recent_orders) in [("1", 900, 0), ("2", 1_100, 1), ("3", 1_200, 2)]
        {
            place(&shop, number, placed_at).await;
            assert_eq!(coverage().await, Some(Coverage { recent_orders }));
        }
    }
}
