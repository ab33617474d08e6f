//! The cookies of who is signed in.

use crate::{error::AppError, response};
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use backend::{
    Ctx,
    auth::{
        DEVICE_COOKIE, NewSession, PENDING_COOKIE, SESSION_COOKIE, SignedIn,
        two_factor::{CODES_COOKIE, ShownCodes},
    },
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

/// Lets the browser keep a sign-in that waits for its code.
///
/// # Errors
/// If a cookie can't be sent.
pub fn keep_pending(ctx: &Ctx, pending: String) -> Result<(), AppError> {
    let kept = cookie(ctx, PENDING_COOKIE, pending, SignedIn::WAITS);
    response::set_cookie(&kept?);
    Ok(())
}

/// The sign-in waits no more.
///
/// # Errors
/// If a cookie can't be sent.
pub fn end_pending(ctx: &Ctx) -> Result<(), AppError> {
    let cleared = cookie(ctx, PENDING_COOKIE, String::new(), Duration::ZERO);
    response::set_cookie(&cleared?);
    Ok(())
}

/// A sign-in that waits for its code, in the request that is being answered.
pub fn pending() -> Option<String> {
    sent(PENDING_COOKIE)
}

/// Lets the browser keep recovery codes as long as they are shown.
///
/// # Errors
/// If a cookie can't be sent.
pub fn show_codes(ctx: &Ctx, codes: ShownCodes) -> Result<(), AppError> {
    let kept = cookie(ctx, CODES_COOKIE, codes.0, ShownCodes::KEPT);
    response::set_cookie(&kept?);
    Ok(())
}

/// Recovery codes are shown no more.
///
/// # Errors
/// If a cookie can't be sent.
pub fn hide_codes(ctx: &Ctx) -> Result<(), AppError> {
    let cleared = cookie(ctx, CODES_COOKIE, String::new(), Duration::ZERO);
    response::set_cookie(&cleared?);
    Ok(())
}

/// Recovery codes that are being shown, in the request that is being answered.
pub fn codes_shown() -> Option<String> {
    sent(CODES_COOKIE)
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
