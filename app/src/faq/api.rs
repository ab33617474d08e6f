//! Server functions of the FAQ Knowledge Base.

use crate::{error::AppError, json::Answer};
use domain::{
    faq::{FaqCategory, FaqDraft, FaqItem, FaqTrial},
    ids::{FaqCategoryId, FaqItemId, StoreId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::request,
    backend::{ai::trial, faq},
};

/// Every category with its questions.
#[server(prefix = "/api/app", endpoint = "faq/list", output = Answer)]
pub async fn list(store: StoreId) -> Result<Vec<FaqCategory>, AppError> {
    let (ctx, member) = request::member(store).await?;
    faq::list(&ctx, &member).await.map_err(request::refuse)
}

/// Adds a category at the end.
#[server(prefix = "/api/app", endpoint = "faq/create-category", output = Answer)]
pub async fn create_category(store: StoreId, name: String) -> Result<FaqCategory, AppError> {
    let (ctx, member) = request::member(store).await?;
    let added = faq::create_category(&ctx, &member, FaqCategoryId::generate(), &name).await;
    added.map(|(added, _)| added).map_err(request::refuse)
}

/// Adds the starter categories that aren't there yet.
#[server(prefix = "/api/app", endpoint = "faq/add-starter-categories", output = Answer)]
pub async fn add_starter_categories(store: StoreId) -> Result<Vec<FaqCategory>, AppError> {
    let (ctx, member) = request::member(store).await?;
    faq::add_starter_categories(&ctx, &member)
        .await
        .map_err(request::refuse)
}

/// Renames a category.
#[server(prefix = "/api/app", endpoint = "faq/rename-category", output = Answer)]
pub async fn rename_category(
    store: StoreId,
    category: FaqCategoryId,
    name: String,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    let renamed = faq::rename_category(&ctx, &member, category, &name).await;
    renamed.map(|_| ()).map_err(request::refuse)
}

/// Deletes a category with its questions.
#[server(prefix = "/api/app", endpoint = "faq/delete-category", output = Answer)]
pub async fn delete_category(store: StoreId, category: FaqCategoryId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    faq::delete_category(&ctx, &member, category)
        .await
        .map_err(request::refuse)
}

/// Puts a category at another place, counted from 0.
#[server(prefix = "/api/app", endpoint = "faq/move-category", output = Answer)]
pub async fn move_category(
    store: StoreId,
    category: FaqCategoryId,
    position: i64,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    let moved = faq::move_category(&ctx, &member, category, position).await;
    moved.map(|_| ()).map_err(request::refuse)
}

/// Adds a question at the end of its category.
#[server(prefix = "/api/app", endpoint = "faq/add-item", output = Answer)]
pub async fn add_item(store: StoreId, draft: FaqDraft) -> Result<FaqItem, AppError> {
    let (ctx, member) = request::member(store).await?;
    let added = faq::add_item(&ctx, &member, FaqItemId::generate(), draft).await;
    added.map(|(added, _)| added).map_err(request::refuse)
}

/// Changes a question; another category moves it there.
#[server(prefix = "/api/app", endpoint = "faq/update-item", output = Answer)]
pub async fn update_item(
    store: StoreId,
    item: FaqItemId,
    draft: FaqDraft,
) -> Result<FaqItem, AppError> {
    let (ctx, member) = request::member(store).await?;
    faq::update_item(&ctx, &member, item, draft)
        .await
        .map_err(request::refuse)
}

/// Deletes a question.
#[server(prefix = "/api/app", endpoint = "faq/delete-item", output = Answer)]
pub async fn delete_item(store: StoreId, item: FaqItemId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    faq::delete_item(&ctx, &member, item)
        .await
        .map_err(request::refuse)
}

/// Puts a question at another place, counted from 0.
#[server(prefix = "/api/app", endpoint = "faq/move-item", output = Answer)]
pub async fn move_item(
    store: StoreId,
    item: FaqItemId,
    category: FaqCategoryId,
    position: i64,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    let moved = faq::move_item(&ctx, &member, item, category, position).await;
    moved.map(|_| ()).map_err(request::refuse)
}

/// Makes a question's embedding again.
#[server(prefix = "/api/app", endpoint = "faq/retry-item", output = Answer)]
pub async fn retry_item(store: StoreId, item: FaqItemId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    faq::retry_item(&ctx, &member, item)
        .await
        .map_err(request::refuse)
}

/// What the AI would answer.
#[server(prefix = "/api/app", endpoint = "faq/try-question", output = Answer)]
pub async fn try_question(store: StoreId, question: String) -> Result<FaqTrial, AppError> {
    let (ctx, member) = request::member(store).await?;
    trial::try_question(&ctx, &member, &question)
        .await
        .map_err(request::refuse)
}
