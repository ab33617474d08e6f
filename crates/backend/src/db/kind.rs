//! Which database it is.

/// Which database runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The one by `DATABASE_URL`.
    Postgres,
}
