//! Server functions of forgotten passwords. Plain forms post to them.

use crate::{error::AppError, json::Answer};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{addresses, cookies, request},
    backend::auth::reset,
};

/// Has a link sent, if there is an account with this address. Nobody is told whether there is.
#[server(prefix = "/api/app", endpoint = "account/forgot-password", output = Answer)]
pub async fn forgot_password(email: String) -> Result<(), AppError> {
    let ctx = request::context()?;
    reset::ask(&ctx, &email, &request::client_ip())
        .await
        .map_err(request::refuse)?;
    leptos_axum::redirect(&addresses::forgot_password_sent());
    Ok(())
}

/// Sets a new password by a link. Whoever is signed in with the account is signed out.
#[server(prefix = "/api/app", endpoint = "account/reset-password", output = Answer)]
pub async fn reset_password(token: String, password: String) -> Result<(), AppError> {
    let ctx = request::context()?;
    reset::reset(&ctx, &token, &password, &request::client_ip())
        .await
        .map_err(request::refuse)?;
    cookies::take_session(&ctx)?;
    cookies::end_pending(&ctx)?;
    leptos_axum::redirect(addresses::PASSWORD_RESET);
    Ok(())
}
