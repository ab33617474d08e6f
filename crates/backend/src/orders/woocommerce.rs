//! WooCommerce, by its REST API v3
//! (<https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders>).
//!
//! It has no filter by order number or email: `search` looks into addresses, names and
//! products, too, and `customer` knows no guests. So every order that comes back is
//! checked here. Keys are sent by HTTP Basic, which WooCommerce takes over HTTPS alone.

mod reading;

use super::{
    connected::{
        list::{List, Listed},
        reading::fits,
        request::{Calls, basic, refusal},
        shop::{Asked, NEWEST, Newest, Shop},
    },
    source::{LATEST, Lookup},
};
use crate::outgoing::{Answer, Outgoing};
use domain::{
    UnixMillis,
    order::Order,
    order_source::{SourceFound, SourceTrouble},
};
use reading::{Full, Head};
use reqwest::{
    StatusCode, Url,
    header::{AUTHORIZATION, HeaderMap},
};
use serde::de::DeserializeOwned;

/// Orders in one page of a list: the most that WordPress gives.
const PAGE: &str = "100";
/// Pages that are read for one look-up at most.
const PAGES_MAX: usize = 30;
/// Latest orders of an email among which a parcel is looked for.
const PARCEL_AMONG: usize = 40;
/// Of those, how many are asked for at a time.
const AT_A_TIME: usize = 20;
/// How many there are on all pages
/// (<https://woocommerce.github.io/woocommerce-rest-api-docs/#pagination>).
const TOTAL: &str = "x-wp-total";

/// As much of an order as tells which one it is.
const HEAD_FIELDS: (&str, &str) = ("_fields", "id,number,status,billing");
/// What is read of an order, and nothing else of its customer
/// (<https://developer.wordpress.org/rest-api/using-the-rest-api/global-parameters/#_fields>).
const FIELDS: (&str, &str) = (
    "_fields",
    "id,number,status,currency,date_created_gmt,date_modified_gmt,date_paid_gmt,total,billing,line_items,refunds,meta_data",
);
/// Amounts as they were paid, even if the shop shows none of the cents.
const DECIMALS: (&str, &str) = ("dp", "3");

/// A shop.
pub struct WooCommerce {
    outgoing: Outgoing,
    address: Url,
    headers: HeaderMap,
    calls: Calls,
}

