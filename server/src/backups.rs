//! `shopdesk backup` and `shopdesk restore` of the embedded database.

use crate::{
    command::Outcome,
    config::{BackupOptions, DataOptions, sqlite_url},
    data_lock::DataLock,
};
use backend::{Config, Ctx};
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

/// The first bytes of every SQLite file.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// What a database's files end with: itself, its log, the log's index.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// Writes a consistent copy; the server may run meanwhile.
///
/// # Errors
/// If the file exists, or the database isn't the embedded one.
pub async fn backup(options: BackupOptions) -> Outcome {
    let file = &options.file;
    embedded(&options.data)?;
    if !options.data.database_file().exists() {
        return Err(format!(
            "there is no database in {}",
            options.data.data_dir.display()
        )
        .into());
    }
    if file.exists() {
        return Err(format!("{} exists already; choose another name", file.display()).into());
    }
    let name = file.to_str().ok_or("the file's name must be UTF-8")?;
    // As it is: a server of another version may be using it.
    backend::db::copy(&sqlite_url(&options.data.database_file()), name).await?;
    File::open(file)?.sync_all()?;
    writeln!(std::io::stdout(), "Backed up to {}.", file.display())?;
    Ok(())
}

/// Puts a backup in the place of the database. The backup is copied, brought
/// up to date and checked first; what was there before is kept beside it.
///
/// # Errors
/// If the file isn't a backup, or a server runs. Nothing has been changed then.
pub async fn restore(options: BackupOptions) -> Outcome {
    embedded(&options.data)?;
    let mut header = Vec::new();
    File::open(&options.file)
        .and_then(|file| {
            file.take(SQLITE_HEADER.len() as u64)
                .read_to_end(&mut header)
        })
        .map_err(|error| format!("{} can't be read: {error}", options.file.display()))?;
    if header != *SQLITE_HEADER {
        return Err(format!("{} is not a backup of Shopdesk", options.file.display()).into());
    }
    let _lock = DataLock::take(&options.data)?;
    let target = options.data.database_file();
    let incoming = with_suffix(&target, ".restoring");
    remove_database(&incoming)?;
    fs::copy(&options.file, &incoming)?;
    // What an earlier restore has put aside may hold its last writes in its log.
    let log = with_suffix(&options.file, "-wal");
    if log.exists() {
        fs::copy(log, with_suffix(&incoming, "-wal"))?;
    }
    let checked = bring_up_to_date(&options.data, &incoming).await;
    if let Err(error) = checked {
        remove_database(&incoming)?;
        return Err(format!("{} can't be restored: {error}", options.file.display()).into());
    }
    File::open(&incoming)?.sync_all()?;
    // As it is, with its log: it may be broken, or of another version. The log
    // first, since SQLite deletes one that stands alone.
    let kept = with_suffix(&target, ".before-restore");
    remove_database(&kept)?;
    for part in PARTS.into_iter().rev() {
        let (from, to) = (with_suffix(&target, part), with_suffix(&kept, part));
        if from.exists() {
            fs::rename(from, to)?;
        }
    }
    fs::rename(&incoming, &target)?;
    File::open(&options.data.data_dir)?.sync_all()?;
    writeln!(
        std::io::stdout(),
        "Restored from {}.",
        options.file.display()
    )?;
    Ok(())
}

async fn bring_up_to_date(data: &DataOptions, file: &Path) -> Outcome {
    if !backend::db::is_sound(&sqlite_url(file)).await? {
        return Err("it is damaged, or not a database of Shopdesk".into());
    }
    let ctx = Ctx::connect(Config {
        database_url: sqlite_url(file),
        ..data.backend_config()?
    })
    .await?;
    ctx.db().close().await;
    Ok(())
}

fn embedded(data: &DataOptions) -> Outcome {
    if data.external_database().is_some() {
        return Err("DATABASE_URL names a PostgreSQL database: use pg_dump and pg_restore".into());
    }
    Ok(())
}

/// Removes a database with its log, as far as there is one.
fn remove_database(file: &Path) -> std::io::Result<()> {
    for suffix in PARTS {
        let part = with_suffix(file, suffix);
        if part.exists() {
            fs::remove_file(part)?;
        }
    }
    Ok(())
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}
