//! All SQL of the floor.

use sqlx::{
    ConnectOptions, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::path::Path;

/// The floor's one writer, as durable as the product's and as warm.
pub async fn open(file: &Path) -> sqlx::Result<SqliteConnection> {
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
pub async fn insert(
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
