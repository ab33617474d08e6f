//! What this process writes is its owner's alone.

use rustix::{fs::Mode, process::umask};
use std::{
    fs::{self, Permissions},
    io::{ErrorKind, Result},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// What earlier versions, and whoever copied the data here, may have left open
/// in the data folder. The folder itself stays as its owner has made it.
const FILES: [&str; 8] = [
    "shopdesk.db",
    "shopdesk.db-wal",
    "shopdesk.db-shm",
    "shopdesk.db.before-restore",
    "shopdesk.db.before-restore-wal",
    "shopdesk.db.before-restore-shm",
    "shopdesk.lock",
    "secret",
];
const FOLDERS: [&str; 2] = ["files", "mail"];

/// Lets nobody else read the files that are made from now on, whoever makes
/// them: SQLite, say.
pub fn from_now_on() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Takes from everybody else what is there already.
pub fn what_is_there(data_dir: &Path) {
    let files = FILES
        .iter()
        .map(|name| (name, file as fn(&Path) -> Result<()>));
    let folders = FOLDERS
        .iter()
        .map(|name| (name, folder as fn(&Path) -> Result<()>));
    for (name, close) in files.chain(folders) {
        match close(&data_dir.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, name, "others may be able to read this part of the data");
            }
            _ => {}
        }
    }
}

/// Makes a file its owner's alone.
///
/// # Errors
/// If there is none, or it is somebody else's.
pub fn file(path: &Path) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o600))
}

fn folder(path: &Path) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o700))
}
