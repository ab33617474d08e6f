//! On or off.

use leptos::prelude::*;

/// A switch with its label and a line of help.
#[component]
pub fn Toggle(
    /// What it switches.
    #[prop(into)]
    label: String,
    /// A line below the label.
    #[prop(optional, into)]
    help: Option<String>,
    /// Whether it is on.
    #[prop(into)]
    checked: Signal<bool>,
    /// Called with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// Can't be switched for now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <label class="toggle-row">
            <span class="toggle-text">
                <span class="toggle-label">{label}</span>
                {help.map(|help| view! { <span class="help">{help}</span> })}
            </span>
            <input
                class="toggle"
                type="checkbox"
                role="switch"
                autocomplete="off"
                checked=checked.get_untracked()
                prop:checked=checked
                disabled=disabled
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
        </label>
    }
    .into_any()
}
