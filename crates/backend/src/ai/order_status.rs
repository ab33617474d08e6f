//! "Where is my order?": what to look up, and the words of the answer. No
//! model, no cost.

use crate::{
    ai::wismo::{self, Intent, Reading},
    orders::Lookup,
};
use domain::{
    order::{Order, OrderStatus, PaymentStatus},
    order_number::OrderNumber,
    widget_settings::OrderLookupCheck,
};
use std::fmt::Write;

/// Most orders looked up for one message.
const NUMBERS_MAX: usize = 3;

/// What is known when a customer's message comes in.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The message.
    pub message: &'a str,
    /// What the customer wrote since the AI asked for an order, oldest first.
    /// Empty unless it waits for the answer.
    pub since_asked: &'a [String],
    /// Whether the AI asked for an order number or email and has none yet.
    pub awaiting: bool,
    /// The email of the conversation, as given in the pre-chat form.
    pub email: Option<&'a str>,
    /// What the merchant wants to see before an order is shown.
    pub check: OrderLookupCheck,
}

/// What to do about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It isn't about an order's whereabouts.
    NotAboutOrders,
    /// Look these up and answer with what is found.
    LookUp(Vec<Lookup>),
    /// Ask for what is missing, and remember the question.
    Ask(&'static str),
    /// Orders are shown only to customers whom the storefront has signed in.
    NeedsSignIn,
}

const ASK_EITHER: &str = "I can look that up for you. What's your order number (for example #1001), or the email address you ordered with?";
const ASK_BOTH: &str = "I can look that up for you. To protect your data, please give me both your order number (for example #1001) and the email address you ordered with.";
const ASK_NUMBER_TOO: &str =
    "Thanks! To protect your data, I need your order number as well (for example #1001).";
const ASK_EMAIL_TOO: &str =
    "Thanks! To protect your data, I need the email address you ordered with as well.";

/// One and the same answer for a number that doesn't exist and for a number
/// that belongs to somebody else.
pub const NO_MATCH: &str = "I couldn't find an order with these details. Please check the order number and the email address you ordered with, and send them again.";
/// The order source is down.
pub const UNAVAILABLE: &str = "I can't look up orders right now. Your question is noted, and our team will get back to you here.";
/// Too many look-ups that found nothing.
pub const TOO_MANY: &str =
    "I can't look up more orders in this chat at the moment. Our team will get back to you here.";
/// The merchant shows orders to signed-in customers only.
pub const SIGN_IN: &str = "To protect your data, I can only show orders to signed-in customers. Please sign in to your account in this shop, or ask for a person here.";

/// Decides what to do about a message.
#[must_use]
pub fn step(known: &Known<'_>) -> Step {
    let reading = if known.awaiting {
        wismo::read_answer(known.message)
    } else {
        wismo::read(known.message)
    };
    if reading.intent != Intent::OrderStatus {
        return Step::NotAboutOrders;
    }
    match known.check {
        OrderLookupCheck::VerifiedCustomerOnly => Step::NeedsSignIn,
        OrderLookupCheck::NumberOrEmail => either(&reading, known.email),
        OrderLookupCheck::NumberAndEmail => both(&reading, known),
    }
}

fn either(reading: &Reading, conversation_email: Option<&str>) -> Step {
    match (reading.order_numbers.as_slice(), reading.emails.as_slice()) {
        ([], []) => match conversation_email {
            Some(email) => Step::LookUp(vec![Lookup::Email(email.to_lowercase())]),
            None => Step::Ask(ASK_EITHER),
        },
        ([], emails) => Step::LookUp(emails.iter().take(1).cloned().map(Lookup::Email).collect()),
        (numbers, []) => Step::LookUp(
            numbers
                .iter()
                .take(NUMBERS_MAX)
                .cloned()
                .map(Lookup::Number)
                .collect(),
        ),
        // Whoever gives both wants both to be right.
        (numbers, emails) => Step::LookUp(pairs(numbers, &emails[0])),
    }
}

