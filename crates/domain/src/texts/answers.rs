//! What the AI says by rule, about orders.

use super::{catalogue::catalogue, fill::fill};
use crate::{
    UnixMillis, money,
    order::{Order, OrderStatus, PaymentStatus},
    order_card::Detail,
};

catalogue! {
    /// The AI's fixed phrases. What it says from the FAQ is the merchant's.
    AnswerTexts, AnswerWords, AnswerPlace {
        /// Asks for an order number or an email address.
        ask_either,
        /// Asks for an order number and an email address.
        ask_both,
        /// Asks for the order number, too.
        ask_number_too,
        /// Asks for the email address, too.
        ask_email_too,
        /// One and the same answer for a number that doesn't exist and for a
        /// number that belongs to somebody else.
        no_match,
        /// The order source is down.
        unavailable,
        /// Below orders that were found, while an order source is down.
        some_unreachable,
        /// Nothing was found while an order source is down; the others could be asked.
        none_in_reach,
        /// A parcel's number alone leads to no order, and there are sources that can't be
        /// searched by one.
        parcel_needs_more,
        /// Too many look-ups that found nothing.
        too_many,
        /// To a shopper who is blocked: it was received, and nobody answers.
        declined,
        /// The store has no orders that could be looked up.
        no_orders_here,
        /// The merchant shows orders to customers whom the storefront has signed in, and
        /// signing in would change nothing.
        verified_only,
        /// The merchant shows orders to customers whom the storefront has signed in.
        sign_in_first,
        /// The same; a code by email would do as well, and the chat offers one below.
        sign_in_or_prove,
        /// The merchant shows orders to whoever proves their email, and the chat offers a
        /// code by email below.
        prove_email,

        /// The subject of a mail with a code: `{code}`, `{store}`.
        code_subject,
        /// The mail: `{code}`, `{store}`.
        code_text,

        /// Before one order: `{number}`.
        order_found,
        /// Before several orders: `{count}`.
        orders_found,
        /// Before orders of which one is marked as delivered and isn't with the shopper.
        delivered_not_here,
        /// A line: `{number}`, `{status}`.
        order_line,
        /// A line: `{status}`.
        payment_line,
        /// A line: `{items}`.
        items_line,
        /// A line: `{total}`.
        total_line,
        /// An amount with its currency's sign: `{sign}`, `{amount}`.
        amount_with_sign,
        /// An amount with its currency's code: `{code}`, `{amount}`.
        amount_with_code,
        /// Between whole units and the rest.
        decimal_mark,
        /// Between thousands.
        thousands_mark,
        /// Below orders of which a number alone shows only a part.
        email_for_details,
        /// A line: `{link}`.
        tracking_line,
        /// Above several links.
        tracking_lines,
        /// A line, where there are no links: `{number}`.
        tracking_number_line,

        /// Where the goods are.
        pending,
        /// Where the goods are.
        processing,
        /// Where the goods are.
        on_hold,
        /// Where the goods are.
        ready_for_pickup,
        /// Where the goods are.
        partly_shipped,
        /// Where the goods are.
        shipped,
        /// Where the goods are.
        delivered,
        /// Where the goods are.
        cancelled,
        /// Where the goods are.
        returned,

        /// Where a parcel is, as within a sentence.
        parcel_preparing,
        /// Where a parcel is, as within a sentence.
        parcel_in_transit,
        /// Where a parcel is, as within a sentence.
        parcel_out_for_delivery,
        /// Where a parcel is, as within a sentence.
        parcel_ready_for_pickup,
        /// Where a parcel is, as within a sentence.
        parcel_delivered,
        /// Where a parcel is, as within a sentence.
        parcel_not_delivered,
        /// Where a parcel is, as within a sentence.
        parcel_returned,
        /// Below parcels of which the carrier couldn't hand one over: how to get help.
        parcel_problem,

        /// From when it lasts: `{date}`.
        since_day,
        /// When it happened: `{date}`.
        on_day,
        /// Of a parcel whose place isn't known: `{date}`.
        last_change,
        /// A date of this year: `{day}`, `{month}`.
        day_and_month,
        /// A date of another year: `{day}`, `{month}`, `{year}`.
        day_month_and_year,
        /// A month of a date.
        january,
        /// A month of a date.
        february,
        /// A month of a date.
        march,
        /// A month of a date.
        april,
        /// A month of a date.
        may,
        /// A month of a date.
        june,
        /// A month of a date.
        july,
        /// A month of a date.
        august,
        /// A month of a date.
        september,
        /// A month of a date.
        october,
        /// A month of a date.
        november,
        /// A month of a date.
        december,

        /// Where the money is.
        payment_pending,
        /// Where the money is.
        payment_authorized,
        /// Where the money is.
        paid,
        /// Where the money is.
        partly_refunded,
        /// Where the money is.
        refunded,
        /// Where the money is.
        payment_failed,
        /// Where the money is.
        payment_voided,

        /// Why there is no link: cancelled, and the money sent back.
        untracked_refunded,
        /// Why there is no link: cancelled.
        untracked_cancelled,
        /// Why there is no link: returned.
        untracked_returned,
        /// Why there is no link: waits at the pick-up point.
        untracked_pickup,
        /// Why there is no link: delivered without one.
        untracked_delivered,
        /// Why there is no link: sent without one.
        untracked_shipped,
        /// Why there is no link: on hold.
        untracked_on_hold,
        /// Why there is no link: not yet sent.
        untracked_not_yet,
    }
}

