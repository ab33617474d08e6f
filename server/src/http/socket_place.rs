//! The place of a WebSocket among those of its client.

use crate::{
    connections::Place,
    http::error::{ApiError, ApiResult},
    middleware::client_ip::ClientAddress,
    state::AppState,
};
use axum::{extract::FromRequestParts, http::request::Parts};
use std::sync::Arc;

/// Kept for as long as the socket is open.
#[derive(Debug)]
pub struct SocketPlace {
    _of_client: Place,
    /// HTTP gives the connection away, and with it its place.
    _connection: Option<Arc<Place>>,
}

impl FromRequestParts<AppState> for SocketPlace {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let ClientAddress(address) = parts.extensions.get().copied().unwrap_or_default();
        Ok(Self {
            _of_client: state.sockets.take(address)?,
            _connection: parts.extensions.get().cloned(),
        })
    }
}
