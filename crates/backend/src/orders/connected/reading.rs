//! What the answers of all shops have in common.

use crate::orders::source::{Lookup, has_parcel};
use domain::{
    UnixMillis, money,
    order::{Order, Shipment},
    order_check::{ITEM_NAME_MAX, TRACKING_TEXT_MAX, TRACKING_URL_MAX},
    order_number::OrderNumber,
    text,
};

/// Letters of a currency.
const CURRENCY: usize = 3;
/// Most lines and parcels of an order that are kept.
pub const LINES_MAX: usize = 100;

/// Whether an order is what was asked for.
pub fn fits(order: &Order, lookup: &Lookup) -> bool {
    let has = |number: &OrderNumber| is_same_number(&order.number, number);
    match lookup {
        Lookup::Number(number) => has(number),
        Lookup::Email(email) => order.email == *email,
        Lookup::NumberAndEmail(number, email) => has(number) && order.email == *email,
        Lookup::Tracking(parcel) => has_parcel(order, parcel),
        Lookup::TrackingAndEmail(parcel, email) => {
            order.email == *email && has_parcel(order, parcel)
        }
    }
}

/// Whether a shop's `shown` number is what somebody has typed.
pub fn is_same_number(shown: &str, typed: &OrderNumber) -> bool {
    let counted = |text: &str| text.parse::<u64>().ok();
    match (counted(shown), counted(typed.as_str())) {
        (Some(shown), Some(typed)) => shown == typed,
        _ => OrderNumber::parse(shown).is_some_and(|shown| shown == *typed),
    }
}

/// An amount in the currency's smallest unit.
pub fn minor(amount: f64, currency: &str) -> i64 {
    let units = 10_f64.powi(money::minor_digits(currency).cast_signed());
    // Sums of prices with tax come with errors far behind the point: 4987.499999999999.
    let rounded = (amount * units * 1_000.0).round() / 1_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let minor = rounded.round() as i64;
    minor
}

/// How many there are of a line.
pub fn quantity(written: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let quantity = written.round() as i64;
    quantity
}

/// A name as it may be shown.
pub fn name(written: &str) -> String {
    let written = written.replace(char::is_control, " ");
    text::excerpt(written.trim(), ITEM_NAME_MAX)
}

/// A parcel; `None` if there is nothing to follow it by.
pub fn parcel(
    carrier: Option<String>,
    tracking_number: Option<String>,
    tracking_url: Option<String>,
) -> Option<Shipment> {
    let shipment = Shipment {
        carrier: given(carrier, TRACKING_TEXT_MAX),
        tracking_number: given(tracking_number, TRACKING_TEXT_MAX),
        tracking_url: given(tracking_url, TRACKING_URL_MAX),
        ..Shipment::default()
    };
    let says_something = shipment.tracking_number.is_some() || shipment.tracking_url.is_some();
    says_something.then_some(shipment)
}

/// Some shops write `#` where they have no address. What is too long is left out: half a
/// number or link leads nowhere.
fn given(text: Option<String>, most: usize) -> Option<String> {
    let text = text?.trim().to_owned();
    let fits = (1..=most).contains(&text.chars().count());
    (fits && text != "#").then_some(text)
}

/// A currency's code.
pub fn currency(written: &str) -> String {
    let letters: String = written.trim().chars().take(CURRENCY).collect();
    letters.to_uppercase()
}

/// The number that a shop's customers are told.
pub fn number(written: &str) -> String {
    text::excerpt(written.trim(), OrderNumber::MAX_LENGTH)
}

/// An ISO 8601 time.
pub fn instant(text: &str) -> Option<UnixMillis> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    Some(instant.as_millisecond())
}

/// `at` in ISO 8601.
pub fn written(at: UnixMillis) -> String {
    let instant = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    instant.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_as_their_currency_is() {
        for (amount, currency, expected) in [
            (118.048, "EUR", 11_805),
            (49.875, "EUR", 4_988),
            (49.874_999_999_999_99, "EUR", 4_988),
            (1_200.0, "JPY", 1_200),
            (1.234_5, "KWD", 1_235),
            (-72.5, "USD", -7_250),
            (0.0, "USD", 0),
        ] {
            assert_eq!(minor(amount, currency), expected, "{amount} {currency}");
        }
    }

    #[test]
    fn a_number_is_the_same_with_zeros_before_it() {
        let is = |shown: &str, typed: &str| {
            is_same_number(shown, &OrderNumber::parse(typed).expect("a number"))
        };
        assert!(is("4", "#0004") && is("SD-4", "sd-4"));
        assert!(!is("4", "44") && !is("SD-4", "4") && !is("not a number", "4"));
    }

    #[test]
    fn times_are_read_and_written() {
        let at = instant("2026-11-22T14:12:07.345Z").expect("a time");
        assert_eq!(at, 1_795_356_727_345);
        assert_eq!(instant(&written(at)), Some(at));
        assert_eq!(instant("yesterday"), None);
    }
}