impl AnswerTexts {
    /// The subject and the text of a mail with a code.
    #[must_use]
    pub fn code_mail(&self, code: &str, store: &str) -> (String, String) {
        let values = [("code", code), ("store", store)];
        (
            fill(self.code_subject(), &values),
            fill(self.code_text(), &values),
        )
    }

    /// Where the goods are.
    #[must_use]
    pub fn status(&self, status: OrderStatus) -> &str {
        match status {
            OrderStatus::Pending => self.pending(),
            OrderStatus::Processing => self.processing(),
            OrderStatus::OnHold => self.on_hold(),
            OrderStatus::ReadyForPickup => self.ready_for_pickup(),
            OrderStatus::PartlyShipped => self.partly_shipped(),
            OrderStatus::Shipped => self.shipped(),
            OrderStatus::Delivered => self.delivered(),
            OrderStatus::Cancelled => self.cancelled(),
            OrderStatus::Returned => self.returned(),
        }
    }

    /// Where the money is.
    #[must_use]
    pub fn payment(&self, status: PaymentStatus) -> &str {
        match status {
            PaymentStatus::Pending => self.payment_pending(),
            PaymentStatus::Authorized => self.payment_authorized(),
            PaymentStatus::Paid => self.paid(),
            PaymentStatus::PartlyRefunded => self.partly_refunded(),
            PaymentStatus::Refunded => self.refunded(),
            PaymentStatus::Failed => self.payment_failed(),
            PaymentStatus::Voided => self.payment_voided(),
        }
    }

    /// The answer that shows all of `orders`, newest first, as it is given `now`. Plain text;
    /// tracking links stand on their own so that every client can make them clickable.
    #[must_use]
    pub fn orders(&self, orders: &[Order], now: UnixMillis) -> String {
        let full = |order: &Order| (order.clone(), Detail::Full);
        self.orders_in(&orders.iter().map(full).collect::<Vec<_>>(), now)
    }

    /// As [`Self::orders`], each in its detail. Where one is brief, it says how to see the
    /// rest, whether the order has more to show or not.
    #[must_use]
    pub fn orders_in(&self, orders: &[(Order, Detail)], now: UnixMillis) -> String {
        let opening = match orders {
            [(one, _)] => fill(self.order_found(), &[("number", &one.number)]),
            _ => fill(self.orders_found(), &[("count", &orders.len().to_string())]),
        };
        self.orders_after(opening, orders, now)
    }

    /// As [`Self::orders_in`], for a shopper who hasn't got what is marked as delivered: where
    /// to look for it, and that a person will.
    #[must_use]
    pub fn orders_not_here(&self, orders: &[(Order, Detail)], now: UnixMillis) -> String {
        self.orders_after(self.delivered_not_here().to_owned(), orders, now)
    }

    fn orders_after(&self, opening: String, orders: &[(Order, Detail)], now: UnixMillis) -> String {
        let mut parts = vec![opening];
        parts.extend(orders.iter().map(|(order, detail)| match detail {
            Detail::Full => self.order(order, now),
            Detail::Brief => self.order_in_brief(order, now),
        }));
        if orders.iter().any(|(_, detail)| *detail == Detail::Brief) {
            parts.push(self.email_for_details().to_owned());
        }
        parts.join("\n\n")
    }

    /// Where it is, and nothing about what it holds or who paid.
    fn order_in_brief(&self, order: &Order, now: UnixMillis) -> String {
        // Why there is no link may say what became of the money.
        let order = Order {
            payment_status: PaymentStatus::Pending,
            ..order.clone()
        };
        let (status, tracking) = (self.order_status(&order, now), self.tracking(&order, now));
        format!("{status}\n{tracking}")
    }

    fn order(&self, order: &Order, now: UnixMillis) -> String {
        let items: Vec<String> = order
            .items
            .iter()
            .map(|item| format!("{} × {}", item.quantity, item.name))
            .collect();
        [
            self.order_status(order, now),
            fill(
                self.payment_line(),
                &[("status", &self.payment_in_words(order, now))],
            ),
            fill(self.items_line(), &[("items", &items.join(", "))]),
            fill(self.total_line(), &[("total", &self.total(order))]),
            self.tracking(order, now),
        ]
        .join("\n")
    }

