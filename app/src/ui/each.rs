//! Lists whose rows stay while others come and go.

use leptos::prelude::*;
use std::sync::Arc;

/// Shows a row for each item, known by its key: a row is built when its key
/// comes and dropped when it goes. Leptos' `For`, with one kind of row for all
/// lists: its code is there once and not once for each list.
#[component]
pub fn Each<T, Key, Shown>(
    /// The items.
    each: impl Fn() -> Vec<T> + Send + Sync + 'static,
    /// What tells an item from the others.
    key: impl Fn(&T) -> Key + Send + Sync + 'static,
    /// Shows one.
    children: impl Fn(T) -> Shown + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    Key: ToString,
    Shown: IntoView + 'static,
{
    let show = Arc::new(children);
    rows(Box::new(move || {
        let row = |item| {
            let show = Arc::clone(&show);
            Row {
                key: key(&item).to_string(),
                view: Box::new(move || show(item).into_any()),
            }
        };
        each().into_iter().map(row).collect()
    }))
}

struct Row {
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

fn rows(rows: Box<dyn Fn() -> Vec<Row> + Send + Sync>) -> AnyView {
    view! { <For each=rows key=|row| row.key.clone() children=|row| (row.view)()/> }.into_any()
}
