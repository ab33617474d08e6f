//! The page behind each address. It knows every room, and no room knows it.

pub mod areas;

#[cfg(feature = "ssr")]
use crate::account::{
    reset::{
        forgot_page::ForgotPage,
        reset_page::{ResetDonePage, ResetPage},
    },
    two_factor::{code_page::CodePage, page::TwoFactorPage},
};
use crate::{
    frame::Frame,
    inbox::page::{InboxPage, NoConversation},
    not_found::NotFound,
    session::StoreScope,
    stores::home::Home,
};
use areas::{
    ACCOUNT, API_KEYS, CANNED, FAQ, JOIN, LazyPage, NEW_ORDER, ORDER, ORDERS, ORDERS_IMPORT,
    OVERVIEW, SIGN_IN, SIGN_UP, STORES, TEAM, THREAD, WEBHOOKS, WIDGET,
};
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Routes},
    hooks::use_location,
    path,
};
use std::time::Duration;

/// How long a page is there before another one is loaded ahead.
const AHEAD: Duration = Duration::from_secs(1);

/// The pages that no script takes over. See [`crate::plain`].
#[cfg(feature = "ssr")]
#[component]
pub fn PlainRoutes() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/sign-in/code") view=CodePage ssr=SsrMode::Async/>
            <Route path=path!("/forgot-password") view=ForgotPage ssr=SsrMode::Async/>
            <Route path=path!("/reset-password") view=ResetDonePage ssr=SsrMode::Async/>
            <Route path=path!("/reset-password/:token") view=ResetPage ssr=SsrMode::Async/>
            <Route path=path!("/account/two-factor") view=TwoFactorPage ssr=SsrMode::Async/>
        </Routes>
    }
    .into_any()
}

/// All routes. Pages are rendered in one sweep, so that they can be read
/// without any script and carry the right status.
#[component]
pub fn DashboardRoutes() -> impl IntoView {
    load_ahead();
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/sign-in") view=LazyPage(SIGN_IN) ssr=SsrMode::Async/>
            <Route path=path!("/sign-up") view=LazyPage(SIGN_UP) ssr=SsrMode::Async/>
            <Route path=path!("/join/:token") view=LazyPage(JOIN) ssr=SsrMode::Async/>
            <Route path=path!("/") view=Home ssr=SsrMode::Async/>
            <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                <Route path=path!("/stores") view=LazyPage(STORES) ssr=SsrMode::Async/>
                <Route path=path!("/account") view=LazyPage(ACCOUNT) ssr=SsrMode::Async/>
                <ParentRoute path=path!("/stores/:store") view=StoreScope ssr=SsrMode::Async>
                    <Route path=path!("") view=LazyPage(OVERVIEW) ssr=SsrMode::Async/>
                    <ParentRoute path=path!("inbox") view=InboxPage ssr=SsrMode::Async>
                        <Route path=path!("") view=NoConversation ssr=SsrMode::Async/>
                        <Route path=path!(":conversation") view=LazyPage(THREAD) ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("widget") view=LazyPage(WIDGET) ssr=SsrMode::Async/>
                    <Route path=path!("faq") view=LazyPage(FAQ) ssr=SsrMode::Async/>
                    <Route path=path!("canned-responses") view=LazyPage(CANNED) ssr=SsrMode::Async/>
                    <Route path=path!("orders") view=LazyPage(ORDERS) ssr=SsrMode::Async/>
                    <Route path=path!("api-keys") view=LazyPage(API_KEYS) ssr=SsrMode::Async/>
                    <Route path=path!("team") view=LazyPage(TEAM) ssr=SsrMode::Async/>
                    <Route path=path!("webhooks") view=LazyPage(WEBHOOKS) ssr=SsrMode::Async/>
                    <Route path=path!("orders/import") view=LazyPage(ORDERS_IMPORT) ssr=SsrMode::Async/>
                    <Route path=path!("orders/new") view=LazyPage(NEW_ORDER) ssr=SsrMode::Async/>
                    <Route path=path!("orders/:number") view=LazyPage(ORDER) ssr=SsrMode::Async/>
                </ParentRoute>
            </ParentRoute>
        </Routes>
    }
    .into_any()
}

/// In the inbox a conversation is opened next: its page is loaded while nothing else is done.
fn load_ahead() {
    let path = use_location().pathname;
    Effect::new(move |_| {
        if path.with(|path| path.ends_with("/inbox")) {
            let load = || leptos::task::spawn_local(async { _ = THREAD.load().await });
            set_timeout(load, AHEAD);
        }
    });
}
