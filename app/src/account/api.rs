//! Server functions of the account.

use crate::{error::AppError, json::Answer};
use domain::{
    account::{Account, Session},
    push::Tried,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{addresses, cookies, request},
    backend::auth,
    domain::{
        notifications::{Notifications, QuietHours},
        push::PushTarget,
    },
};

/// The person who is signed in, with their stores.
#[server(prefix = "/api/app", endpoint = "account/current", output = Answer)]
pub async fn current() -> Result<Account, AppError> {
    let (ctx, user) = request::user().await?;
    let mut account = backend::stores::account(&ctx, &user)
        .await
        .map_err(request::refuse)?;
    let token = cookies::session_token().unwrap_or_default();
    account.pushed_here = backend::push::is_on(&ctx, &token)
        .await
        .map_err(request::refuse)?;
    Ok(account)
}

/// Whether nobody has signed up yet.
#[server(prefix = "/api/app", endpoint = "account/installation-is-empty", output = Answer)]
pub async fn installation_is_empty() -> Result<bool, AppError> {
    let ctx = request::context()?;
    auth::installation_is_empty(&ctx)
        .await
        .map_err(request::refuse)
}

/// Where the start page leads: sign-up, sign-in, the only store, or the list.
#[server(prefix = "/api/app", endpoint = "account/start", output = Answer)]
pub async fn start() -> Result<String, AppError> {
    let (ctx, user) = request::guest().await?;
    let path = match user {
        Some(user) => {
            let account = backend::stores::account(&ctx, &user)
                .await
                .map_err(request::refuse)?;
            match account.stores.as_slice() {
                [only] => addresses::overview(only.id),
                _ => addresses::STORES.to_owned(),
            }
        }
        None if auth::installation_is_empty(&ctx)
            .await
            .map_err(request::refuse)? =>
        {
            addresses::SIGN_UP.to_owned()
        }
        None => addresses::SIGN_IN.to_owned(),
    };
    leptos_axum::redirect(&path);
    Ok(path)
}

/// Whether nobody has signed up yet, before the sign-in form is shown. Who is signed in
/// needs none, and is led to where the form would lead.
#[server(prefix = "/api/app", endpoint = "account/before-sign-in", output = Answer)]
pub async fn before_sign_in(next: String) -> Result<bool, AppError> {
    let (ctx, user) = request::guest().await?;
    if user.is_some() {
        leptos_axum::redirect(addresses::safe_return(&next));
        return Ok(false);
    }
    auth::installation_is_empty(&ctx)
        .await
        .map_err(request::refuse)
}

/// Signs up the first owner with their first store, and signs them in.
#[server(prefix = "/api/app", endpoint = "account/sign-up", output = Answer)]
pub async fn sign_up(
    name: String,
    email: String,
    password: String,
    store_name: String,
) -> Result<(), AppError> {
    let ctx = request::context()?;
    let form = auth::SignUp {
        name,
        email,
        password,
        store_name,
    };
    let signing = request::Signing::here();
    let session = auth::sign_up_first_owner(&ctx, form, signing.caller())
        .await
        .map_err(request::refuse)?;
    cookies::hand_over(&ctx, session)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Signs in and goes to `next`, or to the start page; by way of the code, if the account has a
/// second factor.
#[server(prefix = "/api/app", endpoint = "account/sign-in", output = Answer)]
pub async fn sign_in(
    email: String,
    password: String,
    next: Option<String>,
) -> Result<(), AppError> {
    let ctx = request::context()?;
    let signing = request::Signing::here();
    let signed_in = auth::sign_in(&ctx, &email, &password, signing.caller())
        .await
        .map_err(request::refuse)?;
    let next = addresses::safe_return(next.as_deref().unwrap_or("/"));
    match signed_in {
        auth::SignedIn::Session(session) => {
            cookies::hand_over(&ctx, session)?;
            leptos_axum::redirect(next);
        }
        auth::SignedIn::NeedsCode(pending) => {
            cookies::keep_pending(&ctx, pending)?;
            leptos_axum::redirect(&addresses::code_and_return(next));
        }
    }
    Ok(())
}

/// Ends the session and goes to `next`, or to the sign-in page.
#[server(prefix = "/api/app", endpoint = "account/sign-out", output = Answer)]
pub async fn sign_out(next: Option<String>) -> Result<(), AppError> {
    let ctx = request::context()?;
    if let Some(token) = cookies::session_token() {
        auth::sign_out(&ctx, &token)
            .await
            .map_err(request::refuse)?;
    }
    cookies::take_session(&ctx)?;
    let next = next.as_deref().map(addresses::safe_return);
    leptos_axum::redirect(next.unwrap_or(addresses::SIGN_IN));
    Ok(())
}

/// Changes the password. Every session of the account ends, and this browser
/// gets a new one.
#[server(prefix = "/api/app", endpoint = "account/change-password", output = Answer)]
pub async fn change_password(current: String, new: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let signing = request::Signing::here();
    let session = auth::password::change_password(&ctx, &user, &current, &new, signing.caller())
        .await
        .map_err(request::refuse)?;
    cookies::hand_over(&ctx, session)?;
    Ok(())
}

/// Changes the name that shoppers and the teams see, and the signature for canned responses.
#[server(prefix = "/api/app", endpoint = "account/rename", output = Answer)]
pub async fn rename(name: String, signature: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    auth::rename(&ctx, &user, &name, Some(&signature))
        .await
        .map_err(request::refuse)
}

/// Keeps how somebody's replies go out. Its form names what is switched on.
#[server(prefix = "/api/app", endpoint = "account/replies", output = Answer)]
pub async fn choose_replies(hold: Option<String>) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    auth::hold_replies(&ctx, &user, hold.is_some())
        .await
        .map_err(request::refuse)
}

