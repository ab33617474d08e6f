//! The top of a page.

use leptos::prelude::*;
use leptos_meta::Title;

/// What awaits an answer, as numbers before the tab's title. The frame
/// provides them; pages without it have none.
#[derive(Debug, Clone, Copy)]
pub struct TitleCount {
    /// Conversations with something unread.
    pub unread: Signal<i64>,
    /// Shoppers who wait longer than promised.
    pub late: Signal<usize>,
}

/// The tab's title, with the [`TitleCount`] before it.
#[component]
pub fn PageTitle(
    /// The page's name.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let count = use_context::<TitleCount>();
    let title = move || {
        let mut title = format!("{} · Shopdesk", text.get());
        if let Some(TitleCount { unread, late }) = count {
            if unread.get() > 0 {
                title = format!("({}) {title}", unread.get());
            }
            if late.get() > 0 {
                title = format!("⏰ {} waiting · {title}", late.get());
            }
        }
        title
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