fn both(reading: &Reading, known: &Known<'_>) -> Step {
    let earlier: Vec<Reading> = known
        .since_asked
        .iter()
        .map(|text| wismo::read_answer(text))
        .collect();
    let latest = |pick: fn(&Reading) -> bool| {
        std::iter::once(reading)
            .chain(earlier.iter().rev())
            .find(|reading| pick(reading))
    };
    let numbers = latest(|reading| !reading.order_numbers.is_empty())
        .map(|reading| reading.order_numbers.as_slice());
    let email = latest(|reading| !reading.emails.is_empty())
        .map(|reading| reading.emails[0].clone())
        .or_else(|| known.email.map(str::to_lowercase));
    match (numbers, email) {
        (Some(numbers), Some(email)) => Step::LookUp(pairs(numbers, &email)),
        (Some(_), None) => Step::Ask(ASK_EMAIL_TOO),
        (None, Some(_)) => Step::Ask(ASK_NUMBER_TOO),
        (None, None) => Step::Ask(ASK_BOTH),
    }
}

fn pairs(numbers: &[OrderNumber], email: &str) -> Vec<Lookup> {
    numbers
        .iter()
        .take(NUMBERS_MAX)
        .map(|number| Lookup::NumberAndEmail(number.clone(), email.to_owned()))
        .collect()
}

/// The answer that shows `orders`, newest first. Plain text; tracking links
/// stand on their own so that every client can make them clickable.
#[must_use]
pub fn answer(orders: &[Order]) -> String {
    let mut text = match orders {
        [one] => format!("Here's what I found for order #{}.\n\n", one.number),
        _ => format!("Here are your latest {} orders.\n\n", orders.len()),
    };
    for (at, order) in orders.iter().enumerate() {
        if at > 0 {
            text.push_str("\n\n");
        }
        describe(&mut text, order);
    }
    text
}

fn describe(text: &mut String, order: &Order) {
    // Writing to a String can't fail.
    let _ = writeln!(text, "Order #{}: {}", order.number, order.status.label());
    let _ = writeln!(text, "Payment: {}", order.payment_status.label());
    let items: Vec<String> = order
        .items
        .iter()
        .map(|item| format!("{} × {}", item.quantity, item.name))
        .collect();
    let _ = writeln!(text, "Items: {}", items.join(", "));
    let _ = writeln!(text, "Total: {}", order.total());
    let links: Vec<String> = order
        .shipments
        .iter()
        .filter_map(|shipment| {
            let link = shipment.link()?;
            Some(match (&shipment.carrier, &shipment.tracking_number) {
                (Some(carrier), Some(number)) => format!("{carrier} {number}: {link}"),
                (Some(carrier), None) => format!("{carrier}: {link}"),
                (None, Some(number)) => format!("{number}: {link}"),
                (None, None) => link.to_owned(),
            })
        })
        .collect();
    match links.as_slice() {
        [] => text.push_str(without_tracking(order)),
        [one] => {
            let _ = write!(text, "Tracking: {one}");
        }
        several => {
            let _ = write!(text, "Tracking:");
            for link in several {
                let _ = write!(text, "\n{link}");
            }
        }
    }
}

