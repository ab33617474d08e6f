//! The one error of the backend: codes and data. What a client may know of it
//! is decided here ([`Error::cause`]), how it is worded in
//! [`domain::problem::words`]: SQL, paths and keys stay inside.

pub use domain::problem::{Conflict, Forbidden, Noun, RateLimit, Unauthorized};

use domain::{
    Invalid,
    ids::ConversationId,
    order_source::SourceTrouble,
    problem::{Cause, Code},
    settings::StoredSection,
};
use std::sync::Arc;

/// Shorthand for results of the backend.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done. Its text is for logs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It doesn't exist, or not for the one who asks.
    #[error("not found: {0:?}")]
    NotFound(Noun),
    /// Something sent can't be taken.
    #[error("invalid {}", .0.field)]
    Invalid(#[from] Invalid),
    /// Nobody is signed in, or the token is unknown.
    #[error("unauthorized: {0:?}")]
    Unauthorized(Unauthorized),
    /// Known, but not allowed.
    #[error("forbidden: {0:?}")]
    Forbidden(Forbidden),
    /// It contradicts what is there.
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// The conversation is a part of this one now.
    #[error("merged into {0}")]
    Merged(ConversationId),
    /// Somebody has saved a section of the settings meanwhile: what is stored now.
    #[error("version conflict in {:?}", .0.section.name())]
    VersionConflict(Box<StoredSection>),
    /// Too much in too short a time.
    #[error("rate limit {limit:?} reached")]
    RateLimited {
        /// Which limit was reached.
        limit: RateLimit,
        /// When to try again, in seconds.
        retry_after_seconds: u64,
    },
    /// More work than can be done right now.
    #[error("too much to do")]
    Busy,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A commit that several writes shared failed, for all of them.
    #[error("commit: {0}")]
    Commit(Arc<Error>),
    /// A column holds what no code writes. Its value may be anybody's data, so
    /// it isn't kept.
    #[error("unexpected value in column {column}")]
    Corrupt {
        /// The column's name.
        column: String,
    },
    /// A shop can't be asked about orders, or whose customer's token one is.
    #[error("order source: {0:?}")]
    OrderSource(SourceTrouble),
    /// A file could not be read or written. The text names no path.
    #[error("disk: {0}")]
    Disk(std::io::Error),
    /// The installation can't run as it is set up; what the operator is told.
    #[error("{0}")]
    Setup(String),
    /// Something that can't be.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// What the client may know.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::NotFound(noun) => Cause::NotFound(*noun),
            Self::Invalid(invalid) => Cause::Invalid(invalid.clone()),
            Self::Unauthorized(why) => Cause::Unauthorized(*why),
            Self::Forbidden(why) => Cause::Forbidden(*why),
            Self::Conflict(conflict) => Cause::Conflict(*conflict),
            Self::Merged(id) => Cause::Merged(*id),
            Self::VersionConflict(stored) => Cause::VersionConflict(stored.clone()),
            Self::RateLimited {
                limit,
                retry_after_seconds,
            } => Cause::RateLimited {
                limit: *limit,
                retry_after_seconds: *retry_after_seconds,
            },
            Self::Busy => Cause::Busy,
            Self::Database(error) => outage(error).unwrap_or(Cause::Internal),
            Self::Commit(shared) => shared.cause(),
            Self::Disk(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                Cause::Unavailable
            }
            Self::OrderSource(_) => Cause::ShopUnreachable,
            Self::Migration(_)
            | Self::Corrupt { .. }
            | Self::Disk(_)
            | Self::Setup(_)
            | Self::Internal(_) => Cause::Internal,
        }
    }

    /// The kind of the problem.
    #[must_use]
    pub fn code(&self) -> Code {
        self.cause().code()
    }

    /// An [`Error::Corrupt`] about `column`.
    pub(crate) fn corrupt(column: &str) -> Self {
        Self::Corrupt {
            column: column.to_owned(),
        }
    }

    /// Whether the fault is ours, and belongs into the log. To be asked for more
    /// than can be done is none, nor is a merchant's shop that is down.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.code().status() >= 500 && !matches!(self, Self::Busy | Self::OrderSource(_))
    }
}

/// What `error` says about the database's state, if it isn't a bug: a retry
/// may help then.
fn outage(error: &sqlx::Error) -> Option<Cause> {
    match error {
        sqlx::Error::PoolTimedOut => Some(Cause::Busy),
        // The connection was refused or cut, or the server is going down. What a
        // server says while it ends may break off anywhere.
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Some(Cause::Unavailable),
        sqlx::Error::Database(error) => outage_by_code(error.code()?.as_ref()),
        _ => None,
    }
}

