//! Shopify, by its GraphQL Admin API
//! (<https://shopify.dev/docs/api/admin-graphql/2026-10/queries/orders>).
//!
//! A list is asked for which orders there are, and those that fit are then asked for
//! with all they have: what a query may cost is limited, and each line counts
//! (<https://shopify.dev/docs/api/usage/limits>). Its search compares words, not whole
//! numbers, so every order that comes back is checked here.

mod app;
mod reading;

use super::{
    connected::{
        list::{List, Listed},
        reading::{fits, instant, written},
        request::{Calls, secret},
        shop::{Asked, Newest, Shop},
    },
    source::{LATEST, Lookup},
};
use crate::outgoing::{Answer, Outgoing};
use app::App;
use domain::{
    UnixMillis,
    order::Order,
    order_source::{SourceFound, SourceTrouble},
    tracking_number::TrackingNumber,
};
use reading::{Found, Heads, Orders, Page, Parcels};
use reqwest::{
    StatusCode, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The stable version whose answers are read here
/// (<https://shopify.dev/docs/api/usage/versioning>).
const VERSION: &str = "2026-10";
const TOKEN: HeaderName = HeaderName::from_static("x-shopify-access-token");
/// Orders in one page of a list: 52 points.
const PAGE: usize = 50;
/// Pages that are read for one look-up at most: half of the points that a shop has at once, at
/// the least (<https://shopify.dev/docs/api/usage/limits>).
const PAGES_MAX: usize = 10;

/// A page of a list (<https://shopify.dev/docs/api/usage/pagination-graphql>).
const HEADS_QUERY: &str = "query Heads($query: String!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $query, sortKey: CREATED_AT, reverse: true) {
    nodes { id name email }
    pageInfo { hasNextPage endCursor }
  }
}";
/// Three orders cost at most 860 of the 1,000 points that a query may: an object is one, and a
/// list two and as many as it may hold.
const ORDERS_QUERY: &str = "query Orders($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      name email createdAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
      totalPriceSet { shopMoney { amount currencyCode } }
      lineItems(first: 50) {
        nodes { name quantity image { url(transform: { maxWidth: 160, maxHeight: 160 }) } }
      }
      fulfillments(first: 20) {
        status displayStatus inTransitAt deliveredAt
        events(first: 1, sortKey: HAPPENED_AT, reverse: true) { nodes { status happenedAt } }
        trackingInfo(first: 5) { company number url }
      }
    }
  }
}";
/// Orders of an email among which a parcel is looked for: 64 points each.
const PARCEL_AMONG: usize = 12;
const PARCELS_QUERY: &str = "query Parcels($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order { id fulfillments(first: 10) { trackingInfo(first: 3) { number } } }
  }
}";
const FOUND_QUERY: &str = "query Found {
  ordersCount(limit: null) { count }
  orders(first: 20, sortKey: CREATED_AT, reverse: true) { nodes { name createdAt } }
}";
const SINCE_QUERY: &str = "query Since($query: String!) {
  ordersCount(query: $query, limit: null) { count }
  orders(first: 20, query: $query, sortKey: CREATED_AT, reverse: true) { nodes { name createdAt } }
}";

/// A shop.
pub struct Shopify {
    outgoing: Outgoing,
    address: Url,
    calls: Calls,
    key: Key,
}

enum Key {
    /// An access token that doesn't expire, as apps that were made in the shop's admin have.
    Token(HeaderValue),
    /// An app, which is given a token for a day.
    App(App),
}

impl Shopify {
    /// The one at `address`, which takes `key`: an access token, or an app's client id,
    /// `:`, its client secret.
    ///
    /// # Errors
    /// If the key can't be sent.
    pub fn new(outgoing: Outgoing, address: Url, key: &str) -> Result<Self, SourceTrouble> {
        let key = match key.split_once(':') {
            Some((id, secret)) => Key::App(App::new(id, secret)),
            None => Key::Token(secret(key)?),
        };
        Ok(Self {
            outgoing,
            address,
            calls: Calls::new(),
            key,
        })
    }

    fn url(&self, path: &[&str]) -> Result<Url, SourceTrouble> {
        let mut url = self.address.clone();
        url.path_segments_mut()
            .map_err(|()| SourceTrouble::NotThisShop)?
            .pop_if_empty()
            .extend(path);
        Ok(url)
    }

