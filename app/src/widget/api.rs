//! Server functions of Widget Settings.

use crate::error::AppError;
use domain::{ids::StoreId, widget_settings::WidgetSettings};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::request;

/// A store's settings.
#[server(prefix = "/api/app", endpoint = "widget/settings")]
pub async fn settings(store: StoreId) -> Result<WidgetSettings, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::stores::widget_settings(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Saves a store's settings; answers with what is stored now.
#[server(prefix = "/api/app", endpoint = "widget/save")]
pub async fn save(store: StoreId, settings: WidgetSettings) -> Result<WidgetSettings, AppError> {
    let (ctx, member) = request::member(store).await?;
    backend::stores::save_widget_settings(&ctx, &member, settings)
        .await
        .map_err(request::refuse)
}
