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
            // The server knows when it changed.
            changed_at: None,
            items: items
                .texts()
                .iter()
                .map(|(at, texts)| item(*at, texts, &order.items))
                .collect(),
            shipments: parcels
                .texts()
                .into_iter()
                .map(|(at, texts)| parcel(at, texts, &order.shipments))
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

/// An item as it was typed in the row `at`, with the picture that the one of its name had.
/// What is no number is refused with the quantity 0.
fn item(at: usize, texts: &[String], opened: &[OrderItem]) -> OrderItem {
    let text = |at: usize| texts.get(at).map(|text| text.trim()).unwrap_or_default();
    let same = same(at, opened, |item| item.name == text(1));
    OrderItem {
        name: text(1).to_owned(),
        image_url: same.and_then(|item| item.image_url.clone()),
        quantity: match text(0) {
            "" => 1,
            typed => typed.parse().unwrap_or_default(),
        },
    }
}

/// A parcel as it was typed in the row `at`, where the same one was.
fn parcel(at: usize, texts: Vec<String>, opened: &[Shipment]) -> Shipment {
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
    match same(at, opened, |parcel| identity(parcel) == identity(&typed)) {
        Some(known) => Shipment {
            status: known.status,
            changed_at: known.changed_at,
            ..typed
        },
        None => typed,
    }
}

/// What tells a parcel from others: its number, else its link, else its carrier.
fn identity(parcel: &Shipment) -> Option<&str> {
    let Shipment {
        carrier,
        tracking_number,
        tracking_url,
        ..
    } = parcel;
    let texts = [tracking_number, tracking_url, carrier];
    texts.into_iter().flatten().map(|text| text.trim()).next()
}

/// The one of `opened` that is it: the one of its row if there are several.
fn same<T>(at: usize, opened: &[T], is_it: impl Fn(&T) -> bool) -> Option<&T> {
    let in_row = opened.get(at).filter(|one| is_it(one));
    in_row.or_else(|| opened.iter().find(|one| is_it(one)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::order::ParcelStatus;

    fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    fn at(place: ParcelStatus, [carrier, number, link]: [&str; 3]) -> Shipment {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Shipment {
            carrier: given(carrier),
            tracking_number: given(number),
            tracking_url: given(link),
            status: Some(place),
            changed_at: Some(1_700_000_000_000),
        }
    }

    #[test]
    fn a_parcel_is_where_it_was_whatever_else_is_edited() {
        let link = "https://track.example.com/1";
        let opened = [
            at(ParcelStatus::Delivered, ["DHL", "0034", link]),
            at(ParcelStatus::InTransit, ["DHL", "", link]),
            at(ParcelStatus::Returned, ["Post", "", ""]),
            at(ParcelStatus::Preparing, ["Post", "", ""]),
        ];
        for (row, typed) in [
            (0, ["DHL", "0034", link]),
            (0, ["DHL Express", " 0034 ", ""]),
            (1, ["", "", link]),
            (2, ["Post", "", ""]),
            (3, ["Post", "", ""]),
        ] {
            let parcel = parcel(row, texts(typed), &opened);
            let was = (opened[row].status, opened[row].changed_at);
            assert_eq!((parcel.status, parcel.changed_at), was, "{typed:?}");
        }
    }

    #[test]
    fn another_parcel_is_nowhere_yet() {
        let link = "https://track.example.com/1";
        let opened = [at(ParcelStatus::Delivered, ["DHL", "0034", link])];
        for typed in [["DHL", "0035", link], ["DHL", "", ""], ["", "", ""]] {
            let parcel = parcel(0, texts(typed), &opened);
            assert_eq!(
                (parcel.status, parcel.changed_at),
                (None, None),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn an_item_keeps_its_picture_whatever_its_quantity() {
        let pictured = |file: &str| OrderItem {
            name: "Lamp".to_owned(),
            quantity: 1,
            image_url: Some(format!("https://shop.example.com/{file}")),
        };
        let opened = [pictured("1.webp"), pictured("2.webp")];
        for (row, was) in opened.iter().enumerate() {
            let edited = item(row, &texts(["3", "Lamp"]), &opened);
            let expected = OrderItem {
                quantity: 3,
                ..was.clone()
            };
            assert_eq!(edited, expected);
        }
        assert_eq!(item(0, &texts(["1", "Rug"]), &opened).image_url, None);
    }
}
