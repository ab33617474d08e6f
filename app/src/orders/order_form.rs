//! The form of one order.

use super::{
    api,
    order_rows::{self, item_rows, parcel_rows},
    rows_field::RowsField,
};
use crate::{
    browser,
    ui::{
        Button, Card, FormError, ScriptForm, Submit, TextField, by_script, guard_changes, leave,
        use_confirm,
    },
};
use domain::{
    Invalid, UnixMillis,
    ids::StoreId,
    money,
    order::{Order, OrderStatus, PaymentStatus},
};
use leptos::prelude::*;

const LOST: &str = "What you have changed in this order would be lost.";

/// Edits an order, whose number stays, or takes in a new one. Nothing that was changed is
/// lost by a slip.
#[component]
pub fn OrderForm(
    /// Its store.
    store: StoreId,
    /// As it is stored; a new one without.
    opened: Option<Order>,
    /// That of a new one.
    #[prop(optional, into)]
    currency: String,
    /// Hears how it is stored now.
    saved: Callback<Order>,
    /// Hears that nothing is to be changed.
    #[prop(into)]
    cancelled: Callback<()>,
) -> impl IntoView {
    let form = ScriptForm::new();
    let confirm = use_confirm();
    let is_new = opened.is_none();
    let shown = opened.clone().unwrap_or_else(|| blank(currency));
    let number = RwSignal::new(shown.number.clone());
    let status = RwSignal::new(shown.status.as_str().to_owned());
    let payment = RwSignal::new(shown.payment_status.as_str().to_owned());
    let email = RwSignal::new(shown.email.clone());
    let name = RwSignal::new(shown.customer_name.clone().unwrap_or_default());
    let currency = RwSignal::new(shown.currency.clone());
    let total = RwSignal::new(if is_new {
        String::new()
    } else {
        money::plain(shown.total_minor, &shown.currency)
    });
    let placed = RwSignal::new(if is_new {
        String::new()
    } else {
        order_rows::time_text(shown.placed_at)
    });
    let items = item_rows(&shown.items);
    let parcels = parcel_rows(&shown.shipments);
    let typed = move || {
        let texts = [
            number, status, payment, email, name, currency, total, placed,
        ];
        let texts = texts.map(|text| text.try_get_untracked());
        (texts, items.texts(), parcels.texts())
    };
    let at_first = StoredValue::new(typed());
    let is_changed = move || {
        let at_first = at_first.try_get_value();
        at_first.is_some_and(|at_first| at_first != typed())
    };
    guard_changes(is_changed, LOST);
    let cancel = move |()| {
        if is_changed() {
            confirm.ask(leave(LOST), move || cancelled.run(()));
        } else {
            cancelled.run(());
        }
    };
    let order = move || -> Result<Order, Invalid> {
        let currency = currency.get_untracked();
        let total_minor = money::parse(&total.get_untracked(), &currency).ok_or_else(|| {
            let words = "This should read like 118.50, with as many decimals as the currency has.";
            Invalid::new("total_minor", words)
        })?;
        Ok(Order {
            number: number.get_untracked(),
            email: email.get_untracked(),
            customer_name: Some(name.get_untracked()),
            status: OrderStatus::from_word(&status.get_untracked()).unwrap_or(shown.status),
            payment_status: PaymentStatus::from_word(&payment.get_untracked())
                .unwrap_or(shown.payment_status),
            currency,
            total_minor,
            placed_at: placed_at(
                &placed.get_untracked(),
                (!is_new).then_some(shown.placed_at),
            )?,
            // The server knows when it changed.
            changed_at: None,
            items: order_rows::items(items),
            shipments: order_rows::parcels(parcels, &shown.shipments)?,
        })
    };
    let submit = by_script(move || match order() {
        Ok(order) => form.send(api::save(store, order, opened.clone()), move |order| {
            saved.run(order);
        }),
        Err(wrong) => form.show(Some(wrong.into())),
    });
    view! {
        <Card title=if is_new { "Order" } else { "Edit" }>
            <form class="form" on:submit=submit>
                <FormError error=form.general()/>
                {is_new
                    .then(|| {
                        view! {
                            <TextField
                                label="Number"
                                name="number"
                                value=number
                                error=form.about("number")
                                help="As the customer knows it, like 1001 or SD-1001."
                                required=true
                            />
                        }
                    })}
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
                <TextField
                    label="Placed"
                    name="placed_at"
                    kind="datetime-local"
                    value=placed
                    error=form.about("placed_at")
                    help=if is_new { "Now, if you leave it empty." } else { "" }
                />
                <RowsField
                    legend="Items"
                    class="rows rows-items"
                    what="item"
                    rows=items
                    error=form.about("items")
                />
                <RowsField
                    legend="Parcels"
                    class="rows rows-parcels"
                    what="parcel"
                    rows=parcels
                    error=form.about("shipments")
                />
                <footer class="dialog-foot">
                    <Button on_press=cancel>"Cancel"</Button>
                    <Submit form=*form>{if is_new { "Create order" } else { "Save" }}</Submit>
                </footer>
            </form>
        </Card>
    }
    .into_any()
}

/// A new order.
fn blank(currency: String) -> Order {
    Order {
        number: String::new(),
        email: String::new(),
        customer_name: None,
        status: OrderStatus::Pending,
        payment_status: PaymentStatus::Pending,
        currency,
        total_minor: 0,
        placed_at: 0,
        changed_at: None,
        items: Vec::new(),
        shipments: Vec::new(),
    }
}

/// When it was placed. A new order that doesn't say it is placed now.
fn placed_at(typed: &str, opened: Option<UnixMillis>) -> Result<UnixMillis, Invalid> {
    if typed.is_empty() && opened.is_none() {
        return Ok(browser::now());
    }
    let wrong = || Invalid::new("placed_at", "This should be a date and a time.");
    order_rows::time(typed, opened).ok_or_else(wrong)
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
