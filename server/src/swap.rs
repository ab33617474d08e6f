//! Puts a database in another's place, so that a crash on the way leaves neither
//! none nor half of each: once it is [begun](begin) it is [finished](finish), by
//! whoever comes next.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Result,
    path::{Path, PathBuf},
};

/// What a database's files end with: itself, its log, the log's index.
pub const PARTS: [&str; 3] = ["", "-wal", "-shm"];
/// What a restored database's name ends with until it is in its place.
const RESTORING: &str = ".decided";
/// What the name of the one that was there before ends with.
const KEPT: &str = ".before-restore";

/// Decides that `incoming`, a whole database in one file, takes `database`'s
/// place. From here on it does, whatever happens.
///
/// # Errors
/// If the disk fails.
pub fn begin(incoming: &Path, database: &Path) -> Result<()> {
    fs::rename(incoming, with_suffix(database, RESTORING))?;
    sync_folder_of(database)
}

/// Puts what waits for `database`'s place into it, and what was there beside it.
/// `true` if something waited. Nobody may be using the database.
///
/// # Errors
/// If the disk fails; nothing is lost, and the next try goes on.
pub fn finish(database: &Path) -> Result<bool> {
    if !is_begun(database) {
        return Ok(false);
    }
    for (from, to) in moves(database) {
        // It may have been moved before an interruption.
        if from.exists() {
            fs::rename(from, to)?;
            sync_folder_of(database)?;
        }
    }
    Ok(true)
}

/// Whether something waits for `database`'s place.
#[must_use]
pub fn is_begun(database: &Path) -> bool {
    with_suffix(database, RESTORING).exists()
}

/// Where the database that was there before is kept.
#[must_use]
pub fn kept(database: &Path) -> PathBuf {
    with_suffix(database, KEPT)
}

/// `file` with its name made longer.
#[must_use]
pub fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}

/// What is moved where, in this order. What was there is kept as it is, with its
/// log: it may be broken, or of another version. The log goes first, since
/// SQLite deletes one that stands alone, and would take it for the new one's.
fn moves(database: &Path) -> Vec<(PathBuf, PathBuf)> {
    let kept = kept(database);
    let put_aside = |part| (with_suffix(database, part), with_suffix(&kept, part));
    let mut moves: Vec<_> = PARTS.into_iter().rev().map(put_aside).collect();
    moves.push((with_suffix(database, RESTORING), database.to_path_buf()));
    moves
}

fn sync_folder_of(database: &Path) -> Result<()> {
    let folder = database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn a_restore_is_finished_from_wherever_it_was_interrupted() {
        let steps = moves(Path::new("shopdesk.db")).len();
        for done in 0..=steps {
            let folder = TempDir::new().expect("a folder");
            let database = folder.path().join("shopdesk.db");
            for part in PARTS {
                fs::write(with_suffix(&database, part), "old").expect("written");
            }
            fs::write(with_suffix(&database, RESTORING), "new").expect("written");
            for (from, to) in moves(&database).into_iter().take(done) {
                fs::rename(from, to).expect("moved");
            }

            let finished = finish(&database).expect("a writable folder");
            assert_eq!(finished, done < steps, "after {done} steps");
            let read = |path: &Path| fs::read_to_string(path).ok();
            assert_eq!(
                read(&database).as_deref(),
                Some("new"),
                "after {done} steps"
            );
            for part in PARTS {
                let kept = with_suffix(&with_suffix(&database, KEPT), part);
                assert_eq!(read(&kept).as_deref(), Some("old"), "after {done} steps");
            }
            let log = with_suffix(&database, "-wal");
            assert_eq!(read(&log), None, "a log of another database");
        }
    }
}