/// Keeps what somebody wants to be told of. Its form names what is switched on.
#[server(prefix = "/api/app", endpoint = "account/notifications", output = Answer)]
pub async fn choose_notifications(
    mail: Option<String>,
    sound: Option<String>,
    browser: Option<String>,
    quiet_from: Option<String>,
    quiet_until: Option<String>,
    time_zone: Option<String>,
) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let given = |field: Option<String>| field.unwrap_or_default();
    let quiet = QuietHours::parse(&given(quiet_from), &given(quiet_until), &given(time_zone))
        .map_err(|invalid| request::refuse(invalid.into()))?;
    let chosen = Notifications {
        mail: mail.is_some(),
        sound: sound.is_some(),
        browser: browser.is_some(),
        quiet,
    };
    backend::notifications::save(&ctx, &user, chosen)
        .await
        .map_err(request::refuse)
}

/// The key that this browser's push service is to know us by.
#[server(prefix = "/api/app", endpoint = "account/push/key", output = Answer)]
pub async fn push_key() -> Result<String, AppError> {
    let (ctx, _) = request::user().await?;
    backend::push::public_key(&ctx).map_err(request::refuse)
}

/// Tells this browser while no page is open, where its push service says.
#[server(prefix = "/api/app", endpoint = "account/push/subscribe", output = Answer)]
pub async fn subscribe_push(
    endpoint: String,
    p256dh: String,
    auth: String,
) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let token = cookies::session_token().unwrap_or_default();
    let target = PushTarget::parse(endpoint, p256dh, auth)
        .map_err(|invalid| request::refuse(invalid.into()))?;
    backend::push::subscribe(&ctx, &user, &token, target)
        .await
        .map_err(request::refuse)
}

/// Tells this browser nothing more.
#[server(prefix = "/api/app", endpoint = "account/push/unsubscribe", output = Answer)]
pub async fn unsubscribe_push() -> Result<(), AppError> {
    let (ctx, _) = request::user().await?;
    let token = cookies::session_token().unwrap_or_default();
    backend::push::unsubscribe(&ctx, &token)
        .await
        .map_err(request::refuse)
}

/// Sends this browser a message, to see whether one arrives.
#[server(prefix = "/api/app", endpoint = "account/push/try", output = Answer)]
pub async fn try_push() -> Result<Tried, AppError> {
    let (ctx, user) = request::user().await?;
    let token = cookies::session_token().unwrap_or_default();
    backend::push::try_out(&ctx, &user, &token)
        .await
        .map_err(request::refuse)
}

/// Says in all teams that one is away, or back.
#[server(prefix = "/api/app", endpoint = "account/set-away", output = Answer)]
pub async fn set_away(away: bool) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    backend::presence::set_away(&ctx, &user, away)
        .await
        .map_err(request::refuse)
}

/// The browsers that are signed in, this one among them.
#[server(prefix = "/api/app", endpoint = "account/sessions", output = Answer)]
pub async fn sessions() -> Result<Vec<Session>, AppError> {
    let (ctx, user) = request::user().await?;
    let token = cookies::session_token().unwrap_or_default();
    auth::sessions(&ctx, &user, &token)
        .await
        .map_err(request::refuse)
}

/// Signs another browser out at once.
#[server(prefix = "/api/app", endpoint = "account/end-session", output = Answer)]
pub async fn end_session(id: String) -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    auth::end_session(&ctx, &user, &id)
        .await
        .map_err(request::refuse)
}

/// Signs all other browsers out at once.
#[server(prefix = "/api/app", endpoint = "account/end-other-sessions", output = Answer)]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let (ctx, user) = request::user().await?;
    let token = cookies::session_token().unwrap_or_default();
    auth::end_other_sessions(&ctx, &user, &token)
        .await
        .map(drop)
        .map_err(request::refuse)
}
