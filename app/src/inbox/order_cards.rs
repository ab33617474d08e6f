//! The orders that an answer shows, as the shopper was shown them.

use crate::{
    orders::parts,
    ui::{Ago, Glyph, Icon, Look},
};
use domain::{
    money,
    order::Shipment,
    order_card::{OrderCard, OrderDetails},
    order_progress::{Progress, Step},
};
use leptos::prelude::*;

/// A card for each order. Several are a choice: each is folded up.
#[component]
pub fn OrderCards(
    /// The orders.
    cards: Vec<OrderCard>,
) -> impl IntoView {
    let is_choice = cards.len() > 1;
    let card = move |card: OrderCard| {
        let name = format!("Order #{}", card.number);
        let head = head(&card, is_choice);
        if is_choice {
            view! {
                <details class="order-card" aria-label=name>
                    <summary class="order-card-head">{head}</summary>
                    {body(card)}
                </details>
            }
            .into_any()
        } else {
            view! {
                <article class="order-card" aria-label=name>
                    <div class="order-card-head">{head}</div>
                    {body(card)}
                </article>
            }
            .into_any()
        }
    };
    view! { <div class="order-cards">{cards.into_iter().map(card).collect_view()}</div> }.into_any()
}

/// Which order it is, and how it stands.
fn head(card: &OrderCard, is_choice: bool) -> impl IntoView + use<> {
    let details = card.details.as_ref();
    let total = details.filter(|_| is_choice).map(total);
    let placed_at = details.map(|details| details.placed_at);
    view! {
        <strong>{format!("#{}", card.number)}</strong>
        {parts::status_badge(card.status)}
        <span class="order-card-aside">
            {total}
            {placed_at.map(|at| view! { <Ago at/> })}
            {is_choice.then(|| view! { <Icon glyph=Glyph::ChevronDown/> })}
        </span>
    }
}

fn body(card: OrderCard) -> impl IntoView {
    let progress = progress(card.progress());
    let changed_at = card.changed_at;
    view! {
        <div class="order-card-body">
            {progress}
            {parts::last_change(changed_at)}
            {match card.details {
                Some(details) => contents(details).into_any(),
                None => {
                    view! {
                        <p class="muted">
                            "The shopper gave no more than the number: items, total and payment weren't shown."
                        </p>
                    }
                        .into_any()
                }
            }}
            {parcels(card.shipments, card.more_shipments)}
        </div>
    }
}

/// The steps of an order on its way, or why it isn't.
fn progress(progress: Progress) -> impl IntoView {
    let why = match progress {
        Progress::At(step) => return steps(step).into_any(),
        Progress::OnHold => "On hold: it waits for something, such as stock or a payment.",
        Progress::Cancelled => "Cancelled: it won't be sent.",
        Progress::Refunded => "Cancelled, and the money was given back.",
        Progress::Returned => "It came back.",
    };
    view! {
        <p class="order-stopped">
            <Icon glyph=Glyph::Info/>
            {why}
        </p>
    }
    .into_any()
}

fn steps(at: Step) -> impl IntoView {
    let step = move |step: Step| {
        let is_reached = step <= at;
        let current = (step == at).then_some("step");
        view! {
            <li class="order-step" class:is-reached=is_reached aria-current=current>
                {step_label(step)}
                {(step < at).then(|| view! { <span class="sr-only">" (done)"</span> })}
            </li>
        }
    };
    view! {
        <ol class="order-steps" aria-label="Progress">
            {at.way().map(step).collect_view()}
        </ol>
    }
}

fn step_label(step: Step) -> &'static str {
    match step {
        Step::Ordered => "Ordered",
        Step::Preparing => "Being prepared",
        Step::OnItsWay => "On its way",
        Step::ReadyForPickup => "Ready for pick-up",
        Step::Delivered => "Delivered",
    }
}

/// What was bought, and what became of the money.
fn contents(details: OrderDetails) -> impl IntoView {
    let has_pictures = details.items.iter().any(|item| item.picture().is_some());
    let total = total(&details);
    let items = details
        .items
        .into_iter()
        .map(|item| parts::item_line(item, has_pictures));
    view! {
        <ul class="order-lines">{items.collect_view()} {more(details.more_items)}</ul>
        <p class="order-total">
            "Total " <strong>{total}</strong> {parts::payment_badge(details.payment_status)}
        </p>
    }
}

fn total(details: &OrderDetails) -> String {
    money::format(details.total_minor, &details.currency)
}

fn parcels(shipments: Vec<Shipment>, more_shipments: u32) -> impl IntoView {
    (!shipments.is_empty()).then(|| {
        view! {
            <ul class="order-parcels">
                {shipments.into_iter().map(parcel).collect_view()} {more(more_shipments)}
            </ul>
        }
    })
}

fn parcel(shipment: Shipment) -> impl IntoView {
    let name = parts::parcel_name(&shipment);
    let link = shipment.link().map(str::to_owned);
    view! {
        <li class="order-parcel">
            <span class="order-parcel-name">
                {name.clone()}
                {parts::parcel_place(&shipment)}
            </span>
            {link
                .map(|href| {
                    view! {
                        <a class=Look::Plain.class() href=href target="_blank" rel="noopener noreferrer">
                            "Track parcel"
                            <span class="sr-only">{format!(" {name}")}</span>
                            <Icon glyph=Glyph::ExternalLink/>
                        </a>
                    }
                })}
        </li>
    }
}

fn more(count: u32) -> impl IntoView {
    (count > 0).then(|| view! { <li class="muted">{format!("and {count} more")}</li> })
}
