//! The frame around every page of somebody who is signed in: the rail with
//! the stores, the open store's rooms and the account.

pub mod palette;
pub mod rail;
mod switcher;

use crate::{
    account::{self, presence::OwnPresence},
    addresses,
    alarms::Alarms,
    browser,
    commands::Commands,
    inbox::{counts::Counts, mentions::tell_of_mentions},
    live::{Connection, Refused},
    resource::from_server,
    session::AccountResource,
    ui::{
        confirm::Confirm,
        confirm_dialog::ConfirmDialog,
        notice::leave_to_two_factor,
        page_header::TitleCount,
        toast::{ToastCorner, Toasts},
    },
};
use domain::{events::Noun, ids::StoreId, role::Role};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use palette::Palette;
use rail::Rail;

/// Rail and page.
#[component]
pub fn Frame() -> impl IntoView {
    let location = use_location();
    let store = Memo::new(move |_| location.pathname.with(|path| addresses::store_of(path)));
    let account = from_server(move || store.get(), |_| account::api::current());
    provide_context::<AccountResource>(account);
    let connection = Connection::provide(store.into());
    follow_team(store, account, connection);
    let counts = Counts::provide(store.into());
    provide_context(TitleCount {
        unread: Signal::derive(move || counts.unread().unwrap_or(0)),
        late: Signal::derive(move || counts.late_count()),
    });
    let toasts = Toasts::provide();
    tell_of_mentions(store.into(), account, connection, toasts);
    OwnPresence::provide(account, connection, toasts);
    let confirm = Confirm::provide();
    let commands = Commands::provide();
    view! {
        <div class="frame">
            <a class="skip-link" href="#content">
                "Skip to the content"
            </a>
            <Rail store account/>
            <main id="content" class="content" tabindex="-1">
                <Outlet/>
            </main>
            <ToastCorner toasts>
                <Alarms store account/>
            </ToastCorner>
            <ConfirmDialog confirm/>
            <Palette store account commands/>
        </div>
    }
    .into_any()
}

/// Keeps the page to what its reader may do: who is taken out of the team leaves, and who
/// gets another role loads the page anew.
fn follow_team(store: Memo<Option<StoreId>>, account: AccountResource, connection: Connection) {
    connection.on_event(move |event| {
        if event.is_change_of(Noun::Team) {
            account.refetch();
        }
    });
    Effect::new(move |_| match connection.refused() {
        Some(Refused::NotOfTeam) => browser::go_to(&addresses::stores_after_end()),
        Some(Refused::NeedsTwoFactor) => leave_to_two_factor(),
        Some(Refused::SignedOut) | None => {}
    });
    let role = move || {
        let store = store.get()?;
        let role = account.with(|answer| answer.as_ref()?.as_ref().ok()?.role_in(store))?;
        Some((store, role))
    };
    Effect::new(move |earlier: Option<Option<(StoreId, Role)>>| {
        let now = role();
        let before = earlier.flatten();
        if let (Some((of, before)), Some((store, now))) = (before, now)
            && of == store
            && before != now
        {
            browser::go_to(&browser::current_path());
        }
        now.or(before)
    });
}
