//! Modal dialogs, on the browser's own `<dialog>`: it traps the focus, closes
//! on Esc and gives the focus back.

use super::{
    button::IconButton,
    confirm::{Confirm, Question, Unsaved},
    icon::Glyph,
};
use crate::browser;
use leptos::{context::Provider, ev, html, prelude::*};

/// A modal dialog. Its content exists only while it is open. What was typed into it is not
/// dropped by a slip, such as Esc or a click beside it: those ask first.
#[component]
pub fn Dialog(
    /// Whether it is open; set to `false` when it is closed.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let confirm = use_context::<Confirm>();
    let is_changed = StoredValue::new(false);
    let leave = move || match confirm.filter(|_| is_changed.get_value()) {
        Some(confirm) => confirm.ask(
            Question {
                title: "Close without saving?".to_owned(),
                text: "What you have changed here will be lost.".to_owned(),
                action: "Discard".to_owned(),
            },
            move || open.set(false),
        ),
        None => open.set(false),
    };
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        is_changed.set_value(false);
        match (open.get(), dialog.open()) {
            (true, false) => {
                // It can't fail: the element is in the page and not open.
                drop(dialog.show_modal());
                // The content may come after this.
                request_animation_frame(|| browser::focus("dialog[open] [autofocus]"));
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // The dialog itself, not a part of it: beside the content there is only the backdrop.
    let is_own = move |event: &ev::Event| {
        node.get_untracked()
            .is_some_and(|dialog| event.target().as_ref() == Some(dialog.as_ref()))
    };
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-label=title
            on:cancel=move |event| {
                if is_own(&event) {
                    event.prevent_default();
                    leave();
                }
            }
            // A browser lets a page keep a dialog open once, and closes it at the second Esc:
            // so the key is taken before it becomes a `cancel`.
            on:keydown=move |event| {
                let is_esc = event.key() == "Escape" && !event.is_composing();
                if is_esc && !event.default_prevented() {
                    event.prevent_default();
                    leave();
                }
            }
            // It comes late: by then the dialog may have been opened again.
            on:close=move |_| {
                if node.get_untracked().is_some_and(|dialog| !dialog.open()) {
                    open.set(false);
                }
            }
            on:input=move |_| is_changed.set_value(true)
            on:mousedown=move |event| {
                if is_own(&event) {
                    leave();
                }
            }
        >
            <Show when=move || open.get()>
                <div class="dialog-inner">
                    <header class="dialog-head">
                        <h2>{title}</h2>
                        <IconButton
                            glyph=Glyph::Close
                            label="Close"
                            on_press=move |()| leave()
                        />
                    </header>
                    // Of several dialogs beside each other each has its own.
                    {
                        let children = children.clone();
                        view! { <Provider value=Unsaved(is_changed)>{children()}</Provider> }
                    }
                </div>
            </Show>
        </dialog>
    }
    .into_any()
}
