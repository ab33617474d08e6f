//! Where orders are looked up.

use super::{
    builtin::Builtin,
    connected::{Connected, source::ShopSource, stored::Arranged},
    number_form,
    source::{Coverage, Found, KEPT, Lookup, OrderSource, OwnOrders, RECENT_DAYS, STORES, latest},
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
    ids::{OrderSourceId, StoreId},
    order::Order,
    order_source::{ConnectedShop, SourceFound},
};
use futures::{StreamExt, future::join_all, stream::FuturesOrdered};
use quick_cache::sync::Cache;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const RECENT: UnixMillis = RECENT_DAYS as UnixMillis * 24 * 60 * 60 * 1_000;
/// When a number is not found that was asked for with an email, and shops were asked: no
/// sooner than this, in milliseconds, since looking whether there is such a customer takes one
/// call, and looking through their orders takes more.
const NOT_FOUND_AFTER: UnixMillis = 2_000;

/// A store's sources, in the merchant's order.
type Sources = Vec<Arc<dyn OrderSource>>;

/// Every source of the installation.
pub struct OrderSources {
    /// What merchants have connected.
    connected: Arc<Connected>,
    built_in: Arc<Builtin>,
    clock: Clock,
    /// Coverage, and when it was asked for. That a store has none is not kept: its first
    /// order counts at once.
    covered: Cache<StoreId, (Instant, Coverage)>,
}

impl OrderSources {
    pub(crate) fn new(db: Db, clock: Clock, secret: Secret, outgoing: Outgoing) -> Self {
        Self {
            connected: Arc::new(Connected::new(db.clone(), clock.clone(), secret, outgoing)),
            built_in: Arc::new(Builtin::new(db)),
            clock,
            covered: Cache::new(STORES),
        }
    }

    /// What merchants have connected.
    pub(crate) fn connected(&self) -> &Connected {
        &self.connected
    }

    /// The orders that are kept here.
    pub(super) fn built_in(&self) -> &Builtin {
        &self.built_in
    }

    /// The store's sources have changed.
    pub(super) fn forget(&self, store_id: StoreId) {
        self.covered.remove(&store_id);
    }

    /// What all sources together have of a store; `None` if none of them is a source of
    /// it. Kept for ten minutes: a store with orders is rarely asked about.
    ///
    /// # Errors
    /// If no source has anything and one can't be asked.
    pub async fn coverage(&self, store_id: StoreId, now: UnixMillis) -> Result<Option<Coverage>> {
        if let Some((asked_at, coverage)) = self.covered.get(&store_id)
            && asked_at.elapsed() < KEPT
        {
            return Ok(Some(coverage));
        }
        let sources = self.of(store_id).await?;
        let (coverage, is_whole) = coverage_of(&sources, store_id, now - RECENT).await?;
        if let Some(coverage) = coverage.filter(|_| is_whole) {
            self.covered.insert(store_id, (Instant::now(), coverage));
        }
        Ok(coverage)
    }

