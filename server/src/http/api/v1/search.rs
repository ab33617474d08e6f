//! Search in conversations.

use super::list;
use crate::http::error::{ApiQuery, ApiResult};
use axum::{Extension, Json, extract::State};
use backend::{Ctx, access::Principal, search};
use domain::{
    UnixMillis,
    conversation::Status,
    search::{Author, Search, SearchPage},
};
use serde::Deserialize;
use utoipa::IntoParams;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words, all of which must be there. The last one may go on, unless a blank follows it.
    /// Whatever is in it is text: there is no syntax.
    #[param(max_length = 200)]
    q: String,
    /// Only in conversations that stand so.
    status: Option<Status>,
    /// Only in messages of these.
    author: Option<Author>,
    /// Only what was written since: milliseconds since 1970 UTC.
    #[param(value_type = Option<i64>)]
    since: Option<UnixMillis>,
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    after: Option<String>,
}

/// Finds names, emails, order numbers, tags, messages and notes, by conversation, the best
/// first. Accents make no difference; names and order numbers may have one typing error.
///
/// # Errors
/// 400, 401, 403, 422, 429.
#[utoipa::path(
    get, path = "/api/v1/search", operation_id = "search", tag = "Conversations",
    params(SearchQuery),
    responses((status = 200, description = "A page", body = SearchPage)),
    security(("api_key" = ["conversations:read"])),
)]
pub async fn find(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> ApiResult<Json<SearchPage>> {
    let after = list::after(query.after.as_deref())?;
    let search = Search {
        q: query.q,
        status: query.status,
        author: query.author,
        since: query.since,
    };
    Ok(Json(search::find(&ctx, &who, search, after).await?))
}
