//! `/stores/:store/orders/new`

use super::{api, order_form::OrderForm};
use crate::{
    addresses,
    error::AppError,
    resource::from_server,
    session::use_store,
    ui::{CardSkeleton, Glyph, Icon, Loaded, PageHeader, use_toasts},
};
use domain::{ids::StoreId, order::Order};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// A new built-in order.
#[component]
pub fn NewOrderPage() -> impl IntoView {
    let store = use_store();
    let currency = from_server(move || store.id(), usual_currency);
    let (toasts, navigate) = (use_toasts(), use_navigate());
    let saved = {
        let navigate = navigate.clone();
        Callback::new(move |order: Order| {
            toasts.say("Order created.");
            let address = addresses::order(store.id_now(), &order.number);
            navigate(&address, Default::default());
        })
    };
    let cancelled = Callback::new(move |()| {
        navigate(&addresses::orders(store.id_now()), Default::default());
    });
    view! {
        <div class="page">
            <a class="back-link" href=move || addresses::orders(store.id())>
                <Icon glyph=Glyph::ArrowLeft/>
                "All orders"
            </a>
            <PageHeader
                title="New order"
                help="Shoppers who ask for it are answered from it at once."
            />
            <Loaded
                resource=currency
                skeleton=|| view! { <CardSkeleton cards=1/> }.into_any()
                view=move |currency| {
                    view! { <OrderForm store=store.id_now() opened=None currency saved cancelled/> }
                }
            />
        </div>
    }
    .into_any()
}

/// That of the newest order; none where there is no order yet.
async fn usual_currency(store: StoreId) -> Result<String, AppError> {
    let newest = api::list(store, String::new(), 0).await?.orders;
    let newest = newest.into_iter().next();
    Ok(newest.map(|order| order.currency).unwrap_or_default())
}
