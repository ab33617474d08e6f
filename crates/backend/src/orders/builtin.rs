//! The built-in order source: orders that were imported, pushed or seeded.

use super::{
    number_form::{self, NumberForm},
    queries,
    source::{Coverage, KEPT, LATEST, Lookup, OrderSource, STORES, has_parcel},
};
use crate::{db::Db, error::Result};
use domain::{
    UnixMillis, ids::StoreId, order::Order, order_number::OrderNumber, order_source::SourceFound,
    tracking_number::TrackingNumber,
};
use futures::future::BoxFuture;
use quick_cache::sync::Cache;
use std::{sync::Arc, time::Instant};

/// Latest orders of an email among which a parcel is looked for.
const OF_EMAIL: i64 = 100;

/// Latest orders from which the forms of the numbers are learned.
const LEARNED_FROM: i64 = 500;

/// Orders in the own database.
pub(super) struct Builtin {
    db: Db,
    /// How stores write their numbers, and when that was learned.
    forms: Cache<StoreId, (Instant, Arc<[NumberForm]>)>,
}

impl Builtin {
    pub(super) fn new(db: Db) -> Self {
        Self {
            db,
            forms: Cache::new(STORES),
        }
    }

    async fn forms(&self, store_id: StoreId) -> Result<Arc<[NumberForm]>> {
        if let Some((learned_at, forms)) = self.forms.get(&store_id)
            && learned_at.elapsed() < KEPT
        {
            return Ok(forms);
        }
        let mut connection = self.db.read().await?;
        let numbers = queries::latest_numbers(&mut connection, store_id, LEARNED_FROM).await?;
        let forms: Arc<[NumberForm]> = number_form::learn(&numbers).into();
        let kept = (Instant::now(), forms.clone());
        self.forms.insert(store_id, kept);
        Ok(forms)
    }

    /// How the store's numbers are written, by an example of each way.
    pub(super) async fn number_forms(&self, store_id: StoreId) -> Result<Vec<String>> {
        let mut connection = self.db.read().await?;
        let numbers = queries::latest_numbers(&mut connection, store_id, LEARNED_FROM).await?;
        Ok(number_form::examples(&numbers))
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
            Lookup::Tracking(parcel) => {
                let latest = LATEST as i64;
                let found = queries::by_parcel(&mut connection, store_id, parcel, latest).await?;
                Ok(of_parcel(found, parcel))
            }
            Lookup::TrackingAndEmail(parcel, email) => {
                let found = queries::by_email(&mut connection, store_id, email, OF_EMAIL).await?;
                Ok(of_parcel(found, parcel))
            }
        }
    }
}

fn of_parcel(orders: Vec<Order>, parcel: &TrackingNumber) -> Vec<Order> {
    let of_it = orders.into_iter().filter(|order| has_parcel(order, parcel));
    of_it.take(LATEST).collect()
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

    fn health(&self, store_id: StoreId) -> BoxFuture<'_, Result<SourceFound>> {
        Box::pin(async move {
            let mut connection = self.db.read().await?;
            queries::found(&mut connection, store_id).await
        })
    }

    fn has_orders(&self, store_id: StoreId) -> BoxFuture<'_, Result<bool>> {
        Box::pin(async move {
            let mut connection = self.db.read().await?;
            queries::has_any(&mut connection, store_id).await
        })
    }

    fn ways<'a>(
        &'a self,
        store_id: StoreId,
        typed: &'a OrderNumber,
    ) -> BoxFuture<'a, Result<Vec<OrderNumber>>> {
        Box::pin(async move {
            let forms = self.forms(store_id).await?;
            Ok(number_form::ways(&forms, typed))
        })
    }
}

#[cfg(test)]
mod tests {
    mod parcels;

    use super::*;
    use crate::testing::shop::Shop;
    use domain::order::{OrderStatus, PaymentStatus, Shipment};

    async fn place(shop: &Shop, number: &str, placed_at: UnixMillis) {
        place_with(shop, number, placed_at, None).await;
    }

    async fn place_with(shop: &Shop, number: &str, placed_at: UnixMillis, parcel: Option<&str>) {
        let shipment = |number: &str| Shipment {
            tracking_number: Some(number.to_owned()),
            ..Shipment::default()
        };
        let order = Order {
            number: number.to_owned(),
            email: "jane@example.com".to_owned(),
            customer_name: None,
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "USD".to_owned(),
            total_minor: 1_200,
            placed_at,
            changed_at: None,
            items: Vec::new(),
            shipments: parcel.into_iter().map(shipment).collect(),
        };
        let store_id = shop.member.store_id;
        let insert = shop.test.ctx.db().write(move |tx| {
            Box::pin(async move { queries::insert(tx.connection, store_id, &order).await })
        });
        insert.await.expect("an order");
    }

    #[tokio::test]
    async fn a_parcels_number_finds_its_order_however_it_is_spaced() {
        let shop = Shop::new().await;
        let source = Builtin::new(shop.test.ctx.db().clone());
        for (number, parcel) in [
            ("1", Some("1z 999 AA1 01 2345 6784")),
            ("2", Some("1Z999AA101234567845")),
            ("3", None),
        ] {
            place_with(&shop, number, 1_000, parcel).await;
        }
        let found = async |store_id, lookup: Lookup| -> Vec<String> {
            let orders = source.look_up(store_id, &lookup).await.expect("a database");
            orders.into_iter().map(|order| order.number).collect()
        };
        let parcel = |text| TrackingNumber::parse(text).expect("a number");
        let ups = || parcel("1Z999AA10123456784");
        let of = |email: &str| Lookup::TrackingAndEmail(ups(), email.to_owned());
        let store_id = shop.member.store_id;
        assert_eq!(found(store_id, Lookup::Tracking(ups())).await, ["1"]);
        assert_eq!(found(store_id, of("jane@example.com")).await, ["1"]);
        assert!(found(store_id, of("eve@example.com")).await.is_empty());
        let other = Lookup::Tracking(parcel("1Z999AA10123456785"));
        assert!(found(store_id, other).await.is_empty());
        let elsewhere = found(StoreId::generate(), Lookup::Tracking(ups()));
        assert!(elsewhere.await.is_empty());
    }

    #[tokio::test]
    async fn a_number_is_found_as_the_store_writes_it() {
        let shop = Shop::new().await;
        for number in ["SD-1001", "SD-1002", "EU-20001"] {
            place(&shop, number, 1_000).await;
        }
        let (orders, store_id) = (shop.test.ctx.orders(), shop.member.store_id);
        let found = async |lookup: Lookup| -> Vec<String> {
            let orders = orders
                .look_up(store_id, &lookup, &[])
                .await
                .expect("a database");
            orders
                .orders
                .into_iter()
                .map(|order| order.number)
                .collect()
        };
        let number = |typed| OrderNumber::parse(typed).expect("a number");
        for typed in ["SD-1001", "sd1001", "1001"] {
            let lookup = Lookup::Number(number(typed));
            assert_eq!(found(lookup).await, ["SD-1001"], "{typed}");
        }
        for typed in ["1003", "EU-1001", "20"] {
            let lookup = Lookup::Number(number(typed));
            assert!(found(lookup).await.is_empty(), "{typed}");
        }
        let of = |email: &str| Lookup::NumberAndEmail(number("20001"), email.to_owned());
        assert_eq!(found(of("jane@example.com")).await, ["EU-20001"]);
        assert!(found(of("eve@example.com")).await.is_empty());
        // A number that is known as it was typed is that order's.
        place(&shop, "1002", 1_000).await;
        assert_eq!(found(Lookup::Number(number("1002"))).await, ["1002"]);
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
