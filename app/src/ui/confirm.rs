//! The one question before something is destroyed.

use leptos::prelude::*;
use std::sync::Arc;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As a question, e.g. "Delete this category?".
    pub title: String,
    /// What will happen.
    pub text: String,
    /// The verb on the button.
    pub action: String,
}

/// Outlives the component that asked.
type Action = Arc<dyn Fn() + Send + Sync>;

/// Asks before something is destroyed.
#[derive(Debug, Clone, Copy)]
pub struct Confirm {
    pub(super) open: RwSignal<bool>,
    pub(super) question: RwSignal<Option<(Question, Action)>>,
}

impl Confirm {
    /// Makes it available to all components below.
    pub fn provide() -> Self {
        let confirm = Self {
            open: RwSignal::new(false),
            question: RwSignal::new(None),
        };
        provide_context(confirm);
        confirm
    }

    /// Asks, and runs `action` if the answer is yes.
    pub fn ask(self, question: Question, action: impl Fn() + Send + Sync + 'static) {
        self.question.set(Some((question, Arc::new(action))));
        self.open.set(true);
    }
}

/// The page's [`Confirm`].
#[must_use]
pub fn use_confirm() -> Confirm {
    expect_context()
}

/// What was changed in a dialog and isn't saved: closing it asks first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unsaved(pub StoredValue<bool>);
