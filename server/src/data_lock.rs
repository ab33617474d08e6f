//! One server for each data folder: live events and leases of jobs are known to
//! one process only, as long as the database is the embedded one.

use crate::config::DataOptions;
use std::{
    error::Error,
    fs::{self, File, TryLockError},
};

/// Keeps the data folder to this process until it is dropped, or until the
/// process ends, however it ends.
#[must_use]
#[derive(Debug)]
pub struct DataLock {
    _file: Option<File>,
}

impl DataLock {
    /// Takes the folder of the embedded database. With PostgreSQL several
    /// servers may run, and nothing is locked.
    ///
    /// # Errors
    /// If another process has it.
    pub fn take(data: &DataOptions) -> Result<Self, Box<dyn Error + Send + Sync>> {
        if data.external_database().is_some() {
            return Ok(Self { _file: None });
        }
        fs::create_dir_all(&data.data_dir)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(data.data_dir.join("shopdesk.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "a server is running on the data in {}; stop it first, or choose another --data-dir",
                data.data_dir.display()
            )
            .into()),
            // Some network file systems have no locks.
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the data folder can't be locked; see that only one server uses it");
                Ok(Self { _file: None })
            }
        }
    }
}
