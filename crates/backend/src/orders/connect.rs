//! Merchants connect their shops.

use super::{
    connected::{
        queries,
        stored::{Arranged, Stored},
    },
    number_form,
    source::OrderSource,
    told::tell_agents,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result},
};
use domain::{
    Invalid, events,
    ids::{OrderSourceId, StoreId},
    order_source::{
        self, BUILT_IN, ConnectShop, ConnectedShop, OrderSourceKind, OrderSourceList,
        OrderSourceState, SOURCES_MAX, SourceFound, SourceTest, SourceTrouble,
    },
    store::Availability,
};

/// The connected shops in the merchant's order, and where the built-in orders stand.
///
/// # Errors
/// If the database fails.
pub async fn sources(ctx: &Ctx, who: &Principal) -> Result<OrderSourceList> {
    who.require(Permission::ReadOrders)?;
    let Arranged { shops, built_in_at } = ctx.orders().connected().of_store(who.store_id).await?;
    Ok(OrderSourceList {
        shops: shops.into_iter().map(|stored| stored.shop).collect(),
        built_in_at,
        built_in_orders: built_in_orders(ctx, who.store_id).await?,
        may_change: who.has(Permission::ManageOrderSources),
    })
}

async fn built_in_orders(ctx: &Ctx, store_id: StoreId) -> Result<i64> {
    Ok(ctx.orders().built_in().health(store_id).await?.orders)
}

/// Where orders are looked up in the merchant's order, and how each source does.
///
/// # Errors
/// If the database fails.
pub async fn states(ctx: &Ctx, who: &Principal) -> Result<Vec<OrderSourceState>> {
    who.require(Permission::ReadOrders)?;
    let store_id = who.store_id;
    let Arranged { shops, built_in_at } = ctx.orders().connected().of_store(store_id).await?;
    let mut states: Vec<_> = shops.into_iter().map(state_of).collect();
    let built_in = OrderSourceState {
        position: 0,
        id: None,
        kind: None,
        name: BUILT_IN.to_owned(),
        address: None,
        is_available: true,
        last_error: None,
        failing_since: None,
        last_success_at: None,
        connected_at: None,
        orders: Some(built_in_orders(ctx, store_id).await?),
        number_forms: ctx.orders().built_in().number_forms(store_id).await?,
    };
    states.insert(built_in_at, built_in);
    for (state, position) in states.iter_mut().zip(1..) {
        state.position = position;
    }
    Ok(states)
}

fn state_of(Stored { shop, numbers, .. }: Stored) -> OrderSourceState {
    OrderSourceState {
        position: 0,
        id: Some(shop.id),
        kind: Some(shop.kind),
        name: shop.kind.label().to_owned(),
        address: Some(shop.address),
        is_available: shop.trouble.is_none(),
        last_error: shop.trouble,
        failing_since: shop.trouble_since,
        last_success_at: shop.worked_at,
        connected_at: Some(shop.connected_at),
        orders: shop.orders,
        number_forms: number_form::examples(&numbers),
    }
}

/// How the store writes its order numbers, as learned from its orders: an example of each
/// way, of each once.
///
/// # Errors
/// If the database fails.
pub async fn number_forms(ctx: &Ctx, who: &Principal) -> Result<Vec<String>> {
    let mut forms: Vec<String> = Vec::new();
    for form in states(ctx, who)
        .await?
        .into_iter()
        .flat_map(|state| state.number_forms)
    {
        let is_same = |other: &String| prefix(other) == prefix(&form);
        if !forms.iter().any(is_same) {
            forms.push(form);
        }
    }
    Ok(forms)
}

