//! Where a [`Confirm`] asks.

use super::{
    button::{Button, Look},
    confirm::{Confirm, Question},
    dialog::Dialog,
};
use leptos::prelude::*;

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
