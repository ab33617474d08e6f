//! Files in memory, for tests.

use super::key::FileKey;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Files until the process ends.
#[derive(Default)]
pub(super) struct Memory {
    files: Mutex<HashMap<FileKey, Vec<u8>>>,
}

impl Memory {
    pub(super) fn put(&self, key: &FileKey, contents: Vec<u8>) {
        self.files().insert(key.clone(), contents);
    }

    pub(super) fn get(&self, key: &FileKey) -> Option<Vec<u8>> {
        self.files().get(key).cloned()
    }

    pub(super) fn delete(&self, key: &FileKey) {
        self.files().remove(key);
    }

    fn files(&self) -> MutexGuard<'_, HashMap<FileKey, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
