//! Server functions of Widget Settings.

use crate::{error::AppError, json::Answer};
use domain::{
    ids::StoreId,
    settings::{Section, StoredSection, StoredSettings},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::request;

/// A store's settings with the versions they have.
#[server(prefix = "/api/app", endpoint = "widget/settings", output = Answer)]
pub async fn settings(store: StoreId) -> Result<StoredSettings, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::settings::stored(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Saves a section that was edited from `version`; answers with what is stored
/// now. 409 if somebody else saved it meanwhile.
#[server(prefix = "/api/app", endpoint = "widget/save", output = Answer)]
pub async fn save(
    store: StoreId,
    section: Section,
    version: i64,
) -> Result<StoredSection, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::settings::save(&ctx, &member, section, version)
        .await
        .map_err(request::refuse)
}
