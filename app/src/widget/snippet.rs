//! The line that puts the widget on a storefront.

use crate::{
    browser,
    ui::{Button, Card, Glyph, raw_text, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};

/// The embed snippet, with Copy.
#[component]
pub fn SnippetCard(
    /// The store's public key.
    public_key: String,
) -> impl IntoView {
    let toasts = use_toasts();
    let code = NodeRef::<html::Textarea>::new();
    let origin = RwSignal::new("https://YOUR-SHOPDESK-HOST".to_owned());
    Effect::new(move |_| {
        if let Some(here) = browser::origin() {
            origin.set(here);
        }
    });
    let snippet = Memo::new(move |_| {
        format!(
            "<script src=\"{}/widget.js\" data-store=\"{public_key}\" async></script>",
            origin.get()
        )
    });
    let copy = move |()| {
        let text = snippet.get_untracked();
        spawn_local(async move {
            if browser::copy(&text).await {
                toasts.say("Embed code copied.");
            } else if let Some(code) = code.get_untracked() {
                code.select();
                toasts.say("Press Ctrl+C to copy the selected code.");
            }
        });
    };
    view! {
        <Card
            title="Put it on your storefront"
            why="Paste this line before </body> on every page. It loads nothing from other sites."
        >
            <div class="snippet">
                <textarea
                    class="input snippet-code"
                    readonly=true
                    rows="3"
                    spellcheck="false"
                    aria-label="Embed code"
                    node_ref=code
                    prop:value=snippet
                >
                    {raw_text(&snippet.get_untracked())}
                </textarea>
                <Button glyph=Glyph::Copy on_press=copy>
                    "Copy"
                </Button>
            </div>
        </Card>
    }
    .into_any()
}
