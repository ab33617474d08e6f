//! The pages that a browser loads when it comes to them. Those of one area are
//! one file; the frame and the inbox's list are in the first one.
//!
//! On the server nothing is loaded: every page is there.

use crate::{
    account::{account_page::AccountPage, sign_in::SignInPage, sign_up::SignUpPage},
    api_keys::page::ApiKeysPage,
    browser,
    canned::page::CannedResponsesPage,
    faq::page::FaqPage,
    inbox::thread::ThreadPage,
    join::page::JoinPage,
    lazy::{Lazy, lazy_views},
    orders::{
        import::ImportPage, new_order::NewOrderPage, order_page::OrderPage, page::OrdersPage,
    },
    stores::{list::StoresPage, overview::OverviewPage},
    team::page::TeamPage,
    ui::{Button, EmptyState, Glyph, PageTitle, Picture},
    webhooks::page::WebhooksPage,
    widget::page::WidgetSettingsPage,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{ChooseView, hooks::use_location};

/// A page that is loaded with its area.
#[derive(Debug, Clone, Copy)]
pub struct LazyPage(pub Lazy);

impl LazyPage {
    /// As [`Lazy::load`]. If the server can be reached all the same, it may be a newer one that
    /// hasn't this page's files any more: then `address` is loaded from it as a whole.
    pub async fn load_or_leave(self, address: &str) -> bool {
        let is_loaded = self.0.load().await;
        if !is_loaded && browser::can_reach(address).await {
            browser::go_to(address);
            // What is there stays until the browser has the new page.
            std::future::pending::<()>().await;
        }
        is_loaded
    }
}

impl ChooseView for LazyPage {
    async fn choose(self) -> AnyView {
        #[cfg(all(feature = "ssr", debug_assertions))]
        if let Some(path) = crate::response::page_path() {
            let path = path.split('?').next().unwrap_or_default();
            let named = page_at(path).map(|page| page.0.area);
            debug_assert_eq!(named, Some(self.0.area), "the area of {path}");
        }
        match self.0.build().await {
            Some(view) => view,
            None => view! { <NotLoaded page=self address=address_now()/> }.into_any(),
        }
    }

    /// Until this has ended, the page before stays.
    async fn preload(&self) {
        if cfg!(feature = "hydrate") {
            let address = address_now();
            browser::set_loading(true);
            self.load_or_leave(&address).await;
            browser::set_loading(false);
        }
    }
}

/// Where the router is, or is about to be: the browser's own address comes after it.
fn address_now() -> String {
    let location = use_location();
    untrack(|| {
        let query = location.search.get();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", location.pathname.get())
    })
}

/// Stands in place of a page that could not be loaded. Tries again when it is told to.
#[component]
fn NotLoaded(page: LazyPage, address: String) -> impl IntoView {
    let address = StoredValue::new(address);
    let (is_loading, is_loaded) = (RwSignal::new(false), RwSignal::new(false));
    let try_again = move |()| {
        is_loading.set(true);
        spawn_local(async move {
            let loaded = page.load_or_leave(&address.get_value()).await;
            // The reader may have left meanwhile.
            is_loading.try_set(false);
            is_loaded.try_set(loaded);
        });
    };
    move || {
        let built = is_loaded.get().then(|| page.0.built());
        built.flatten().unwrap_or_else(|| {
            view! {
                <PageTitle text="Not loaded"/>
                <div class="lonely" role="alert">
                    <EmptyState
                        picture=Picture::Lost
                        title="This page could not be loaded"
                        text="The connection may be down. Nothing is lost: try again when it is back."
                    >
                        <Button glyph=Glyph::Retry on_press=try_again busy=is_loading>
                            "Try again"
                        </Button>
                    </EmptyState>
                </div>
            }
            .into_any()
        })
    }
}

lazy_views! {
    SIGN_IN, entry, load_sign_in, sign_in => SignInPage;
    SIGN_UP, entry, load_sign_up, sign_up => SignUpPage;
    JOIN, entry, load_join, join => JoinPage;
    STORES, stores, load_stores, stores => StoresPage;
    ACCOUNT, stores, load_account, account => AccountPage;
    OVERVIEW, stores, load_overview, overview => OverviewPage;
    THREAD, thread, load_thread, thread => ThreadPage;
    WIDGET, widget, load_widget, widget => WidgetSettingsPage;
    FAQ, texts, load_faq, faq => FaqPage;
    CANNED, texts, load_canned, canned => CannedResponsesPage;
    ORDERS, orders, load_orders, orders => OrdersPage;
    ORDERS_IMPORT, orders, load_orders_import, orders_import => ImportPage;
    NEW_ORDER, orders, load_new_order, new_order => NewOrderPage;
    ORDER, orders, load_order, order => OrderPage;
    TEAM, admin, load_team, team => TeamPage;
    API_KEYS, admin, load_api_keys, api_keys => ApiKeysPage;
    WEBHOOKS, admin, load_webhooks, webhooks => WebhooksPage;
}

/// The lazy page behind the path of an address, as the routes have it: asked
/// before there is a router.
#[must_use]
pub fn page_at(path: &str) -> Option<LazyPage> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let parts: [Option<&str>; 6] = std::array::from_fn(|_| parts.next());
    let page = match parts {
        [Some("sign-in"), None, ..] => SIGN_IN,
        [Some("sign-up"), None, ..] => SIGN_UP,
        [Some("join"), Some(_), None, ..] => JOIN,
        [Some("account"), None, ..] => ACCOUNT,
        [Some("stores"), None, ..] => STORES,
        [Some("stores"), Some(_), None, ..] => OVERVIEW,
        [Some("stores"), Some(_), Some(room), None, ..] => match room {
            "widget" => WIDGET,
            "faq" => FAQ,
            "canned-responses" => CANNED,
            "orders" => ORDERS,
            "team" => TEAM,
            "api-keys" => API_KEYS,
            "webhooks" => WEBHOOKS,
            _ => return None,
        },
        [Some("stores"), Some(_), Some("inbox"), Some(_), None, _] => THREAD,
        [
            Some("stores"),
            Some(_),
            Some("orders"),
            Some(which),
            None,
            _,
        ] => match which {
            "import" => ORDERS_IMPORT,
            "new" => NEW_ORDER,
            _ => ORDER,
        },
        _ => return None,
    };
    Some(LazyPage(page))
}
