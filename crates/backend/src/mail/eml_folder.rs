//! Mails as files, which mail programs open.

use crate::{
    durable,
    error::{Error, Result},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A folder of `.eml` files.
pub(super) struct EmlFolder {
    folder: Arc<Path>,
}

impl EmlFolder {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    pub(super) async fn put(&self, name: String, message: Vec<u8>) -> Result<()> {
        let folder = Arc::clone(&self.folder);
        tokio::task::spawn_blocking(move || {
            durable::make_folder(&folder)?;
            durable::create(&folder.join(name), &message)
        })
        .await
        .map_err(|stopped| Error::Internal(format!("writing a mail: {stopped}")))?
        .map_err(Error::Disk)
    }
}
