//! The page at addresses where there is nothing.

use crate::ui::{EmptyState, PageTitle, Picture};
use leptos::prelude::*;

/// 404.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::response::answer_with_status(404);
    view! {
        <PageTitle text="Not found"/>
        <div class="lonely">
            <EmptyState
                picture=Picture::Lost
                title="There is nothing here"
                text="The address may be mistyped, or the page belongs to a store that you are not a member of."
            >
                <a class="button button-primary" href="/">
                    "Go to the start page"
                </a>
            </EmptyState>
        </div>
    }
    .into_any()
}
