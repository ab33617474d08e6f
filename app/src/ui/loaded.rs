//! What comes from the server: its shape before, a notice where it failed.

use super::notice::ErrorNotice;
use crate::resource::FromServer;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// Shows a resource. While it is fetched again, what was there stays.
///
/// The view is built when a value has arrived and replaced by the next one in
/// one go. A `Suspend` would drop the signals of the old view when the wait for
/// the new one begins, while events still reach it.
#[component]
pub fn Loaded<T, View, Build, Shape>(
    /// What is loaded.
    resource: FromServer<T>,
    /// Stands there before.
    skeleton: Shape,
    /// Shows it.
    view: Build,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    View: IntoView + 'static,
    Build: Fn(T) -> View + Send + 'static,
    Shape: Fn() -> AnyView + Send + Sync + 'static,
{
    view! {
        <Transition fallback=skeleton>
            {move || {
                resource
                    .get()
                    .map(|result| match result {
                        Ok(value) => untrack(|| view(value)).into_any(),
                        Err(error) => {
                            view! { <ErrorNotice error on_retry=move |()| resource.refetch()/> }
                                .into_any()
                        }
                    })
            }}
        </Transition>
    }
    .into_any()
}
