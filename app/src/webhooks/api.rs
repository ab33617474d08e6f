//! Server functions of webhooks.

use crate::{error::AppError, json::Answer};
use domain::{
    ids::{StoreId, WebhookDeliveryId, WebhookId},
    webhook::{CreatedWebhook, NewWebhook, Webhook, WebhookDelivery},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {crate::request, backend::webhooks};

/// Deliveries that the page shows at once.
#[cfg(feature = "ssr")]
const SHOWN: i64 = 50;

/// Every webhook, the newest first.
#[server(prefix = "/api/app", endpoint = "webhooks/list", output = Answer)]
pub async fn list(store: StoreId) -> Result<Vec<Webhook>, AppError> {
    let (ctx, member) = request::member(store).await?;
    webhooks::list(&ctx, &member).await.map_err(request::refuse)
}

/// Makes a webhook.
#[server(prefix = "/api/app", endpoint = "webhooks/create", output = Answer)]
pub async fn create(store: StoreId, new: NewWebhook) -> Result<CreatedWebhook, AppError> {
    let (ctx, member) = request::member(store).await?;
    let (made, _) = webhooks::create(&ctx, &member, new)
        .await
        .map_err(request::refuse)?;
    Ok(made)
}

/// Deletes a webhook with its log.
#[server(prefix = "/api/app", endpoint = "webhooks/delete", output = Answer)]
pub async fn delete(store: StoreId, webhook: WebhookId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    webhooks::delete(&ctx, &member, webhook)
        .await
        .map_err(request::refuse)
}

/// What a webhook was told `before`, or last, the newest first; and whether there is more.
#[server(prefix = "/api/app", endpoint = "webhooks/deliveries", output = Answer)]
pub async fn deliveries(
    store: StoreId,
    webhook: WebhookId,
    before: Option<WebhookDeliveryId>,
) -> Result<(Vec<WebhookDelivery>, bool), AppError> {
    let (ctx, member) = request::member(store).await?;
    let page = webhooks::deliveries(&ctx, &member, webhook, before, SHOWN)
        .await
        .map_err(request::refuse)?;
    Ok((page.items, page.has_more))
}

/// Delivers something once more.
#[server(prefix = "/api/app", endpoint = "webhooks/replay", output = Answer)]
pub async fn replay(
    store: StoreId,
    delivery: WebhookDeliveryId,
) -> Result<WebhookDelivery, AppError> {
    let (ctx, member) = request::member(store).await?;
    webhooks::replay(&ctx, &member, delivery)
        .await
        .map_err(request::refuse)
}
