//! The store.

use crate::http::error::ApiResult;
use axum::{Extension, Json, extract::State};
use backend::{Ctx, access::Principal, stores};
use domain::store::StoreProfile;

/// The key's store, and who is in its team.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/store", operation_id = "getStore", tag = "Store",
    responses((status = 200, description = "The store", body = StoreProfile)),
    security(("api_key" = ["store:read"])),
)]
pub async fn get(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<StoreProfile>> {
    Ok(Json(stores::profile(&ctx, &who).await?))
}
