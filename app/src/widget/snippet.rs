//! The line that puts the widget on a storefront.

use crate::{
    browser,
    ui::{Card, CopyBox},
};
use leptos::prelude::*;

/// The embed snippet, with Copy.
#[component]
pub fn SnippetCard(
    /// The store's public key.
    public_key: String,
) -> impl IntoView {
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
    view! {
        <Card
            title="Put it on your storefront"
            why="Paste this line before </body> on every page. It loads nothing from other sites."
        >
            <CopyBox text=snippet label="Embed code" rows=3 copied="Embed code copied."/>
        </Card>
    }
    .into_any()
}
