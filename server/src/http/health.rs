//! Whether the process lives, and whether it can do its work.

use crate::http::error::ApiResult;
use axum::extract::State;
use backend::Ctx;

/// `GET /healthz`: the process lives.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database can be read and written.
///
/// # Errors
/// A problem with status 503 or 500 if it doesn't.
pub async fn ready(State(ctx): State<Ctx>) -> ApiResult<&'static str> {
    ctx.db().try_out().await?;
    Ok("ready\n")
}
