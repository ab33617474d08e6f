//! Orders of the built-in source.

use super::list::{self, List};
use crate::http::{
    error::{ApiJson, ApiPath, ApiQuery, ApiResult},
    parts::created_or_ok,
};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{
    Ctx,
    access::Principal,
    orders::{self, Put},
};
use domain::{
    Invalid, account::EmailAddress, order::Order, order_number::OrderNumber,
    order_source::OrderSourceState, problem::Cause,
};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which orders are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Those that were placed with this address.
    email: Option<String>,
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    after: Option<String>,
    /// Most items in the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// The orders that the store has here, in the order of their numbers as texts.
///
/// # Errors
/// 400, 401, 403, 422.
#[utoipa::path(
    get, path = "/api/v1/orders", operation_id = "listOrders", tag = "Orders",
    params(OrderQuery),
    responses((status = 200, description = "A page", body = List<Order>)),
    security(("api_key" = ["orders:read"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiQuery(query): ApiQuery<OrderQuery>,
) -> ApiResult<Json<List<Order>>> {
    let email = query.email.as_deref().map(EmailAddress::parse).transpose();
    let email = email.map_err(backend::Error::from)?;
    let after: Option<String> = list::after(query.after.as_deref())?;
    let limit = list::limit(query.limit)?;
    let page = orders::browse(&ctx, &who, email.as_ref(), after.as_deref(), limit).await?;
    Ok(Json(List::of(page, |order| order.number.clone())))
}

/// Where orders are looked up, in the merchant's order, and how each source does; all in one
/// page. Of two sources that have the same order the first one's word counts.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/order-sources", operation_id = "listOrderSources", tag = "Orders",
    responses((status = 200, description = "The sources", body = List<OrderSourceState>)),
    security(("api_key" = ["orders:read"])),
)]
pub async fn list_sources(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<List<OrderSourceState>>> {
    Ok(Json(List {
        items: orders::connect::states(&ctx, &who).await?,
        next: None,
    }))
}

/// The order of a number; `#1001` and `1001` are the same.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    get, path = "/api/v1/orders/{number}", operation_id = "getOrder", tag = "Orders",
    params(("number" = String, Path, description = "The order's number")),
    responses((status = 200, description = "The order", body = Order)),
    security(("api_key" = ["orders:read"])),
)]
pub async fn get(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(number): ApiPath<String>,
) -> ApiResult<Json<Order>> {
    Ok(Json(orders::get(&ctx, &who, &number).await?))
}

/// Stores an order, or replaces the one of its number as a whole. The same order again
/// changes nothing.
///
/// # Errors
/// 400, 401, 403, 413, 415, 422, also if the body has another number than the path.
#[utoipa::path(
    put, path = "/api/v1/orders/{number}", operation_id = "putOrder", tag = "Orders",
    params(("number" = String, Path, description = "The order's number")),
    request_body = Order,
    responses(
        (status = 201, description = "The order as it was stored", body = Order),
        (status = 200, description = "It replaced another, or was there already", body = Order),
    ),
    security(("api_key" = ["orders:write"])),
)]
pub async fn put(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(number): ApiPath<String>,
    ApiJson(order): ApiJson<Order>,
) -> ApiResult<Response> {
    if OrderNumber::parse(&number) != OrderNumber::parse(&order.number) {
        let other = "The path names another order number than the body.";
        return Err(Cause::Invalid(Invalid::new("number", other)).into());
    }
    let (put, order) = orders::put(&ctx, &who, order).await?;
    Ok((created_or_ok(put == Put::Created), Json(order)).into_response())
}

/// Deletes an order.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    delete, path = "/api/v1/orders/{number}", operation_id = "deleteOrder", tag = "Orders",
    params(("number" = String, Path, description = "The order's number")),
    responses((status = 204, description = "It is gone")),
    security(("api_key" = ["orders:write"])),
)]
pub async fn delete(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(number): ApiPath<String>,
) -> ApiResult<StatusCode> {
    orders::remove(&ctx, &who, &number).await?;
    Ok(StatusCode::NO_CONTENT)
}
