//! The one question before something is destroyed.

use super::{
    button::{Button, Look},
    dialog::Dialog,
};
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
    open: RwSignal<bool>,
    question: RwSignal<Option<(Question, Action)>>,
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

/// Where the question is shown; once per page.
#[component]
pub fn ConfirmDialog(
    /// From [`Confirm::provide`].
    confirm: Confirm,
) -> impl IntoView {
    let Confirm { open, question } = confirm;
    let part = move |pick: fn(&Question) -> &String| {
        question.with(|asked| {
            asked
                .as_ref()
                .map(|(q, _)| pick(q).clone())
                .unwrap_or_default()
        })
    };
    let accept = move |()| {
        open.set(false);
        if let Some((_, action)) = question.get_untracked() {
            action();
        }
    };
    view! {
        <Dialog open title=Signal::derive(move || part(|q| &q.title))>
            <p class="dialog-text">{move || part(|q| &q.text)}</p>
            <footer class="dialog-foot">
                <Button on_press=move |()| open.set(false) attr:autofocus=true>
                    "Cancel"
                </Button>
                <Button look=Look::Danger on_press=accept>
                    {move || part(|q| &q.action)}
                </Button>
            </footer>
        </Dialog>
    }
    .into_any()
}
