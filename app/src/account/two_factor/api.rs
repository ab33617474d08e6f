//! Server functions of two-factor sign-in. Plain forms post to them.

use crate::{error::AppError, json::Answer};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{addresses, cookies, request},
    backend::auth::{second_step, two_factor},
};

/// Makes a key for an authenticator app.
#[server(prefix = "/api/app", endpoint = "account/two-factor/begin", output = Answer)]
pub async fn begin(password: String, next: Option<String>) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    two_factor::begin(&ctx, &user, &password)
        .await
        .map_err(request::refuse)?;
    lead_back(next.as_deref());
    Ok(())
}

/// Switches it on with the app's first code. The page shows the recovery codes then.
#[server(prefix = "/api/app", endpoint = "account/two-factor/confirm", output = Answer)]
pub async fn confirm(code: String, next: Option<String>) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let token = cookies::session_token().unwrap_or_default();
    let codes = two_factor::confirm(&ctx, &user, &token, &code)
        .await
        .map_err(request::refuse)?;
    cookies::show_codes(&ctx, codes)?;
    lead_back(next.as_deref());
    Ok(())
}

/// Makes new recovery codes, which the page shows then.
#[server(prefix = "/api/app", endpoint = "account/two-factor/new-codes", output = Answer)]
pub async fn new_codes(password: String, code: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let codes = two_factor::new_codes(&ctx, &user, &password, &code)
        .await
        .map_err(request::refuse)?;
    cookies::show_codes(&ctx, codes)?;
    lead_back(None);
    Ok(())
}

/// The recovery codes are kept somewhere, and not shown again.
#[server(prefix = "/api/app", endpoint = "account/two-factor/codes-kept", output = Answer)]
pub async fn codes_kept(next: Option<String>) -> Result<(), AppError> {
    let (ctx, _) = request::user().await?;
    cookies::hide_codes(&ctx)?;
    let next = next.as_deref().filter(|next| !next.is_empty());
    leptos_axum::redirect(next.map_or(addresses::TWO_FACTOR, addresses::safe_return));
    Ok(())
}

/// Switches it off.
#[server(prefix = "/api/app", endpoint = "account/two-factor/switch-off", output = Answer)]
pub async fn switch_off(password: String, code: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    two_factor::switch_off(&ctx, &user, &password, &code)
        .await
        .map_err(request::refuse)?;
    cookies::hide_codes(&ctx)?;
    lead_back(None);
    Ok(())
}

/// The second step of a sign-in; goes to `next`, or to the start page.
#[server(prefix = "/api/app", endpoint = "account/sign-in-code", output = Answer)]
pub async fn sign_in_with_code(code: String, next: Option<String>) -> Result<(), AppError> {
    let ctx = request::context()?;
    let signing = request::Signing::here();
    let pending = cookies::pending().unwrap_or_default();
    let session = second_step::sign_in_with_code(&ctx, &pending, &code, signing.caller())
        .await
        .map_err(request::refuse)?;
    cookies::hand_over(&ctx, session)?;
    cookies::end_pending(&ctx)?;
    leptos_axum::redirect(addresses::safe_return(next.as_deref().unwrap_or("/")));
    Ok(())
}

/// Back to the page, which remembers where its reader was led from.
#[cfg(feature = "ssr")]
fn lead_back(next: Option<&str>) {
    let next = next.filter(|next| !next.is_empty());
    leptos_axum::redirect(&match next {
        Some(next) => addresses::two_factor_and_return(addresses::safe_return(next)),
        None => addresses::TWO_FACTOR.to_owned(),
    });
}
