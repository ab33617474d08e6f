//! Buttons.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// How much a button wants to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// The one thing to do on the page.
    Primary,
    /// Anything else.
    #[default]
    Plain,
    /// Without an outline, inside of something that has one.
    Quiet,
    /// Destroys something.
    Danger,
}

impl Look {
    /// The classes, for links that look like buttons too.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button with a text.
#[component]
pub fn Button(
    /// Its look.
    #[prop(optional)]
    look: Look,
    /// A drawing before the text.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Submits the form around it.
    #[prop(optional)]
    submit: bool,
    /// Can't be pressed for now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What it does is under way: it can't be pressed again, and says so.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What it does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class=look.class()
            class:is-busy=busy
            type=if submit { "submit" } else { "button" }
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| {
                if let Some(on_press) = on_press {
                    on_press.run(());
                }
            }
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-text">{children()}</span>
        </button>
    }
    .into_any()
}

/// A button that is only a drawing; its label is read out and shown on hover.
#[component]
pub fn IconButton(
    /// The drawing.
    glyph: Glyph,
    /// What it does, in words.
    #[prop(into)]
    label: Signal<String>,
    /// Can't be pressed for now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label=label
            title=label
            disabled=disabled
            on:click=move |_| on_press.run(())
        >
            <Icon glyph/>
        </button>
    }
    .into_any()
}
