//! What `#[server]` bodies need of the request they run for.
//!
//! They run on two occasions: called by the browser under `/api/app`, and
//! while a page is rendered. A problem becomes the response's status in the
//! first case, and a redirect or a page in the second.

use crate::{addresses, cookies, error::AppError, response};
use axum::http::{header, request::Parts};
use backend::{
    Ctx,
    access::{Principal, User},
    auth,
    error::{Error, Forbidden},
    stores,
};
use domain::ids::StoreId;
use leptos::prelude::use_context;
use tracing::Span;

/// The address a request came from, for rate limits. The server puts it into
/// the request's extensions, since only it knows which proxies to believe.
#[derive(Debug, Clone)]
pub struct ClientIp(pub String);

/// The span of a request, in its extensions: parts of a page are rendered by
/// tasks of their own, outside of it.
#[derive(Debug, Clone)]
pub struct RequestSpan(pub Span);

/// The backend's context, provided by the server.
///
/// # Errors
/// If the server forgot to.
pub fn context() -> Result<Ctx, AppError> {
    use_context::<Ctx>().ok_or_else(AppError::internal)
}

/// Who is asking.
///
/// # Errors
/// [`AppError::signed_out`]; a page being rendered is answered with a redirect
/// to the sign-in page, which knows the way back.
pub async fn user() -> Result<(Ctx, User), AppError> {
    let (ctx, user) = guest().await?;
    match user {
        Some(user) => Ok((ctx, user)),
        None => {
            let error = AppError::signed_out();
            if let Some(path) = response::page_path() {
                leptos_axum::redirect(&addresses::sign_in_and_return(&path));
            } else {
                response::answer_with_status(error.problem.status);
            }
            Err(error)
        }
    }
}

/// Who is asking, if they are signed in.
///
/// # Errors
/// If the database fails.
pub async fn guest() -> Result<(Ctx, Option<User>), AppError> {
    let ctx = context()?;
    let user = match cookies::session_token() {
        Some(token) => auth::user_of_session(&ctx, &token).await.map_err(refuse)?,
        None => None,
    };
    Ok((ctx, user))
}

/// Who is asking, as a member of `store`.
///
/// # Errors
/// As [`user`]; [`AppError::not_found`] for a store that isn't theirs. If it requires a second
/// factor that they lack, a page being rendered is answered with a redirect to setting it up.
pub async fn member(store: StoreId) -> Result<(Ctx, Principal), AppError> {
    let (ctx, user) = user().await?;
    match stores::member(&ctx, &user, store).await {
        Ok(member) => Ok((ctx, member)),
        Err(error) => {
            if matches!(error, Error::Forbidden(Forbidden::TwoFactorNeeded))
                && let Some(path) = response::page_path()
            {
                leptos_axum::redirect(&addresses::two_factor_and_return(&path));
                return Err(error.cause().into());
            }
            Err(refuse(error))
        }
    }
}

/// A backend error as the client may know it. Failures are logged here, the
/// one edge of the dashboard.
pub fn refuse(error: backend::Error) -> AppError {
    let cause = error.cause();
    if let Some(seconds) = cause.retry_after_seconds() {
        response::retry_after(seconds);
    }
    let refused = AppError::from(cause);
    if error.is_failure() {
        let span = use_context::<Parts>().and_then(|parts| parts.extensions.get().cloned());
        let RequestSpan(span) = span.unwrap_or(RequestSpan(Span::none()));
        span.in_scope(|| tracing::error!(%error, "a dashboard request failed"));
    }
    response::answer_with_status(refused.problem.status);
    refused
}

/// What is known of a browser that signs in.
pub struct Signing {
    address: String,
    device: Option<String>,
    user_agent: Option<String>,
}

impl Signing {
    /// The one whose request is being answered.
    pub fn here() -> Self {
        let said = use_context::<Parts>().and_then(|parts| {
            let said = parts.headers.get(header::USER_AGENT)?;
            said.to_str().ok().map(str::to_owned)
        });
        Self {
            address: client_ip(),
            device: cookies::device(),
            user_agent: said,
        }
    }

    /// The same for the backend.
    pub fn caller(&self) -> auth::Caller<'_> {
        auth::Caller {
            address: &self.address,
            device: self.device.as_deref(),
            user_agent: self.user_agent.as_deref(),
        }
    }
}

/// Where the request came from.
pub fn client_ip() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<ClientIp>().cloned())
        .map_or_else(|| "unknown".to_owned(), |ClientIp(address)| address)
}
