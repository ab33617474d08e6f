//! Medusa v2, by its Admin API (<https://docs.medusajs.com/api/admin>).
//!
//! It has no filter by order number or email: several versions answer such a question
//! with all orders. So every order that comes back is checked here, and a list is read on
//! until what is looked for is found. What a list says of totals and quantities is wrong in
//! several versions, too, so a list is only asked for which orders there are, and each is
//! then asked for by itself.

mod customers;
mod reading;

pub use customers::{Customers, SignedIn};

use super::{
    connected::{
        list::{List, Listed},
        reading::{fits, instant, is_same_number, written},
        request::{Calls, basic, refusal},
        shop::{Asked, NEWEST, Newest, Shop},
    },
    source::{LATEST, Lookup},
};
use crate::outgoing::{Answer, Outgoing};
use domain::{
    UnixMillis,
    order::Order,
    order_number::OrderNumber,
    order_source::{SourceFound, SourceTrouble},
};
use futures::future::try_join_all;
use reading::{Found, Full, Head, Heads, One};
use reqwest::{
    StatusCode, Url,
    header::{AUTHORIZATION, HeaderMap},
};
use serde::de::DeserializeOwned;

/// Orders in one page of a list.
const PAGE: &str = "100";
/// Pages that are read for one look-up at most.
const PAGES_MAX: usize = 40;
/// Newest first.
const NEWEST_FIRST: &str = "-created_at";
/// As they are counted. The search finds a number in longer ones and in addresses, too. Of
/// all those only the few with a smaller number can come before the order that is meant.
const AS_COUNTED: &str = "display_id";
/// Latest orders of an email among which a parcel is looked for.
const PARCEL_AMONG: usize = 15;
/// Customers of one email: a guest and an account.
const CUSTOMERS_MAX: &str = "20";

/// What is asked of a list.
pub const HEAD_FIELDS: &str = "id,display_id,custom_display_id,email,customer_id,status,created_at";
/// What is asked of an order.
pub const FIELDS: &str = "id,display_id,custom_display_id,status,email,customer_id,currency_code,total,original_total,created_at,updated_at,canceled_at,payment_status,fulfillment_status,*items,fulfillments.id,fulfillments.packed_at,fulfillments.shipped_at,fulfillments.delivered_at,fulfillments.canceled_at,fulfillments.labels.tracking_number,fulfillments.labels.tracking_url";

/// A Medusa server.
pub struct Medusa {
    outgoing: Outgoing,
    address: Url,
    headers: HeaderMap,
    calls: Calls,
    customers: Option<Customers>,
}

impl Medusa {
    /// The one at `address`, which takes the secret API key `key`. With its publishable key
    /// it says whose a customer's token is, too.
    ///
    /// # Errors
    /// If a key can't be sent.
    pub fn new(
        outgoing: Outgoing,
        address: Url,
        key: &str,
        publishable_key: Option<&str>,
    ) -> Result<Self, SourceTrouble> {
        let customers = publishable_key
            .map(|key| Customers::new(outgoing.clone(), &address, key))
            .transpose()?;
        Ok(Self {
            customers,
            outgoing,
            address,
            calls: Calls::new(),
            // The form that every version takes.
            headers: HeaderMap::from_iter([(AUTHORIZATION, basic(key, "")?)]),
        })
    }

    /// What is at `path`; `None` if nothing of that id is.
    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Option<T>, SourceTrouble> {
        let mut url = self.address.clone();
        url.path_segments_mut()
            .map_err(|()| SourceTrouble::NotThisShop)?
            .pop_if_empty()
            .push("admin")
            .extend(path);
        url.query_pairs_mut().extend_pairs(query);
        let ask = || self.outgoing.get(url.clone(), self.headers.clone());
        read(&self.calls.answer(ask).await?)
    }

    async fn heads(&self, order: &str, query: &[(&str, &str)]) -> Result<Heads, SourceTrouble> {
        let common = [("fields", HEAD_FIELDS), ("order", order)];
        let query = [&common[..], query].concat();
        let heads = self.get(&["orders"], &query).await?;
        heads.ok_or(SourceTrouble::NotThisShop)
    }