    fn total(&self, order: &Order) -> String {
        let marks = (self.decimal_mark(), self.thousands_mark());
        let parts = money::parts(order.total_minor, &order.currency, marks.0, marks.1);
        let (template, unit) = match parts.sign {
            Some(sign) => (self.amount_with_sign(), ("sign", sign)),
            None => (self.amount_with_code(), ("code", parts.code.as_str())),
        };
        let written = fill(template, &[unit, ("amount", &parts.amount)]);
        format!("{}{written}", parts.minus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::{OrderItem, Shipment},
        texts,
    };

    fn order() -> Order {
        Order {
            number: "1001".into(),
            email: "jane@example.com".into(),
            customer_name: None,
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "USD".into(),
            total_minor: 11_850,
            placed_at: 0,
            changed_at: None,
            items: vec![
                OrderItem {
                    name: "Linen Duvet Cover".into(),
                    quantity: 1,
                    image_url: None,
                },
                OrderItem {
                    name: "Pillowcase".into(),
                    quantity: 2,
                    image_url: None,
                },
            ],
            shipments: vec![Shipment {
                carrier: Some("DHL".into()),
                tracking_number: Some("0034".into()),
                tracking_url: Some("https://track.example.com/0034".into()),
                ..Shipment::default()
            }],
        }
    }

    #[test]
    fn an_answer_has_everything_that_was_promised() {
        assert_eq!(
            texts::of("en").answers.orders(&[order()], 0),
            "Here's what I found for order #1001.\n\n\
             Order #1001: Shipped\n\
             Payment: Paid\n\
             Items: 1 × Linen Duvet Cover, 2 × Pillowcase\n\
             Total: $118.50\n\
             Tracking: DHL 0034: https://track.example.com/0034"
        );
    }

    #[test]
    fn in_brief_it_tells_nothing_about_items_and_money() {
        for locale in ["en", "de"] {
            let texts = &texts::of(locale).answers;
            let cancelled = Order {
                status: OrderStatus::Cancelled,
                payment_status: PaymentStatus::Refunded,
                shipments: vec![],
                ..order()
            };
            let brief = texts.orders_in(&[(order(), Detail::Brief)], 0);
            assert!(brief.contains("https://track.example.com/0034"), "{brief}");
            assert!(brief.ends_with(texts.email_for_details()), "{brief}");
            let both = brief + &texts.orders_in(&[(cancelled, Detail::Brief)], 0);
            for hidden in [
                "Linen",
                "Pillowcase",
                "118",
                texts.paid(),
                texts.untracked_refunded(),
            ] {
                assert!(!both.contains(hidden), "{hidden}: {both}");
            }
        }
    }

    #[test]
    fn what_is_delivered_and_not_here_is_looked_for_and_left_to_a_person() {
        let delivered = Order {
            status: OrderStatus::Delivered,
            ..order()
        };
        for (locale, words) in [
            ("en", ["neighbours", "notice", "safe place", "person"]),
            (
                "de",
                ["Nachbarn", "Benachrichtigung", "Ablageort", "Mensch"],
            ),
        ] {
            let texts = &texts::of(locale).answers;
            let text = texts.orders_not_here(&[(delivered.clone(), Detail::Full)], 0);
            for word in words {
                assert!(text.contains(word), "{word}: {text}");
            }
            assert!(text.contains("https://track.example.com/0034"), "{text}");
        }
    }

    #[test]
    fn without_tracking_it_says_so() {
        for status in OrderStatus::ALL {
            let order = Order {
                status,
                shipments: vec![],
                ..order()
            };
            for (locale, words) in [("en", ["track", "carrier"]), ("de", ["verfolg", "Versand"])] {
                let text = texts::of(locale)
                    .answers
                    .orders(std::slice::from_ref(&order), 0);
                assert!(words.iter().any(|word| text.contains(word)), "{text}");
                assert!(!text.contains("http"), "{text}");
            }
        }
    }

    #[test]
    fn amounts_are_written_as_in_the_language() {
        let total = |locale, total_minor, currency: &str| {
            let order = Order {
                total_minor,
                currency: currency.into(),
                ..order()
            };
            texts::of(locale).answers.total(&order)
        };
        assert_eq!(total("en", 123_456, "EUR"), "€1,234.56");
        assert_eq!(total("en", -500, "CHF"), "-5.00 CHF");
        assert_eq!(total("de", 123_456, "EUR"), "1.234,56\u{a0}€");
        assert_eq!(total("de", -500, "CHF"), "-5,00\u{a0}CHF");
        assert_eq!(total("de", 1_200, "JPY"), "1.200\u{a0}¥");
    }

    #[test]
    fn several_orders_and_parcels_are_told_in_the_shoppers_language() {
        let mut parcels = order();
        let mut second = parcels.shipments[0].clone();
        (second.carrier, second.tracking_number) = (None, None);
        parcels.shipments.push(second);
        let text = texts::of("de").answers.orders(&[parcels, order()], 0);
        assert!(
            text.starts_with("Hier sind Ihre letzten 2 Bestellungen.\n\nBestellung #1001: Versandt\nZahlung: Bezahlt\n"),
            "{text}"
        );
        assert!(
            text.contains(
                "Sendungsverfolgung:\nDHL 0034: https://track.example.com/0034\nhttps://track.example.com/0034\n\n"
            ),
            "{text}"
        );
    }
}
