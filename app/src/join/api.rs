//! Server functions of joining a team.

use crate::{error::AppError, json::Answer};
use domain::team::Offer;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{addresses, cookies, request},
    backend::team::joining,
};

/// What an invitation says, to whoever has its link.
#[server(prefix = "/api/app", endpoint = "join/offer", output = Answer)]
pub async fn look(token: String) -> Result<Offer, AppError> {
    let (ctx, user) = request::guest().await?;
    let address = request::client_ip();
    joining::offer(&ctx, &token, user.as_ref(), &address)
        .await
        .map_err(request::refuse)
}

/// Joins with the account that is signed in, and goes to the store.
#[server(prefix = "/api/app", endpoint = "join/accept", output = Answer)]
pub async fn accept(token: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let address = request::client_ip();
    let store = joining::accept(&ctx, &user, &token, &address)
        .await
        .map_err(request::refuse)?;
    leptos_axum::redirect(&addresses::overview(store));
    Ok(())
}

/// Joins with a new account, signs it in and goes to the store.
#[server(prefix = "/api/app", endpoint = "join/sign-up", output = Answer)]
pub async fn join_with_new_account(
    token: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), AppError> {
    let ctx = request::context()?;
    let form = joining::Newcomer {
        name,
        email,
        password,
    };
    let signing = request::Signing::here();
    let (store, session) = joining::sign_up(&ctx, &token, form, signing.caller())
        .await
        .map_err(request::refuse)?;
    cookies::hand_over(&ctx, session)?;
    leptos_axum::redirect(&addresses::overview(store));
    Ok(())
}
