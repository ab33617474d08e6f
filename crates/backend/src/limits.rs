//! Rate limits: counted in this process, or in Redis for all servers together.
//!
//! While Redis is away each server counts for itself: never without limits, and
//! never closed to everybody.

mod lookups;
mod memory;
mod redis;
mod rules;

pub use rules::{Client, Given, MayLookUp};

use crate::{
    error::{Error, RateLimit, Result},
    secret::Secret,
};
use domain::ids::StoreId;
use lookups::Lookups;
use memory::Memory;
use redis::Redis;
use rules::{Asked, Counted, numbers_of_store};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Every limit of the product.
pub struct Limits {
    enabled: bool,
    /// Sign-ins for one account from one address: ten, then one every 30
    /// seconds. Not for the account alone: anybody could keep its owner out.
    pub sign_in_account: Limit,
    /// Sign-ins for one account from everywhere: 300, then one a second.
    pub sign_in_everywhere: Limit,
    /// Sign-ins from one device that has signed in to the account before: ten, then
    /// one every 30 seconds.
    pub sign_in_device: Limit,
    /// Codes of the second step for one account, from everywhere: ten, then one every five
    /// minutes. So a guess succeeds once in three years, if somebody has the password and tries
    /// day and night.
    pub second_step: Limit,
    /// The same from one device that has signed in to the account before: ten, then one every
    /// 30 seconds.
    pub second_step_device: Limit,
    /// Links for a new password of one account: three, then one every 20 minutes.
    pub reset_account: Limit,
    /// Such links that somebody has asked for, of whichever accounts: ten, then one every two
    /// minutes.
    pub reset_client: Limit,
    /// Looks at such links, and tries to use one, from one address: 30, then one every ten
    /// seconds.
    pub reset_try: Limit,
    /// Tries of the current password by somebody who is signed in: ten, then one
    /// every 30 seconds.
    pub change_password: Limit,
    /// Sign-ins from one address: 50, then one every five seconds.
    pub sign_in_address: Limit,
    /// New conversations from one address (many shoppers may share one): 300,
    /// then five a second.
    pub start_conversation: Limit,
    /// Messages of one visitor: 100, then five a second.
    pub visitor_message: Limit,
    /// Messages from one address: 300, then three a second.
    pub address_message: Limit,
    /// Signed identities from one address: 300, then five a second.
    pub identify: Limit,
    /// Times that one customer's identity is shown: 60, then one every five seconds. Each
    /// may leave a token behind.
    pub identify_customer: Limit,
    /// Codes sent to one address: three, then one every 20 minutes.
    pub code_address: Limit,
    /// Codes that somebody has sent, to whomever: ten, then one every two minutes.
    pub code_client: Limit,
    /// Codes that somebody has tried, in whichever conversations: 20, then one every 30
    /// seconds.
    pub code_try: Limit,
    /// Widget calls from one address: 600, then 100 a second. Sockets count when
    /// they are opened.
    pub widget_call: Limit,
    /// Questions to a store's shops by people, such as tests of a connection: 20, then one
    /// every five seconds.
    pub ask_shop: Limit,
    /// Customers' own tokens that a store's shops are shown: 120, then ten a second.
    pub show_shop: Limit,
    /// Questions that a store tries out, by whichever door: 20, then one every two seconds.
    /// Each may cost the merchant a language model's answer.
    pub try_question: Limit,
    /// Searches of one person or key: 60, then four a second. As fast as somebody types.
    pub search: Limit,
    /// Calls with one API key: 600, then ten a second.
    pub api_call: Limit,
    /// How often one person says that they are away, or back: 30, then once every two seconds.
    /// All their teams hear of it.
    pub presence: Limit,
    /// How often one person switches push messages on, or tries them: ten, then one every ten
    /// seconds. Each is a request to an address that their browser gives.
    pub push: Limit,
    /// Invitations of one store: 30, then one a minute.
    pub invite_store: Limit,
    /// Mails with invitations to one address, from whichever stores: three, then one every
    /// 20 minutes.
    pub invite_address: Limit,
    /// Looks at invitations from one address: 60, then one a second.
    pub look_at_invitation: Limit,
    /// Tries to accept one from one address: 20, then one every ten seconds.
    pub join: Limit,
    lookups: Mutex<Lookups>,
    shared: Option<Arc<Redis>>,
    /// Makes keys of addresses, the same on all servers of the installation.
    secret: Secret,
}

/// One limit, counted by key.
pub struct Limit {
    name: &'static str,
    burst: u32,
    refill: Duration,
    enabled: bool,
    memory: Memory,
    shared: Option<Arc<Redis>>,
    limit: RateLimit,
}

