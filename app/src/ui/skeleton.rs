//! The shape of what is being loaded.

use leptos::prelude::*;

/// Rows of a list.
#[component]
pub fn RowSkeleton(
    /// How many.
    #[prop(default = 6)]
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton-rows" aria-busy="true">
            <span class="sr-only">"Loading…"</span>
            {(0..rows)
                .map(|_| {
                    view! {
                        <div class="skeleton-row">
                            <span class="skeleton skeleton-round"></span>
                            <span class="skeleton-lines">
                                <span class="skeleton skeleton-short"></span>
                                <span class="skeleton"></span>
                            </span>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// Cards of a page.
#[component]
pub fn CardSkeleton(
    /// How many.
    #[prop(default = 3)]
    cards: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton-cards" aria-busy="true">
            <span class="sr-only">"Loading…"</span>
            {(0..cards)
                .map(|_| {
                    view! {
                        <div class="card skeleton-card">
                            <span class="skeleton skeleton-short"></span>
                            <span class="skeleton"></span>
                            <span class="skeleton"></span>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// A page with a list, before its list is here. Its header can do nothing yet, and leaves naming
/// the tab to the one that can.
pub fn page_shape(name: &'static str, help: &'static str, rows: usize) -> AnyView {
    view! {
        <header class="page-head">
            <div>
                <h1>{name}</h1>
                <p class="muted">{help}</p>
            </div>
        </header>
        <div class="card">
            <RowSkeleton rows/>
        </div>
    }
    .into_any()
}
