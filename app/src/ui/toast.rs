//! Short confirmations in the corner. Never for errors that need action.

use super::{button::IconButton, each::Each, icon::Glyph};
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

/// How long a toast stays unless the pointer or the focus rests on it.
const TOAST_TIME: Duration = Duration::from_secs(4);
/// How long one stays that leads somewhere: its reader did nothing that it answers to.
const NEWS_TIME: Duration = Duration::from_secs(12);
/// Most toasts at once; of more, the newest.
const SHOWN_MAX: usize = 4;

#[derive(Clone)]
struct Toast {
    number: u64,
    text: String,
    action: Option<Action>,
}

/// What can be done about it.
#[derive(Clone)]
enum Action {
    Undo(Undo),
    /// A page to open, by what its link is called.
    Link(&'static str, String),
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
        self.push(text.into(), Some(Action::Undo(Arc::new(undo))));
    }

    /// Says that something has happened, and leads to where.
    pub fn say_with_link(self, text: impl Into<String>, label: &'static str, href: String) {
        self.push(text.into(), Some(Action::Link(label, href)));
    }

    fn push(self, text: String, action: Option<Action>) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.shown.update(|shown| {
            if shown.len() >= SHOWN_MAX {
                shown.remove(0);
            }
            shown.push(Toast {
                number,
                text,
                action,
            });
        });
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
    let time = match toast.action {
        Some(Action::Link(..)) => NEWS_TIME,
        _ => TOAST_TIME,
    };
    let resting = RwSignal::new(false);
    Effect::new(move |previous: Option<Option<TimeoutHandle>>| {
        if let Some(handle) = previous.flatten() {
            handle.clear();
        }
        if resting.get() {
            None
        } else {
            set_timeout_with_handle(move || toasts.remove(number), time).ok()
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
            {match toast.action {
                Some(Action::Undo(undo)) => {
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
                        .into_any()
                }
                Some(Action::Link(label, href)) => {
                    view! {
                        <a class="toast-undo" href=href on:click=move |_| toasts.remove(number)>
                            {label}
                        </a>
                    }
                        .into_any()
                }
                None => ().into_any(),
            }}
            <IconButton
                glyph=Glyph::Close
                label="Dismiss"
                on_press=move |()| toasts.remove(number)
            />
        </div>
    }
    .into_any()
}
