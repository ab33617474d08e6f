//! What stands in the reply box.

use super::outbox;
use crate::browser;
use domain::ids::ConversationId;
use leptos::{html, prelude::*};

/// The newest order of the shopper's email, once the panel beside the thread has found it:
/// shops are asked once.
#[derive(Debug, Clone, Copy)]
pub struct NewestOrder(pub RwSignal<Option<String>>);

impl NewestOrder {
    /// Makes it available to all components below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }
}

/// The text of the reply box, which others may put something into.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    /// Its text.
    pub text: RwSignal<String>,
    /// The box.
    pub node: NodeRef<html::Textarea>,
}

impl Draft {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: RwSignal::new(String::new()),
            node: NodeRef::new(),
        }
    }

    /// Puts a text into the box and the cursor behind it.
    pub fn put(self, text: String) {
        if let Some(node) = self.node.get_untracked() {
            node.set_value(&text);
            // Can't fail for an element in the page.
            let _ = node.focus();
        }
        self.text.set(text);
    }

    /// Types a text over what stands `back` from the cursor; kept as what a person types.
    pub fn type_over(self, conversation: ConversationId, back: &str, text: &str) {
        if let Some(node) = self.node.get_untracked() {
            browser::type_over(&node, back, text);
            outbox::keep_draft(conversation, &node.value());
            self.text.set(node.value());
        }
    }
}
