//! `/`, which only leads on.

use crate::{account, resource::from_server, ui::Loaded};
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// Leads to sign-up, sign-in, the only store, or the list of stores.
#[component]
pub fn Home() -> impl IntoView {
    let start = from_server(|| (), |()| account::api::start());
    view! {
        <div class="lonely">
            <Loaded
                resource=start
                skeleton=|| view! { <span class="sr-only">"Loading…"</span> }.into_any()
                view=|path| view! { <Redirect path/> }
            />
        </div>
    }
    .into_any()
}
