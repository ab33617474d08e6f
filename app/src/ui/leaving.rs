//! What was changed on a page and isn't saved.

use super::confirm::{Question, use_confirm};
use crate::browser;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Nobody loses changes by following a link, going back or closing the tab: they are asked
/// first, with a sentence on what would be lost. As long as the owner lives.
pub fn guard_changes(is_changed: impl Fn() -> bool + Clone + 'static, text: &'static str) {
    let confirm = use_confirm();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        browser::guard_leaving(is_changed.clone(), move |address| {
            let navigate = navigate.clone();
            confirm.ask(leave(text), move || {
                navigate(&address, NavigateOptions::default());
            });
        });
    });
}

/// The question before changes are dropped.
#[must_use]
pub fn leave(text: &'static str) -> Question {
    Question {
        title: "Leave without saving?".to_owned(),
        text: text.to_owned(),
        action: "Leave without saving".to_owned(),
    }
}
