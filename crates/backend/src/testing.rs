//! A database of its own for each test: a file in a temporary folder, or, with
//! `SHOPDESK_TEST_DATABASE_URL`, a database made on that PostgreSQL server.

pub mod redis;
#[cfg(test)]
pub(crate) mod shop;

use crate::{
    Config, Ctx, context::Data, db::Kind, error::Result, outgoing::PrivateHosts,
    public_url::PublicUrl, tokens,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use std::{net::SocketAddr, path::PathBuf};
use tempfile::TempDir;

/// A context on an empty database. Keep it as long as the test runs.
pub struct TestCtx {
    /// The context.
    pub ctx: Ctx,
    /// A folder that goes with the test.
    pub folder: TempDir,
}

/// A column of the schema, as the database itself knows it.
#[derive(Debug)]
pub struct Column {
    /// The table's name.
    pub table: String,
    /// The column's name.
    pub name: String,
    /// Whether every row has a value in it.
    pub required: bool,
}

/// A configuration for tests: the given database, the machine's embedding
/// model if `./dev` has set one up, no language model.
#[must_use]
pub fn config(database_url: String) -> Config {
    let path = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    Config {
        database_url,
        data: Data::Memory,
        secret: None,
        public_url: PublicUrl::listening_on(SocketAddr::from(([127, 0, 0, 1], 3000))),
        redis_url: None,
        embedding_model_dir: path("EMBEDDING_MODEL_DIR"),
        onnx_runtime: path("ORT_DYLIB_PATH"),
        language_model: None,
        // Tests' own servers.
        private_hosts: PrivateHosts::listed("127.0.0.1, localhost"),
        secure_cookies: false,
        rate_limits: true,
        demo: false,
        demo_api_key: false,
        mails_are_read: false,
    }
}

/// The URL of a new, empty database in `folder` or on the test server.
///
/// # Errors
/// If the server can't be reached.
pub async fn new_database(folder: &TempDir) -> Result<String> {
    let Some(server) = std::env::var("SHOPDESK_TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
    else {
        let file = folder.path().join("shopdesk.db");
        return Ok(format!("sqlite://{}?mode=rwc", file.display()));
    };
    sqlx::any::install_default_drivers();
    let name = format!(
        "test_{}",
        tokens::random::<9>()?.replace('-', "a").to_lowercase()
    );
    let mut connection = AnyConnection::connect(&server).await?;
    // The name is made of letters, digits and underscores, here.
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    let (base, _) = server.rsplit_once('/').unwrap_or((&server, ""));
    Ok(format!("{base}/{name}"))
}

impl TestCtx {
    /// A new one, with `change` made to its configuration.
    ///
    /// # Errors
    /// If there is no database to be had.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Result<Self> {
        let folder = TempDir::new().map_err(|error| crate::Error::Internal(error.to_string()))?;
        let mut config = config(new_database(&folder).await?);
        change(&mut config);
        Ok(Self {
            ctx: Ctx::connect(config).await?,
            folder,
        })
    }

    /// A new one.
    ///
    /// # Errors
    /// If there is no database to be had.
    pub async fn new() -> Result<Self> {
        Self::with(|_| {}).await
    }

    /// Every column of every table that the migrations make.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn schema(&self) -> Result<Vec<Column>> {
        let db = self.ctx.db();
        let columns = match db.kind() {
            Kind::Sqlite => {
                "SELECT t.name AS table_name, c.name AS column_name, c.\"notnull\" AS required
                 FROM sqlite_master t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
                    AND t.name <> '_sqlx_migrations'
                    -- What the full-text index keeps its parts in.
                    AND t.name NOT GLOB 'search_messages_*'"
            }
            Kind::Postgres => {
                "SELECT CAST(table_name AS TEXT) AS table_name,
                    CAST(column_name AS TEXT) AS column_name,
                    CAST(CASE WHEN is_nullable = 'NO' THEN 1 ELSE 0 END AS BIGINT) AS required
                 FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
            }
        };
        let mut connection = db.read().await?;
        let rows = sqlx::query(columns).fetch_all(&mut *connection).await?;
        rows.iter()
            .map(|row| {
                Ok(Column {
                    table: row.try_get("table_name")?,
                    name: row.try_get("column_name")?,
                    required: row.try_get::<i64, _>("required")? != 0,
                })
            })
            .collect()
    }
}
