//! The cookies of who is signed in.

use crate::{error::AppError, response};
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use backend::{
    Ctx,
    auth::{DEVICE_COOKIE, NewSession, SESSION_COOKIE},
};
use leptos::prelude::use_context;
use std::time::Duration;

/// Hands `session` to the browser, and makes its device a known one.
///
/// # Errors
/// If a cookie can't be sent.
pub fn hand_over(ctx: &Ctx, session: NewSession) -> Result<(), AppError> {
    let session_cookie = cookie(ctx, SESSION_COOKIE, session.token, NewSession::KEPT);
    response::set_cookie(&session_cookie?);
    let device_cookie = cookie(ctx, DEVICE_COOKIE, session.device, NewSession::DEVICE_KEPT);
    response::set_cookie(&device_cookie?);
    Ok(())
}

/// Takes the session away again. The device stays a known one.
///
/// # Errors
/// If a cookie can't be sent.
pub fn take_session(ctx: &Ctx) -> Result<(), AppError> {
    let cleared = cookie(ctx, SESSION_COOKIE, String::new(), Duration::ZERO);
    response::set_cookie(&cleared?);
    Ok(())
}

/// The session's token in the request that is being answered.
pub fn session_token() -> Option<String> {
    sent(SESSION_COOKIE)
}

/// The device's cookie in the request that is being answered.
pub fn device() -> Option<String> {
    sent(DEVICE_COOKIE)
}

fn sent(name: &str) -> Option<String> {
    let jar = CookieJar::from_headers(&use_context::<Parts>()?.headers);
    let value = jar.get(name)?.value();
    (!value.is_empty()).then(|| value.to_owned())
}

fn cookie(
    ctx: &Ctx,
    name: &'static str,
    value: String,
    kept: Duration,
) -> Result<Cookie<'static>, AppError> {
    let kept = kept.try_into().map_err(|_| AppError::internal())?;
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(kept);
    // An attribute that is false isn't sent.
    Ok(cookie.secure(ctx.config().secure_cookies).build())
}
