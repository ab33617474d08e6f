//! Small labels: states, and counts that want attention.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What a badge means, by colour. The text always says it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// No particular meaning.
    Neutral,
    /// The product's accent.
    Accent,
    /// It works.
    Good,
    /// It needs a look.
    Warning,
    /// It failed.
    Bad,
    /// The AI did it.
    Ai,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => "badge",
            Self::Accent => "badge badge-accent",
            Self::Good => "badge badge-good",
            Self::Warning => "badge badge-warning",
            Self::Bad => "badge badge-bad",
            Self::Ai => "badge badge-ai",
        }
    }
}

/// A state in a word or two.
#[component]
pub fn Badge(
    /// Its meaning.
    tone: Tone,
    /// A drawing before the text.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <span class=tone.class()>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {text}
        </span>
    }
    .into_any()
}

/// Several states, one after the other.
#[component]
pub fn Badges(
    /// The meaning, the drawing and the text of each.
    #[prop(into)]
    badges: Signal<Vec<(Tone, Glyph, String)>>,
) -> impl IntoView {
    view! {
        <span class="badges">
            {move || {
                badges
                    .get()
                    .into_iter()
                    .map(|(tone, glyph, text)| view! { <Badge tone glyph text/> })
                    .collect_view()
            }}
        </span>
    }
    .into_any()
}

/// "1 order", "2 orders".
#[must_use]
pub fn counted(count: i64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

/// A red count; nothing at zero.
#[component]
pub fn Count(
    /// How many.
    #[prop(into)]
    count: Signal<i64>,
    /// What is counted, for screen readers: one of it, e.g. "unread conversation".
    what: &'static str,
) -> impl IntoView {
    view! {
        <span class="count" hidden=move || count.get() <= 0>
            <span aria-hidden="true">
                {move || match count.get() {
                    n if n > 99 => "99+".to_owned(),
                    n => n.to_string(),
                }}
            </span>
            <span class="sr-only">{move || counted(count.get(), what)}</span>
        </span>
    }
    .into_any()
}
