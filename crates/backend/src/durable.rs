//! Files that are on the disk before anybody is told so. Only their owner can
//! read them.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{Error, Result, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Makes `folder` and what is missing above it, for the owner alone. One that
/// exists keeps its permissions.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes `path` as a whole: whoever reads it meanwhile finds the old contents
/// or the new.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> Result<()> {
    place(path, contents, |new, path| fs::rename(new, path))
}

/// As [`replace`], but an existing file stays as it is and is an error of kind
/// `AlreadyExists`.
pub(crate) fn create(path: &Path, contents: &[u8]) -> Result<()> {
    place(path, contents, |new, path| {
        let linked = fs::hard_link(new, path);
        fs::remove_file(new)?;
        linked
    })
}

/// Makes what was done in `folder` last.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()
}

fn place(path: &Path, contents: &[u8], put: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| Error::other("a file without a folder"))?;
    let random = crate::tokens::random::<12>().map_err(Error::other)?;
    let new = folder.join(format!(".{random}.new"));
    let written = write(&new, contents).and_then(|()| put(&new, path));
    if written.is_err() {
        // What can't be removed is a hidden file that nobody reads.
        let _ = fs::remove_file(&new);
    }
    written?;
    sync_folder(folder)
}

fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}
