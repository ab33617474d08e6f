//! Mails in memory, for tests.

use std::sync::{Mutex, PoisonError};

/// Mails until the process ends.
#[derive(Default)]
pub(super) struct Memory {
    sent: Mutex<Vec<Vec<u8>>>,
}

impl Memory {
    pub(super) fn put(&self, message: Vec<u8>) {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
    }

    #[cfg(any(test, feature = "testing"))]
    pub(super) fn all(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter()
            .map(|message| String::from_utf8_lossy(message).into_owned())
            .collect()
    }
}
