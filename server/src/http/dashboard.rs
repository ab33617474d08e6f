//! What the dashboard's routes can't answer.

use crate::{assets, state::AppState};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use leptos::prelude::provide_context;

/// The dashboard's own page for addresses that don't exist.
pub async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    let (ctx, options) = (state.ctx, state.leptos);
    let render = leptos_axum::render_app_to_stream_with_context(
        move || provide_context(ctx.clone()),
        move || app::shell(options.clone(), &assets::dashboard_files()),
    );
    let mut response = render(request).await.into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
