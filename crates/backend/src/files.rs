//! Files by key: what people upload, and what is made for them.

mod key;
mod local;
mod memory;

pub use key::FileKey;

use crate::error::Result;
use std::path::PathBuf;

/// Where files are kept.
pub struct Files {
    form: Form,
}

enum Form {
    Local(local::Local),
    Memory(memory::Memory),
}

impl Files {
    /// On this machine's disk, in `folder`, which is made on first use.
    #[must_use]
    pub fn local(folder: PathBuf) -> Self {
        Self {
            form: Form::Local(local::Local::new(folder)),
        }
    }

    /// In memory, until the process ends: for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            form: Form::Memory(memory::Memory::default()),
        }
    }

    /// Which form runs, for the operator.
    #[must_use]
    pub fn form(&self) -> &'static str {
        match self.form {
            Form::Local(_) => "Local disk",
            Form::Memory(_) => "Memory (for tests)",
        }
    }

    /// Whether files outlive the process.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        matches!(self.form, Form::Local(_))
    }

    /// Keeps `contents` under `key`, in the place of what was there. It is on
    /// the disk when this returns.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn put(&self, key: &FileKey, contents: Vec<u8>) -> Result<()> {
        match &self.form {
            Form::Local(local) => local.put(key, contents).await,
            Form::Memory(memory) => {
                memory.put(key, contents);
                Ok(())
            }
        }
    }

    /// What is kept under `key`.
    ///
    /// # Errors
    /// If it can't be read.
    pub async fn get(&self, key: &FileKey) -> Result<Option<Vec<u8>>> {
        match &self.form {
            Form::Local(local) => local.get(key).await,
            Form::Memory(memory) => Ok(memory.get(key)),
        }
    }

    /// Removes what is kept under `key`. Nothing there is no error.
    ///
    /// # Errors
    /// If it can't be removed.
    pub async fn delete(&self, key: &FileKey) -> Result<()> {
        match &self.form {
            Form::Local(local) => local.delete(key).await,
            Form::Memory(memory) => {
                memory.delete(key);
                Ok(())
            }
        }
    }

    /// Whether something is kept under `key`.
    ///
    /// # Errors
    /// If that can't be found out.
    pub async fn exists(&self, key: &FileKey) -> Result<bool> {
        match &self.form {
            Form::Local(local) => local.exists(key).await,
            Form::Memory(memory) => Ok(memory.get(key).is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(raw: &str) -> FileKey {
        FileKey::parse(raw).expect("a key")
    }

    #[tokio::test]
    async fn both_forms_keep_replace_and_delete_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let local = Files::local(folder.path().join("files"));
        for files in [local, Files::in_memory()] {
            let (photo, other) = (key("store/photo.png"), key("store/other.png"));
            assert_eq!(files.get(&photo).await.expect("read"), None);
            for contents in [b"first".to_vec(), b"second".to_vec()] {
                files.put(&photo, contents.clone()).await.expect("written");
                assert_eq!(files.get(&photo).await.expect("read"), Some(contents));
            }
            assert!(files.exists(&photo).await.expect("known"));
            assert!(!files.exists(&other).await.expect("known"));
            for _ in 0..2 {
                files.delete(&photo).await.expect("deleted");
            }
            assert!(
                !files.exists(&photo).await.expect("known"),
                "{}",
                files.form()
            );
        }
    }

    #[tokio::test]
    async fn files_on_disk_outlive_the_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = || Files::local(folder.path().to_path_buf());
        files()
            .put(&key("a/b"), b"kept".to_vec())
            .await
            .expect("written");
        assert_eq!(
            files().get(&key("a/b")).await.expect("read"),
            Some(b"kept".to_vec())
        );
    }
}
