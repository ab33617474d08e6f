//! Files on this machine's disk.

use super::key::FileKey;
use crate::{
    durable,
    error::{Error, Result},
};
use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A folder of files, each at its key's place.
pub(super) struct Local {
    folder: Arc<Path>,
}

impl Local {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    pub(super) async fn put(&self, key: &FileKey, contents: Vec<u8>) -> Result<()> {
        let top = Arc::clone(&self.folder);
        self.at(key, move |path| {
            let folder = path.parent().unwrap_or(path);
            durable::make_folder(folder)?;
            durable::replace(path, &contents)?;
            // The folders above may be new, too.
            folder
                .ancestors()
                .skip(1)
                .take_while(|above| above.starts_with(&top))
                .try_for_each(durable::sync_folder)
        })
        .await
    }

    pub(super) async fn get(&self, key: &FileKey) -> Result<Option<Vec<u8>>> {
        self.at(key, |path| known(fs::read(path))).await
    }

    pub(super) async fn delete(&self, key: &FileKey) -> Result<()> {
        self.at(key, |path| known(fs::remove_file(path)).map(|_| ()))
            .await
    }

    pub(super) async fn exists(&self, key: &FileKey) -> Result<bool> {
        self.at(key, |path| path.try_exists()).await
    }

    /// Does `work` with the key's path on a thread that may wait for the disk.
    async fn at<T: Send + 'static>(
        &self,
        key: &FileKey,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let path = self.folder.join(key.as_str());
        tokio::task::spawn_blocking(move || work(&path))
            .await
            .map_err(|stopped| Error::Internal(format!("work on a file: {stopped}")))?
            .map_err(Error::Disk)
    }
}

/// `None` where there is no such file.
fn known<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
