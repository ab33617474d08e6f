//! The canned responses that the team shares. What people keep for themselves is theirs.

use super::list::{self, List, PageQuery};
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
use backend::{Ctx, access::Principal, canned};
use domain::{
    canned::{CannedDraft, CannedResponse},
    ids::CannedResponseId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a canned response says.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CannedTexts {
    /// What it is found by after a slash, unique in the store: `a-z`, `0-9` and `-`.
    #[schema(min_length = 1, max_length = 40)]
    pub keyword: String,
    /// What it is about.
    #[schema(min_length = 1, max_length = 120)]
    pub title: String,
    /// What is put into the reply. `{{customer.name|there}}` is the customer's name, or
    /// "there" where nobody knows it; there are `agent.name`, `agent.signature`, `order.number` and `store.name`,
    /// too.
    #[schema(min_length = 1, max_length = 5_000)]
    pub text: String,
    /// What it stands under, if anything.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub category: Option<String>,
}

/// A canned response to be added.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewCannedResponse {
    /// A UUIDv7 of the client's making; the same in every retry.
    pub id: CannedResponseId,
    #[serde(flatten)]
    pub texts: CannedTexts,
}

impl From<CannedTexts> for CannedDraft {
    fn from(texts: CannedTexts) -> Self {
        Self {
            keyword: texts.keyword,
            title: texts.title,
            text: texts.text,
            category: texts.category,
            mine: false,
        }
    }
}

/// The canned responses that the team shares, in the order in which they were added.
///
/// # Errors
/// 400, 401, 403, 422.
#[utoipa::path(
    get, path = "/api/v1/canned-responses", operation_id = "listCannedResponses",
    tag = "Canned responses",
    params(PageQuery),
    responses((status = 200, description = "A page", body = List<CannedResponse>)),
    security(("api_key" = ["canned-responses:read"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<List<CannedResponse>>> {
    let (after, limit) = (
        list::after(query.after.as_deref())?,
        list::limit(query.limit)?,
    );
    let page = canned::page(&ctx, &who, after, limit).await?;
    Ok(Json(List::of(page, |response| response.id.to_string())))
}

/// One canned response.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    get, path = "/api/v1/canned-responses/{id}", operation_id = "getCannedResponse",
    tag = "Canned responses",
    params(("id" = CannedResponseId, Path, description = "The canned response's id")),
    responses((status = 200, description = "The canned response", body = CannedResponse)),
    security(("api_key" = ["canned-responses:read"])),
)]
pub async fn get(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<CannedResponseId>,
) -> ApiResult<Json<CannedResponse>> {
    Ok(Json(canned::get(&ctx, &who, id).await?))
}

/// Adds a canned response that the team shares.
///
/// # Errors
/// 400, 401, 403, 409, 413, 415, 422, also if the keyword is taken.
#[utoipa::path(
    post, path = "/api/v1/canned-responses", operation_id = "createCannedResponse",
    tag = "Canned responses",
    request_body = NewCannedResponse,
    responses(
        (status = 201, description = "The canned response as it was stored", body = CannedResponse),
        (status = 200, description = "It was stored before: a retry changes nothing", body = CannedResponse),
        (status = 409, description = "id-taken, canned-response-limit"),
    ),
    security(("api_key" = ["canned-responses:write"])),
)]
pub async fn create(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(new): ApiJson<NewCannedResponse>,
) -> ApiResult<Response> {
    let (made, created) = canned::create(&ctx, &who, new.id, new.texts.into()).await?;
    Ok((created_or_ok(created), Json(made)).into_response())
}

/// Changes a canned response.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422, also if the keyword is taken.
#[utoipa::path(
    put, path = "/api/v1/canned-responses/{id}", operation_id = "updateCannedResponse",
    tag = "Canned responses",
    params(("id" = CannedResponseId, Path, description = "The canned response's id")),
    request_body = CannedTexts,
    responses((status = 200, description = "The canned response as it is now", body = CannedResponse)),
    security(("api_key" = ["canned-responses:write"])),
)]
pub async fn update(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<CannedResponseId>,
    ApiJson(texts): ApiJson<CannedTexts>,
) -> ApiResult<Json<CannedResponse>> {
    Ok(Json(canned::update(&ctx, &who, id, texts.into()).await?))
}

/// Deletes a canned response. Replies that it was put into stay as they are.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    delete, path = "/api/v1/canned-responses/{id}", operation_id = "deleteCannedResponse",
    tag = "Canned responses",
    params(("id" = CannedResponseId, Path, description = "The canned response's id")),
    responses((status = 204, description = "It is gone")),
    security(("api_key" = ["canned-responses:write"])),
)]
pub async fn delete(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<CannedResponseId>,
) -> ApiResult<StatusCode> {
    canned::delete(&ctx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
