//! Orders of the built-in source.

use super::list::{self, List};
use crate::http::error::{ApiPath, ApiQuery, ApiResult};
use axum::{Extension, Json, extract::State};
use backend::{Ctx, access::Principal, orders};
use domain::{account::EmailAddress, order::Order};
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
