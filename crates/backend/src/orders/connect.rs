//! Merchants connect their shops.

use super::{
    connected::queries::{self, Stored},
    number_form,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result},
};
use domain::{
    Invalid,
    ids::{OrderSourceId, StoreId},
    order::OrderSourceState,
    order_source::{
        self, ConnectShop, ConnectedShop, OrderSourceKind, OrderSourceList, SOURCES_MAX,
        SourceFound, SourceTest, SourceTrouble,
    },
    store::Availability,
};

/// What the built-in source is called.
const BUILT_IN: &str = "Built in";

/// The shops that are connected.
///
/// # Errors
/// If the database fails.
pub async fn sources(ctx: &Ctx, who: &Principal) -> Result<OrderSourceList> {
    who.require(Permission::ReadOrders)?;
    let stored = ctx.orders().connected().of_store(who.store_id).await?;
    Ok(OrderSourceList {
        shops: stored.into_iter().map(|stored| stored.shop).collect(),
        may_change: who.has(Permission::ManageOrderSources),
    })
}

/// Where orders are looked up, and whether that works right now.
///
/// # Errors
/// If the database fails.
pub async fn states(ctx: &Ctx, who: &Principal) -> Result<Vec<OrderSourceState>> {
    let builtin = OrderSourceState {
        name: BUILT_IN.to_owned(),
        is_available: true,
    };
    let shops = sources(ctx, who).await?.shops.into_iter();
    let shops = shops.map(|shop| OrderSourceState {
        name: shop.kind.label().to_owned(),
        is_available: shop.trouble.is_none(),
    });
    Ok(std::iter::once(builtin).chain(shops).collect())
}

/// How the store's sources do.
pub(crate) async fn state(ctx: &Ctx, store_id: StoreId) -> Result<Availability> {
    let stored = ctx.orders().connected().of_store(store_id).await?;
    let troubles: Vec<_> = stored
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
    let shops = stored.iter().map(|stored| stored.shop.kind.label());
    let names: Vec<_> = [BUILT_IN].into_iter().chain(shops).collect();
    Ok(Availability::Available(names.join(", ")))
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
    let stored = Stored {
        sealed_key: connected.sealed(store_id, &shop.key)?,
        numbers: number_form::sample(&newest.numbers, &[]),
        shop: ConnectedShop {
            id: OrderSourceId::generate(),
            kind: shop.kind,
            address,
            publishable_key: shop.publishable_key,
            trouble: None,
            trouble_since: None,
            asked_at: ctx.now(),
        },
    };
    let connected = ctx.db().write(move |tx| {
        Box::pin(async move {
            tx.lock(store_id).await?;
            let others = queries::list(tx.connection, store_id).await?;
            let same = |other: &&Stored| other.shop.address == stored.shop.address;
            if let Some(other) = others.iter().find(same) {
                let id = other.shop.id;
                let mut stored = stored;
                if stored.shop.kind == other.shop.kind && stored.shop.publishable_key.is_none() {
                    stored.shop.publishable_key = other.shop.publishable_key.clone();
                }
                queries::set_keys(tx.connection, store_id, id, &stored).await?;
                return Ok(ConnectedShop { id, ..stored.shop });
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
        let stored = connected.of_store(store_id).await?.into_iter();
        let is_it = |shop: &ConnectedShop| shop.id == id && shop.kind == OrderSourceKind::Medusa;
        let shop = stored.map(|stored| stored.shop).find(is_it);
        let shop = shop.ok_or(Error::NotFound(Noun::OrderSource))?;
        let known = connected.check_publishable_key(&shop.address, key).await;
        known.map_err(|trouble| Invalid::new("publishable_key", trouble.sentence()))?;
    }
    let is_set = ctx.db().write(move |tx| {
        Box::pin(async move {
            queries::set_publishable_key(tx.connection, store_id, id, key.as_deref()).await
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
    let connected = ctx.orders().connected();
    let stored = connected.of_store(who.store_id).await?;
    let stored = stored.into_iter().find(|stored| stored.shop.id == id);
    let stored = stored.ok_or(Error::NotFound(Noun::OrderSource))?;
    Ok(match connected.test(who.store_id, &stored).await {
        Ok(found) => SourceTest::Found(found),
        Err(trouble) => SourceTest::Trouble(trouble),
    })
}

/// Forgets a shop and its key.
///
/// # Errors
/// [`Error::NotFound`] if the store has none of this id.
pub async fn disconnect(ctx: &Ctx, who: &Principal, id: OrderSourceId) -> Result<()> {
    who.require(Permission::ManageOrderSources)?;
    let store_id = who.store_id;
    let is_gone = ctx.db().write(move |tx| {
        Box::pin(async move { queries::delete(tx.connection, store_id, id).await })
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
