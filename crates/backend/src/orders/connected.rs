//! The shops that merchants have connected, each asked with care: never too many
//! calls at once, not while it fails, not twice for the same within a minute.

mod breaker;
mod gate;
pub(super) mod list;
mod own;
pub(super) mod queries;
pub(super) mod reading;
pub(super) mod request;
pub(super) mod shop;
pub(super) mod source;
pub(super) mod stored;

use super::{
    medusa::{Customers, Medusa, SignedIn},
    number_form,
    shopify::Shopify,
    source::{Lookup, OwnOrders},
    told::tell_agents,
    woocommerce::WooCommerce,
};
use crate::{
    clock::Clock,
    db::Db,
    error::{Error, Result},
    outgoing::Outgoing,
    secret::Secret,
};
use domain::{
    UnixMillis,
    events::Noun,
    ids::{OrderSourceId, StoreId},
    order::Order,
    order_source::{ConnectedShop, OrderSourceKind, SourceFound, SourceTrouble},
};
use gate::Gate;
use quick_cache::{Weighter, sync::Cache};
use shop::Shop;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use stored::{Arranged, Stored};

/// How long a look-up may take.
const WITHIN: Duration = Duration::from_secs(12);
/// How long it may wait for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(12);
/// How long it may take to say whose a token is: a shopper's request waits for it.
const CUSTOMER_WITHIN: Duration = Duration::from_secs(6);
/// How long that may wait for its turn.
const CUSTOMER_TURN_WITHIN: Duration = Duration::from_secs(3);
/// How long an answer is kept, in milliseconds.
const KEPT: UnixMillis = 60 * 1_000;
/// Bytes of the answers that are kept, of all shops.
const ANSWERS_MAX: u64 = 32 * 1024 * 1024;
/// What an answer takes besides its texts, in bytes.
const ANSWER: u64 = 256;
/// Shops of which this process remembers how they do.
const SHOPS: usize = 10_000;
/// How often it is written down that a shop still does as before, in milliseconds.
const RECORDED_EVERY: UnixMillis = 5 * 60 * 1_000;

/// What a shop's key is sealed for. With the store, so that one moved to another store's
/// row opens nothing there.
fn purpose(store_id: StoreId) -> String {
    format!("the key of a shop of {store_id}")
}

/// Every store's connected shops.
pub struct Connected {
    db: Db,
    clock: Clock,
    secret: Secret,
    outgoing: Outgoing,
    lines: Cache<OrderSourceId, Arc<Line>>,
    answers: Answers,
    /// When old answers were last dropped.
    swept: Mutex<UnixMillis>,
}

/// What this process knows of a shop.
struct Line {
    /// With which keys.
    sealed_key: String,
    publishable_key: Option<String>,
    shop: Box<dyn Shop>,
    orders: Gate,
    /// Apart: whoever makes up tokens keeps nobody from their orders.
    customers: Gate,
}

/// What a shop was asked.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Question {
    LookUp(Lookup),
    Own(OwnOrders),
}

/// What shops have answered lately, and when.
type Answers = Cache<(OrderSourceId, Question), (UnixMillis, Answered), Bytes>;

/// The orders; `None` if there were more than could be looked through.
type Answered = Option<Vec<Order>>;

/// How much of the memory an answer takes, about.
#[derive(Clone)]
struct Bytes;

impl Weighter<(OrderSourceId, Question), (UnixMillis, Answered)> for Bytes {
    fn weight(&self, _: &(OrderSourceId, Question), (_, answered): &(UnixMillis, Answered)) -> u64 {
        let orders = answered.as_deref().unwrap_or_default();
        let texts = orders.iter().map(|order| {
            let items = order.items.iter().map(|item| item.name.len());
            let shipments = order.shipments.iter().map(|shipment| {
                let texts = [&shipment.tracking_number, &shipment.tracking_url];
                texts.into_iter().flatten().map(String::len).sum()
            });
            order.number.len() + order.email.len() + items.chain(shipments).sum::<usize>()
        });
        let lines = orders.iter();
        let lines = lines.map(|order| 1 + order.items.len() + order.shipments.len());
        ANSWER * (1 + lines.sum::<usize>() as u64) + texts.sum::<usize>() as u64
    }
}

impl Connected {
    pub(super) fn new(db: Db, clock: Clock, secret: Secret, outgoing: Outgoing) -> Self {
        Self {
            db,
            clock,
            secret,
            outgoing,
            lines: Cache::new(SHOPS),
            answers: Cache::with_weighter(SHOPS, ANSWERS_MAX, Bytes),
            swept: Mutex::new(0),
        }
    }

