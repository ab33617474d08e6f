//! Sends files, which are too large for server functions.

use crate::{error::AppError, json};
use gloo_net::http::Request;
use leptos::prelude::FromServerFnError;
use serde::de::DeserializeOwned;

/// Sends a file to `address`, which answers with JSON.
///
/// # Errors
/// What the server refuses, or that it can't be reached.
pub async fn send_file<T: DeserializeOwned>(
    address: String,
    file: web_sys::File,
) -> Result<T, AppError> {
    let body = answer(address, file).await?;
    json::parse_bytes(&body).map_err(|_| AppError::unreachable())
}

async fn answer(address: String, file: web_sys::File) -> Result<Vec<u8>, AppError> {
    let request = Request::post(&address)
        .header("accept", "application/json")
        .body(file)
        .map_err(|_| AppError::malformed())?;
    let answer = request.send().await.map_err(|_| AppError::unreachable())?;
    let body = answer.binary().await.map_err(|_| AppError::unreachable())?;
    if answer.ok() {
        Ok(body)
    } else {
        Err(AppError::de(body.into()))
    }
}
