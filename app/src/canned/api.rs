//! Server functions of Canned Responses.

use crate::{error::AppError, json::Answer};
use domain::{
    canned::{CannedDraft, CannedList},
    ids::{CannedResponseId, StoreId},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {crate::request, backend::canned};

/// What the team shares, and what is one's own.
#[server(prefix = "/api/app", endpoint = "canned/list", output = Answer)]
pub async fn list(store: StoreId) -> Result<CannedList, AppError> {
    let (ctx, member) = request::member(store).await?;
    canned::list(&ctx, &member).await.map_err(request::refuse)
}

/// Changes one, or adds one.
#[server(prefix = "/api/app", endpoint = "canned/save", output = Answer)]
pub async fn save(
    store: StoreId,
    response: Option<CannedResponseId>,
    draft: CannedDraft,
) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    let saved = match response {
        Some(id) => canned::update(&ctx, &member, id, draft).await.map(drop),
        None => {
            let id = CannedResponseId::generate();
            canned::create(&ctx, &member, id, draft).await.map(drop)
        }
    };
    saved.map_err(request::refuse)
}

/// Deletes one.
#[server(prefix = "/api/app", endpoint = "canned/delete", output = Answer)]
pub async fn delete(store: StoreId, response: CannedResponseId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    canned::delete(&ctx, &member, response)
        .await
        .map_err(request::refuse)
}

/// One was put into a reply.
#[server(prefix = "/api/app", endpoint = "canned/note-use", output = Answer)]
pub async fn note_use(store: StoreId, response: CannedResponseId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    canned::note_use(&ctx, &member, response)
        .await
        .map_err(request::refuse)
}
