//! Tags, and which conversation has which.

use super::{conversations::ConversationState, list::List};
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
use backend::{Ctx, access::Principal, conversations, tags};
use domain::{
    ids::{ConversationId, TagId},
    tag::{Tag, TagColour},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a tag is called and how it looks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TagLook {
    /// No other tag of the store has it, in whatever case.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// How it looks.
    #[serde(default)]
    pub colour: TagColour,
}

/// Which tag is meant.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct TagOfConversation {
    /// The tag's id.
    pub tag_id: TagId,
}

/// What becomes of conversations whose tag is deleted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MergeQuery {
    /// The tag that they get in its place; none without.
    into: Option<TagId>,
}

/// Every tag, by name: at most 200, so all are in one page.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/tags", operation_id = "listTags", tag = "Conversations",
    responses((status = 200, description = "The tags", body = List<Tag>)),
    security(("api_key" = ["conversations:read"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<List<Tag>>> {
    let items = tags::list(&ctx, &who).await?;
    Ok(Json(List { items, next: None }))
}

/// Makes a tag.
///
/// # Errors
/// 400, 401, 403, 409, 413, 415, 422, also if there is one of that name.
#[utoipa::path(
    post, path = "/api/v1/tags", operation_id = "createTag", tag = "Conversations",
    request_body = Tag,
    responses(
        (status = 201, description = "The tag as it was stored", body = Tag),
        (status = 200, description = "It was stored before: a retry changes nothing", body = Tag),
        (status = 409, description = "id-taken"),
    ),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn create(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(tag): ApiJson<Tag>,
) -> ApiResult<Response> {
    let (tag, created) = tags::create(&ctx, &who, tag).await?;
    Ok((created_or_ok(created), Json(tag)).into_response())
}

/// Renames or recolours a tag, wherever it is.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422, also if there is one of that name.
#[utoipa::path(
    put, path = "/api/v1/tags/{id}", operation_id = "updateTag", tag = "Conversations",
    params(("id" = TagId, Path, description = "The tag's id")),
    request_body = TagLook,
    responses((status = 200, description = "The tag as it is now", body = Tag)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn update(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<TagId>,
    ApiJson(TagLook { name, colour }): ApiJson<TagLook>,
) -> ApiResult<Json<Tag>> {
    Ok(Json(
        tags::update(&ctx, &who, Tag { id, name, colour }).await?,
    ))
}

/// Deletes a tag, or merges it into another one.
///
/// # Errors
/// 400, 401, 403, 404, 422.
#[utoipa::path(
    delete, path = "/api/v1/tags/{id}", operation_id = "deleteTag", tag = "Conversations",
    params(("id" = TagId, Path, description = "The tag's id"), MergeQuery),
    responses((status = 204, description = "It is gone")),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn delete(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<TagId>,
    ApiQuery(MergeQuery { into }): ApiQuery<MergeQuery>,
) -> ApiResult<StatusCode> {
    tags::delete(&ctx, &who, id, into).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a tag on a conversation. One that it has stays.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422 if it has too many.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/tags", operation_id = "tagConversation",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = TagOfConversation,
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn put_on(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(TagOfConversation { tag_id }): ApiJson<TagOfConversation>,
) -> ApiResult<Json<ConversationState>> {
    Ok(Json(
        conversations::tag(&ctx, &who, id, tag_id).await?.into(),
    ))
}

/// Takes a tag off a conversation, if it has it.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    delete, path = "/api/v1/conversations/{id}/tags/{tag_id}", operation_id = "untagConversation",
    tag = "Conversations",
    params(
        ("id" = ConversationId, Path, description = "The conversation's id"),
        ("tag_id" = TagId, Path, description = "The tag's id"),
    ),
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn take_off(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath((id, tag_id)): ApiPath<(ConversationId, TagId)>,
) -> ApiResult<Json<ConversationState>> {
    Ok(Json(
        conversations::untag(&ctx, &who, id, tag_id).await?.into(),
    ))
}