    /// The first orders of a list for which `wanted` holds, in this order.
    async fn first(
        &self,
        order: &str,
        query: &[(&str, &str)],
        most: usize,
        wanted: impl Fn(&Head) -> bool,
    ) -> Result<Listed<String>, SourceTrouble> {
        let mut list = List::new(most, PAGES_MAX);
        while list.goes_on() {
            let offset = list.read().to_string();
            let paging = [("limit", PAGE), ("offset", offset.as_str())];
            let query = [query, &paging].concat();
            let Some(heads) = list.page(self.heads(order, &query)).await? else {
                break;
            };
            let entries = heads.orders.len();
            // A page may be shorter than was asked for: what there is, the count says.
            let so_far = i64::try_from(list.read() + entries).unwrap_or(i64::MAX);
            let is_last = entries == 0 || so_far >= heads.count;
            let fitting = heads.orders.into_iter().filter(|head| wanted(head));
            list.add(entries, fitting.map(|head| head.id), is_last);
        }
        list.end()
    }

    /// The orders of the customers who have this email, for which `wanted` holds.
    async fn of_customer(
        &self,
        email: &str,
        most: usize,
        wanted: impl Fn(&Head) -> bool,
    ) -> Result<Listed<String>, SourceTrouble> {
        let query = [
            ("email", email),
            ("fields", "id,email"),
            ("limit", CUSTOMERS_MAX),
        ];
        let customers: Option<Found> = self.get(&["customers"], &query).await?;
        let customers = customers.ok_or(SourceTrouble::NotThisShop)?.customers;
        let ids: Vec<_> = customers
            .into_iter()
            .filter(|customer| customer.has(email))
            .map(|customer| customer.id)
            .collect();
        // Without one the next question would be about everybody's.
        if ids.is_empty() {
            return Ok(Listed { ids, are_all: true });
        }
        let query: Vec<_> = ids
            .iter()
            .map(|id| ("customer_id[]", id.as_str()))
            .collect();
        let theirs = |head: &Head| {
            head.has(email) && head.customer_id.as_ref().is_some_and(|id| ids.contains(id))
        };
        let wanted = |head: &Head| theirs(head) && wanted(head);
        self.first(NEWEST_FIRST, &query, most, wanted).await
    }

    /// The orders of these ids for which `wanted` holds as well.
    async fn all(
        &self,
        ids: &[String],
        wanted: impl Fn(&Full) -> bool,
    ) -> Result<Vec<Order>, SourceTrouble> {
        let orders = try_join_all(ids.iter().map(|id| self.one(id))).await?;
        let orders = orders.into_iter().flatten().filter(wanted);
        Ok(orders.filter_map(Full::read).collect())
    }

    /// Of the orders of these ids, newest first, those that fit `lookup`. A few are asked for
    /// together, and no more once there is one: what is asked about is seldom old.
    async fn first_fitting(
        &self,
        ids: &[String],
        lookup: &Lookup,
    ) -> Result<Vec<Order>, SourceTrouble> {
        for some in ids.chunks(LATEST) {
            let mut orders = self.all(some, |_| true).await?;
            orders.retain(|order| fits(order, lookup));
            if !orders.is_empty() {
                return Ok(orders);
            }
        }
        Ok(Vec::new())
    }