    /// What asks.
    pub(super) fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// A shop that isn't connected yet, to be tried.
    pub(super) fn at(
        &self,
        kind: OrderSourceKind,
        address: &str,
        key: &str,
        publishable_key: Option<&str>,
    ) -> Result<Box<dyn Shop>, SourceTrouble> {
        let url = self.outgoing.address(address);
        let url = url.map_err(|_| SourceTrouble::PrivateAddress)?;
        let outgoing = self.outgoing.clone();
        match kind {
            OrderSourceKind::Medusa => {
                Ok(Box::new(Medusa::new(outgoing, url, key, publishable_key)?))
            }
            OrderSourceKind::Shopify => Ok(Box::new(Shopify::new(outgoing, url, key)?)),
            OrderSourceKind::Woocommerce => Ok(Box::new(WooCommerce::new(outgoing, url, key)?)),
        }
    }

    /// Whether the Medusa at `address` knows this publishable key.
    pub(super) async fn check_publishable_key(
        &self,
        address: &str,
        key: &str,
    ) -> Result<(), SourceTrouble> {
        let url = self.outgoing.address(address);
        let url = url.map_err(|_| SourceTrouble::PrivateAddress)?;
        Customers::new(self.outgoing.clone(), &url, key)?
            .check()
            .await
    }

    /// `key` as it is stored.
    pub(super) fn sealed(&self, store_id: StoreId, key: &str) -> Result<String> {
        self.secret.seal(&purpose(store_id), key.as_bytes())
    }

    /// Asks a connected shop what it has, whether it has failed before or not.
    pub(super) async fn test(
        &self,
        store_id: StoreId,
        stored: &Stored,
    ) -> Result<SourceFound, SourceTrouble> {
        let found = async {
            let line = self.line(store_id, stored)?;
            let found = line.shop.found().await;
            if let Some(pause) = line.shop.calls().asked_to_wait() {
                line.orders.wait(pause);
            }
            let found = found?;
            line.orders.works();
            line.customers.works();
            Ok(found)
        };
        let found = found.await;
        let orders = found.as_ref().ok().map(|newest| newest.has.orders);
        self.record(
            store_id,
            &stored.shop,
            found.as_ref().err().copied(),
            orders,
        )
        .await;
        let newest = found?;
        self.remember(store_id, stored, &newest.numbers).await;
        Ok(newest.has)
    }

    fn line(&self, store_id: StoreId, stored: &Stored) -> Result<Arc<Line>, SourceTrouble> {
        let publishable_key = &stored.shop.publishable_key;
        let is_same = |line: &Arc<Line>| {
            line.sealed_key == stored.sealed_key && line.publishable_key == *publishable_key
        };
        if let Some(line) = self.lines.get(&stored.shop.id).filter(is_same) {
            return Ok(line);
        }
        let key = self.secret.open(&purpose(store_id), &stored.sealed_key);
        let key = key.map_err(|_| SourceTrouble::KeyLost)?;
        let key = String::from_utf8(key).map_err(|_| SourceTrouble::KeyLost)?;
        let (kind, address) = (stored.shop.kind, &stored.shop.address);
        let line = Arc::new(Line {
            sealed_key: stored.sealed_key.clone(),
            publishable_key: publishable_key.clone(),
            shop: self.at(kind, address, &key, publishable_key.as_deref())?,
            orders: Gate::new(self.clock.clone()),
            customers: Gate::new(self.clock.clone()),
        });
        self.lines.insert(stored.shop.id, Arc::clone(&line));
        Ok(line)
    }

    /// What `ask` hears of a shop, unless that is left alone.
    async fn ask<T>(
        &self,
        store_id: StoreId,
        stored: &Stored,
        ask: impl AsyncFnOnce(&Line) -> Result<T, SourceTrouble>,
    ) -> Result<T, SourceTrouble> {
        let line = match self.line(store_id, stored) {
            Ok(line) => line,
            Err(trouble) => {
                self.record(store_id, &stored.shop, Some(trouble), None)
                    .await;
                return Err(trouble);
            }
        };
        let Some(_turn) = line.orders.turn(TURN_WITHIN).await? else {
            return Err(stored.shop.trouble.unwrap_or(SourceTrouble::NoConnection));
        };
        let answer = line.orders.hear(WITHIN, ask(&line)).await;
        if let Some(pause) = line.shop.calls().asked_to_wait() {
            line.orders.wait(pause);
        }
        let trouble = answer.as_ref().err().copied();
        let trouble = trouble.filter(|trouble| trouble.is_of_shop());
        self.record(store_id, &stored.shop, trouble, None).await;
        answer
    }

    async fn look_up_at(
        &self,
        store_id: StoreId,
        stored: &Stored,
        question: Question,
    ) -> Result<Vec<Order>, SourceTrouble> {
        let asked = (stored.shop.id, question);
        if let Some((at, answered)) = self.answers.get(&asked)
            && self.is_fresh(at)
        {
            return answered.ok_or(SourceTrouble::TooManyToSearch);
        }
        let look_up = async |line: &Line| match &asked.1 {
            Question::LookUp(lookup) => line.shop.look_up(lookup).await,
            Question::Own(own) => {
                let (customer_id, number) = (&own.customer.id, own.number.as_ref());
                line.shop.own(customer_id, number).await
            }
        };
        let answer = self.ask(store_id, stored, look_up).await;
        let answered = match &answer {
            Ok(orders) => Some(orders.clone()),
            // It would be read through again in vain.
            Err(SourceTrouble::TooManyToSearch) => None,
            Err(_) => return answer,
        };
        self.drop_old_answers();
        let now = self.clock.now();
        self.answers.insert(asked, (now, answered));
        answer
    }

