//! Server functions of orders.

use crate::{error::AppError, json::Answer};
use domain::{
    ids::{OrderSourceId, StoreId},
    order::{Order, OrderPage},
    order_source::{ConnectShop, ConnectedShop, OrderSourceList, SourceFound, SourceTest},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {crate::request, backend::orders::connect as shops};

/// A page of a store's orders, newest first.
#[server(prefix = "/api/app", endpoint = "orders/list", output = Answer)]
pub async fn list(store: StoreId, search: String, offset: i64) -> Result<OrderPage, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::orders::list(&ctx, &member, &search, offset)
        .await
        .map_err(request::refuse)
}

/// The shops that orders are looked up in.
#[server(prefix = "/api/app", endpoint = "orders/sources", output = Answer)]
pub async fn sources(store: StoreId) -> Result<OrderSourceList, AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::sources(&ctx, &member).await.map_err(request::refuse)
}

/// Connects a shop, if it answers. Says what it has.
#[server(prefix = "/api/app", endpoint = "orders/connect", output = Answer)]
pub async fn connect(
    store: StoreId,
    shop: ConnectShop,
) -> Result<(ConnectedShop, SourceFound), AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::connect(&ctx, &member, shop)
        .await
        .map_err(request::refuse)
}

/// Asks a connected shop now.
#[server(prefix = "/api/app", endpoint = "orders/test-source", output = Answer)]
pub async fn test_source(store: StoreId, source: OrderSourceId) -> Result<SourceTest, AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::test(&ctx, &member, source)
        .await
        .map_err(request::refuse)
}

/// Gives a connected Medusa another publishable key, or none.
#[server(prefix = "/api/app", endpoint = "orders/set-publishable-key", output = Answer)]
pub async fn set_publishable_key(
    store: StoreId,
    source: OrderSourceId,
    publishable_key: String,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::set_publishable_key(&ctx, &member, source, &publishable_key)
        .await
        .map_err(request::refuse)
}

/// Puts a source one place up or down in the order in which they are asked; without an id
/// the built-in orders. Gives them in their new order.
#[server(prefix = "/api/app", endpoint = "orders/move-source", output = Answer)]
pub async fn move_source(
    store: StoreId,
    source: Option<OrderSourceId>,
    up: bool,
) -> Result<OrderSourceList, AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::shift(&ctx, &member, source, up)
        .await
        .map_err(request::refuse)
}

/// How the store writes its order numbers, as learned from its orders: an example of each way.
#[server(prefix = "/api/app", endpoint = "orders/number-forms", output = Answer)]
pub async fn number_forms(store: StoreId) -> Result<Vec<String>, AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::number_forms(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Disconnects a shop, and forgets its key.
#[server(prefix = "/api/app", endpoint = "orders/disconnect", output = Answer)]
pub async fn disconnect(store: StoreId, source: OrderSourceId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    shops::disconnect(&ctx, &member, source)
        .await
        .map_err(request::refuse)
}

/// The order of a number.
#[server(prefix = "/api/app", endpoint = "orders/get", output = Answer)]
pub async fn get(store: StoreId, number: String) -> Result<Order, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::orders::get(&ctx, &member, &number)
        .await
        .map_err(request::refuse)
}

/// Stores an order, and gives it as it is stored: in the place of the one that was `opened`,
/// if that is what is stored; a new one without.
#[server(prefix = "/api/app", endpoint = "orders/save", output = Answer)]
pub async fn save(store: StoreId, order: Order, opened: Option<Order>) -> Result<Order, AppError> {
    let (ctx, member) = request::member(store).await?;
    let saved = match opened {
        Some(opened) => backend::orders::edit(&ctx, &member, opened, order).await,
        None => backend::orders::create(&ctx, &member, order).await,
    };
    saved.map_err(request::refuse)
}

/// Removes the order of a number.
#[server(prefix = "/api/app", endpoint = "orders/remove", output = Answer)]
pub async fn remove(store: StoreId, number: String) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::orders::remove(&ctx, &member, &number)
        .await
        .map_err(request::refuse)
}
