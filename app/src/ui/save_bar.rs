//! The bar that appears when something was changed and isn't saved.

use super::button::{Button, Look};
use leptos::prelude::*;

/// "Unsaved changes", with Discard and Save.
#[component]
pub fn SaveBar(
    /// Whether something was changed.
    #[prop(into)]
    changed: Signal<bool>,
    /// Whether it is being saved.
    #[prop(into)]
    saving: Signal<bool>,
    /// Why it could not be saved.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Goes back to what is stored.
    #[prop(into)]
    on_discard: Callback<()>,
    /// Saves.
    #[prop(into)]
    on_save: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="save-bar" class:is-shown=changed inert=move || !changed.get() role="region" aria-label="Unsaved changes">
            <p class="save-bar-text" class:is-error=move || error.get().is_some() aria-live="polite">
                {move || error.get().unwrap_or_else(|| "You have unsaved changes.".to_owned())}
            </p>
            <Button disabled=saving on_press=on_discard>
                "Discard"
            </Button>
            <Button look=Look::Primary busy=saving on_press=on_save>
                "Save changes"
            </Button>
        </div>
    }
    .into_any()
}