    /// Whether one of a store's shops can say whose its customers' own tokens are.
    pub(crate) async fn knows_customers(&self, store_id: StoreId) -> Result<bool> {
        let shops = self.of_store(store_id).await?.shops;
        Ok(shops.iter().any(|stored| has_customers(&stored.shop)))
    }

    /// The customer whose `token` is, and the shop of the store that says so; `None` if none
    /// of its shops takes it. Neither is kept. The token goes to shops of this store alone.
    ///
    /// # Errors
    /// [`Error::OrderSource`] if no shop takes it and one can't be asked.
    pub(crate) async fn signed_in(
        &self,
        store_id: StoreId,
        token: &str,
    ) -> Result<Option<(OrderSourceId, SignedIn)>> {
        let mut trouble = None;
        for stored in self.of_store(store_id).await?.shops {
            if !has_customers(&stored.shop) {
                continue;
            }
            match self.signed_in_at(store_id, &stored, token).await {
                Ok(Some(customer)) => return Ok(Some((stored.shop.id, customer))),
                Ok(None) => {}
                Err(why) => trouble = Some(why),
            }
        }
        trouble.map_or(Ok(None), |why| Err(Error::OrderSource(why)))
    }

    async fn signed_in_at(
        &self,
        store_id: StoreId,
        stored: &Stored,
        token: &str,
    ) -> Result<Option<SignedIn>, SourceTrouble> {
        let line = self.line(store_id, stored)?;
        let Some(customers) = line.shop.customers() else {
            return Ok(None);
        };
        let gate = &line.customers;
        let Some(_turn) = gate.turn(CUSTOMER_TURN_WITHIN).await? else {
            return Err(SourceTrouble::NoConnection);
        };
        let answer = gate.hear(CUSTOMER_WITHIN, customers.signed_in(token)).await;
        if let Some(pause) = customers.calls().asked_to_wait() {
            gate.wait(pause);
        }
        if let Err(trouble) = &answer {
            tracing::warn!(?trouble, source = %stored.shop.id, store = %store_id, "a shop can't be asked about its customers");
        }
        answer
    }

    /// Orders are the shop's to keep.
    fn drop_old_answers(&self) {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_fresh(*swept) {
            *swept = self.clock.now();
            self.answers.retain(|_, (at, _)| self.is_fresh(*at));
        }
    }

    /// Whether what was heard then is still taken. A clock may be set back.
    fn is_fresh(&self, heard_at: UnixMillis) -> bool {
        (0..KEPT).contains(&(self.clock.now() - heard_at))
    }

    /// Writes down how the shop does if that is news, or how many `orders` it has: for the
    /// merchant, and for whoever asks next.
    async fn record(
        &self,
        store_id: StoreId,
        shop: &ConnectedShop,
        trouble: Option<SourceTrouble>,
        orders: Option<i64>,
    ) {
        let now = self.clock.now();
        let is_news = shop.trouble != trouble || now - shop.asked_at >= RECORDED_EVERY;
        if !is_news && orders.is_none() {
            return;
        }
        if let Some(trouble) = trouble {
            tracing::warn!(?trouble, source = %shop.id, store = %store_id, "a shop can't be asked about orders");
        }
        let id = shop.id;
        let recorded = self.db.write(move |tx| {
            Box::pin(async move {
                queries::record(tx.connection, store_id, id, trouble, now, orders).await?;
                tell_agents(tx, store_id, Noun::OrderSources);
                Ok(())
            })
        });
        if let Err(error) = recorded.await {
            tracing::warn!(%error, "how a shop does could not be written down");
        }
    }

    /// Keeps some of a shop's numbers that were seen, if there are new ones.
    async fn remember(&self, store_id: StoreId, stored: &Stored, seen: &[String]) {
        let (id, numbers) = (stored.shop.id, number_form::sample(seen, &stored.numbers));
        if numbers == stored.numbers {
            return;
        }
        let remembered = self.db.write(move |tx| {
            Box::pin(
                async move { queries::set_numbers(tx.connection, store_id, id, &numbers).await },
            )
        });
        if let Err(error) = remembered.await {
            tracing::warn!(%error, "the numbers of a shop's orders could not be written down");
        }
    }

    /// Those of a store, in the merchant's order.
    pub(super) async fn of_store(&self, store_id: StoreId) -> Result<Arranged> {
        let mut connection = self.db.read().await?;
        queries::list(&mut connection, store_id).await
    }
}

fn has_customers(shop: &ConnectedShop) -> bool {
    shop.kind == OrderSourceKind::Medusa && shop.publishable_key.is_some()
}
