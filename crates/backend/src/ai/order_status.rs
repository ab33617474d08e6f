//! "Where is my order?": what to look up, or that a person is asked for. No model, no cost.

use crate::{
    ai::wismo::{self, Intent, Reading},
    orders::Lookup,
};
use domain::{
    order_number::OrderNumber, settings::OrderLookupCheck, shop_customer::ShopCustomer,
    texts::AnswerTexts, tracking_number::TrackingNumber,
};

/// Most orders looked up for one message.
pub(super) const NUMBERS_MAX: usize = 3;

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
    /// The email of the conversation: as given in the pre-chat form, or proven to be theirs
    /// if the customer is `verified`.
    pub email: Option<&'a str>,
    /// Whether that is so: the storefront has signed who the customer is.
    pub verified: bool,
    /// Of which connected shop they are a customer, as that has said. Their own orders there
    /// come before all that is decided here; see [`own_orders`](super::own_orders).
    pub customer: Option<&'a ShopCustomer>,
    /// What the merchant wants to see before an order is shown.
    pub check: OrderLookupCheck,
    /// Whether a number alone shows all of an order.
    pub full_for_number: bool,
    /// How the merchant has said that order numbers are written; empty if they haven't.
    pub number_examples: &'a [String],
}

/// What to do about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It asks for a person.
    FetchPerson,
    /// It isn't about an order's whereabouts.
    NotAboutOrders,
    /// Look these up and answer with what is found. An email that comes last, after
    /// numbers, counts only if they find nothing.
    LookUp(Vec<Lookup>),
    /// Ask for what is missing, and remember the question.
    Ask(Missing),
    /// Orders are shown only to customers whom the storefront has signed in, and this is
    /// none of them.
    NotVerified,
}

/// What is missing before an order can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A number or an email address.
    NumberOrEmail,
    /// A number and an email address.
    NumberAndEmail,
    /// A number, beside the email address.
    Number,
    /// An email address, beside the number.
    Email,
}

impl Missing {
    /// The question to the customer.
    #[must_use]
    pub fn question(self, texts: &AnswerTexts) -> &str {
        match self {
            Self::NumberOrEmail => texts.ask_either(),
            Self::NumberAndEmail => texts.ask_both(),
            Self::Number => texts.ask_number_too(),
            Self::Email => texts.ask_email_too(),
        }
    }
}

/// Decides what to do about a message.
#[must_use]
pub fn step(known: &Known<'_>) -> Step {
    let reading = read(known);
    if reading.wants_person {
        return Step::FetchPerson;
    }
    if reading.intent != Intent::OrderStatus {
        return Step::NotAboutOrders;
    }
    match known.check {
        OrderLookupCheck::VerifiedCustomerOnly => own(&reading, known),
        OrderLookupCheck::NumberOrEmail => either(&reading, known),
        OrderLookupCheck::NumberAndEmail => both(&reading, known),
    }
}

/// What the rules make of the message.
pub(super) fn read(known: &Known<'_>) -> Reading {
    if known.awaiting {
        wismo::read_answer(known.message)
    } else {
        wismo::read(known.message)
    }
}

/// What a message names: an order, or a parcel of one.
enum Named {
    Order(OrderNumber),
    Parcel(TrackingNumber),
}

impl Named {
    /// The orders that a message names, else the parcels.
    fn all(reading: &Reading) -> Vec<Self> {
        let orders = reading.order_numbers.iter().cloned().map(Self::Order);
        let parcels = reading.tracking_numbers.iter().cloned().map(Self::Parcel);
        if reading.order_numbers.is_empty() {
            parcels.take(NUMBERS_MAX).collect()
        } else {
            orders.take(NUMBERS_MAX).collect()
        }
    }

    fn alone(&self) -> Lookup {
        match self {
            Self::Order(number) => Lookup::Number(number.clone()),
            Self::Parcel(number) => Lookup::Tracking(number.clone()),
        }
    }

