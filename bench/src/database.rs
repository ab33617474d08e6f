//! New, empty databases to measure on: a file beside the clone, or a database
//! on a PostgreSQL server.

mod queries;

use crate::{
    failure::Failure,
    options::{DatabaseKind, Options},
    report::{file_system, row},
};
use sqlx::{Connection, PgConnection};
use std::{fmt, path::Path};
use tempfile::TempDir;

/// Makes databases of one kind.
#[derive(Debug, Clone)]
pub enum Engine {
    /// Files in temporary folders.
    Sqlite,
    /// On the server with this URL.
    Postgres(String),
}

/// A database of our own.
pub struct Database {
    /// Of the database, as the product takes it.
    pub url: String,
    /// A folder of ours on the current folder's disk; SQLite's file is in it.
    pub folder: TempDir,
    /// The server and the name there, to be removed.
    on_server: Option<(String, String)>,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        })
    }
}

impl Engine {
    /// Those that are there and asked for.
    pub fn asked_for(options: &Options) -> Vec<Self> {
        let wants = |kind| options.database.is_none_or(|only| only == kind);
        let mut engines = Vec::new();
        if wants(DatabaseKind::Sqlite) {
            engines.push(Self::Sqlite);
        }
        let server = options.postgres_url.clone().filter(|url| !url.is_empty());
        if let Some(server) = server.filter(|_| wants(DatabaseKind::Postgres)) {
            engines.push(Self::Postgres(server));
        }
        engines
    }

    /// One line: what runs, and how safe its commits are.
    pub async fn about(&self) -> String {
        let about = match self {
            Self::Sqlite => Ok("in WAL mode, synchronous=FULL".to_owned()),
            Self::Postgres(server) => about_server(server).await,
        };
        row(
            &self.to_string(),
            &about.unwrap_or_else(|failure| format!("can't be reached: {failure}")),
        )
    }

    /// A new, empty database.
    ///
    /// # Errors
    /// If the folder can't be made, or the server can't be reached.
    pub async fn create(&self) -> Result<Database, Failure> {
        let folder = temporary_folder()?;
        let Self::Postgres(server) = self else {
            let file = folder.path().join("shopdesk.db");
            return Ok(Database {
                url: format!("sqlite://{}?mode=rwc", file.display()),
                folder,
                on_server: None,
            });
        };
        let unique = folder.path().file_name().unwrap_or_default();
        let name: String = unique
            .to_string_lossy()
            .chars()
            .map(|character| match character {
                'a'..='z' | '0'..='9' => character,
                upper @ 'A'..='Z' => upper.to_ascii_lowercase(),
                _ => '_',
            })
            .collect();
        let mut connection = PgConnection::connect(server).await?;
        queries::create_database(&mut connection, &name).await?;
        connection.close().await?;
        let (base, _) = server.rsplit_once('/').unwrap_or((server, ""));
        Ok(Database {
            url: format!("{base}/{name}"),
            folder,
            on_server: Some((server.clone(), name)),
        })
    }
}

impl Database {
    /// Removes it. What isn't removed goes with the throwaway server.
    ///
    /// # Errors
    /// If the server can't be reached.
    pub async fn remove(self) -> Result<(), Failure> {
        if let Some((server, name)) = &self.on_server {
            let mut connection = PgConnection::connect(server).await?;
            queries::drop_database(&mut connection, name).await?;
            connection.close().await?;
        }
        Ok(())
    }
}

async fn about_server(server: &str) -> Result<String, Failure> {
    let mut connection = PgConnection::connect(server).await?;
    let settings = queries::settings(&mut connection).await?;
    connection.close().await?;
    let kind = file_system(Path::new(&settings.folder))
        .unwrap_or_else(|| "an unknown file system".to_owned());
    Ok(format!(
        "{}, fsync={}, synchronous_commit={}, data on {kind}",
        settings.version, settings.fsync, settings.synchronous_commit
    ))
}

/// A folder on the current folder's disk, as the data folder is by default: a
/// temporary file system in memory would make every commit free.
fn temporary_folder() -> std::io::Result<TempDir> {
    let here = std::env::current_dir()?;
    tempfile::Builder::new()
        .prefix(".shopdesk-bench-")
        .tempdir_in(here)
}
