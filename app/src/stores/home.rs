//! `/`, which only leads on.

use crate::{account, ui::ErrorNotice};
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// Leads to sign-up, sign-in, the only store, or the list of stores.
#[component]
pub fn Home() -> impl IntoView {
    let start = Resource::new(|| (), |()| account::api::start());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(path) => view! { <Redirect path/> }.into_any(),
                    Err(error) => {
                        view! {
                            <main class="lonely">
                                <ErrorNotice error on_retry=move |()| start.refetch()/>
                            </main>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}