fn prefix(number: &str) -> &str {
    number.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Puts a source one place up or down in the merchant's order; without an id the built-in
/// orders. One that is at the end already stays there. Gives all as they are then.
///
/// # Errors
/// [`Error::NotFound`] if the store has none of this id.
pub async fn shift(
    ctx: &Ctx,
    who: &Principal,
    which: Option<OrderSourceId>,
    up: bool,
) -> Result<OrderSourceList> {
    who.require(Permission::ManageOrderSources)?;
    let store_id = who.store_id;
    let shift = ctx.db().write(move |tx| {
        Box::pin(async move {
            tx.lock(store_id).await?;
            let Arranged { shops, built_in_at } = queries::list(tx.connection, store_id).await?;
            let mut order: Vec<_> = shops.iter().map(|stored| Some(stored.shop.id)).collect();
            order.insert(built_in_at, None);
            let at = order.iter().position(|source| *source == which);
            let at = at.ok_or(Error::NotFound(Noun::OrderSource))?;
            let to = match up {
                true => at.checked_sub(1),
                false => Some(at + 1).filter(|to| *to < order.len()),
            };
            let Some(to) = to else { return Ok(()) };
            order.swap(at, to);
            for (source, position) in order.into_iter().zip(0..) {
                match source {
                    Some(id) => {
                        queries::set_position(tx.connection, store_id, id, position).await?;
                    }
                    None => {
                        queries::set_built_in_position(tx.connection, store_id, position).await?;
                    }
                }
            }
            tell_agents(tx, store_id, events::Noun::OrderSources);
            Ok(())
        })
    });
    shift.await?;
    sources(ctx, who).await
}

/// How the store's sources do.
pub(crate) async fn state(ctx: &Ctx, store_id: StoreId) -> Result<Availability> {
    let Arranged { shops, built_in_at } = ctx.orders().connected().of_store(store_id).await?;
    let troubles: Vec<_> = shops
        .iter()
        .filter_map(|Stored { shop, .. }| {
            let sentence = shop.trouble?.sentence();
            Some(format!(
                "{} at {}: {sentence}",
                shop.kind.label(),
                shop.address
            ))
        })
        .collect();
    if !troubles.is_empty() {
        return Ok(Availability::Unavailable(troubles.join(" ")));
    }
    let shops = shops.iter().map(|stored| stored.shop.kind.label());
    let mut names: Vec<_> = shops.collect();
    names.insert(built_in_at, BUILT_IN);
    Ok(Availability::Available(names.join(", ")))
}

/// How many orders the connected shops have, as they last said; how many shops there are; and
/// the names of those that couldn't be asked.
pub(crate) async fn summary(ctx: &Ctx, store_id: StoreId) -> Result<(i64, usize, Vec<String>)> {
    let shops = ctx.orders().connected().of_store(store_id).await?.shops;
    let orders = shops.iter().filter_map(|stored| stored.shop.orders).sum();
    let failing = shops.iter().filter(|stored| stored.shop.trouble.is_some());
    let names = failing.map(|stored| stored.shop.kind.label().to_owned());
    Ok((orders, shops.len(), names.collect()))
}

/// Connects a shop, if it answers, or gives the one at this address another key; its
/// publishable key stays if none is given. Says what it has.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with the address, a key or the shop's answer.
pub async fn connect(
    ctx: &Ctx,
    who: &Principal,
    shop: ConnectShop,
) -> Result<(ConnectedShop, SourceFound)> {
    who.require(Permission::ManageOrderSources)?;
    let shop = shop.checked()?;
    let (store_id, connected) = (who.store_id, ctx.orders().connected());
    ctx.limits().ask_shop.check(store_id.to_string()).await?;
    let url = connected.outgoing().address(&shop.address);
    let url = url.map_err(|bad| Invalid::new("address", bad.sentence()))?;
    // One shop has one address, however it is typed.
    let address = url.as_str().trim_end_matches('/').to_owned();
    let asked = async {
        let publishable_key = shop.publishable_key.as_deref();
        let tried = connected.at(shop.kind, &address, &shop.key, publishable_key)?;
        tried.found().await
    };
    let newest = asked.await.map_err(refusal)?;
    let now = ctx.now();
    let stored = Stored {
        sealed_key: connected.sealed(store_id, &shop.key)?,
        position: None,
        counted_at: Some(now),
        numbers: number_form::sample(&newest.numbers, &[]),
        shop: ConnectedShop {
            id: OrderSourceId::generate(),
            kind: shop.kind,
            address,
            publishable_key: shop.publishable_key,
            trouble: None,
            trouble_since: None,
            asked_at: now,
            connected_at: now,
            worked_at: Some(now),
            orders: Some(newest.has.orders),
        },
    };
    let connected = ctx.db().write(move |tx| {
        Box::pin(async move {
            tx.lock(store_id).await?;
            let others = queries::list(tx.connection, store_id).await?.shops;
            tell_agents(tx, store_id, events::Noun::OrderSources);
            let same = |other: &&Stored| other.shop.address == stored.shop.address;
            if let Some(other) = others.iter().find(same) {
                let mut stored = stored;
                stored.shop.id = other.shop.id;
                stored.shop.connected_at = other.shop.connected_at;
                if stored.shop.kind == other.shop.kind && stored.shop.publishable_key.is_none() {
                    stored.shop.publishable_key = other.shop.publishable_key.clone();
                }
                queries::set_keys(tx.connection, store_id, stored.shop.id, &stored).await?;
                return Ok(stored.shop);
            }
            if others.len() >= SOURCES_MAX {
                return Err(too_many().into());
            }
            queries::insert(tx.connection, store_id, &stored).await?;
            Ok(stored.shop)
        })
    });
    let connected = connected.await?;
    ctx.orders().forget(store_id);
    Ok((connected, newest.has))
}

/// Gives a connected Medusa another publishable key, or none: then its customers' own
/// tokens aren't taken any more.
///
/// # Errors
/// [`Error::NotFound`] if the store has no Medusa of this id; [`Error::Invalid`] if the shop
/// doesn't know the key, or can't be asked.
pub async fn set_publishable_key(
    ctx: &Ctx,
    who: &Principal,
    id: OrderSourceId,
    key: &str,
) -> Result<()> {
    who.require(Permission::ManageOrderSources)?;
    let key = order_source::publishable_key(key)?;
    let (store_id, connected) = (who.store_id, ctx.orders().connected());
    if let Some(key) = &key {
        ctx.limits().ask_shop.check(store_id.to_string()).await?;
        let stored = connected.of_store(store_id).await?.shops.into_iter();
        let is_it = |shop: &ConnectedShop| shop.id == id && shop.kind == OrderSourceKind::Medusa;
        let shop = stored.map(|stored| stored.shop).find(is_it);
        let shop = shop.ok_or(Error::NotFound(Noun::OrderSource))?;
        let known = connected.check_publishable_key(&shop.address, key).await;
        known.map_err(|trouble| Invalid::new("publishable_key", trouble.sentence()))?;
    }
    let is_set = ctx.db().write(move |tx| {
        Box::pin(async move {
            let key = key.as_deref();
            let is_set = queries::set_publishable_key(tx.connection, store_id, id, key).await?;
            if is_set {
                tell_agents(tx, store_id, events::Noun::OrderSources);
            }
            Ok(is_set)
        })
    });
    if is_set.await? {
        Ok(())
    } else {
        Err(Error::NotFound(Noun::OrderSource))
    }
}

/// Asks a connected shop now, and writes down how it does.
///
/// # Errors
/// [`Error::NotFound`] if the store has none of this id.
pub async fn test(ctx: &Ctx, who: &Principal, id: OrderSourceId) -> Result<SourceTest> {
    who.require(Permission::ReadOrders)?;
    ctx.limits()
        .ask_shop
        .check(who.store_id.to_string())
        .await?;
    match ctx.orders().health(who.store_id, id).await {
        Ok(Some(found)) => Ok(SourceTest::Found(found)),
        Ok(None) => Err(Error::NotFound(Noun::OrderSource)),
        Err(Error::OrderSource(trouble)) => Ok(SourceTest::Trouble(trouble)),
        Err(error) => Err(error),
    }
}

/// Forgets a shop and its key.
///
/// # Errors
/// [`Error::NotFound`] if the store has none of this id.
pub async fn disconnect(ctx: &Ctx, who: &Principal, id: OrderSourceId) -> Result<()> {
    who.require(Permission::ManageOrderSources)?;
    let store_id = who.store_id;
    let is_gone = ctx.db().write(move |tx| {
        Box::pin(async move {
            let is_gone = queries::delete(tx.connection, store_id, id).await?;
            if is_gone {
                tell_agents(tx, store_id, events::Noun::OrderSources);
            }
            Ok(is_gone)
        })
    });
    if !is_gone.await? {
        return Err(Error::NotFound(Noun::OrderSource));
    }
    ctx.orders().forget(store_id);
    Ok(())
}

fn refusal(trouble: SourceTrouble) -> Invalid {
    Invalid::new(trouble.field(), trouble.sentence())
}

fn too_many() -> Invalid {
    Invalid::new(
        "address",
        format!("A store can have {SOURCES_MAX} shops connected. Disconnect one first."),
    )
}