/// Says clearly that there is no tracking link, and why.
fn without_tracking(order: &Order) -> &'static str {
    match (order.status, order.payment_status) {
        (OrderStatus::Cancelled, PaymentStatus::Refunded) => {
            "This order was cancelled and your money was sent back, so there is nothing to track."
        }
        (OrderStatus::Cancelled, _) => "This order was cancelled, so there is nothing to track.",
        (OrderStatus::Returned, _) => "This order came back to us, so there is nothing to track.",
        (OrderStatus::ReadyForPickup, _) => {
            "It is waiting for you at the pick-up point, so there is no tracking link."
        }
        (OrderStatus::Delivered, _) => {
            "There is no tracking link for this order; it is marked as delivered."
        }
        (OrderStatus::Shipped | OrderStatus::PartlyShipped, _) => {
            "It was sent without a tracking link, so I can't follow the parcel from here."
        }
        (OrderStatus::OnHold, _) => {
            "There is no tracking link yet: the order is on hold. Our team can tell you more here."
        }
        (OrderStatus::Pending | OrderStatus::Processing, _) => {
            "There is no tracking link yet: it hasn't been handed to the carrier."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::order::{OrderItem, Shipment};

    fn known(message: &str) -> Known<'_> {
        Known {
            message,
            since_asked: &[],
            awaiting: false,
            email: None,
            check: OrderLookupCheck::NumberOrEmail,
        }
    }

    fn number(text: &str) -> OrderNumber {
        OrderNumber::parse(text).expect("an order number")
    }

    #[test]
    fn a_number_or_an_email_is_enough_by_default() {
        assert_eq!(
            step(&known("Where is my order #1001?")),
            Step::LookUp(vec![Lookup::Number(number("1001"))])
        );
        assert_eq!(
            step(&known("jane@x.com — where's my order?")),
            Step::LookUp(vec![Lookup::Email("jane@x.com".into())])
        );
        assert_eq!(step(&known("Where is my order?")), Step::Ask(ASK_EITHER));
        assert_eq!(
            step(&Known {
                email: Some("Jane@X.com"),
                ..known("Where is my order?")
            }),
            Step::LookUp(vec![Lookup::Email("jane@x.com".into())])
        );
        assert_eq!(
            step(&known("How long does shipping take?")),
            Step::NotAboutOrders
        );
    }

    #[test]
    fn a_number_with_an_email_must_match_it() {
        assert_eq!(
            step(&known("where is order #1001? my email is jane@x.com")),
            Step::LookUp(vec![Lookup::NumberAndEmail(
                number("1001"),
                "jane@x.com".into()
            )])
        );
    }

    #[test]
    fn the_remembered_question_takes_a_bare_answer() {
        let answer = Known {
            awaiting: true,
            ..known("jane@example.com")
        };
        assert_eq!(
            step(&answer),
            Step::LookUp(vec![Lookup::Email("jane@example.com".into())])
        );
        assert_eq!(step(&known("jane@example.com")), Step::NotAboutOrders);
    }

    #[test]
    fn the_stricter_check_collects_both_over_several_messages() {
        let strict = |message| Known {
            check: OrderLookupCheck::NumberAndEmail,
            ..known(message)
        };
        assert_eq!(step(&strict("where is my order")), Step::Ask(ASK_BOTH));
        assert_eq!(
            step(&strict("where is my order #1001")),
            Step::Ask(ASK_EMAIL_TOO)
        );
        let earlier = ["where is my order #1001".to_owned()];
        let answer = Known {
            awaiting: true,
            since_asked: &earlier,
            ..strict("jane@x.com")
        };
        assert_eq!(
            step(&answer),
            Step::LookUp(vec![Lookup::NumberAndEmail(
                number("1001"),
                "jane@x.com".into()
            )])
        );
    }

    #[test]
    fn verified_customers_only_means_no_lookup_at_all() {
        let strict = Known {
            check: OrderLookupCheck::VerifiedCustomerOnly,
            ..known("where is my order #1001, jane@x.com")
        };
        assert_eq!(step(&strict), Step::NeedsSignIn);
    }

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
            items: vec![
                OrderItem {
                    name: "Linen Duvet Cover".into(),
                    quantity: 1,
                },
                OrderItem {
                    name: "Pillowcase".into(),
                    quantity: 2,
                },
            ],
            shipments: vec![Shipment {
                carrier: Some("DHL".into()),
                tracking_number: Some("0034".into()),
                tracking_url: Some("https://track.example.com/0034".into()),
            }],
        }
    }

    #[test]
    fn an_answer_has_everything_that_was_promised() {
        assert_eq!(
            answer(&[order()]),
            "Here's what I found for order #1001.\n\n\
             Order #1001: Shipped\n\
             Payment: Paid\n\
             Items: 1 × Linen Duvet Cover, 2 × Pillowcase\n\
             Total: $118.50\n\
             Tracking: DHL 0034: https://track.example.com/0034"
        );
    }

    #[test]
    fn without_tracking_it_says_so() {
        for status in OrderStatus::ALL {
            let order = Order {
                status,
                shipments: vec![],
                ..order()
            };
            let text = answer(&[order]);
            assert!(text.contains("track") || text.contains("carrier"), "{text}");
            assert!(!text.contains("http"), "{text}");
        }
    }
}
