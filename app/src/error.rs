//! The one error of every server function: a problem that may be shown.

use domain::problem::Problem;
use leptos::{
    prelude::{FromServerFnError, use_context},
    server::ServerActionError,
    server_fn::{
        codec::JsonEncoding,
        error::{ServerFnErrorErr, ServerFnUrlError},
    },
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of [`AppError::signed_out`]. A wrong password is another 401.
const SIGNED_OUT: &str = "/problems/signed-out";

/// What a server function answers when it can't do what was asked. Its text
/// is safe to show: internals never leave the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError {
    /// What happened and what to do about it.
    pub problem: Problem,
}

impl AppError {
    /// The request did not reach the server, or its answer did not reach us.
    #[must_use]
    pub fn unreachable() -> Self {
        Self::new(
            "/problems/unreachable",
            "No connection",
            0,
            "The server can't be reached right now. Check your connection and try again.",
        )
    }

    /// What was sent can't be read. The forms never send such a thing.
    #[must_use]
    pub fn malformed() -> Self {
        Self::new(
            "/problems/malformed",
            "Malformed request",
            400,
            "This request can't be read. Reload the page and try again.",
        )
    }

    /// There is nothing at this address, or nothing for this account.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            "/problems/not-found",
            "Not found",
            404,
            "There is no such page, or it belongs to a store that you are not a member of.",
        )
    }

    /// The session is missing or over.
    #[must_use]
    pub fn signed_out() -> Self {
        Self::new(
            SIGNED_OUT,
            "Please sign in",
            401,
            "Your session has ended. Sign in again to go on.",
        )
    }

    /// The server did not do what it should; what exactly is in its log.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            "/problems/internal",
            "Something went wrong",
            500,
            "Something went wrong on our side. Please try again.",
        )
    }

    /// A problem of one kind.
    #[must_use]
    pub fn new(kind: &str, title: &str, status: u16, detail: &str) -> Self {
        Self {
            problem: Problem {
                kind: kind.to_owned(),
                title: title.to_owned(),
                status,
                detail: detail.to_owned(),
                field: None,
            },
        }
    }

    /// What became of a form under `prefix` that was posted without any script:
    /// the server led back here with the problem in the address.
    #[must_use]
    pub fn posted(prefix: &str) -> Option<Self> {
        let posted = use_context::<ServerActionError>()?;
        let ours = posted.path().trim_start_matches('/').starts_with(prefix);
        ours.then(|| ServerFnUrlError::<Self>::decode_err(posted.err()))
    }

    /// Whether signing in again is the way on.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.problem.kind == SIGNED_OUT
    }

    /// The sentence for a person.
    #[must_use]
    pub fn text(&self) -> String {
        self.problem.detail.clone()
    }

    /// The sentence, if it is about this input.
    #[must_use]
    pub fn about(&self, field: &str) -> Option<String> {
        (self.problem.field.as_deref() == Some(field)).then(|| self.text())
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self { problem }
    }
}

impl From<domain::Invalid> for AppError {
    fn from(invalid: domain::Invalid) -> Self {
        let mut error = Self::new(
            "/problems/invalid",
            "Please check this",
            422,
            &invalid.message,
        );
        error.problem.field = Some(invalid.field);
        error
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.detail)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            // The texts inside name types and fields of ours; they help nobody
            // who reads them on a page.
            ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Response(_)
            | ServerFnErrorErr::Deserialization(_) => Self::unreachable(),
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::malformed(),
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_) => Self::internal(),
        };
        #[cfg(feature = "ssr")]
        crate::response::answer_with_status(error.problem.status);
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internals_are_not_repeated() {
        let error = AppError::from_server_fn_error(ServerFnErrorErr::ServerError(
            "no such table: stores".into(),
        ));
        assert!(!error.to_string().contains("table"));
        assert_eq!(error.problem.status, 500);
    }

    #[test]
    fn an_error_survives_the_wire() {
        let error = AppError::from(domain::Invalid::new("email", "No."));
        assert_eq!(AppError::de(error.ser()), error);
        assert_eq!(error.about("email"), Some("No.".into()));
        assert_eq!(error.about("name"), None);
        // An answer that isn't ours, say a proxy's page.
        assert_eq!(AppError::de("<html>".into()), AppError::unreachable());
    }
}
