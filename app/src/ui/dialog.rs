//! Modal dialogs, on the browser's own `<dialog>`: it traps the focus, closes
//! on Esc and gives the focus back.

use super::{button::IconButton, icon::Glyph};
use crate::browser;
use leptos::{ev, html, prelude::*};

/// A modal dialog. Its content exists only while it is open.
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
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
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
    let on_click = move |event: ev::MouseEvent| {
        let backdrop = node
            .get_untracked()
            .is_some_and(|dialog| event.target().as_ref() == Some(dialog.as_ref()));
        if backdrop {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="dialog"
            node_ref=node
            aria-label=title
            on:close=move |_| open.set(false)
            on:mousedown=on_click
        >
            <Show when=move || open.get()>
                <div class="dialog-inner">
                    <header class="dialog-head">
                        <h2>{title}</h2>
                        <IconButton
                            glyph=Glyph::Close
                            label="Close"
                            on_press=move |()| open.set(false)
                        />
                    </header>
                    {children()}
                </div>
            </Show>
        </dialog>
    }
    .into_any()
}
