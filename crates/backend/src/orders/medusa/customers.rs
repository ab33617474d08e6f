//! The customers of a Medusa, by its Store API: whose their own token is
//! (<https://docs.medusajs.com/api/store#customers_getcustomersme>).

use super::reading::is_not_found;
use crate::{
    orders::connected::request::{Calls, refusal, secret},
    outgoing::{Answer, Outgoing},
};
use domain::order_source::SourceTrouble;
use reqwest::{
    StatusCode, Url,
    header::{AUTHORIZATION, HeaderMap, HeaderName},
};
use serde::Deserialize;

/// Without it the Store API answers nobody.
const PUBLISHABLE_KEY: HeaderName = HeaderName::from_static("x-publishable-api-key");

/// What asks a Medusa about its customers.
pub struct Customers {
    outgoing: Outgoing,
    me: Url,
    headers: HeaderMap,
    /// Apart from those about orders.
    calls: Calls,
}

/// A customer, as the shop that has signed them in says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Their id there.
    pub id: String,
    /// Their name, perhaps empty.
    pub name: String,
}

/// `GET /store/customers/me`
#[derive(Deserialize)]
struct Me {
    customer: Customer,
}

#[derive(Deserialize)]
struct Customer {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl Customers {
    /// Those of the server at `address`, which knows this publishable key.
    ///
    /// # Errors
    /// If the address or the key can't be used.
    pub fn new(outgoing: Outgoing, address: &Url, key: &str) -> Result<Self, SourceTrouble> {
        let mut me = address.clone();
        me.path_segments_mut()
            .map_err(|()| SourceTrouble::NotThisShop)?
            .pop_if_empty()
            .extend(["store", "customers", "me"]);
        let key = key
            .parse()
            .map_err(|_| SourceTrouble::WrongPublishableKey)?;
        Ok(Self {
            outgoing,
            me,
            headers: HeaderMap::from_iter([(PUBLISHABLE_KEY, key)]),
            calls: Calls::new(),
        })
    }

    /// The calls about them.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Whether the shop knows the publishable key.
    ///
    /// # Errors
    /// [`SourceTrouble::WrongPublishableKey`] if it doesn't, and why it can't be asked.
    pub async fn check(&self) -> Result<(), SourceTrouble> {
        let answer = self.ask(&self.headers).await?;
        match answer.status {
            // The key is looked at first: what is missing is a customer.
            StatusCode::UNAUTHORIZED => Ok(()),
            status => Err(unexpected(status)),
        }
    }

    /// Whose `token` is; `None` if the shop refuses it.
    ///
    /// # Errors
    /// Why the shop can't say.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, SourceTrouble> {
        let mut headers = self.headers.clone();
        headers.insert(AUTHORIZATION, secret(&format!("Bearer {token}"))?);
        let answer = self.ask(&headers).await?;
        match answer.status {
            StatusCode::OK => {
                let me = serde_json::from_slice(&answer.body);
                let Me { customer } = me.map_err(|_| SourceTrouble::NotThisShop)?;
                Ok(Some(customer.into()))
            }
            // Wrong, expired, or of somebody who was deleted.
            StatusCode::UNAUTHORIZED => Ok(None),
            StatusCode::NOT_FOUND if is_not_found(&answer.body) => Ok(None),
            status => Err(unexpected(status)),
        }
    }

    async fn ask(&self, headers: &HeaderMap) -> Result<Answer, SourceTrouble> {
        let ask = || self.outgoing.get(self.me.clone(), headers.clone());
        self.calls.answer(ask).await
    }
}

impl From<Customer> for SignedIn {
    fn from(customer: Customer) -> Self {
        let names = [customer.first_name, customer.last_name];
        let names: Vec<_> = names.into_iter().flatten().collect();
        Self {
            id: customer.id,
            name: names.join(" ").trim().to_owned(),
        }
    }
}

fn unexpected(status: StatusCode) -> SourceTrouble {
    match status {
        StatusCode::BAD_REQUEST => SourceTrouble::WrongPublishableKey,
        status => refusal(status),
    }
}
