//! Cards: a heading, one sentence of why, and what belongs to it.

use leptos::prelude::*;

/// A group of settings or facts.
#[component]
pub fn Card(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Why it is there, in a sentence.
    #[prop(optional, into)]
    why: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card">
            <header class="card-head">
                <h2>{title}</h2>
                {why.map(|why| view! { <p class="muted">{why}</p> })}
            </header>
            <div class="card-body">{children()}</div>
        </section>
    }
    .into_any()
}
