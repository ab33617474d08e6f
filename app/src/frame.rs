//! The frame around every page of somebody who is signed in: the rail with
//! the stores, the open store's rooms and the account.

pub mod rail;

use crate::{
    account, addresses,
    inbox::counts::Counts,
    live::Connection,
    resource::from_server,
    session::AccountResource,
    ui::{
        confirm::Confirm,
        confirm_dialog::ConfirmDialog,
        page_header::TitleCount,
        toast::{ToastCorner, Toasts},
    },
};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use rail::Rail;

/// Rail and page.
#[component]
pub fn Frame() -> impl IntoView {
    let location = use_location();
    let store = Memo::new(move |_| location.pathname.with(|path| addresses::store_of(path)));
    let account = from_server(move || store.get(), |_| account::api::current());
    provide_context::<AccountResource>(account);
    Connection::provide(store.into());
    let counts = Counts::provide(store.into());
    provide_context(TitleCount(Signal::derive(move || {
        counts.unread().unwrap_or(0)
    })));
    let toasts = Toasts::provide();
    let confirm = Confirm::provide();
    view! {
        <div class="frame">
            <a class="skip-link" href="#content">
                "Skip to the content"
            </a>
            <Rail store account/>
            <main id="content" class="content" tabindex="-1">
                <Outlet/>
            </main>
            <ToastCorner toasts/>
            <ConfirmDialog confirm/>
        </div>
    }
    .into_any()
}
