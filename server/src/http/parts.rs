//! Parts of requests and responses that several doors have in common.

use super::error::ApiResult;
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::CookieJar;
use backend::{
    Ctx,
    access::Principal,
    auth::{self, SESSION_COOKIE},
    error::{Error, Unauthorized},
    stores,
};
use domain::ids::StoreId;

/// The token of `Authorization: Bearer …`.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// 201 for what is new, 200 for a retry.
#[must_use]
pub fn created_or_ok(created: bool) -> StatusCode {
    if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    }
}

/// The person of the session, as a member of the store.
///
/// # Errors
/// 401, 404.
pub async fn member(ctx: &Ctx, cookies: &CookieJar, store_id: StoreId) -> ApiResult<Principal> {
    let user = match cookies.get(SESSION_COOKIE) {
        Some(cookie) => auth::user_of_session(ctx, cookie.value()).await?,
        None => None,
    };
    let user = user.ok_or(Error::Unauthorized(Unauthorized::SignedOut))?;
    Ok(stores::member(ctx, &user, store_id).await?)
}

/// A file for a browser to keep; `disposition` names it.
pub fn file(kind: &'static str, disposition: &'static str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, body).into_response()
}
