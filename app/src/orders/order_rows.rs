//! The rows in an order's form: its items and its parcels, as they are typed.

use super::rows_field::{Column, Kind, Rows};
use crate::{browser, ui::Civil};
use domain::{
    Invalid, UnixMillis,
    order::{OrderItem, ParcelStatus, Shipment},
};

const ITEM: &[Column] = &[
    text("Quantity"),
    text("Name"),
    Column {
        name: "Picture: https://…",
        kind: Kind::Picture,
    },
];

const PARCEL: &[Column] = &[
    text("Carrier"),
    text("Tracking number"),
    text("Tracking link"),
    Column {
        name: "Where it is",
        kind: Kind::Choice(|| {
            let places = ParcelStatus::ALL.map(|place| (place.as_str(), place.label()));
            places.to_vec()
        }),
    },
    Column {
        name: "Since",
        kind: Kind::Time,
    },
];

const fn text(name: &'static str) -> Column {
    Column {
        name,
        kind: Kind::Text,
    }
}

/// An order's items, to be typed.
pub fn item_rows(items: &[OrderItem]) -> Rows {
    let rows = items.iter().map(|item| {
        vec![
            item.quantity.to_string(),
            item.name.clone(),
            item.image_url.clone().unwrap_or_default(),
        ]
    });
    Rows::new(ITEM, rows.collect())
}

/// The items that were typed. What is no number is refused with the quantity 0.
pub fn items(rows: Rows) -> Vec<OrderItem> {
    let rows = rows.texts().into_iter();
    rows.map(|(_, texts)| item(&texts)).collect()
}

fn item(texts: &[String]) -> OrderItem {
    OrderItem {
        name: cell(texts, 1).unwrap_or_default(),
        image_url: cell(texts, 2),
        quantity: match cell(texts, 0) {
            None => 1,
            Some(typed) => typed.parse().unwrap_or_default(),
        },
    }
}

/// An order's parcels, to be typed.
pub fn parcel_rows(shipments: &[Shipment]) -> Rows {
    let rows = shipments.iter().map(|parcel| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            text(&parcel.carrier),
            text(&parcel.tracking_number),
            text(&parcel.tracking_url),
            parcel.status.map_or("", ParcelStatus::as_str).to_owned(),
            parcel.changed_at.map(time_text).unwrap_or_default(),
        ]
    });
    Rows::new(PARCEL, rows.collect())
}

/// The parcels that were typed where those that were `opened` stood.
///
/// # Errors
/// For a time that is none.
pub fn parcels(rows: Rows, opened: &[Shipment]) -> Result<Vec<Shipment>, Invalid> {
    let rows = rows.texts().into_iter();
    rows.map(|(at, texts)| parcel(&texts, opened.get(at)))
        .collect()
}

fn parcel(texts: &[String], opened: Option<&Shipment>) -> Result<Shipment, Invalid> {
    let status = cell(texts, 3);
    let since = cell(texts, 4);
    let changed_at = since.map(|typed| {
        let wrong = || {
            Invalid::new(
                "shipments",
                "The time of a parcel should be a date and a time.",
            )
        };
        time(&typed, opened.and_then(|opened| opened.changed_at)).ok_or_else(wrong)
    });
    Ok(Shipment {
        carrier: cell(texts, 0),
        tracking_number: cell(texts, 1),
        tracking_url: cell(texts, 2),
        status: ParcelStatus::ALL
            .into_iter()
            .find(|place| status.as_deref() == Some(place.as_str())),
        changed_at: changed_at.transpose()?,
    })
}

/// What stands in a cell, if something does.
fn cell(texts: &[String], at: usize) -> Option<String> {
    let text = texts.get(at)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A point in time as it is typed: to the minute.
pub fn time_text(at: UnixMillis) -> String {
    Civil::local(at).field()
}

/// What was typed; to the millisecond as it was, if it reads as that did.
pub fn time(typed: &str, opened: Option<UnixMillis>) -> Option<UnixMillis> {
    opened
        .filter(|at| time_text(*at) == typed)
        .or_else(|| browser::local_time(typed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::Owner;

    const AT: UnixMillis = 1_700_000_012_345;

    fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    fn opened() -> [Shipment; 2] {
        let parcel = |status, changed_at| Shipment {
            carrier: Some("DHL".to_owned()),
            tracking_number: Some("0034".to_owned()),
            tracking_url: None,
            status,
            changed_at,
        };
        [
            parcel(Some(ParcelStatus::NotDelivered), Some(AT)),
            parcel(None, None),
        ]
    }

    #[test]
    fn what_is_opened_and_not_changed_is_the_same() {
        let owner = Owner::new();
        owner.set();
        let opened = opened();
        let rows = parcel_rows(&opened);
        assert_eq!(parcels(rows, &opened).expect("parcels"), opened);
        let lamp = OrderItem {
            name: "Lamp".to_owned(),
            quantity: 2,
            image_url: Some("https://shop.example.com/lamp.webp".to_owned()),
        };
        let bulb = OrderItem {
            image_url: None,
            ..lamp.clone()
        };
        let both = [lamp, bulb];
        assert_eq!(items(item_rows(&both)), both);
    }

    #[test]
    fn a_parcel_is_where_it_is_said_to_be_since_then() {
        let [parcel_before, _] = opened();
        let typed = texts(["Post", " ", "", "delivered", &time_text(AT)]);
        let parcel = parcel(&typed, Some(&parcel_before)).expect("a parcel");
        let expected = Shipment {
            carrier: Some("Post".to_owned()),
            tracking_number: None,
            tracking_url: None,
            status: Some(ParcelStatus::Delivered),
            changed_at: Some(AT),
        };
        assert_eq!(parcel, expected);
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        let typed = texts(["DHL", "", "", "", "yesterday"]);
        let refused = parcel(&typed, None).expect_err("no time");
        assert_eq!(refused.field, "shipments");
    }

    #[test]
    fn an_item_is_one_unless_it_is_said_and_what_is_no_number_is_none() {
        for (typed, quantity) in [("", 1), (" 3 ", 3), ("two", 0)] {
            assert_eq!(
                item(&texts([typed, "Lamp", ""])).quantity,
                quantity,
                "{typed}"
            );
        }
    }
}
