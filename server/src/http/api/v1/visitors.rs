//! Shoppers.

use super::list::{self, List};
use crate::http::error::{ApiPath, ApiQuery, ApiResult};
use axum::{Extension, Json, extract::State};
use backend::{
    Ctx,
    access::Principal,
    visitors::{self, Which},
};
use domain::{
    Invalid, account::EmailAddress, identity::CUSTOMER_ID_MAX, ids::VisitorId,
    inbox::VisitorProfile, problem::Cause, text,
};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which shoppers are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VisitorQuery {
    /// Those who gave this address, proven or not. Not together with `customer_id`.
    email: Option<String>,
    /// The customer of this id, as the storefront has signed it.
    #[param(min_length = 1, max_length = 200)]
    customer_id: Option<String>,
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    after: Option<String>,
    /// Most items in the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

impl VisitorQuery {
    fn which(&self) -> ApiResult<Which> {
        match (&self.email, &self.customer_id) {
            (None, None) => Ok(Which::All),
            (Some(email), None) => {
                let email = EmailAddress::parse(email).map_err(backend::Error::from)?;
                Ok(Which::Email(email))
            }
            (None, Some(id)) => {
                let id = text::required("customer_id", id, CUSTOMER_ID_MAX);
                Ok(Which::Customer(id.map_err(backend::Error::from)?))
            }
            (Some(_), Some(_)) => {
                let message = "Please ask by “email” or by “customer_id”, not by both.";
                Err(Cause::Invalid(Invalid::new("customer_id", message)).into())
            }
        }
    }
}

/// The shoppers who have written or signed in, the newest first.
///
/// # Errors
/// 400, 401, 403, 422.
#[utoipa::path(
    get, path = "/api/v1/visitors", operation_id = "listVisitors", tag = "Visitors",
    params(VisitorQuery),
    responses((status = 200, description = "A page", body = List<VisitorProfile>)),
    security(("api_key" = ["visitors:read"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiQuery(query): ApiQuery<VisitorQuery>,
) -> ApiResult<Json<List<VisitorProfile>>> {
    let (after, limit) = (
        list::after(query.after.as_deref())?,
        list::limit(query.limit)?,
    );
    let page = visitors::page(&ctx, &who, &query.which()?, after, limit).await?;
    Ok(Json(List::of(page, |profile| {
        profile.visitor.id.to_string()
    })))
}

/// What a shopper told about themselves.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    get, path = "/api/v1/visitors/{id}", operation_id = "getVisitor", tag = "Visitors",
    params(("id" = VisitorId, Path, description = "The visitor's id")),
    responses((status = 200, description = "The visitor", body = VisitorProfile)),
    security(("api_key" = ["visitors:read"])),
)]
pub async fn get(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<VisitorId>,
) -> ApiResult<Json<VisitorProfile>> {
    Ok(Json(visitors::get(&ctx, &who, id).await?))
}
