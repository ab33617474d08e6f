//! All SQL of the floor.

use sqlx::{
    ConnectOptions, PgPool, Row, SqliteConnection,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::path::Path;

/// Connections to PostgreSQL, as many as the product has.
const CONNECTIONS: u32 = 16;

/// The floor's one writer, as durable as the product's and as warm.
pub async fn open_sqlite(file: &Path) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    // More than the write-ahead log holds before it is written back (4 MB): from
    // then on it is overwritten, as a server's that has run for a while, the
    // product's after its seed included. A log that grows is several times slower.
    sqlx::raw_sql(
        "CREATE TABLE filler AS SELECT zeroblob(8000000) AS bytes;
         DROP TABLE filler",
    )
    .execute(&mut connection)
    .await?;
    sqlx::raw_sql(
        "CREATE TABLE messages (
            seq        INTEGER PRIMARY KEY,
            id         TEXT    NOT NULL UNIQUE,
            body       TEXT    NOT NULL,
            created_at INTEGER NOT NULL
        )",
    )
    .execute(&mut connection)
    .await?;
    Ok(connection)
}

/// The row's number. $1 id, $2 body, $3 now
pub async fn insert_sqlite(
    connection: &mut SqliteConnection,
    id: &str,
    body: &str,
    now: i64,
) -> sqlx::Result<i64> {
    let inserted = sqlx::query("INSERT INTO messages (id, body, created_at) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(body)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(inserted.last_insert_rowid())
}

/// The floor's pool, which doesn't ask a connection whether it lives.
pub async fn open_postgres(url: &str) -> sqlx::Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false)
        .connect(url)
        .await?;
    sqlx::raw_sql(
        "CREATE TABLE messages (
            seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id         TEXT   NOT NULL UNIQUE,
            body       TEXT   NOT NULL,
            created_at BIGINT NOT NULL
        )",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

/// The row's number. $1 id, $2 body, $3 now
pub async fn insert_postgres(pool: &PgPool, id: &str, body: &str, now: i64) -> sqlx::Result<i64> {
    let row = sqlx::query(
        "INSERT INTO messages (id, body, created_at) VALUES ($1, $2, $3) RETURNING seq",
    )
    .bind(id)
    .bind(body)
    .bind(now)
    .fetch_one(pool)
    .await?;
    row.try_get("seq")
}