    fn with(&self, email: &str) -> Lookup {
        match self {
            Self::Order(number) => Lookup::NumberAndEmail(number.clone(), email.to_owned()),
            Self::Parcel(number) => Lookup::TrackingAndEmail(number.clone(), email.to_owned()),
        }
    }
}

/// A verified customer's own orders: whatever number or address they name, only those of
/// their own address are shown.
fn own(reading: &Reading, known: &Known<'_>) -> Step {
    let Some(email) = known.email.filter(|_| known.verified) else {
        return Step::NotVerified;
    };
    let (named, email) = (Named::all(reading), email.to_lowercase());
    if named.is_empty() {
        return Step::LookUp(vec![Lookup::Email(email)]);
    }
    Step::LookUp(or_latest(pairs(&named, &email), Some(email)))
}

fn either(reading: &Reading, known: &Known<'_>) -> Step {
    let named = Named::all(reading);
    match (named.as_slice(), reading.emails.as_slice()) {
        ([], []) => match known.email {
            Some(email) => Step::LookUp(vec![Lookup::Email(email.to_lowercase())]),
            None => Step::Ask(Missing::NumberOrEmail),
        },
        // Who was asked for the email of a number means that order.
        ([], emails) => {
            let numbers = asked_about(known);
            let email = Lookup::Email(emails[0].clone());
            let pairs = pairs(&numbers, &emails[0]);
            Step::LookUp(pairs.into_iter().chain([email]).collect())
        }
        (named, []) => {
            let lookups = named.iter().map(Named::alone).collect();
            Step::LookUp(or_latest(lookups, known.email.map(str::to_lowercase)))
        }
        // Whoever gives both wants both to be right.
        (named, emails) => {
            let email = emails[0].clone();
            Step::LookUp(or_latest(pairs(named, &email), Some(email)))
        }
    }
}

/// Where parcels are looked up, the orders of the email count if none is found: few shops
/// can be searched by a parcel's number.
fn or_latest(mut lookups: Vec<Lookup>, email: Option<String>) -> Vec<Lookup> {
    if lookups.iter().any(Lookup::is_by_parcel) {
        lookups.extend(email.map(Lookup::Email));
    }
    lookups
}

/// What the customer named last, since the AI asked.
fn asked_about(known: &Known<'_>) -> Vec<Named> {
    let earlier = known.since_asked.iter().rev();
    let mut named = earlier.map(|text| Named::all(&wismo::read_answer(text)));
    named.find(|named| !named.is_empty()).unwrap_or_default()
}

fn both(reading: &Reading, known: &Known<'_>) -> Step {
    let earlier: Vec<Reading> = known
        .since_asked
        .iter()
        .map(|text| wismo::read_answer(text))
        .collect();
    let latest = || std::iter::once(reading).chain(earlier.iter().rev());
    let named = latest().map(Named::all).find(|named| !named.is_empty());
    let email = latest()
        .find_map(|reading| reading.emails.first().cloned())
        .or_else(|| known.email.map(str::to_lowercase));
    match (named, email) {
        (Some(named), Some(email)) => Step::LookUp(pairs(&named, &email)),
        (Some(_), None) => Step::Ask(Missing::Email),
        (None, Some(_)) => Step::Ask(Missing::Number),
        (None, None) => Step::Ask(Missing::NumberAndEmail),
    }
}

