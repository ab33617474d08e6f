//! A button that opens a short list of actions.

use super::icon::{Glyph, Icon};
use crate::browser;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// The list behind a "…" button or another one. It opens without any script; it closes on
/// Esc, on a choice, and when the focus leaves it.
#[component]
pub fn Menu(
    /// What the actions are about, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The key that opens it: [`browser::open_menu`].
    #[prop(optional)]
    name: &'static str,
    /// The drawing on the button.
    #[prop(default = Glyph::More)]
    glyph: Glyph,
    /// What is written on it, if anything.
    #[prop(default = None)]
    text: Option<Signal<String>>,
    children: Children,
) -> impl IntoView {
    let look = if text.is_some() {
        "chip"
    } else {
        "icon-button"
    };
    let node = NodeRef::<html::Details>::new();
    // It may be gone by then: what is removed loses the focus.
    let close = move || {
        if let Some(details) = node.try_get_untracked().flatten() {
            details.set_open(false);
        }
    };
    // The focus is not lost with the list.
    let focus_summary = move || {
        let summary = node
            .get_untracked()
            .and_then(|details| details.query_selector("summary").ok().flatten())
            .and_then(|summary| summary.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(summary) = summary {
            // Can't fail for an element in the page.
            let _ = summary.focus();
        }
    };
    let on_focusout = move |event: ev::FocusEvent| {
        let inside = event
            .related_target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
            .is_some_and(|target| {
                node.try_get_untracked()
                    .flatten()
                    .is_some_and(|details| details.contains(Some(&target)))
            });
        if !inside {
            close();
        }
    };
    view! {
        <details
            class="menu"
            data-menu=name
            node_ref=node
            on:focusout=on_focusout
            on:keydown=move |event| {
                let is_open = node.try_get_untracked().flatten().is_some_and(|details| details.open());
                if event.key() == "Escape" && is_open {
                    // Nothing else is meant by it, a dialog around it neither.
                    event.stop_propagation();
                    event.prevent_default();
                    focus_summary();
                    close();
                }
            }
        >
            <summary
                class=look
                aria-label=label
                title=label
            >
                <Icon glyph/>
                {text.map(|text| view! { <span class="button-text">{text}</span> })}
            </summary>
            <div
                class="menu-list"
                on:click=move |_| {
                    if !browser::is_typing() {
                        close();
                    }
                }
            >
                {children()}
            </div>
        </details>
    }
    .into_any()
}

/// One action of a [`Menu`].
#[component]
pub fn MenuItem(
    /// The drawing before its text.
    glyph: Glyph,
    /// What it does.
    #[prop(into)]
    label: String,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
    /// Can't be chosen for now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class="menu-item"
            class:is-danger=danger
            type="button"
            disabled=disabled
            on:click=move |_| on_press.run(())
        >
            <Icon glyph/>
            {label}
        </button>
    }
    .into_any()
}
