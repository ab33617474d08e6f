//! Server functions of orders.

use crate::error::AppError;
use domain::{ids::StoreId, order::OrderPage};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::request;

/// A page of a store's orders, newest first.
#[server(prefix = "/api/app", endpoint = "orders/list")]
pub async fn list(store: StoreId, search: String, offset: i64) -> Result<OrderPage, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::orders::list(&ctx, &member, &search, offset)
        .await
        .map_err(request::refuse)
}