    /// What all sources find, and which couldn't be asked. How the store writes its numbers is
    /// learned from its orders, unless there are `examples`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn look_up(
        &self,
        store_id: StoreId,
        lookup: &Lookup,
        examples: &[String],
    ) -> Result<Found> {
        let sources = self.of(store_id).await?;
        look_up_all(&sources, &self.clock, store_id, lookup, examples).await
    }

    /// A customer's own orders, newest first, at most three, from the shop that they are a
    /// customer of and from nowhere else; `None` if the store takes that shop's customers no
    /// more. See [`Self::look_up`] for `examples`.
    ///
    /// # Errors
    /// If the shop can't be asked.
    pub async fn own(
        &self,
        store_id: StoreId,
        own: &OwnOrders,
        examples: &[String],
    ) -> Result<Option<Vec<Order>>> {
        self.connected.own(store_id, own, examples).await
    }

    /// How the store's connected shop of this id does, asked now; `None` if it has none.
    ///
    /// # Errors
    /// [`Error::OrderSource`] with what is wrong with the shop; if the database fails.
    pub async fn health(
        &self,
        store_id: StoreId,
        id: OrderSourceId,
    ) -> Result<Option<SourceFound>> {
        let sources = self.of(store_id).await?;
        match sources.iter().find(|source| source.shop_id() == Some(id)) {
            Some(source) => source.health(store_id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The store's connected shop of this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn shop(
        &self,
        store_id: StoreId,
        id: OrderSourceId,
    ) -> Result<Option<ConnectedShop>> {
        let shops = self.connected.of_store(store_id).await?.shops.into_iter();
        let mut shops = shops.map(|stored| stored.shop);
        Ok(shops.find(|shop| shop.id == id))
    }

    async fn of(&self, store_id: StoreId) -> Result<Sources> {
        let Arranged { shops, built_in_at } = self.connected.of_store(store_id).await?;
        let shops = shops.into_iter().map(|stored| {
            let source = ShopSource::new(Arc::clone(&self.connected), stored);
            Arc::new(source) as Arc<dyn OrderSource>
        });
        let mut sources: Sources = shops.collect();
        sources.insert(
            built_in_at,
            Arc::clone(&self.built_in) as Arc<dyn OrderSource>,
        );
        Ok(sources)
    }
}

/// What sources have of a store, all together, and whether all of them have said so.
async fn coverage_of(
    sources: &[Arc<dyn OrderSource>],
    store_id: StoreId,
    since: UnixMillis,
) -> Result<(Option<Coverage>, bool)> {
    let asked = sources
        .iter()
        .map(|source| source.coverage(store_id, since));
    let mut covered: Option<Coverage> = None;
    let mut failed = None;
    for answer in join_all(asked).await {
        match answer {
            Ok(Some(more)) => {
                covered.get_or_insert_default().recent_orders += more.recent_orders;
            }
            Ok(None) => {}
            Err(error) => failed = Some(error),
        }
    }
    match (covered, failed) {
        (None, Some(error)) => Err(error),
        (covered, failed) => Ok((covered, failed.is_none())),
    }
}

/// As it was typed; if no source knows that, as the store writes its numbers. Where several
/// ways of writing it fit, of whichever sources, none is guessed; nor while a source can't be
/// asked that may know it as it was typed.
async fn look_up_all(
    sources: &[Arc<dyn OrderSource>],
    clock: &Clock,
    store_id: StoreId,
    lookup: &Lookup,
    examples: &[String],
) -> Result<Found> {
    let found = look_up_in(sources, clock, store_id, lookup).await?;
    let is_unknown = found.orders.is_empty() && found.unasked.is_empty();
    let Some(typed) = lookup.number().filter(|_| is_unknown) else {
        return Ok(found);
    };
    if !examples.is_empty() {
        let ways = number_form::ways(&number_form::shown_by(examples), typed);
        return match number_form::only(&ways, typed) {
            Some(number) => look_up_in(sources, clock, store_id, &lookup.with_number(number)).await,
            None => Ok(found),
        };
    }
    let (mut all, mut writing_so) = (Vec::new(), Vec::new());
    for source in sources {
        let ways = source.ways(store_id, typed).await?;
        all.extend_from_slice(&ways);
        if !ways.is_empty() {
            writing_so.push(Arc::clone(source));
        }
    }
    match number_form::only(&all, typed) {
        Some(number) => look_up_in(&writing_so, clock, store_id, &lookup.with_number(number)).await,
        None => Ok(found),
    }
}

/// What `sources` find, which are asked together. A number that one knows is that one's, and
/// those after it aren't waited for.
async fn look_up_in(
    sources: &[Arc<dyn OrderSource>],
    clock: &Clock,
    store_id: StoreId,
    lookup: &Lookup,
) -> Result<Found> {
    let began = clock.now();
    let is_email = matches!(lookup, Lookup::Email(_));
    let (asked, unsearched): (Vec<_>, Vec<_>) =
        sources.iter().partition(|source| source.can_search(lookup));
    let mut found = Found {
        is_unsearched: !unsearched.is_empty(),
        ..Found::default()
    };
    let answers = asked.iter().map(|source| source.look_up(store_id, lookup));
    let mut answers: FuturesOrdered<_> = answers.collect();
    let (mut lists, mut answered) = (Vec::new(), Vec::new());
    for source in &asked {
        match answers.next().await {
            Some(Ok(orders)) if !orders.is_empty() && !is_email => {
                found.orders = orders;
                found.is_reached = true;
                return Ok(found);
            }
            Some(Ok(orders)) => {
                lists.push(orders);
                answered.push(source);
            }
            Some(Err(Error::OrderSource(trouble))) => found.unasked.push(source.unasked(trouble)),
            Some(Err(error)) => return Err(error),
            None => {}
        }
    }
    found.orders = latest(lookup, lists);
    found.is_reached = !found.orders.is_empty();
    // Only then anybody has to know.
    if !found.is_reached && !found.unasked.is_empty() {
        for source in answered {
            found.is_reached |= source.has_orders(store_id).await?;
        }
    }
    if found.orders.is_empty()
        && lookup.is_pair()
        && asked.iter().any(|source| source.shop_id().is_some())
    {
        let left = until_not_found(clock.now() - began);
        if !left.is_zero() {
            tokio::time::sleep(left).await;
        }
    }
    Ok(found)
}

/// How long to wait yet, after so many milliseconds, before a pair is said not to be found. A
/// clock may be set back.
fn until_not_found(taken: UnixMillis) -> Duration {
    let left = NOT_FOUND_AFTER - taken.clamp(0, NOT_FOUND_AFTER);
    Duration::from_millis(left.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{order_number::OrderNumber, order_source::SourceTrouble};
    use futures::{FutureExt, future::BoxFuture};

    /// A source that finds nothing, or fails.
    #[derive(Clone, Default)]
    struct Empty {
        fails: bool,
        coverage: Option<Coverage>,
        /// It is a shop, which takes so many milliseconds by this clock.
        takes: Option<(Clock, UnixMillis)>,
    }

    impl Empty {
        fn failing() -> Self {
            Self {
                fails: true,
                ..Self::default()
            }
        }

        fn with_orders(recent_orders: u64) -> Self {
            Self {
                coverage: Some(Coverage { recent_orders }),
                ..Self::default()
            }
        }

        fn outcome<T: Send + 'static>(&self, well: T) -> BoxFuture<'_, Result<T>> {
            let outcome = if self.fails {
                Err(Error::OrderSource(SourceTrouble::Failing))
            } else {
                Ok(well)
            };
            Box::pin(async { outcome })
        }
    }

    impl OrderSource for Empty {
        fn coverage(&self, _: StoreId, _: UnixMillis) -> BoxFuture<'_, Result<Option<Coverage>>> {
            self.outcome(self.coverage)
        }

        fn look_up<'a>(&'a self, _: StoreId, _: &'a Lookup) -> BoxFuture<'a, Result<Vec<Order>>> {
            if let Some((clock, milliseconds)) = &self.takes {
                clock.advance(*milliseconds);
            }
            self.outcome(Vec::new())
        }

        fn shop_id(&self) -> Option<OrderSourceId> {
            let is_shop = self.takes.is_some();
            is_shop.then(OrderSourceId::generate)
        }

        fn health(&self, _: StoreId) -> BoxFuture<'_, Result<SourceFound>> {
            self.outcome(SourceFound {
                orders: 0,
                newest_at: None,
            })
        }
    }

    fn all(sources: &[Empty]) -> Sources {
        let shared = |source: &Empty| Arc::new(source.clone()) as Arc<dyn OrderSource>;
        sources.iter().map(shared).collect()
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_taken_for_one_that_knows_nothing() {
        for (second, unasked) in [(Empty::default(), 0), (Empty::failing(), 1)] {
            let sources = all(&[Empty::default(), second]);
            let lookup = Lookup::Email("jane@example.com".to_owned());
            let clock = Clock::default();
            let found = look_up_all(&sources, &clock, StoreId::generate(), &lookup, &[]).await;
            let found = found.expect("a list");
            assert_eq!((found.orders.len(), found.unasked.len()), (0, unasked));
        }
    }

    #[tokio::test]
    async fn a_pair_that_a_shop_does_not_have_is_answered_no_sooner_than_after_two_seconds() {
        let number = OrderNumber::parse("1001").expect("a number");
        let pair = Lookup::NumberAndEmail(number.clone(), "jane@example.com".to_owned());
        for (lookup, takes, waits) in [
            (pair.clone(), 0, true),
            (pair, 2_000, false),
            // A number alone takes as long for everybody.
            (Lookup::Number(number), 0, false),
        ] {
            let clock = Clock::default();
            let shop = Empty {
                takes: Some((clock.clone(), takes)),
                ..Empty::default()
            };
            let sources = all(&[shop]);
            let found = look_up_in(&sources, &clock, StoreId::generate(), &lookup);
            let is_waiting = found.now_or_never().is_none();
            assert_eq!(is_waiting, waits, "{lookup:?} after {takes}");
        }
    }

    #[test]
    fn however_long_a_shop_takes_the_answer_comes_at_the_same_moment() {
        let answered_after = |taken: UnixMillis| {
            let left = until_not_found(taken).as_millis();
            taken + UnixMillis::try_from(left).expect("a few seconds")
        };
        assert_eq!([0, 1, 700, 1_999, 2_000].map(answered_after), [2_000; 5]);
        assert_eq!(answered_after(9_000), 9_000);
        // Set back meanwhile: it isn't waited for longer.
        assert_eq!(until_not_found(-60_000), Duration::from_secs(2));
    }

    #[tokio::test]
    async fn a_source_that_fails_is_not_taken_for_one_that_is_none() {
        for (sources, expected) in [
            (vec![Empty::default()], Some((None, true))),
            (vec![Empty::default(), Empty::failing()], None),
            (
                vec![Empty::failing(), Empty::with_orders(7)],
                Some((Some(Coverage { recent_orders: 7 }), false)),
            ),
            (
                vec![Empty::with_orders(1), Empty::with_orders(7)],
                Some((Some(Coverage { recent_orders: 8 }), true)),
            ),
        ] {
            let coverage = coverage_of(&all(&sources), StoreId::generate(), 0).await;
            assert_eq!(coverage.ok(), expected);
        }
    }
}
