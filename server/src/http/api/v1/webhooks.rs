//! Webhooks, and what they were told.

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
use backend::{Ctx, access::Principal, webhooks};
use domain::{
    ids::{WebhookDeliveryId, WebhookId},
    webhook::{CreatedWebhook, NewWebhook, Webhook, WebhookDelivery},
};

/// Every webhook, the newest first: at most 20, so all are in one page.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/webhooks", operation_id = "listWebhooks", tag = "Webhooks",
    responses((status = 200, description = "The webhooks", body = List<Webhook>)),
    security(("api_key" = ["webhooks:write"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<List<Webhook>>> {
    Ok(Json(List {
        items: webhooks::list(&ctx, &who).await?,
        next: None,
    }))
}

/// Adds an address that is told what happens from now on. The secret that deliveries are
/// signed with is in this answer only.
///
/// # Errors
/// 400, 401, 403, 409, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/webhooks", operation_id = "createWebhook", tag = "Webhooks",
    request_body = NewWebhook,
    responses(
        (status = 201, description = "The webhook as it was stored, and its secret", body = CreatedWebhook),
        (status = 200, description = "It was stored before: a retry changes nothing, and shows no secret", body = CreatedWebhook),
        (status = 409, description = "id-taken, webhook-limit"),
    ),
    security(("api_key" = ["webhooks:write"])),
)]
pub async fn create(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(new): ApiJson<NewWebhook>,
) -> ApiResult<Response> {
    let (made, created) = webhooks::create(&ctx, &who, new).await?;
    Ok((created_or_ok(created), Json(made)).into_response())
}

/// Deletes a webhook with its log. What it was still to be told is dropped.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}", operation_id = "deleteWebhook", tag = "Webhooks",
    params(("id" = WebhookId, Path, description = "The webhook's id")),
    responses((status = 204, description = "It is gone")),
    security(("api_key" = ["webhooks:write"])),
)]
pub async fn delete(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<WebhookId>,
) -> ApiResult<StatusCode> {
    webhooks::delete(&ctx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a webhook was told in the last seven days and how that went, the newest first.
///
/// # Errors
/// 400, 401, 403, 404, 422.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "listWebhookDeliveries",
    tag = "Webhooks",
    params(("id" = WebhookId, Path, description = "The webhook's id"), PageQuery),
    responses((status = 200, description = "A page", body = List<WebhookDelivery>)),
    security(("api_key" = ["webhooks:write"])),
)]
pub async fn deliveries(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<WebhookId>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> ApiResult<Json<List<WebhookDelivery>>> {
    let (after, limit) = (
        list::after(query.after.as_deref())?,
        list::limit(query.limit)?,
    );
    let page = webhooks::deliveries(&ctx, &who, id, after, limit).await?;
    Ok(Json(List::of(page, |delivery| delivery.id.to_string())))
}

/// Delivers something once more, with the same id and body. A webhook that was switched off
/// is tried once, and switched on again if it takes it.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    post, path = "/api/v1/webhook-deliveries/{id}/replay", operation_id = "replayWebhookDelivery",
    tag = "Webhooks",
    params(("id" = WebhookDeliveryId, Path, description = "The delivery's id")),
    responses((status = 200, description = "The delivery, which waits to be tried", body = WebhookDelivery)),
    security(("api_key" = ["webhooks:write"])),
)]
pub async fn replay(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<WebhookDeliveryId>,
) -> ApiResult<Json<WebhookDelivery>> {
    Ok(Json(webhooks::replay(&ctx, &who, id).await?))
}
