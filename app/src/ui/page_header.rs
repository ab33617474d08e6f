//! The top of a page.

use crate::realtime::use_unread;
use leptos::prelude::*;
use leptos_meta::Title;

/// The tab's title, with the number of unread conversations before it.
#[component]
pub fn PageTitle(
    /// The page's name.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let unread = use_unread();
    let title = move || match unread.get() {
        0 => format!("{} · Shopdesk", text.get()),
        n => format!("({n}) {} · Shopdesk", text.get()),
    };
    // leptos_meta asks for the title when the page is done, and the signals it
    // is made of may be gone.
    #[cfg(feature = "ssr")]
    let title = super::raw_text::raw_text(&untrack(title));
    view! { <Title text=title/> }.into_any()
}

/// Title, one line of help, and the page's action at the right.
#[component]
pub fn PageHeader(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
    /// What it is for, in a line.
    #[prop(into)]
    help: String,
    /// The page's actions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <PageTitle text=title/>
        <header class="page-head">
            <div>
                <h1>{title}</h1>
                <p class="muted">{help}</p>
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
    .into_any()
}
