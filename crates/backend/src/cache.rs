//! Answers to what is asked with every request, kept for seconds.
//!
//! A change is followed by a [`Forget`] after its commit: at once in this
//! process, by a hint on the other servers. Should the hint be lost, the answer
//! is read again after [`KEPT`]. What nothing changes needs no `Forget`; whoever
//! adds the change adds it.

#[cfg(test)]
mod tests;

use crate::{
    access::{ApiKeyActor, User},
    error::Result,
    stores::queries::Membership,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId, UserId, VisitorId},
    settings::StoreSettings,
    webhook::WebhookEvents,
};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long an answer may be kept.
const KEPT: Duration = Duration::from_secs(10);
/// Answers of one kind that are kept.
const SIZE: usize = 10_000;
/// Parts of a cache that are forgotten together.
const PARTS: usize = 256;

/// Everything that is kept.
#[derive(Default)]
pub struct Caches {
    /// Whose a visitor's token is and until when, by its hash.
    pub(crate) visitors: Cached<String, (StoreId, VisitorId, UnixMillis)>,
    /// Who is signed in and until when, by the hash of the session's token.
    pub(crate) sessions: Cached<String, Arc<(User, UnixMillis)>>,
    /// Whose an API key is and when it was last used, by the hash of its token.
    pub(crate) api_keys: Cached<String, Arc<(StoreId, ApiKeyActor, Option<UnixMillis>)>>,
    /// What a person is in a store.
    pub(crate) members: Cached<(UserId, StoreId), Membership>,
    /// A store's settings.
    pub(crate) settings: Cached<StoreId, Arc<StoreSettings>>,
    /// What a store's webhooks are told.
    pub(crate) webhooks: Cached<StoreId, WebhookEvents>,
    /// A store and its name, by its public key.
    pub(crate) stores: Cached<String, Arc<(StoreId, String)>>,
    /// Whom this process has noted as seen.
    pub(crate) seen: Noted,
    /// Whose open page this process has noted.
    pub(crate) connected: Noted,
}

/// How old it may be when somebody was last seen before it is written again, in
/// milliseconds: most requests shall write nothing.
pub(crate) const SEEN_EVERY: UnixMillis = 5 * 60 * 1000;

/// When this process last noted something.
pub(crate) struct Noted(Cache<String, UnixMillis>);

impl Default for Noted {
    fn default() -> Self {
        Self(Cache::new(SIZE))
    }
}

impl Noted {
    /// Whether `what` is to be noted now, for it wasn't for `every` milliseconds; it then counts
    /// as noted.
    pub fn is_due(&self, what: String, every: UnixMillis, now: UnixMillis) -> bool {
        let noted = self.0.get(&what);
        let is_due = noted.is_none_or(|at| now < at || now - at >= every);
        if is_due {
            self.0.insert(what, now);
        }
        is_due
    }
}

/// What has changed, and must be read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forget {
    /// A store's settings.
    Settings(StoreId),
    /// The visitor's token with this hash.
    Visitor(String),
    /// The session with this hash of its token.
    Session(String),
    /// The API key with this hash of its token.
    ApiKey(String),
    /// A store's webhooks.
    Webhooks(StoreId),
    /// What a person is in a store.
    Member(StoreId, UserId),
    /// Where a conversation is: it was merged into another one, or is by itself again. Nothing is
    /// kept of it; whoever follows it looks again.
    Place(StoreId, ConversationId),
}

impl Caches {
    /// What is asked from now on is read again.
    pub fn forget(&self, what: &Forget) {
        match what {
            Forget::Settings(store_id) => self.settings.forget(store_id),
            Forget::Visitor(token_hash) => self.visitors.forget(token_hash),
            Forget::Session(token_hash) => self.sessions.forget(token_hash),
            Forget::ApiKey(token_hash) => self.api_keys.forget(token_hash),
            Forget::Webhooks(store_id) => self.webhooks.forget(store_id),
            Forget::Place(..) => {}
            Forget::Member(store_id, user_id) => self.members.forget(&(*user_id, *store_id)),
        }
    }

    /// Anything may have changed.
    pub fn forget_all(&self) {
        self.visitors.forget_all();
        self.sessions.forget_all();
        self.api_keys.forget_all();
        self.members.forget_all();
        self.settings.forget_all();
        self.webhooks.forget_all();
        self.stores.forget_all();
    }
}

/// Answers of one kind, by what was asked.
///
/// An answer that was read before a change must not be kept after it was
/// forgotten. So each answer carries the age of its part of the cache from
/// before it was read, and forgetting begins a new age.
pub(crate) struct Cached<K, V> {
    kept: Cache<K, Kept<V>>,
    ages: [AtomicU64; PARTS],
    hasher: RandomState,
}

#[derive(Clone)]
struct Kept<V> {
    age: u64,
    until: Instant,
    answer: V,
}

impl<K: Hash + Eq + Clone, V: Clone> Default for Cached<K, V> {
    fn default() -> Self {
        Self {
            kept: Cache::new(SIZE),
            ages: std::array::from_fn(|_| AtomicU64::new(0)),
            hasher: RandomState::new(),
        }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Cached<K, V> {
    /// The answer to `asked`, by `read` if it isn't kept. That there is none is
    /// never kept.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn get<F>(&self, asked: &K, read: F) -> Result<Option<V>>
    where
        F: Future<Output = Result<Option<V>>>,
    {
        let age = self.age(asked).load(Ordering::Acquire);
        if let Some(kept) = self.kept.get(asked)
            && kept.age == age
            && Instant::now() < kept.until
        {
            return Ok(Some(kept.answer));
        }
        let answer = read.await?;
        if let Some(answer) = answer.clone() {
            let until = Instant::now() + KEPT;
            let kept = Kept { age, until, answer };
            self.kept.insert(asked.clone(), kept);
        }
        Ok(answer)
    }

    fn forget(&self, asked: &K) {
        self.age(asked).fetch_add(1, Ordering::AcqRel);
    }

    fn forget_all(&self) {
        for age in &self.ages {
            age.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn age(&self, asked: &K) -> &AtomicU64 {
        let part = self.hasher.hash_one(asked) % (PARTS as u64);
        &self.ages[usize::try_from(part).unwrap_or(0)]
    }
}
