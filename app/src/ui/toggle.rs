//! On or off.

use leptos::prelude::*;

/// A switch of a form that works without any script: it is read as it stands.
#[component]
pub fn PlainToggle(
    /// Its name in the form.
    name: &'static str,
    /// What it switches.
    label: &'static str,
    /// A line below the label.
    help: &'static str,
    /// Whether it is on at first.
    on: bool,
) -> impl IntoView {
    view! {
        <label class="toggle-row">
            <span class="toggle-text">
                <span class="toggle-label">{label}</span>
                <span class="help">{help}</span>
            </span>
            <input
                class="toggle"
                type="checkbox"
                role="switch"
                name=name
                autocomplete="off"
                checked=on
            />
        </label>
    }
    .into_any()
}

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