fn pairs(named: &[Named], email: &str) -> Vec<Lookup> {
    named.iter().map(|named| named.with(email)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(message: &str) -> Known<'_> {
        Known {
            message,
            since_asked: &[],
            awaiting: false,
            email: None,
            verified: false,
            customer: None,
            check: OrderLookupCheck::NumberOrEmail,
            full_for_number: true,
            number_examples: &[],
        }
    }

    fn verified(message: &str, check: OrderLookupCheck) -> Known<'_> {
        Known {
            email: Some("Jane@X.com"),
            verified: true,
            check,
            ..known(message)
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
        assert_eq!(
            step(&known("Where is my order?")),
            Step::Ask(Missing::NumberOrEmail)
        );
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
    fn an_email_after_a_number_is_about_that_order_first() {
        let earlier = ["where is my order #1001".to_owned()];
        let answer = Known {
            awaiting: true,
            since_asked: &earlier,
            ..known("jane@x.com")
        };
        let expected = [
            Lookup::NumberAndEmail(number("1001"), "jane@x.com".into()),
            Lookup::Email("jane@x.com".into()),
        ];
        assert_eq!(step(&answer), Step::LookUp(expected.into()));
    }

    #[test]
    fn the_stricter_check_collects_both_over_several_messages() {
        let strict = |message| Known {
            check: OrderLookupCheck::NumberAndEmail,
            ..known(message)
        };
        assert_eq!(
            step(&strict("where is my order")),
            Step::Ask(Missing::NumberAndEmail)
        );
        assert_eq!(
            step(&strict("where is my order #1001")),
            Step::Ask(Missing::Email)
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
    fn a_parcels_number_is_checked_as_an_orders() {
        use OrderLookupCheck::{NumberAndEmail, NumberOrEmail, VerifiedCustomerOnly};
        let message = "where is 1Z999AA10123456784?";
        let parcel = TrackingNumber::parse("1Z999AA10123456784").expect("a number");
        let alone = Lookup::Tracking(parcel.clone());
        let email = || "jane@x.com".to_owned();
        let theirs = Lookup::TrackingAndEmail(parcel, email());
        for (check, address, verified, expected) in [
            (
                NumberOrEmail,
                None,
                false,
                Step::LookUp(vec![alone.clone()]),
            ),
            (
                NumberOrEmail,
                Some("Jane@x.com"),
                false,
                Step::LookUp(vec![alone, Lookup::Email(email())]),
            ),
            (NumberAndEmail, None, false, Step::Ask(Missing::Email)),
            (
                NumberAndEmail,
                Some("Jane@x.com"),
                false,
                Step::LookUp(vec![theirs.clone()]),
            ),
            (
                VerifiedCustomerOnly,
                Some("Jane@x.com"),
                false,
                Step::NotVerified,
            ),
            (
                VerifiedCustomerOnly,
                Some("Jane@x.com"),
                true,
                Step::LookUp(vec![theirs, Lookup::Email(email())]),
            ),
        ] {
            let asks = Known {
                check,
                email: address,
                verified,
                ..known(message)
            };
            assert_eq!(step(&asks), expected, "{check:?}, {address:?}, {verified}");
        }
    }

    #[test]
    fn a_person_comes_first_even_while_a_number_is_awaited() {
        for awaiting in [false, true] {
            let asks = Known {
                awaiting,
                ..known("where is my order #1001? let me talk to a person")
            };
            assert_eq!(step(&asks), Step::FetchPerson);
        }
    }

    #[test]
    fn verified_customers_only_means_that_nobody_else_is_shown_an_order() {
        let strict = Known {
            check: OrderLookupCheck::VerifiedCustomerOnly,
            email: Some("jane@x.com"),
            ..known("where is my order #1001, jane@x.com")
        };
        assert_eq!(step(&strict), Step::NotVerified);
        let without_email = Known {
            email: None,
            verified: true,
            ..strict
        };
        assert_eq!(step(&without_email), Step::NotVerified);
    }

    #[test]
    fn verified_customers_see_their_own_orders_and_no_others() {
        let check = OrderLookupCheck::VerifiedCustomerOnly;
        for message in ["where is my order", "where is my order? eve@x.com"] {
            assert_eq!(
                step(&verified(message, check)),
                Step::LookUp(vec![Lookup::Email("jane@x.com".into())])
            );
        }
        assert_eq!(
            step(&verified("where is order #1001? eve@x.com", check)),
            Step::LookUp(vec![Lookup::NumberAndEmail(
                number("1001"),
                "jane@x.com".into()
            )])
        );
    }

    #[test]
    fn a_verified_email_counts_as_given() {
        let check = OrderLookupCheck::NumberAndEmail;
        assert_eq!(
            step(&verified("where is order #1001?", check)),
            Step::LookUp(vec![Lookup::NumberAndEmail(
                number("1001"),
                "jane@x.com".into()
            )])
        );
    }
}
