//! SQL about the database itself.

use crate::error::Result;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// Makes the settings of a connection.
pub(super) async fn set(
    connection: &mut AnyConnection,
    settings: &'static str,
) -> sqlx::Result<()> {
    sqlx::raw_sql(settings).execute(connection).await?;
    Ok(())
}

/// A table's name as SQL, quoted by the database.
pub(super) struct Table(String);

/// Tables that are several times as large as when PostgreSQL last looked.
pub(super) async fn grown_tables(connection: &mut AnyConnection) -> Result<Vec<Table>> {
    let rows = sqlx::query(
        "SELECT CAST(quote_ident(t.relname) AS TEXT) AS name
         FROM pg_stat_user_tables t JOIN pg_class c ON c.oid = t.relid
         WHERE t.schemaname = current_schema()
           AND t.n_live_tup > 10 + 2 * greatest(c.reltuples, 0)",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok(Table(row.try_get("name")?)))
        .collect()
}

/// Looks at a table, unless somebody else does just now.
pub(super) async fn analyze(connection: &mut AnyConnection, Table(name): Table) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE (SKIP_LOCKED) {name}")))
        .execute(connection)
        .await?;
    Ok(())
}

/// Fails if the database can't be read.
pub(super) async fn read_nothing(connection: &mut AnyConnection) -> Result<()> {
    sqlx::query("SELECT name FROM installation WHERE 1 = 0")
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// Fails if the database can't be written.
pub(super) async fn write_nothing(connection: &mut AnyConnection) -> Result<()> {
    sqlx::query("DELETE FROM installation WHERE 1 = 0")
        .execute(connection)
        .await?;
    Ok(())
}
