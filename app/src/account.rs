//! The account: signing up, in and out.

pub mod account_page;
pub mod api;
mod notifications;
pub mod presence;
mod push;
pub mod reset;
mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod two_factor;

use leptos::prelude::*;

/// The page around a form that stands alone, as that of somebody who isn't signed in.
#[component]
pub fn Doorstep(
    /// The heading.
    #[prop(into)]
    title: String,
    /// A line below it.
    #[prop(into)]
    help: String,
    children: Children,
) -> impl IntoView {
    view! {
        <main class="doorstep">
            <div class="doorstep-card">
                <div class="brand">
                    <BrandMark/>
                    "Shopdesk"
                </div>
                <h1>{title}</h1>
                <p class="muted">{help}</p>
                {children()}
            </div>
        </main>
    }
    .into_any()
}

/// The product's mark.
#[component]
pub fn BrandMark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path
                class="brand-ground"
                d="M9 2h14a7 7 0 0 1 7 7v14a7 7 0 0 1-7 7H9a7 7 0 0 1-7-7V9a7 7 0 0 1 7-7z"
            ></path>
            <path
                class="brand-bubble"
                d="M10.5 9h11a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5H16l-4.5 4v-4h-1A2.5 2.5 0 0 1 8 17.5v-6A2.5 2.5 0 0 1 10.5 9z"
            ></path>
        </svg>
    }
    .into_any()
}
