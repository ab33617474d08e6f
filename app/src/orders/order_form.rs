//! The form of one order.

use super::{
    api,
    rows_field::{Rows, RowsField},
};
use crate::ui::{Button, Card, FormError, ScriptForm, Submit, TextField, by_script};
use domain::{
    Invalid,
    ids::StoreId,
    money,
    order::{Order, OrderItem, OrderStatus, PaymentStatus, Shipment},
};
use leptos::prelude::*;

/// Edits an order; its number stays.
#[component]
pub fn OrderForm(
    /// Its store.
    store: StoreId,
    /// As it is stored.
    order: Order,
    /// Hears how it is stored now.
    saved: Callback<Order>,
    /// Hears that nothing is to be changed.
    #[prop(into)]
    cancelled: Callback<()>,
) -> impl IntoView {
    let form = ScriptForm::new();
    let status = RwSignal::new(order.status.as_str().to_owned());
    let payment = RwSignal::new(order.payment_status.as_str().to_owned());
    let email = RwSignal::new(order.email.clone());
    let name = RwSignal::new(order.customer_name.clone().unwrap_or_default());
    let currency = RwSignal::new(order.currency.clone());
    let total = RwSignal::new(money::plain(order.total_minor, &order.currency));
    let items = order.items.iter();
    let items = items.map(|item| vec![item.quantity.to_string(), item.name.clone()]);
    let items = Rows::new(2, items.collect());
    let parcels = order.shipments.iter().map(|parcel| {
        [
            &parcel.carrier,
            &parcel.tracking_number,
            &parcel.tracking_url,
        ]
        .map(|text| text.clone().unwrap_or_default())
        .to_vec()
    });
    let parcels = Rows::new(3, parcels.collect());
    let (number, placed_at) = (order.number.clone(), order.placed_at);
    let submit = by_script(move || {
        let currency = currency.get_untracked();
        let typed = total.get_untracked();
        let Some(total_minor) = money::parse(&typed, &currency) else {
            let words = "This should read like 118.50, with as many decimals as the currency has.";
            form.show(Some(Invalid::new("total_minor", words).into()));
            return;
        };
        let status = OrderStatus::from_word(&status.get_untracked());
        let payment_status = PaymentStatus::from_word(&payment.get_untracked());
        let (Some(status), Some(payment_status)) = (status, payment_status) else {
            return;
        };
        let edited = Order {
            number: number.clone(),
            email: email.get_untracked(),
            customer_name: Some(name.get_untracked()),
            status,
            payment_status,
            currency,
            total_minor,
            placed_at,
            items: items
                .texts()
                .iter()
                .map(|texts| item(texts, &order.items))
                .collect(),
            shipments: parcels
                .texts()
                .into_iter()
                .map(|texts| parcel(texts, &order.shipments))
                .collect(),
        };
        let opened = Some(order.clone());
        form.send(api::save(store, edited, opened), move |order| {
            saved.run(order);
        });
    });
    view! {
        <Card title="Edit">
            <form class="form" on:submit=submit>
                <FormError error=form.general()/>
                <div class="field-pair">
                    <SelectField
                        label="Status"
                        name="status"
                        value=status
                        options=OrderStatus::ALL
                            .map(|status| (status.as_str(), status.label()))
                            .to_vec()
                    />
                    <SelectField
                        label="Payment"
                        name="payment_status"
                        value=payment
                        options=PaymentStatus::ALL
                            .map(|status| (status.as_str(), status.label()))
                            .to_vec()
                    />
                </div>
                <div class="field-pair">
                    <TextField
                        label="Customer's name"
                        name="customer_name"
                        value=name
                        error=form.about("customer_name")
                    />
                    <TextField
                        label="Email"
                        name="email"
                        kind="email"
                        value=email
                        error=form.about("email")
                    />
                </div>
                <div class="field-pair">
                    <TextField label="Total" name="total_minor" value=total error=form.about("total_minor")/>
                    <TextField
                        label="Currency"
                        name="currency"
                        value=currency
                        error=form.about("currency")
                    />
                </div>
                <RowsField
                    legend="Items"
                    columns=&["Quantity", "Name"]
                    what="item"
                    rows=items
                    error=form.about("items")
                />
                <RowsField
                    legend="Parcels"
                    columns=&["Carrier", "Tracking number", "Tracking link"]
                    what="parcel"
                    rows=parcels
                    error=form.about("shipments")
                />
                <footer class="dialog-foot">
                    <Button on_press=move |()| cancelled.run(())>"Cancel"</Button>
                    <Submit form=*form>"Save"</Submit>
                </footer>
            </form>
        </Card>
    }
    .into_any()
}

/// An item as it was typed, with the picture that the one of its name had. What is no number
/// is refused with the quantity 0.
fn item(texts: &[String], opened: &[OrderItem]) -> OrderItem {
    let text = |at: usize| texts.get(at).map(|text| text.trim()).unwrap_or_default();
    let same = opened.iter().find(|item| item.name == text(1));
    OrderItem {
        name: text(1).to_owned(),
        image_url: same.and_then(|item| item.image_url.clone()),
        quantity: match text(0) {
            "" => 1,
            typed => typed.parse().unwrap_or_default(),
        },
    }
}

/// A parcel as it was typed, where the one was that says the same.
fn parcel(texts: Vec<String>, opened: &[Shipment]) -> Shipment {
    let mut texts = texts
        .into_iter()
        .map(|text| Some(text).filter(|text| !text.trim().is_empty()));
    let mut next = || texts.next().flatten();
    let typed = Shipment {
        carrier: next(),
        tracking_number: next(),
        tracking_url: next(),
        ..Shipment::default()
    };
    let same = opened.iter().find(|parcel| {
        let known = Shipment {
            status: None,
            changed_at: None,
            ..(*parcel).clone()
        };
        known == typed
    });
    Shipment {
        status: same.and_then(|parcel| parcel.status),
        changed_at: same.and_then(|parcel| parcel.changed_at),
        ..typed
    }
}

/// A choice among few.
#[component]
pub fn SelectField(
    /// Its label.
    label: &'static str,
    /// Its id.
    name: &'static str,
    /// The word of what is chosen.
    value: RwSignal<String>,
    /// The words and how people say them.
    options: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let options = options.into_iter().map(|(word, label)| {
        view! {
            <option value=word selected=move || value.with(|value| value == word)>
                {label}
            </option>
        }
    });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select
                id=name
                class="input"
                on:change=move |event| value.set(event_target_value(&event))
            >
                {options.collect_view()}
            </select>
        </div>
    }
    .into_any()
}
