//! `shopdesk backup` and `shopdesk restore` of the embedded database.

use crate::{
    command::Outcome,
    config::{BackupOptions, DataOptions, sqlite_url},
    data_lock::DataLock,
    private,
    swap::{self, PARTS, with_suffix},
};
use backend::{Config, Ctx};
use std::{
    fs::{self, File},
    io::{ErrorKind, Read, Write},
    path::Path,
};

/// The first bytes of every SQLite file.
const SQLITE_HEADER: &[u8; 16] = b"SQLite format 3\0";

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
/// From one rename on the backup is the database, though it isn't in its place
/// yet: a restore that is interrupted after it is finished by the next server
/// ([`swap`]), one that is interrupted before has changed nothing.
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
    if swap::finish(&options.data.database_file())? {
        return Err("an earlier restore was interrupted and has been finished just now; run this again to restore another backup in its place".into());
    }
    let target = options.data.database_file();
    let incoming = with_suffix(&target, ".incoming");
    remove_database(&incoming)?;
    fs::copy(&options.file, &incoming)?;
    // A copy can be read by whoever could read what was copied.
    private::file(&incoming)?;
    // What an earlier restore has put aside may hold its last writes in its log.
    let log = with_suffix(&options.file, "-wal");
    if log.exists() {
        let incoming_log = with_suffix(&incoming, "-wal");
        fs::copy(log, &incoming_log)?;
        private::file(&incoming_log)?;
    }
    let checked = bring_up_to_date(&options.data, &incoming).await;
    if let Err(error) = checked {
        remove_database(&incoming)?;
        return Err(format!("{} can't be restored: {error}", options.file.display()).into());
    }
    File::open(&incoming)?.sync_all()?;
    // What was kept so far may be what is being restored: it goes last.
    let superseded = with_suffix(&target, ".superseded");
    remove_database(&superseded)?;
    for part in PARTS {
        let kept = with_suffix(&swap::kept(&target), part);
        if kept.exists() {
            fs::rename(kept, with_suffix(&superseded, part))?;
        }
    }
    swap::begin(&incoming, &target)?;
    swap::finish(&target)?;
    remove_database(&superseded)?;
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
    // All of it is in the one file that is put into place.
    let log = with_suffix(file, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err("its log could not be written back".into());
    }
    for part in ["-wal", "-shm"] {
        remove(&with_suffix(file, part))?;
    }
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
        remove(&with_suffix(file, suffix))?;
    }
    Ok(())
}

/// Removes a file; SQLite may have done so before.
fn remove(file: &Path) -> std::io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
