//! SQL about databases as a whole.

use sqlx::{AssertSqlSafe, PgConnection, Row};

/// What a PostgreSQL server promises.
pub struct Settings {
    pub version: String,
    pub fsync: String,
    pub synchronous_commit: String,
    /// Where its data is.
    pub folder: String,
}

pub async fn settings(connection: &mut PgConnection) -> sqlx::Result<Settings> {
    let row = sqlx::query(
        "SELECT current_setting('server_version') AS version,
             current_setting('fsync') AS fsync,
             current_setting('synchronous_commit') AS synchronous_commit,
             COALESCE(current_setting('data_directory', TRUE), '') AS folder",
    )
    .fetch_one(connection)
    .await?;
    Ok(Settings {
        version: row.try_get("version")?,
        fsync: row.try_get("fsync")?,
        synchronous_commit: row.try_get("synchronous_commit")?,
        folder: row.try_get("folder")?,
    })
}

/// `name` is made of letters, digits and underscores.
pub async fn create_database(connection: &mut PgConnection, name: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(connection)
        .await?;
    Ok(())
}

/// `name` is made of letters, digits and underscores.
pub async fn drop_database(connection: &mut PgConnection, name: &str) -> sqlx::Result<()> {
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}
