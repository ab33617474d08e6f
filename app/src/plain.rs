//! Pages that no script takes over: rendered by the server alone, and none of their code is in
//! the browser's half. Their forms are posted by the browser. They are for what is seldom done
//! and needs nothing live, and for keys and codes that no script should ever hold.
//!
//! Whoever leads to one from a page that a script has taken over says `rel="external"`: the
//! browser loads it.

use crate::{error::AppError, ui::notice::ErrorNotice};
use leptos::prelude::*;

/// Shows what `fetch` brings, or what is wrong.
pub fn loaded<T: Send + 'static>(
    fetch: impl Future<Output = Result<T, AppError>> + Send + 'static,
    view: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView {
    let shown = Suspend::new(async move {
        match fetch.await {
            Ok(value) => view(value),
            Err(error) => view! { <ErrorNotice error/> }.into_any(),
        }
    });
    view! { <Suspense>{shown}</Suspense> }.into_any()
}
