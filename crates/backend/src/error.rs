//! The one error of the backend. What a client may know of it is decided here
//! and nowhere else: SQL, paths and keys stay inside.

use domain::{Invalid, problem::Problem};

/// Shorthand for results of the backend.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It doesn't exist, or not for the one who asks.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Something sent can't be taken.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// Nobody is signed in, or the token is unknown.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// Known, but not allowed.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(&'static str),
    /// Too much in too short a time.
    #[error("{detail}")]
    RateLimited {
        /// When to try again, in seconds.
        retry_after_seconds: u64,
        /// What to tell the person.
        detail: &'static str,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A commit that several writes shared failed.
    #[error("commit: {0}")]
    Commit(String),
    /// Something that can't be, such as an unknown word in a status column.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// The HTTP status that says the same.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::Invalid(_) => 422,
            Self::Unauthorized(_) => 401,
            Self::Forbidden(_) => 403,
            Self::Conflict(_) => 409,
            Self::RateLimited { .. } => 429,
            Self::Database(sqlx::Error::PoolTimedOut) => 503,
            Self::Database(_) | Self::Migration(_) | Self::Commit(_) | Self::Internal(_) => 500,
        }
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (kind, title, detail) = match self {
            Self::NotFound(what) => ("not-found", "Not found", format!("There is no such {what}.")),
            Self::Invalid(invalid) => ("invalid", "Can't be taken", invalid.message.clone()),
            Self::Unauthorized(detail) => ("unauthorized", "Not signed in", (*detail).to_owned()),
            Self::Forbidden(detail) => ("forbidden", "Not allowed", (*detail).to_owned()),
            Self::Conflict(detail) => ("conflict", "Conflict", (*detail).to_owned()),
            Self::RateLimited { detail, .. } => ("rate-limited", "Too many requests", (*detail).to_owned()),
            Self::Database(sqlx::Error::PoolTimedOut) => (
                "busy",
                "Busy",
                "The server is very busy. Nothing was lost; please try again in a moment.".to_owned(),
            ),
            Self::Database(_) | Self::Migration(_) | Self::Commit(_) | Self::Internal(_) => (
                "internal",
                "Something went wrong",
                "Something went wrong on our side. Please try again; if it keeps happening, tell the operator the time of this message."
                    .to_owned(),
            ),
        };
        Problem {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: self.status(),
            detail,
            field: match self {
                Self::Invalid(invalid) => Some(invalid.field.clone()),
                _ => None,
            },
        }
    }

    /// How long to wait before a retry makes sense, in seconds, where that is
    /// known.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::RateLimited {
                retry_after_seconds,
                ..
            } => Some(*retry_after_seconds),
            Self::Database(sqlx::Error::PoolTimedOut) => Some(1),
            _ => None,
        }
    }

    /// An [`Error::Internal`] about a value in `column` that no code writes.
    pub(crate) fn corrupt(column: &str, value: impl std::fmt::Debug) -> Self {
        Self::Internal(format!("unexpected {value:?} in column {column}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn internals_never_reach_the_client() {
        let secret = "SELECT password_hash FROM users";
        for error in [
            Error::Internal(secret.into()),
            Error::Commit(secret.into()),
            Error::Database(sqlx::Error::Protocol(secret.into())),
        ] {
            let problem = error.problem();
            assert_eq!(problem.status, 500);
            assert!(!problem.detail.contains("SELECT"));
        }
    }
}