impl WooCommerce {
    /// The one at `address`, which takes `key`: the consumer key, `:`, the consumer secret.
    ///
    /// # Errors
    /// If the key can't be sent.
    pub fn new(outgoing: Outgoing, address: Url, key: &str) -> Result<Self, SourceTrouble> {
        let (key, secret) = key.split_once(':').ok_or(SourceTrouble::WrongKey)?;
        Ok(Self {
            outgoing,
            address,
            headers: HeaderMap::from_iter([(AUTHORIZATION, basic(key, secret)?)]),
            calls: Calls::new(),
        })
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, SourceTrouble> {
        let mut url = self.address.clone();
        url.path_segments_mut()
            .map_err(|()| SourceTrouble::NotThisShop)?
            .pop_if_empty()
            .extend(["wp-json", "wc", "v3", "orders"])
            .extend(path);
        url.query_pairs_mut().extend_pairs(query);
        let ask = || self.outgoing.get(url.clone(), self.headers.clone());
        self.calls.answer(ask).await
    }

    /// The newest of all orders, and how many there are.
    async fn newest(&self, query: &[(&str, &str)]) -> Result<(Vec<Full>, u64), SourceTrouble> {
        let newest = [("_fields", "number,date_created_gmt"), ("per_page", NEWEST)];
        let answer = self.get(&[], &[&newest[..], query].concat()).await?;
        let orders = read(&answer)?;
        Ok((orders, total(&answer).ok_or(SourceTrouble::NotThisShop)?))
    }

    /// The newest orders that the shop finds for `text`, and for which `wanted` holds.
    async fn search(
        &self,
        text: &str,
        most: usize,
        wanted: impl Fn(&Head) -> bool,
    ) -> Result<Listed<u64>, SourceTrouble> {
        let mut list = List::new(most, PAGES_MAX);
        for page in 1.. {
            if !list.goes_on() {
                break;
            }
            let page = page.to_string();
            let query = [
                HEAD_FIELDS,
                ("search", text),
                ("per_page", PAGE),
                ("page", page.as_str()),
            ];
            let Some(answer) = list.page(self.get(&[], &query)).await? else {
                break;
            };
            let heads: Vec<Head> = read(&answer)?;
            let so_far = (list.read() + heads.len()) as u64;
            let total = total(&answer).ok_or(SourceTrouble::NotThisShop)?;
            let is_last = heads.is_empty() || so_far >= total;
            let entries = heads.len();
            let orders = heads.into_iter().filter(Head::is_order);
            let fitting = orders.filter(|head| wanted(head));
            list.add(entries, fitting.map(|head| head.id), is_last);
        }
        list.end()
    }

    /// The orders of these ids that are those of `lookup`, newest first.
    async fn all(&self, ids: &[u64], lookup: &Lookup) -> Result<Vec<Order>, SourceTrouble> {
        // Without ids the question would be about everybody's.
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = ids.iter().map(u64::to_string).collect();
        let include = ids.join(",");
        let query = [
            FIELDS,
            DECIMALS,
            ("include", include.as_str()),
            ("per_page", PAGE),
        ];
        let orders: Vec<Full> = read(&self.get(&[], &query).await?)?;
        let orders = orders.into_iter().filter_map(Full::read);
        Ok(orders.filter(|order| fits(order, lookup)).collect())
    }

    /// Of the latest orders of an email those that have a parcel: the shop isn't searched by
    /// its number. A few are asked for together, and no more once there is one.
    async fn with_parcel(&self, email: &str, lookup: &Lookup) -> Result<Vec<Order>, SourceTrouble> {
        let theirs = self.search(email, PARCEL_AMONG, |head| head.has(email));
        let theirs = theirs.await?;
        for some in theirs.ids.chunks(AT_A_TIME) {
            let mut orders = self.all(some, lookup).await?;
            if !orders.is_empty() {
                orders.truncate(LATEST);
                return Ok(orders);
            }
        }
        match theirs.are_all {
            true => Ok(Vec::new()),
            false => Err(SourceTrouble::TooManyToSearch),
        }
    }

    /// An order by its id, which is its number unless a plugin counts otherwise.
    async fn one(&self, id: u64) -> Result<Option<Order>, SourceTrouble> {
        let id = id.to_string();
        let answer = self.get(&[id.as_str()], &[FIELDS, DECIMALS]).await?;
        if answer.status == StatusCode::NOT_FOUND && reading::is_not_found(&answer.body) {
            return Ok(None);
        }
        Ok(read::<Full>(&answer)?.read())
    }

    async fn look_up_now(&self, lookup: &Lookup) -> Result<Vec<Order>, SourceTrouble> {
        let (number, email) = match lookup {
            Lookup::Email(email) => {
                let theirs = self.search(email, LATEST, |head| head.has(email));
                return self.all(&theirs.await?.ids, lookup).await;
            }
            Lookup::TrackingAndEmail(_, email) => return self.with_parcel(email, lookup).await,
            Lookup::Number(number) => (number, None),
            Lookup::NumberAndEmail(number, email) => (number, Some(email.as_str())),
            Lookup::Tracking(_) => return Ok(Vec::new()),
        };
        if let Ok(id) = number.as_str().parse()
            && let Some(order) = self.one(id).await?
            && fits(&order, lookup)
        {
            return Ok(vec![order]);
        }
        let is_it = |head: &Head| head.is(number) && email.is_none_or(|email| head.has(email));
        // Of somebody an address finds less than a number does, which is in other addresses.
        let text = email.unwrap_or(number.as_str());
        let found = self.search(text, 1, is_it).await?;
        self.all(&found.ids, lookup).await
    }
}

impl Shop for WooCommerce {
    fn look_up<'a>(&'a self, lookup: &'a Lookup) -> Asked<'a, Vec<Order>> {
        Box::pin(self.look_up_now(lookup))
    }

    fn found(&self) -> Asked<'_, Newest<SourceFound>> {
        Box::pin(async {
            let (newest, total) = self.newest(&[]).await?;
            let has = SourceFound {
                orders: i64::try_from(total).unwrap_or(i64::MAX),
                newest_at: newest.first().and_then(Full::placed_at),
            };
            let numbers = newest.iter().filter_map(Full::number).collect();
            Ok(Newest { has, numbers })
        })
    }

    fn calls(&self) -> &Calls {
        &self.calls
    }

    fn placed_since(&self, since: UnixMillis) -> Asked<'_, Newest<u64>> {
        Box::pin(async move {
            let since = reading::written(since);
            let query = [("after", since.as_str()), ("dates_are_gmt", "true")];
            let (newest, has) = self.newest(&query).await?;
            let numbers = newest.iter().filter_map(Full::number).collect();
            Ok(Newest { has, numbers })
        })
    }
}

/// How many orders there are on all pages.
fn total(answer: &Answer) -> Option<u64> {
    let total = answer.headers.get(TOTAL)?;
    total.to_str().ok()?.parse().ok()
}

/// What an answer says.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, SourceTrouble> {
    match answer.status {
        StatusCode::OK => {
            serde_json::from_slice(&answer.body).map_err(|_| SourceTrouble::NotThisShop)
        }
        // A firewall in front of the shop answers so, too, and not in JSON.
        StatusCode::FORBIDDEN if reading::is_forbidden(&answer.body) => {
            Err(SourceTrouble::NotAllowed)
        }
        StatusCode::FORBIDDEN => Err(SourceTrouble::NotThisShop),
        status => Err(refusal(status)),
    }
}
