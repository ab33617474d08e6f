//! A secret that has just been made.

use super::{
    button::{Button, Look},
    copy_box::CopyBox,
};
use leptos::prelude::*;

/// What a dialog shows of it, until it is closed.
#[component]
pub fn ShownOnce(
    /// What it is, and what to do with it.
    about: &'static str,
    /// The secret.
    secret: String,
    /// What it is, for screen readers.
    label: &'static str,
    /// Said when it was copied.
    copied: &'static str,
    /// The dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <p class="dialog-text">{about}</p>
        <CopyBox text=secret label rows=2 copied/>
        <footer class="dialog-foot">
            <Button look=Look::Primary on_press=move |()| open.set(false)>
                "I have kept it"
            </Button>
        </footer>
    }
    .into_any()
}
