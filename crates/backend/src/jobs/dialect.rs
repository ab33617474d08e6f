//! SQL of the queue that SQLite and PostgreSQL write differently.

pub(crate) mod postgres;
pub(crate) mod sqlite;

/// A statement that differs only in how it says what time it is. The database's
/// clock counts, so that servers whose clocks differ agree on leases.
macro_rules! at_database_time {
    ($kind:expr, $before:literal, $after:literal) => {
        match $kind {
            $crate::db::Kind::Sqlite => {
                concat!($before, $crate::jobs::dialect::sqlite::now!(), $after)
            }
            $crate::db::Kind::Postgres => {
                concat!($before, $crate::jobs::dialect::postgres::now!(), $after)
            }
        }
    };
}

pub(super) use at_database_time;
