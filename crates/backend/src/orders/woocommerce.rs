//! WooCommerce, by its REST API v3
//! (<https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders>).
//!
//! It has no filter by order number or email: `search` looks into addresses, names and
//! products, too, and `customer` knows no guests. So every order that comes back is
//! checked here. Keys are sent by HTTP Basic, which WooCommerce takes over HTTPS alone.

mod reading;

use super::{
    connected::{
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
use reading::Full;
use reqwest::{
    StatusCode, Url,
    header::{AUTHORIZATION, HeaderMap},
};
use serde::de::DeserializeOwned;

/// Orders in one page of a list.
const PAGE: usize = 20;
/// Pages that are read for one look-up.
const PAGES_MAX: usize = 5;
/// How many there are on all pages
/// (<https://woocommerce.github.io/woocommerce-rest-api-docs/#pagination>).
const TOTAL: &str = "x-wp-total";

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
        let total = answer.headers.get(TOTAL);
        let total = total.and_then(|total| total.to_str().ok()?.parse().ok());
        Ok((orders, total.ok_or(SourceTrouble::NotThisShop)?))
    }

    /// The newest orders that the shop finds for `text`, and that are those of `lookup`.
    async fn search(
        &self,
        text: &str,
        lookup: &Lookup,
        most: usize,
    ) -> Result<Vec<Order>, SourceTrouble> {
        let size = PAGE.to_string();
        let mut found = Vec::new();
        for page in 1..=PAGES_MAX {
            let page = page.to_string();
            let query = [
                FIELDS,
                DECIMALS,
                ("search", text),
                ("per_page", size.as_str()),
                ("page", page.as_str()),
            ];
            let orders: Vec<Full> = read(&self.get(&[], &query).await?)?;
            let is_last = orders.len() < PAGE;
            let orders = orders.into_iter().filter_map(Full::read);
            found.extend(orders.filter(|order| fits(order, lookup)));
            if found.len() >= most || is_last {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
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
        let number = match lookup {
            // A parcel's number the shop isn't searched by, so it is looked for here.
            Lookup::Email(email) | Lookup::TrackingAndEmail(_, email) => {
                return self.search(email, lookup, LATEST).await;
            }
            Lookup::Number(number) | Lookup::NumberAndEmail(number, _) => number.as_str(),
            Lookup::Tracking(_) => return Ok(Vec::new()),
        };
        if let Ok(id) = number.parse()
            && let Some(order) = self.one(id).await?
            && fits(&order, lookup)
        {
            return Ok(vec![order]);
        }
        self.search(number, lookup, 1).await
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
