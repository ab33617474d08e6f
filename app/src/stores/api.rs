//! Server functions of stores.

use crate::{error::AppError, json::Answer};
use domain::{
    ids::{JobId, StoreId},
    job::DeadLetters,
    store::{ServiceStatus, StoreOverview},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{addresses, request};

/// Creates a store and goes to its overview.
#[server(prefix = "/api/app", endpoint = "stores/create", output = Answer)]
pub async fn create(name: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let store = backend::stores::create(&ctx, &user, &name)
        .await
        .map_err(request::refuse)?;
    leptos_axum::redirect(&addresses::overview(store.id));
    Ok(())
}

/// A store's overview.
#[server(prefix = "/api/app", endpoint = "stores/overview", output = Answer)]
pub async fn overview(store: StoreId) -> Result<StoreOverview, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::stores::overview(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Which services run.
#[server(prefix = "/api/app", endpoint = "stores/services", output = Answer)]
pub async fn services(store: StoreId) -> Result<ServiceStatus, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::stores::services(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Background work of the store that failed for good.
#[server(prefix = "/api/app", endpoint = "stores/failed-jobs", output = Answer)]
pub async fn failed_jobs(store: StoreId) -> Result<DeadLetters, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::jobs::dead_letters::dead_letters(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Tries again what failed for good.
#[server(prefix = "/api/app", endpoint = "stores/retry-job", output = Answer)]
pub async fn retry_job(store: StoreId, job: JobId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::jobs::dead_letters::retry(&ctx, &member, job)
        .await
        .map_err(request::refuse)
}

/// Throws away what failed for good.
#[server(prefix = "/api/app", endpoint = "stores/discard-job", output = Answer)]
pub async fn discard_job(store: StoreId, job: JobId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::jobs::dead_letters::discard(&ctx, &member, job)
        .await
        .map_err(request::refuse)
}
