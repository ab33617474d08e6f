//! The shopper's orders, beside the thread. They may come from a shop that takes its time,
//! so they are asked for when the thread is there.

use super::{api, draft::NewestOrder, thread_state::use_thread};
use crate::{
    error::AppError,
    orders::parts,
    session::use_store,
    ui::{Ago, Button, Glyph, Icon},
};
use domain::{
    order::Order,
    order_source::{ShopperOrders, UnaskedSource},
};
use leptos::{prelude::*, task::spawn_local};

/// Their latest orders; nothing as long as they have given no email and no shop knows them.
#[component]
pub fn ShopperOrders() -> impl IntoView {
    let store = use_store();
    let conversation = use_thread().conversation;
    let id = Memo::new(move |_| conversation.with(|c| c.id));
    let email = Memo::new(move |_| conversation.with(|c| c.visitor.email.clone()));
    let is_shops = Memo::new(move |_| conversation.with(|c| c.visitor.shop_customer().is_some()));
    let is_known = move || is_shops.get() || email.with(Option::is_some);
    let is_verified = Memo::new(move |_| conversation.with(|c| c.verified));
    let NewestOrder(newest) = expect_context();
    let found = RwSignal::new(None::<Result<ShopperOrders, AppError>>);
    let look_up = move || {
        let asked = id.get_untracked();
        found.set(None);
        spawn_local(async move {
            let orders = api::orders(store.id_now(), asked).await;
            // Another conversation may be open by now.
            if id.try_get_untracked() == Some(asked) {
                let first = orders.as_ref().ok().and_then(|found| found.orders.first());
                newest.set(first.map(|order| order.number.clone()));
                let _ = found.try_set(Some(orders));
            }
        });
    };
    Effect::new(move |_| {
        id.track();
        if is_known() {
            look_up();
        }
    });
    view! {
        <Show when=is_known>
            <section class="context-orders" aria-label="Orders">
                <h3>"Orders"</h3>
                <Show when=move || !is_verified.get()>
                    <p class="muted">"Of the email as typed: it isn't verified."</p>
                </Show>
                {move || match found.get() {
                    None => view! { <p class="muted" role="status">"Looking up …"</p> }.into_any(),
                    Some(Err(_)) => {
                        view! {
                            <p class="muted">"Orders can't be looked up right now."</p>
                            <Button glyph=Glyph::Retry on_press=move |()| look_up()>
                                "Try again"
                            </Button>
                        }
                            .into_any()
                    }
                    Some(Ok(ShopperOrders { orders, trouble })) => {
                        let none = match is_shops.get() {
                            true => "None of this customer.",
                            false => "None with this email.",
                        };
                        let is_whole = trouble.is_empty();
                        view! {
                            {(orders.is_empty() && is_whole)
                                .then(|| view! { <p class="muted">{none}</p> })}
                            {orders.into_iter().map(order_row).collect_view()}
                            {trouble.into_iter().map(unasked).collect_view()}
                            {(!is_whole)
                                .then(|| {
                                    view! {
                                        <Button glyph=Glyph::Retry on_press=move |()| look_up()>
                                            "Try again"
                                        </Button>
                                    }
                                })}
                        }
                            .into_any()
                    }
                }}
            </section>
        </Show>
    }
    .into_any()
}

/// A source that couldn't be asked.
fn unasked(source: UnaskedSource) -> impl IntoView {
    view! {
        <p class="context-trouble">
            <Icon glyph=Glyph::Warning/>
            <span>
                <strong>{source.name}</strong>
                " couldn't be asked: orders may be missing here. "
                <span class="muted">{source.trouble.sentence()}</span>
            </span>
        </p>
    }
}

fn order_row(order: Order) -> impl IntoView {
    view! {
        <div class="context-order">
            <p class="context-order-head">
                <strong>{format!("#{}", order.number)}</strong>
                <span>{order.total()}</span>
                <span class="muted">
                    <Ago at=order.placed_at/>
                </span>
            </p>
            {parts::badges(&order)}
            {parts::last_change(order.changed_at)}
            <p class="muted">{parts::items(&order)}</p>
            {order.shipments.into_iter().map(parts::parcel_with_place).collect_view()}
        </div>
    }
}