impl Limits {
    /// All limits, or none of them. Counted in the Redis at `redis_url` if there
    /// is one.
    ///
    /// # Errors
    /// If the URL can't be read.
    pub fn new(enabled: bool, secret: &Secret, redis_url: Option<&str>) -> Result<Self> {
        let shared = match redis_url {
            Some(url) => Some(Arc::new(Redis::open(url, secret.clone())?)),
            None => None,
        };
        let limit = |name, burst, refill_milliseconds, limit| Limit {
            name,
            burst,
            refill: Duration::from_millis(refill_milliseconds),
            enabled,
            memory: Memory::new(burst, Duration::from_millis(refill_milliseconds)),
            shared: shared.clone(),
            limit,
        };
        Ok(Self {
            enabled,
            sign_in_account: limit("sign_in_account", 10, 30_000, RateLimit::SignIn),
            sign_in_everywhere: limit("sign_in_everywhere", 300, 1_000, RateLimit::SignIn),
            sign_in_device: limit("sign_in_device", 10, 30_000, RateLimit::SignIn),
            second_step: limit("second_step", 10, 300_000, RateLimit::TryCode),
            second_step_device: limit("second_step_device", 10, 30_000, RateLimit::TryCode),
            reset_account: limit("reset_account", 3, 20 * 60_000, RateLimit::ResetPassword),
            reset_client: limit("reset_client", 10, 2 * 60_000, RateLimit::ResetPassword),
            reset_try: limit("reset_try", 30, 10_000, RateLimit::ResetPassword),
            change_password: limit("change_password", 10, 30_000, RateLimit::ChangePassword),
            sign_in_address: limit("sign_in_address", 50, 5_000, RateLimit::SignIn),
            start_conversation: limit("start_conversation", 300, 200, RateLimit::StartConversation),
            visitor_message: limit("visitor_message", 100, 200, RateLimit::VisitorMessage),
            address_message: limit("address_message", 300, 333, RateLimit::AddressMessage),
            identify: limit("identify", 300, 200, RateLimit::Identify),
            identify_customer: limit("identify_customer", 60, 5_000, RateLimit::Identify),
            code_address: limit("code_address", 3, 20 * 60_000, RateLimit::EmailCode),
            code_client: limit("code_client", 10, 2 * 60_000, RateLimit::EmailCode),
            code_try: limit("code_try", 20, 30_000, RateLimit::TryCode),
            widget_call: limit("widget_call", 600, 10, RateLimit::WidgetCall),
            ask_shop: limit("ask_shop", 20, 5_000, RateLimit::AskShop),
            show_shop: limit("show_shop", 120, 100, RateLimit::AskShop),
            try_question: limit("try_question", 20, 2_000, RateLimit::TryQuestion),
            search: limit("search", 60, 250, RateLimit::Search),
            api_call: limit("api_call", 600, 100, RateLimit::ApiCall),
            presence: limit("presence", 30, 2_000, RateLimit::Presence),
            push: limit("push", 10, 10_000, RateLimit::Push),
            invite_store: limit("invite_store", 30, 60_000, RateLimit::Invite),
            invite_address: limit("invite_address", 3, 20 * 60_000, RateLimit::Invite),
            look_at_invitation: limit("look_at_invitation", 60, 1_000, RateLimit::Join),
            join: limit("join", 20, 10_000, RateLimit::Join),
            lookups: Mutex::default(),
            shared,
            secret: secret.clone(),
        })
    }

    /// Where the limits are counted, for the log.
    #[must_use]
    pub fn counted_in(&self) -> &'static str {
        match (self.enabled, &self.shared) {
            (false, _) => "nowhere (switched off)",
            (true, None) => "memory",
            (true, Some(_)) => "Redis",
        }
    }

    /// The keys of `address` and the networks around it.
    #[must_use]
    pub fn client(&self, address: &str) -> Client {
        Client::at(address, |network| {
            let hash = self.secret.keyed_hash("client address", network.as_bytes());
            let (first, _) = hash.split_first_chunk().unwrap_or((&[0; 8], &[]));
            u64::from_be_bytes(*first)
        })
    }

    /// Counts the look-ups of one message, for which the shopper has `given` so much. Says
    /// if they must not be made: somebody may be trying out order numbers.
    pub async fn may_look_up(
        &self,
        visitor: &str,
        client: Option<Client>,
        store_id: StoreId,
        lookups: &[impl Hash],
        given: Given,
    ) -> MayLookUp {
        if !self.enabled {
            return MayLookUp::Yes;
        }
        let mut lookups: Vec<u64> = lookups.iter().map(number).collect();
        lookups.sort_unstable();
        lookups.dedup();
        let by_whom = |lookup: &u64| match client {
            Some(client) => number(&(client, lookup)),
            None => number(&(visitor, lookup)),
        };
        let (by_number, most_by_number) = match given {
            Given::NumberAlone { orders_a_day } => (
                lookups.iter().map(by_whom).collect(),
                numbers_of_store(orders_a_day),
            ),
            Given::Email => (Vec::new(), 0),
        };
        let asked = Asked {
            visitor,
            client,
            store_id,
            lookups,
            by_number,
            most_by_number,
            organisation: client.map_or_else(|| number(&visitor), Client::organisation),
        };
        if let Some(redis) = &self.shared
            && let Some(allowed) = redis.may_look_up(&asked).await
        {
            return allowed;
        }
        let mut counted = self.lookups.lock().unwrap_or_else(PoisonError::into_inner);
        counted.may_look_up(&asked)
    }
}

fn number(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Limit {
    /// Counts one use by `key`.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the time to wait if there were too many.
    pub async fn check(&self, key: impl Into<String>) -> Result<()> {
        self.count(key).await.map(|_| ())
    }

    /// As [`Limit::check`]; how many uses are left at once.
    ///
    /// # Errors
    /// As [`Limit::check`].
    pub async fn count(&self, key: impl Into<String>) -> Result<u32> {
        if !self.enabled {
            return Ok(self.burst);
        }
        let key = key.into();
        let shared = match &self.shared {
            Some(redis) => redis.count(self.name, &key, self.burst, self.refill).await,
            None => None,
        };
        match shared.unwrap_or_else(|| self.memory.count(key)) {
            Counted::Used { left } => Ok(left),
            Counted::Wait(wait) => Err(Error::RateLimited {
                retry_after_seconds: wait.as_secs().max(1),
                limit: self.limit,
            }),
        }
    }

    /// How many uses there are at once.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// How long it takes until there are so many uses again, if `left` are there.
    #[must_use]
    pub fn full_after(&self, left: u32) -> Duration {
        self.refill * self.burst.saturating_sub(left)
    }
}

#[cfg(test)]
mod tests;
