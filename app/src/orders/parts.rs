//! What the list, an order's page and the import show alike.

use crate::{
    addresses,
    session::ForAdmins,
    ui::{Ago, Badge, Glyph, Icon, Look, Menu, Tone},
};
use domain::{
    UnixMillis,
    ids::StoreId,
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
};
use leptos::prelude::*;

/// Where orders come in, and go out as files.
pub fn page_actions(store: StoreId) -> impl IntoView {
    let export = move |format: &str, label: &'static str| {
        view! {
            // A file, not a page: the router has no part in it.
            <a
                class="menu-item"
                href=addresses::orders_export(store, format)
                download=""
                rel="external"
            >
                <Icon glyph=Glyph::ArrowDown/>
                {label}
            </a>
        }
    };
    view! {
        <Menu label="Export orders">
            {export("csv", "Export as CSV")}
            {export("json", "Export as JSON")}
        </Menu>
        <ForAdmins store>
            <a class="button" href=addresses::orders_import(store)>
                "Import"
            </a>
        </ForAdmins>
        <ForAdmins store>
            <a class=Look::Primary.class() href=addresses::new_order(store)>
                "New order"
            </a>
        </ForAdmins>
    }
}

/// Where the goods and the money are.
pub fn badges(order: &Order) -> impl IntoView + use<> {
    view! {
        <span class="badges">
            {status_badge(order.status)} {payment_badge(order.payment_status)}
        </span>
    }
}

/// Where the goods are.
pub fn status_badge(status: OrderStatus) -> impl IntoView {
    view! { <Badge tone=status_tone(status) text=status.label()/> }
}

/// Where the money is.
pub fn payment_badge(status: PaymentStatus) -> impl IntoView {
    view! { <Badge tone=payment_tone(status) text=status.label()/> }
}

/// What was bought, on a line.
pub fn items(order: &Order) -> String {
    let items = order.items.iter();
    let items = items.map(|item| format!("{} × {}", item.quantity, item.name));
    items.collect::<Vec<_>>().join(", ")
}

/// A line of an order, with its picture if it has one; with a place for it if others do.
pub fn item_line(item: OrderItem, has_pictures: bool) -> impl IntoView {
    let picture = item.picture().map(str::to_owned);
    view! {
        <li class="order-line">
            {has_pictures
                .then(|| {
                    view! {
                        <span class="order-picture">
                            {picture
                                .map(|src| {
                                    view! {
                                        <img
                                            src=src
                                            alt=""
                                            loading="lazy"
                                            decoding="async"
                                            // Its host is told no address of the dashboard.
                                            referrerpolicy="no-referrer"
                                        />
                                    }
                                })}
                        </span>
                    }
                })}
            <span class="order-line-name" dir="auto">{item.name}</span>
            <span class="muted">{format!("× {}", item.quantity)}</span>
        </li>
    }
}

/// A parcel, with a link to where it can be followed.
pub fn parcel(shipment: Shipment) -> impl IntoView {
    let name = parcel_name(&shipment);
    match shipment.link().map(str::to_owned) {
        Some(href) => view! {
            <a class="cell-line tracking" href=href target="_blank" rel="noopener noreferrer" title=name.clone()>
                <span class="tracking-text">{name.clone()}</span>
                <Icon glyph=Glyph::ExternalLink/>
            </a>
        }
        .into_any(),
        None => view! { <span class="cell-line muted">{name}</span> }.into_any(),
    }
}

/// The same, with where it is.
pub fn parcel_with_place(shipment: Shipment) -> impl IntoView {
    let place = parcel_place(&shipment);
    view! {
        {parcel(shipment)}
        {place}
    }
}

/// Where a parcel is and since when, as far as it is known.
pub fn parcel_place(shipment: &Shipment) -> Option<impl IntoView + use<>> {
    let (status, changed_at) = (shipment.status, shipment.changed_at);
    (status.is_some() || changed_at.is_some()).then(|| {
        view! {
            <span class="cell-line muted">
                {status.map_or("Last change", ParcelStatus::label)}
                {changed_at
                    .map(|at| {
                        view! {
                            " · "
                            <Ago at/>
                        }
                    })}
            </span>
        }
    })
}

/// When an order last changed how it stands, where that is known.
pub fn last_change(changed_at: Option<UnixMillis>) -> Option<impl IntoView + use<>> {
    changed_at.map(|at| {
        view! {
            <span class="cell-line muted order-changed">
                "Last change "
                <Ago at/>
            </span>
        }
    })
}

/// What a parcel is called.
pub fn parcel_name(shipment: &Shipment) -> String {
    match (&shipment.carrier, &shipment.tracking_number) {
        (Some(carrier), Some(number)) => format!("{carrier} {number}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => "Parcel".to_owned(),
    }
}

fn status_tone(status: OrderStatus) -> Tone {
    match status {
        OrderStatus::Delivered => Tone::Good,
        OrderStatus::Shipped | OrderStatus::PartlyShipped | OrderStatus::ReadyForPickup => {
            Tone::Accent
        }
        OrderStatus::OnHold | OrderStatus::Returned => Tone::Warning,
        OrderStatus::Cancelled => Tone::Bad,
        OrderStatus::Pending | OrderStatus::Processing => Tone::Neutral,
    }
}

fn payment_tone(status: PaymentStatus) -> Tone {
    match status {
        PaymentStatus::Failed => Tone::Bad,
        PaymentStatus::Refunded | PaymentStatus::PartlyRefunded => Tone::Warning,
        _ => Tone::Neutral,
    }
}
