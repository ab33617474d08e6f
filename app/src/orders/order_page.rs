//! `/stores/:store/orders/:number`

use super::{api, order_form::OrderForm, parts};
use crate::{
    addresses,
    resource::from_server,
    session::{ForAdmins, use_store},
    ui::{
        Ago, Button, Card, CardSkeleton, Glyph, Icon, Loaded, Look, PageHeader, Question,
        ScriptForm, use_confirm, use_toasts,
    },
};
use domain::{ids::StoreId, order::Order};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

/// One built-in order, to be read, edited and deleted.
#[component]
pub fn OrderPage() -> impl IntoView {
    let store = use_store();
    let params = use_params_map();
    let number = Memo::new(move |_| params.with(|params| params.get("number").unwrap_or_default()));
    let order = from_server(
        move || (store.id(), number.get()),
        |(store, number)| api::get(store, number),
    );
    view! {
        <div class="page">
            <Loaded
                resource=order
                skeleton=|| view! { <CardSkeleton cards=3/> }.into_any()
                view=move |order| view! { <OneOrder store=store.id_now() order/> }
            />
        </div>
    }
    .into_any()
}

#[component]
fn OneOrder(store: StoreId, order: Order) -> impl IntoView {
    let title = format!("Order #{}", order.number);
    let shown = RwSignal::new(order);
    let editing = RwSignal::new(false);
    let toasts = use_toasts();
    let saved = Callback::new(move |order: Order| {
        shown.set(order);
        editing.set(false);
        toasts.say("Order saved.");
    });
    view! {
        <a class="back-link" href=addresses::orders(store)>
            <Icon glyph=Glyph::ArrowLeft/>
            "All orders"
        </a>
        <PageHeader title help="What shoppers are told when they ask for it.">
            <ForAdmins store>
                <DeleteOrder store shown/>
                <Button
                    glyph=Glyph::Pencil
                    look=Look::Primary
                    disabled=editing
                    on_press=move |()| editing.set(true)
                >
                    "Edit"
                </Button>
            </ForAdmins>
        </PageHeader>
        <Show
            when=move || editing.get()
            fallback=move || view! { <Facts order=shown.get()/> }
        >
            <OrderForm
                store
                opened=Some(shown.get_untracked())
                saved
                cancelled=move |()| editing.set(false)
            />
        </Show>
    }
    .into_any()
}

#[component]
fn DeleteOrder(store: StoreId, shown: RwSignal<Order>) -> impl IntoView {
    let confirm = use_confirm();
    let toasts = use_toasts();
    let navigate = use_navigate();
    let form = ScriptForm::new();
    let error = form.error();
    let ask = move |()| {
        let number = shown.with_untracked(|order| order.number.clone());
        let navigate = navigate.clone();
        let question = Question {
            title: format!("Delete order #{number}?"),
            text: "Shoppers who ask for it are told that there is no such order.".to_owned(),
            action: "Delete order".to_owned(),
        };
        confirm.ask(question, move || {
            let navigate = navigate.clone();
            let order = shown.get_untracked();
            form.send(api::remove(store, number.clone()), move |()| {
                toasts.say_with_undo("Order deleted.", move || {
                    let restored = api::save(store, order.clone(), None);
                    leptos::task::spawn_local(async move {
                        if restored.await.is_ok() {
                            toasts.say("Order restored.");
                        }
                    });
                });
                navigate(&addresses::orders(store), Default::default());
            });
        });
    };
    view! {
        <Button glyph=Glyph::Trash busy=form.busy() on_press=ask>
            "Delete"
        </Button>
        {move || {
            error.get().map(|error| view! { <p class="form-error" role="alert">{error.text()}</p> })
        }}
    }
    .into_any()
}

#[component]
fn Facts(order: Order) -> impl IntoView {
    let badges = parts::badges(&order);
    let total = order.total();
    let (has_items, has_parcels) = (!order.items.is_empty(), !order.shipments.is_empty());
    view! {
        <Card title="Status">
            {badges}
            <dl class="order-facts">
                <div>
                    <dt>"Placed"</dt>
                    <dd>
                        <Ago at=order.placed_at/>
                    </dd>
                </div>
                {order
                    .changed_at
                    .map(|at| {
                        view! {
                            <div>
                                <dt>"Last change"</dt>
                                <dd>
                                    <Ago at/>
                                </dd>
                            </div>
                        }
                    })}
                <div>
                    <dt>"Total"</dt>
                    <dd>{total}</dd>
                </div>
                <div>
                    <dt>"Customer"</dt>
                    <dd>{order.customer_name.unwrap_or_else(|| "Not known".to_owned())}</dd>
                </div>
                <div>
                    <dt>"Email"</dt>
                    <dd>
                        {if order.email.is_empty() {
                            "None: only its number finds it".to_owned()
                        } else {
                            order.email
                        }}
                    </dd>
                </div>
            </dl>
        </Card>
        <Card title="Items">
            {if has_items {
                let has_pictures = order.items.iter().any(|item| item.picture().is_some());
                let items = order.items.into_iter();
                let rows = items.map(|item| parts::item_line(item, has_pictures));
                view! { <ul class="order-lines">{rows.collect_view()}</ul> }.into_any()
            } else {
                view! { <p class="muted">"No items are known."</p> }.into_any()
            }}
        </Card>
        <Card title="Parcels">
            {if has_parcels {
                let parcels = order.shipments.into_iter();
                let rows = parcels.map(|parcel| view! { <li>{parts::parcel_with_place(parcel)}</li> });
                view! { <ul class="order-lines">{rows.collect_view()}</ul> }.into_any()
            } else {
                view! { <p class="muted">"No parcel is known. Shoppers are told so."</p> }.into_any()
            }}
        </Card>
    }
    .into_any()
}
