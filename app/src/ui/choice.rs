//! One of a few things, each with what it means.

use super::badge::{Badge, Tone};
use leptos::prelude::*;

/// One of several, with what it means.
#[component]
pub fn Choice<T>(
    /// The name that all of them have in the form.
    group: &'static str,
    /// What it is called.
    title: &'static str,
    /// What it means.
    text: &'static str,
    /// Whether it is right for most.
    #[prop(optional)]
    recommended: bool,
    /// What is chosen by it.
    value: T,
    /// What is chosen.
    chosen: RwSignal<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    view! {
        <label class="choice">
            <input
                type="radio"
                name=group
                autocomplete="off"
                checked=chosen.get_untracked() == value
                prop:checked=move || chosen.get() == value
                on:change=move |_| chosen.set(value)
            />
            <span class="choice-text">
                <span class="choice-title">
                    {title}
                    {recommended
                        .then(|| view! { <Badge tone=Tone::Good text="Recommended"/> })}
                </span>
                <span class="help">{text}</span>
            </span>
        </label>
    }
    .into_any()
}