/// PostgreSQL's codes have five characters, SQLite's are numbers of at most
/// four, whose lowest byte is the kind.
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>,
/// <https://www.sqlite.org/rescode.html>
fn outage_by_code(code: &str) -> Option<Cause> {
    const SQLITE_BUSY: u32 = 5;
    const SQLITE_LOCKED: u32 = 6;
    const SQLITE_NO_MEMORY: u32 = 7;
    const SQLITE_READ_ONLY: u32 = 8;
    const SQLITE_IO: u32 = 10;
    const SQLITE_FULL: u32 = 13;
    const SQLITE_CANT_OPEN: u32 = 14;
    const SQLITE_PROTOCOL: u32 = 15;
    if code.len() == 5 {
        return match code {
            // Too many connections; a statement, a lock, a circle of locks or a
            // transaction that took too long; two that got in each other's way.
            "53300" | "57014" | "55P03" | "40P01" | "40001" | "25P03" => Some(Cause::Busy),
            // A standby that isn't the primary yet; a disk that fails.
            "25006" | "58030" => Some(Cause::Unavailable),
            // The connection failed; out of disk or memory; going down, crashed,
            // starting up.
            _ => ["08", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class))
                .then_some(Cause::Unavailable),
        };
    }
    match code.parse::<u32>().ok()? & 0xFF {
        SQLITE_BUSY | SQLITE_LOCKED | SQLITE_PROTOCOL => Some(Cause::Busy),
        SQLITE_NO_MEMORY | SQLITE_READ_ONLY | SQLITE_IO | SQLITE_FULL | SQLITE_CANT_OPEN => {
            Some(Cause::Unavailable)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::problem::Problem;

    const SECRET: &str = "SELECT password_hash FROM users";

    /// One of each variant, with a secret wherever there is room for one that
    /// isn't meant for the client.
    fn every_variant() -> Vec<Error> {
        let database = || sqlx::Error::Protocol(SECRET.into());
        let errors = vec![
            Error::NotFound(Noun::Store),
            Error::Invalid(Invalid::new("email", "No.")),
            Error::Unauthorized(Unauthorized::SignedOut),
            Error::Forbidden(Forbidden::Role),
            Error::Conflict(Conflict::IdTaken),
            Error::Merged(ConversationId::generate()),
            Error::VersionConflict(Box::new(StoredSection {
                section: domain::settings::Orders::default().into(),
                revision: domain::settings::Revision::default(),
            })),
            Error::RateLimited {
                limit: RateLimit::SignIn,
                retry_after_seconds: 30,
            },
            Error::Busy,
            Error::Database(database()),
            Error::Database(sqlx::Error::Io(std::io::Error::other(SECRET))),
            Error::Migration(sqlx::migrate::MigrateError::Execute(database())),
            Error::Commit(Arc::new(Error::Database(database()))),
            Error::Corrupt {
                column: SECRET.into(),
            },
            Error::OrderSource(SourceTrouble::WrongKey),
            Error::Disk(std::io::Error::other(SECRET)),
            Error::Setup(SECRET.into()),
            Error::Internal(SECRET.into()),
        ];
        // A variant that is new must be added above.
        for error in &errors {
            match error {
                Error::NotFound(_)
                | Error::Invalid(_)
                | Error::Merged(_)
                | Error::Unauthorized(_)
                | Error::Forbidden(_)
                | Error::Conflict(_)
                | Error::VersionConflict(_)
                | Error::RateLimited { .. }
                | Error::Busy
                | Error::Database(_)
                | Error::Migration(_)
                | Error::Commit(_)
                | Error::Corrupt { .. }
                | Error::OrderSource(_)
                | Error::Disk(_)
                | Error::Setup(_)
                | Error::Internal(_) => {}
            }
        }
        errors
    }

    #[test]
    fn internals_never_reach_the_client() {
        for error in every_variant() {
            let problem = format!("{:?}", Problem::from(error.cause()));
            assert!(!problem.contains("password_hash"), "{error:?}: {problem}");
        }
    }

    #[test]
    fn a_database_that_is_out_of_reach_is_no_bug() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        for (error, code) in [
            (sqlx::Error::PoolTimedOut, Code::Busy),
            (sqlx::Error::Io(refused), Code::Unavailable),
            (sqlx::Error::PoolClosed, Code::Unavailable),
            (sqlx::Error::RowNotFound, Code::Internal),
        ] {
            let shared = Error::Commit(Arc::new(Error::Database(error)));
            assert_eq!(shared.code(), code, "{shared}");
            let waits = shared.cause().retry_after_seconds().is_some();
            assert_eq!(waits, code != Code::Internal);
        }
    }

    #[test]
    fn the_databases_own_codes_tell_an_outage_from_a_bug() {
        for (code, cause) in [
            ("57P01", Some(Cause::Unavailable)),
            ("08006", Some(Cause::Unavailable)),
            ("53300", Some(Cause::Busy)),
            ("53400", Some(Cause::Unavailable)),
            ("25006", Some(Cause::Unavailable)),
            ("40001", Some(Cause::Busy)),
            ("23505", None),
            ("42P01", None),
            ("5", Some(Cause::Busy)),
            ("517", Some(Cause::Busy)),
            ("778", Some(Cause::Unavailable)),
            ("13", Some(Cause::Unavailable)),
            ("8", Some(Cause::Unavailable)),
            ("14", Some(Cause::Unavailable)),
            ("262", Some(Cause::Busy)),
            ("2067", None),
        ] {
            assert_eq!(outage_by_code(code), cause, "{code}");
        }
    }

    #[test]
    fn an_unexpected_value_is_not_kept() {
        let error = Error::corrupt("ai_trace");
        assert_eq!(error.to_string(), "unexpected value in column ai_trace");
    }
}
