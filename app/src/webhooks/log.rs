//! What a webhook was told, and how that went.

use super::api;
use crate::{
    browser,
    error::AppError,
    resource::from_server,
    session::use_store,
    ui::{
        Ago, Badge, Button, Each, FormError, Glyph, Loaded, Look, RowSkeleton, ScriptForm, Tone,
        use_toasts,
    },
};
use domain::{
    ids::{StoreId, WebhookDeliveryId, WebhookId},
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
        move |store| api::deliveries(store, webhook, None),
    );
    view! {
        <Loaded
            resource=log
            skeleton=|| view! { <RowSkeleton rows=4/> }.into_any()
            view=move |log| view! { <Deliveries webhook log on_change/> }
        />
    }
    .into_any()
}

/// A delivery. Its row stays while what became of it changes.
#[derive(Clone, Copy)]
struct Row {
    id: WebhookDeliveryId,
    delivery: RwSignal<WebhookDelivery>,
}

impl Row {
    fn of(delivery: WebhookDelivery) -> Self {
        Self {
            id: delivery.id,
            delivery: RwSignal::new(delivery),
        }
    }

    fn element(self) -> String {
        format!("delivery-{}", self.id)
    }

    fn focus(self) {
        let button = format!("#{} button", self.element());
        request_animation_frame(move || browser::focus(&button));
    }
}

#[component]
fn Deliveries(
    webhook: WebhookId,
    /// The newest, and whether there are others.
    log: (Vec<WebhookDelivery>, bool),
    on_change: Callback<()>,
) -> impl IntoView {
    let store = use_store();
    let (newest, has_more) = log;
    let rows = RwSignal::new(newest.into_iter().map(Row::of).collect::<Vec<_>>());
    let has_more = RwSignal::new(has_more);
    let (refreshing, asking) = (ScriptForm::new(), ScriptForm::new());
    let refresh = Callback::new(move |()| {
        let shown = rows.with_untracked(Vec::len);
        let newest = newest_of(store.id_now(), webhook, shown);
        refreshing.send(newest, move |(newest, more)| {
            let known = rows.get_untracked();
            let newest = newest.into_iter().map(|delivery| {
                match known.iter().find(|row| row.id == delivery.id) {
                    Some(row) => {
                        row.delivery.set(delivery);
                        *row
                    }
                    None => Row::of(delivery),
                }
            });
            rows.set(newest.collect());
            has_more.set(more);
        });
        on_change.run(());
    });
    let show_older = move |()| {
        let last = rows.with_untracked(|rows| rows.last().map(|row| row.id));
        let older = api::deliveries(store.id_now(), webhook, last);
        asking.send(older, move |(older, more)| {
            let older: Vec<_> = older.into_iter().map(Row::of).collect();
            let first = older.first().copied();
            rows.update(|rows| rows.extend(older));
            has_more.set(more);
            // The button may be gone, and the keyboard goes on from there.
            if let Some(first) = first {
                first.focus();
            }
        });
    };
    view! {
        <div class="webhook-log-head">
            <p class="muted">"What it was told in the last seven days."</p>
            <Button glyph=Glyph::Retry on_press=refresh>
                "Refresh"
            </Button>
        </div>
        <FormError error=refreshing.error()/>
        <Show when=move || rows.with(Vec::is_empty)>
            <p class="dialog-text">"It hasn't been told anything yet."</p>
        </Show>
        <ul class="webhook-log">
            <Each each=move || rows.get() key=|row| row.id let:row>
                <Delivery row refresh/>
            </Each>
        </ul>
        <Show when=move || has_more.get()>
            <div class="webhook-log-more">
                <Button busy=asking.busy() on_press=show_older>
                    "Show older"
                </Button>
            </div>
        </Show>
        <FormError error=asking.error()/>
    }
    .into_any()
}

/// At least so many of the newest, if there are, and whether there are others.
async fn newest_of(
    store: StoreId,
    webhook: WebhookId,
    shown: usize,
) -> Result<(Vec<WebhookDelivery>, bool), AppError> {
    let mut newest: Vec<WebhookDelivery> = Vec::new();
    loop {
        let last = newest.last().map(|delivery| delivery.id);
        let (older, has_more) = api::deliveries(store, webhook, last).await?;
        newest.extend(older);
        if !has_more || newest.len() >= shown {
            return Ok((newest, has_more));
        }
    }
}

#[component]
fn Delivery(row: Row, refresh: Callback<()>) -> impl IntoView {
    let store = use_store();
    let toasts = use_toasts();
    let form = ScriptForm::new();
    let delivery = row.delivery;
    let replay = move |()| {
        form.send(api::replay(store.id_now(), row.id), move |_| {
            toasts.say("Sent again. Refresh to see the answer.");
            refresh.run(());
            row.focus();
        });
    };
    view! {
        <li class="webhook-delivery" id=row.element()>
            <div class="webhook-delivery-head">
                {move || head(delivery.get())}
                <Button look=Look::Quiet glyph=Glyph::Retry busy=form.busy() on_press=replay>
                    "Replay"
                </Button>
            </div>
            {move || answer(delivery.get())}
            <FormError error=form.error()/>
        </li>
    }
    .into_any()
}

/// What was told, and how far that has got.
fn head(delivery: WebhookDelivery) -> impl IntoView {
    let (tone, text) = match delivery.state {
        DeliveryState::Waiting => (Tone::Warning, "Waits for the next try"),
        DeliveryState::Delivered => (Tone::Good, "Delivered"),
        DeliveryState::Failed => (Tone::Bad, "Given up"),
    };
    let tries = match delivery.tries {
        1 => "1 try".to_owned(),
        tries => format!("{tries} tries"),
    };
    view! {
        <code>{delivery.event.as_str()}</code>
        <Badge tone text/>
        <span class="muted">
            <Ago at=delivery.created_at/>
            " · "
            {tries}
            {delivery.tried_at.map(|at| view! { ", last " <Ago at/> })}
        </span>
    }
}

/// What the last try was answered.
fn answer(delivery: WebhookDelivery) -> impl IntoView {
    let last = match (delivery.status, delivery.trouble) {
        (Some(status), _) => Some(format!("Answered with {status}.")),
        (None, Some(trouble)) => Some(trouble.sentence().to_owned()),
        (None, None) => None,
    };
    view! {
        {last.map(|last| view! { <p class="muted">{last}</p> })}
        {(!delivery.answer.is_empty())
            .then(|| view! { <code class="webhook-answer">{delivery.answer}</code> })}
    }
}
