//! The one error of every server function: a problem that may be shown.

use crate::json::Json;
use domain::problem::{Cause, Code, Malformed, Noun, Problem, Unauthorized};
use leptos::{
    prelude::{FromServerFnError, use_context},
    server::ServerActionError,
    server_fn::error::{ServerFnErrorErr, ServerFnUrlError},
};
use serde::{Deserialize, Serialize};
use std::fmt;

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
        Cause::Unreachable.into()
    }

    /// What was sent can't be read. The forms never send such a thing.
    #[must_use]
    pub fn malformed() -> Self {
        Cause::Malformed(Malformed::Call).into()
    }

    /// There is nothing at this address, or nothing for this account.
    #[must_use]
    pub fn not_found() -> Self {
        Cause::NotFound(Noun::Page).into()
    }

    /// The session is missing or over.
    #[must_use]
    pub fn signed_out() -> Self {
        Cause::Unauthorized(Unauthorized::SignedOut).into()
    }

    /// The server did not do what it should; what exactly is in its log.
    #[must_use]
    pub fn internal() -> Self {
        Cause::Internal.into()
    }

    /// What became of a form under `prefix` that was posted without any script:
    /// the server led back here with the problem in the address.
    #[must_use]
    pub fn posted(prefix: &str) -> Option<Self> {
        let posted = use_context::<ServerActionError>()?;
        let ours = posted
            .path()
            .trim_start_matches('/')
            .starts_with(prefix.trim_start_matches('/'));
        ours.then(|| ServerFnUrlError::<Self>::decode_err(posted.err()))
    }

    /// Whether signing in again is the way on. A wrong password is another 401.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.problem.is(Code::SignedOut)
    }

    /// Whether setting up a second factor is the way on.
    #[must_use]
    pub fn needs_two_factor(&self) -> bool {
        self.problem.is(Code::TwoFactorNeeded)
    }

    /// The sentence for a person.
    #[must_use]
    pub fn text(&self) -> String {
        self.problem.detail.clone()
    }

    /// The sentence, if it is about this input.
    #[must_use]
    pub fn about(&self, field: &str) -> Option<String> {
        self.problem.about(field).map(str::to_owned)
    }
}

impl From<Cause> for AppError {
    fn from(cause: Cause) -> Self {
        Self {
            problem: cause.into(),
        }
    }
}

impl From<domain::Invalid> for AppError {
    fn from(invalid: domain::Invalid) -> Self {
        Cause::Invalid(invalid).into()
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.detail)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = Json;

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
