//! The top of a page.

use leptos::prelude::*;
use leptos_meta::Title;

/// What awaits an answer, as the number before the tab's title. The frame
/// provides it; pages without one have no number.
#[derive(Debug, Clone, Copy)]
pub struct TitleCount(pub Signal<i64>);

/// The tab's title, with the [`TitleCount`] before it.
#[component]
pub fn PageTitle(
    /// The page's name.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let count = use_context::<TitleCount>();
    let title = move || match count.map_or(0, |TitleCount(count)| count.get()) {
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
