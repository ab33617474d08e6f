//! What handlers share.

use crate::{connections::Places, http::upload::Pace};
use axum::extract::FromRef;
use backend::Ctx;
use leptos::config::LeptosOptions;
use std::sync::Arc;

/// The router's state. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The backend.
    pub ctx: Ctx,
    /// The dashboard's rendering options.
    pub leptos: LeptosOptions,
    /// What the router needs to know.
    pub door: Door,
    /// The places of WebSockets.
    pub sockets: Arc<Places>,
    /// How slowly files may come.
    pub uploads: Pace,
}

impl FromRef<AppState> for Ctx {
    fn from_ref(state: &AppState) -> Self {
        state.ctx.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Door {
    fn from_ref(state: &AppState) -> Self {
        state.door
    }
}

impl FromRef<AppState> for Pace {
    fn from_ref(state: &AppState) -> Self {
        state.uploads
    }
}

/// What the operator decided about the door.
#[derive(Debug, Clone, Copy, Default)]
pub struct Door {
    /// Show the demo shop at /demo.
    pub demo: bool,
    /// Believe the last X-Forwarded-For address.
    pub trust_proxy: bool,
}
