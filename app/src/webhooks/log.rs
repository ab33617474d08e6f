//! What a webhook was told, and how that went.

use super::api;
use crate::{
    resource::from_server,
    session::use_store,
    ui::{
        Ago, Badge, Button, FormError, Glyph, Loaded, Look, RowSkeleton, ScriptForm, Tone,
        use_toasts,
    },
};
use domain::{
    ids::WebhookId,
    webhook::{DeliveryState, WebhookDelivery},
};
use leptos::prelude::*;

/// The log of a webhook, in a dialog.
#[component]
pub fn Log(
    webhook: WebhookId,
    /// A webhook may work again.
    on_change: Callback<()>,
) -> impl IntoView {
    let store = use_store();
    let log = from_server(
        move || store.id(),
        move |store| api::deliveries(store, webhook),
    );
    let reload = Callback::new(move |()| {
        log.refetch();
        on_change.run(());
    });
    view! {
        <div class="webhook-log-head">
            <p class="muted">"The last 50 of the last seven days."</p>
            <Button glyph=Glyph::Retry on_press=reload>
                "Refresh"
            </Button>
        </div>
        <Loaded
            resource=log
            skeleton=|| view! { <RowSkeleton rows=4/> }.into_any()
            view=move |log| view! { <Deliveries log reload/> }
        />
    }
    .into_any()
}

#[component]
fn Deliveries(log: Vec<WebhookDelivery>, reload: Callback<()>) -> impl IntoView {
    if log.is_empty() {
        return view! { <p class="dialog-text">"It hasn't been told anything yet."</p> }.into_any();
    }
    view! {
        <ul class="webhook-log">
            {log
                .into_iter()
                .map(|delivery| view! { <Delivery delivery reload/> })
                .collect_view()}
        </ul>
    }
    .into_any()
}

#[component]
fn Delivery(delivery: WebhookDelivery, reload: Callback<()>) -> impl IntoView {
    let store = use_store();
    let toasts = use_toasts();
    let form = ScriptForm::new();
    let id = delivery.id;
    let replay = move |()| {
        form.send(api::replay(store.id_now(), id), move |_| {
            toasts.say("Sent again. Refresh to see the answer.");
            reload.run(());
        });
    };
    let (tone, text) = match delivery.state {
        DeliveryState::Waiting => (Tone::Warning, "Waits for the next try"),
        DeliveryState::Delivered => (Tone::Good, "Delivered"),
        DeliveryState::Failed => (Tone::Bad, "Given up"),
    };
    let last = match (delivery.status, delivery.trouble) {
        (Some(status), _) => Some(format!("Answered with {status}.")),
        (None, Some(trouble)) => Some(trouble.sentence().to_owned()),
        (None, None) => None,
    };
    let tries = match delivery.tries {
        1 => "1 try".to_owned(),
        tries => format!("{tries} tries"),
    };
    view! {
        <li class="webhook-delivery">
            <div class="webhook-delivery-head">
                <code>{delivery.event.as_str()}</code>
                <Badge tone text/>
                <span class="muted">
                    <Ago at=delivery.created_at/>
                    " · "
                    {tries}
                    {delivery.tried_at.map(|at| view! { ", last " <Ago at/> })}
                </span>
                <Button look=Look::Quiet glyph=Glyph::Retry busy=form.busy() on_press=replay>
                    "Replay"
                </Button>
            </div>
            {last.map(|last| view! { <p class="muted">{last}</p> })}
            {(!delivery.answer.is_empty())
                .then(|| view! { <code class="webhook-answer">{delivery.answer}</code> })}
            <FormError error=form.error()/>
        </li>
    }
    .into_any()
}
