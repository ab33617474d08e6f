//! Who is let in: whoever has an API key, as often as it may be used.

use crate::http::{
    error::{ApiError, ApiResult},
    parts::bearer,
};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use backend::{
    Ctx,
    access::{Actor, Principal},
    api_keys,
};
use domain::problem::{Cause, Unauthorized};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Puts the key's [`Principal`] into the request, and what is left of its limit into the
/// response. No handler runs without.
pub async fn admit(State(ctx): State<Ctx>, mut request: Request, next: Next) -> Response {
    let token = bearer(request.headers()).map(str::to_owned);
    let (who, key) = match key_of(&ctx, token).await {
        Ok(known) => known,
        Err(refused) => return challenge(refused),
    };
    let limit = &ctx.limits().api_call;
    let (left, mut response) = match limit.count(key).await {
        Ok(left) => {
            request.extensions_mut().insert(who);
            (left, next.run(request).await)
        }
        Err(refused) => (0, ApiError::from(refused).into_response()),
    };
    let headers = response.headers_mut();
    headers.insert(LIMIT, HeaderValue::from(limit.burst()));
    headers.insert(REMAINING, HeaderValue::from(left));
    let seconds = limit.full_after(left).as_secs_f64().ceil();
    headers.insert(RESET, HeaderValue::from(seconds as u64));
    response
}

async fn key_of(ctx: &Ctx, token: Option<String>) -> ApiResult<(Principal, String)> {
    let wrong = || ApiError::from(Cause::Unauthorized(Unauthorized::WrongApiKey));
    let token = token.ok_or_else(wrong)?;
    let who = api_keys::authenticate(ctx, &token).await?;
    match &who.actor {
        Actor::ApiKey(key) => {
            let id = key.id.to_string();
            Ok((who, id))
        }
        _ => Err(wrong()),
    }
}

/// `refused`; one that asks for a key says how it is sent (RFC 6750).
fn challenge(refused: ApiError) -> Response {
    let mut response = refused.into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
