//! Server functions of customer identity.

use crate::{error::AppError, json::Answer};
use domain::{
    identity::{IdentitySecret, NewIdentitySecret},
    ids::{IdentitySecretId, StoreId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::request;

/// The store's secrets that count now, without what is secret about them.
#[server(prefix = "/api/app", endpoint = "identity/secrets", output = Answer)]
pub async fn secrets(store: StoreId) -> Result<Vec<IdentitySecret>, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::identity::secrets(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Makes a secret, which is shown this once. The one before counts for a day more.
#[server(prefix = "/api/app", endpoint = "identity/make-secret", output = Answer)]
pub async fn make_secret(store: StoreId) -> Result<NewIdentitySecret, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::identity::make_secret(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Ends a secret at once; those that are left.
#[server(prefix = "/api/app", endpoint = "identity/revoke-secret", output = Answer)]
pub async fn revoke_secret(
    store: StoreId,
    secret: IdentitySecretId,
) -> Result<Vec<IdentitySecret>, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::identity::revoke_secret(&ctx, &member, secret)
        .await
        .map_err(request::refuse)
}
