//! A text to be taken along: to read, and to copy in one press.

use super::{button::Button, icon::Glyph, raw_text::raw_text, toast::use_toasts};
use crate::browser;
use leptos::{html, prelude::*, task::spawn_local};

/// A text that can't be changed, with Copy.
#[component]
pub fn CopyBox(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for screen readers; its button is called after it.
    label: &'static str,
    /// Its lines.
    rows: u32,
    /// Said when it was copied.
    copied: &'static str,
) -> impl IntoView {
    let toasts = use_toasts();
    let code = NodeRef::<html::Textarea>::new();
    let copy = move |()| {
        let text = text.get_untracked();
        spawn_local(async move {
            if browser::copy(&text).await {
                toasts.say(copied);
            } else if let Some(code) = code.get_untracked() {
                code.select();
                toasts.say("Press Ctrl+C to copy the selected text.");
            }
        });
    };
    view! {
        <div class="snippet">
            <textarea
                class="input snippet-code"
                readonly=true
                rows=rows.to_string()
                spellcheck="false"
                aria-label=label
                node_ref=code
                prop:value=text
            >
                {raw_text(&text.get_untracked())}
            </textarea>
            <Button glyph=Glyph::Copy on_press=copy>
                "Copy" <span class="sr-only">{format!(" {label}")}</span>
            </Button>
        </div>
    }
    .into_any()
}
