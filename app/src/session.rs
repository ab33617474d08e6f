//! What every page below the frame may ask for: who is signed in, and which
//! store is open.

use crate::{account, error::AppError, not_found::NotFound, resource::FromServer};
use domain::{account::Account, ids::StoreId, role::Role};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_params_map};

/// The signed-in account, asked for once per open store.
pub type AccountResource = FromServer<Account>;

/// The account of the person at this page.
#[must_use]
pub fn use_account() -> AccountResource {
    expect_context()
}

/// The store whose page is open, for every page below `/stores/:store`.
#[derive(Debug, Clone, Copy)]
pub struct CurrentStore(Memo<Option<StoreId>>);

impl CurrentStore {
    /// Its id, tracked.
    ///
    /// A page below [`StoreScope`] is only built while the id can be read, so
    /// the nil id stands for "going away".
    #[must_use]
    pub fn id(self) -> StoreId {
        self.0.get().unwrap_or_else(nil)
    }

    /// Its id at this moment.
    #[must_use]
    pub fn id_now(self) -> StoreId {
        self.0.get_untracked().unwrap_or_else(nil)
    }
}

fn nil() -> StoreId {
    StoreId::from(uuid::Uuid::nil())
}

/// The store of the page, from its [`StoreScope`].
#[must_use]
pub fn use_store() -> CurrentStore {
    expect_context()
}

/// Shows something to admins and owners of `store` alone: nobody is offered what they may
/// not do. Whether they may is asked at the server's doors again.
#[component]
pub fn ForAdmins(
    /// The store.
    store: StoreId,
    children: ChildrenFn,
) -> impl IntoView {
    let account = use_account();
    let may_change = move || {
        account.with(|answer| {
            let account = answer.as_ref()?.as_ref().ok()?;
            account.role_in(store)
        }) >= Some(Role::Admin)
    };
    view! { <Transition>{move || may_change().then(|| children())}</Transition> }.into_any()
}

/// What the person at this page is in `store`, as a part of what a page loads.
///
/// # Errors
/// If it can't be asked for.
pub async fn role_in(store: StoreId) -> Result<Role, AppError> {
    let account = account::api::current().await?;
    account.role_in(store).ok_or_else(AppError::not_found)
}

/// Reads the store's id from the address; something else there is not found.
#[component]
pub fn StoreScope() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|map| map.get("store").and_then(|raw| raw.parse().ok())));
    provide_context(CurrentStore(id));
    let readable = Memo::new(move |_| id.with(Option::is_some));
    move || {
        if readable.get() {
            view! { <Outlet/> }.into_any()
        } else {
            view! { <NotFound/> }.into_any()
        }
    }
}
