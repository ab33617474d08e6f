//! Shoppers.

use crate::http::error::{ApiPath, ApiResult};
use axum::{Extension, Json, extract::State};
use backend::{Ctx, access::Principal, visitors};
use domain::{ids::VisitorId, inbox::VisitorProfile};

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
