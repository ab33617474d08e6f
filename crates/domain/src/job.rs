//! Background work as the dashboard shows it.

use crate::{UnixMillis, ids::JobId};
use serde::{Deserialize, Serialize};

/// A job that failed for good and waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub id: JobId,
    /// What it does; `None` if this version doesn't know.
    pub title: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// What came of the last try.
    pub failure: Failure,
    /// When it was given up.
    pub failed_at: UnixMillis,
}

/// A store's dead letters, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetters {
    /// At most the newest twenty.
    pub letters: Vec<DeadLetter>,
    /// Whether the person asking may try them again.
    pub may_retry: bool,
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It ended with an error.
    Error,
    /// It panicked.
    Panic,
    /// It took longer than its kind may.
    Timeout,
    /// The process ended each time it ran.
    ProcessEnded,
    /// What is stored can't be read.
    Unreadable,
}

impl Failure {
    const ALL: [Self; 5] = [
        Self::Error,
        Self::Panic,
        Self::Timeout,
        Self::ProcessEnded,
        Self::Unreadable,
    ];

    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Timeout => "timeout",
            Self::ProcessEnded => "process_ended",
            Self::Unreadable => "unreadable",
        }
    }

    /// The failure that [`Failure::as_str`] gave this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|failure| failure.as_str() == word)
    }
}