    async fn one(&self, id: &str) -> Result<Option<Full>, SourceTrouble> {
        let one = self.get(&["orders", id], &[("fields", FIELDS)]).await;
        match one {
            Ok(one) => Ok(one.map(|one: One| one.order)),
            // The shop has just answered: it is this order, and the others can be read.
            Err(trouble @ (SourceTrouble::NotThisShop | SourceTrouble::TooLarge)) => {
                tracing::warn!(?trouble, "an order of a shop can't be read");
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn look_up_now(&self, lookup: &Lookup) -> Result<Vec<Order>, SourceTrouble> {
        let listed = match lookup {
            Lookup::Number(number) => {
                let typed = number.as_str();
                // As the shop counts: without leading zeros.
                let counted = typed.parse::<u64>().map(|number| number.to_string());
                let query = [("q", counted.as_deref().unwrap_or(typed))];
                let is_it = |head: &Head| head.is(number);
                self.first(AS_COUNTED, &query, 1, is_it).await?
            }
            Lookup::Email(email) => self.of_customer(email, LATEST, |_| true).await?,
            Lookup::NumberAndEmail(number, email) => {
                self.of_customer(email, 1, |head| head.is(number)).await?
            }
            Lookup::TrackingAndEmail(_, email) => {
                let theirs = self.of_customer(email, PARCEL_AMONG, |_| true).await?;
                let orders = self.first_fitting(&theirs.ids, lookup).await?;
                return match orders.is_empty() && !theirs.are_all {
                    true => Err(SourceTrouble::TooManyToSearch),
                    false => Ok(orders),
                };
            }
            // Its search doesn't know parcels.
            Lookup::Tracking(_) => return Ok(Vec::new()),
        };
        let orders = self.all(&listed.ids, |_| true).await?.into_iter();
        Ok(orders.filter(|order| fits(order, lookup)).collect())
    }

    /// Whoever signs in has an account; what they ordered as a guest is another customer's.
    async fn own_now(
        &self,
        customer_id: &str,
        number: Option<&OrderNumber>,
    ) -> Result<Vec<Order>, SourceTrouble> {
        let most = number.map_or(LATEST, |_| 1);
        let query = [("customer_id[]", customer_id)];
        let is_meant =
            |head: &Head| head.is_of(customer_id) && number.is_none_or(|number| head.is(number));
        let listed = self.first(NEWEST_FIRST, &query, most, is_meant).await?;
        let is_theirs = |order: &Full| order.is_of(customer_id);
        let orders = self.all(&listed.ids, is_theirs).await?;
        let has_number =
            |order: &Order| number.is_none_or(|number| is_same_number(&order.number, number));
        Ok(orders.into_iter().filter(has_number).collect())
    }
}

impl Shop for Medusa {
    fn look_up<'a>(&'a self, lookup: &'a Lookup) -> Asked<'a, Vec<Order>> {
        Box::pin(self.look_up_now(lookup))
    }

    fn own<'a>(
        &'a self,
        customer_id: &'a str,
        number: Option<&'a OrderNumber>,
    ) -> Asked<'a, Vec<Order>> {
        Box::pin(self.own_now(customer_id, number))
    }

    fn found(&self) -> Asked<'_, Newest<SourceFound>> {
        Box::pin(async {
            let heads = self.heads(NEWEST_FIRST, &[("limit", NEWEST)]).await?;
            if let Some(customers) = &self.customers {
                customers.check().await?;
            }
            let newest = heads.orders.first();
            let has = SourceFound {
                orders: heads.count,
                newest_at: newest.and_then(|head| instant(&head.created_at)),
            };
            let numbers = heads.orders.iter().filter_map(Head::number).collect();
            Ok(Newest { has, numbers })
        })
    }

    fn calls(&self) -> &Calls {
        &self.calls
    }

    fn placed_since(&self, since: UnixMillis) -> Asked<'_, Newest<u64>> {
        Box::pin(async move {
            let since = written(since);
            let query = [("limit", NEWEST), ("created_at[$gt]", since.as_str())];
            let heads = self.heads(NEWEST_FIRST, &query).await?;
            let numbers = heads.orders.iter().filter_map(Head::number).collect();
            let has = u64::try_from(heads.count).unwrap_or_default();
            Ok(Newest { has, numbers })
        })
    }

    fn customers(&self) -> Option<&Customers> {
        self.customers.as_ref()
    }
}

/// What an answer says.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<Option<T>, SourceTrouble> {
    match answer.status {
        StatusCode::OK => serde_json::from_slice(&answer.body)
            .map(Some)
            .map_err(|_| SourceTrouble::NotThisShop),
        // An address that it doesn't know is answered in HTML.
        StatusCode::NOT_FOUND if reading::is_not_found(&answer.body) => Ok(None),
        status => Err(refusal(status)),
    }
}
