//! The page behind each address. It knows every room, and no room knows it.

use crate::{
    account::{account_page::AccountPage, sign_in::SignInPage, sign_up::SignUpPage},
    api_keys::page::ApiKeysPage,
    canned::page::CannedResponsesPage,
    faq::page::FaqPage,
    frame::Frame,
    inbox::{
        page::{InboxPage, NoConversation},
        thread::ThreadPage,
    },
    join::page::JoinPage,
    not_found::NotFound,
    orders::{
        import::ImportPage, new_order::NewOrderPage, order_page::OrderPage, page::OrdersPage,
    },
    session::StoreScope,
    stores::{home::Home, list::StoresPage, overview::OverviewPage},
    team::page::TeamPage,
    webhooks::page::WebhooksPage,
    widget::page::WidgetSettingsPage,
};
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Routes},
    path,
};

/// All routes. Pages are rendered in one sweep, so that they can be read
/// without any script and carry the right status.
#[component]
pub fn DashboardRoutes() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
            <Route path=path!("/sign-up") view=SignUpPage ssr=SsrMode::Async/>
            <Route path=path!("/join/:token") view=JoinPage ssr=SsrMode::Async/>
            <Route path=path!("/") view=Home ssr=SsrMode::Async/>
            <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                <Route path=path!("/stores") view=StoresPage ssr=SsrMode::Async/>
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("/stores/:store") view=StoreScope ssr=SsrMode::Async>
                    <Route path=path!("") view=OverviewPage ssr=SsrMode::Async/>
                    <ParentRoute path=path!("inbox") view=InboxPage ssr=SsrMode::Async>
                        <Route path=path!("") view=NoConversation ssr=SsrMode::Async/>
                        <Route path=path!(":conversation") view=ThreadPage ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("widget") view=WidgetSettingsPage ssr=SsrMode::Async/>
                    <Route path=path!("faq") view=FaqPage ssr=SsrMode::Async/>
                    <Route path=path!("canned-responses") view=CannedResponsesPage ssr=SsrMode::Async/>
                    <Route path=path!("orders") view=OrdersPage ssr=SsrMode::Async/>
                    <Route path=path!("api-keys") view=ApiKeysPage ssr=SsrMode::Async/>
                    <Route path=path!("team") view=TeamPage ssr=SsrMode::Async/>
                    <Route path=path!("webhooks") view=WebhooksPage ssr=SsrMode::Async/>
                    <Route path=path!("orders/import") view=ImportPage ssr=SsrMode::Async/>
                    <Route path=path!("orders/new") view=NewOrderPage ssr=SsrMode::Async/>
                    <Route path=path!("orders/:number") view=OrderPage ssr=SsrMode::Async/>
                </ParentRoute>
            </ParentRoute>
        </Routes>
    }
    .into_any()
}
