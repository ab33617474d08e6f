//! SQL that must differ between SQLite and PostgreSQL, each form beside its
//! twin: the same parameters, the same rows.

pub(crate) mod postgres;
pub(crate) mod sqlite;