    async fn token(&self) -> Result<HeaderValue, SourceTrouble> {
        match &self.key {
            Key::Token(token) => Ok(token.clone()),
            Key::App(app) => {
                let url = self.url(&["admin", "oauth", "access_token"])?;
                app.token(&self.outgoing, url).await
            }
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<T, SourceTrouble> {
        let body = json!({"query": query, "variables": variables});
        let body = body.to_string().into_bytes();
        let mut answer = self.post(&body).await?;
        if let (StatusCode::UNAUTHORIZED, Key::App(app)) = (answer.status, &self.key) {
            // The app's secret was changed, or the app installed anew.
            app.forget().await;
            answer = self.post(&body).await?;
        }
        reading::data(&answer)
    }

    async fn post(&self, body: &[u8]) -> Result<Answer, SourceTrouble> {
        let url = self.url(&["admin", "api", VERSION, "graphql.json"])?;
        let headers = HeaderMap::from_iter([(TOKEN, self.token().await?)]);
        let ask = || {
            let (url, headers) = (url.clone(), headers.clone());
            self.outgoing.post(url, headers, body.to_vec())
        };
        self.calls.answer(ask).await
    }

    /// Those of these orders that have the parcel. The shop isn't searched by its number.
    async fn with_parcel(
        &self,
        ids: &[String],
        parcel: &TrackingNumber,
    ) -> Result<Vec<String>, SourceTrouble> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let parcels: Parcels = self.ask(PARCELS_QUERY, json!({"ids": ids})).await?;
        let sent = parcels.nodes.into_iter().flatten();
        let with_it = sent.filter(|sent| sent.has(parcel)).map(|sent| sent.id);
        Ok(with_it.take(LATEST).collect())
    }

    /// The newest orders that the shop finds for `search`, and that are those of `lookup`.
    async fn search(
        &self,
        search: &str,
        most: usize,
        lookup: &Lookup,
    ) -> Result<Listed<String>, SourceTrouble> {
        let (mut list, mut after) = (List::new(most, PAGES_MAX), None);
        while list.goes_on() {
            let variables = json!({"query": search, "first": PAGE, "after": after});
            let heads = self.ask::<Heads>(HEADS_QUERY, variables);
            let Some(heads) = list.page(heads).await? else {
                break;
            };
            let Page { nodes, page_info } = heads.orders;
            after = page_info.next();
            let entries = nodes.len();
            let fitting = nodes.into_iter().filter(|head| head.fits(lookup));
            list.add(entries, fitting.map(|head| head.id), after.is_none());
        }
        list.end()
    }

    async fn look_up_now(&self, lookup: &Lookup) -> Result<Vec<Order>, SourceTrouble> {
        let Some(search) = reading::search(lookup) else {
            return Ok(Vec::new());
        };
        let most = match lookup {
            Lookup::Number(_) | Lookup::NumberAndEmail(..) => 1,
            Lookup::TrackingAndEmail(..) => PARCEL_AMONG,
            Lookup::Email(_) | Lookup::Tracking(_) => LATEST,
        };
        let Listed { mut ids, are_all } = self.search(&search, most, lookup).await?;
        if let Lookup::TrackingAndEmail(parcel, _) = lookup {
            ids = self.with_parcel(&ids, parcel).await?;
            if ids.is_empty() && !are_all {
                return Err(SourceTrouble::TooManyToSearch);
            }
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let orders: Orders = self.ask(ORDERS_QUERY, json!({"ids": ids})).await?;
        let orders = orders.nodes.into_iter().flatten();
        Ok(orders
            .filter_map(reading::Full::read)
            .filter(|order| fits(order, lookup))
            .collect())
    }
}

impl Shop for Shopify {
    fn look_up<'a>(&'a self, lookup: &'a Lookup) -> Asked<'a, Vec<Order>> {
        Box::pin(self.look_up_now(lookup))
    }

    fn found(&self) -> Asked<'_, Newest<SourceFound>> {
        Box::pin(async {
            let found: Found = self.ask(FOUND_QUERY, json!({})).await?;
            let newest = found.orders.nodes.first();
            let has = SourceFound {
                orders: found.orders_count.count,
                newest_at: newest.and_then(|newest| instant(&newest.created_at)),
            };
            let numbers = found.numbers();
            Ok(Newest { has, numbers })
        })
    }

    fn calls(&self) -> &Calls {
        &self.calls
    }

    fn placed_since(&self, since: UnixMillis) -> Asked<'_, Newest<u64>> {
        Box::pin(async move {
            let query = format!("created_at:>{}", reading::quoted(&written(since)));
            let found: Found = self.ask(SINCE_QUERY, json!({"query": query})).await?;
            let has = u64::try_from(found.orders_count.count).unwrap_or_default();
            let numbers = found.numbers();
            Ok(Newest { has, numbers })
        })
    }
}
