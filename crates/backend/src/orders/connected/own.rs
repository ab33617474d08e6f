//! A customer's own orders, of the shop that they are a customer of.

use super::{Connected, Question, has_customers, stored::Stored};
use crate::{
    error::{Error, Result},
    orders::{number_form, source::OwnOrders},
};
use domain::{ids::StoreId, order::Order, order_number::OrderNumber};

impl Connected {
    /// See [`OrderSources::own`](crate::orders::OrderSources::own). Another store's customer is
    /// none of this one's.
    pub(in crate::orders) async fn own(
        &self,
        store_id: StoreId,
        own: &OwnOrders,
        examples: &[String],
    ) -> Result<Option<Vec<Order>>> {
        let shops = self.of_store(store_id).await?.shops;
        let is_theirs = |stored: &&Stored| {
            stored.shop.id == own.customer.source_id && has_customers(&stored.shop)
        };
        let Some(shop) = shops.iter().find(is_theirs) else {
            return Ok(None);
        };
        let question = Question::Own(own.clone());
        let orders = self.look_up_at(store_id, shop, question).await;
        let orders = orders.map_err(Error::OrderSource)?;
        let typed = own.number.as_ref().filter(|_| orders.is_empty());
        let ways = |typed: &OrderNumber| match examples {
            [] => shop.ways(typed),
            examples => number_form::ways(&number_form::shown_by(examples), typed),
        };
        let written = typed.and_then(|typed| number_form::only(&ways(typed), typed));
        if written.is_none() {
            return Ok(Some(orders));
        }
        let question = Question::Own(OwnOrders {
            number: written,
            customer: own.customer.clone(),
        });
        let orders = self.look_up_at(store_id, shop, question).await;
        orders.map(Some).map_err(Error::OrderSource)
    }
}
