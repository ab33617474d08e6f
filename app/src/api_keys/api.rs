//! Server functions of API keys.

use crate::{error::AppError, json::Answer};
use domain::{
    api_key::{ApiKey, CreatedApiKey, NewApiKey},
    ids::{ApiKeyId, StoreId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {crate::request, backend::api_keys};

/// The keys that are in use.
#[server(prefix = "/api/app", endpoint = "api-keys/list", output = Answer)]
pub async fn list(store: StoreId) -> Result<Vec<ApiKey>, AppError> {
    let (ctx, member) = request::member(store).await?;
    api_keys::list(&ctx, &member).await.map_err(request::refuse)
}

/// Makes a key.
#[server(prefix = "/api/app", endpoint = "api-keys/create", output = Answer)]
pub async fn create(store: StoreId, new: NewApiKey) -> Result<CreatedApiKey, AppError> {
    let (ctx, member) = request::member(store).await?;
    api_keys::create(&ctx, &member, new)
        .await
        .map_err(request::refuse)
}

/// Ends a key at once.
#[server(prefix = "/api/app", endpoint = "api-keys/revoke", output = Answer)]
pub async fn revoke(store: StoreId, key: ApiKeyId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    api_keys::revoke(&ctx, &member, key)
        .await
        .map_err(request::refuse)
}
