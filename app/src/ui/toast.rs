//! Short confirmations in the corner. Never for errors that need action.

use super::{button::IconButton, each::Each, icon::Glyph};
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

/// How long a toast stays unless the pointer or the focus rests on it.
const TOAST_TIME: Duration = Duration::from_secs(4);

#[derive(Clone)]
struct Toast {
    number: u64,
    text: String,
    undo: Option<Undo>,
}

/// Outlives the component that offered it.
type Undo = Arc<dyn Fn() + Send + Sync>;

/// The toasts of the page.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// Makes them available to all components below.
    pub fn provide() -> Self {
        let toasts = Self {
            shown: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        };
        provide_context(toasts);
        toasts
    }

    /// Says that something was done.
    pub fn say(self, text: impl Into<String>) {
        self.push(text.into(), None);
    }

    /// Says that something was done, and offers to undo it.
    pub fn say_with_undo(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.push(text.into(), Some(Arc::new(undo)));
    }

    fn push(self, text: String, undo: Option<Undo>) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.shown
            .update(|shown| shown.push(Toast { number, text, undo }));
    }

    fn remove(self, number: u64) {
        self.shown
            .update(|shown| shown.retain(|toast| toast.number != number));
    }
}

/// The page's [`Toasts`].
#[must_use]
pub fn use_toasts() -> Toasts {
    expect_context()
}

/// Where toasts appear; once per page.
#[component]
pub fn ToastCorner(
    /// From [`Toasts::provide`].
    toasts: Toasts,
    /// What stays above them.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {children()}
            <Each each=move || toasts.shown.get() key=|toast| toast.number let:toast>
                <ToastView toasts toast/>
            </Each>
        </div>
    }
    .into_any()
}

#[component]
fn ToastView(toasts: Toasts, toast: Toast) -> impl IntoView {
    let number = toast.number;
    let resting = RwSignal::new(false);
    Effect::new(move |previous: Option<Option<TimeoutHandle>>| {
        if let Some(handle) = previous.flatten() {
            handle.clear();
        }
        if resting.get() {
            None
        } else {
            set_timeout_with_handle(move || toasts.remove(number), TOAST_TIME).ok()
        }
    });
    view! {
        <div
            class="toast"
            on:mouseenter=move |_| resting.set(true)
            on:mouseleave=move |_| resting.set(false)
            on:focusin=move |_| resting.set(true)
            on:focusout=move |_| resting.set(false)
        >
            <span class="toast-text">{toast.text}</span>
            {toast
                .undo
                .map(|undo| {
                    view! {
                        <button
                            class="toast-undo"
                            type="button"
                            on:click=move |_| {
                                toasts.remove(number);
                                undo();
                            }
                        >
                            "Undo"
                        </button>
                    }
                })}
            <IconButton
                glyph=Glyph::Close
                label="Dismiss"
                on_press=move |()| toasts.remove(number)
            />
        </div>
    }
    .into_any()
}
