//! What a shopper says of their order, beside which one it is.

use super::order_status::Known;
use crate::ai::wismo::{self, Claim, Intent};
use domain::{
    order::{Order, OrderStatus},
    order_card::Detail,
};

/// What is meant of the orders that are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Focus {
    /// What became of it, they say.
    claim: Option<Claim>,
    /// The newest of their orders alone is meant.
    latest_only: bool,
}

impl Focus {
    /// As the message says, or one before it since the AI asked for an order.
    pub fn of(known: &Known<'_>) -> Self {
        let said = known.since_asked.iter().map(String::as_str);
        let readings = said.chain([known.message]).map(wismo::read);
        let questions = readings.filter(|reading| reading.intent == Intent::OrderStatus);
        questions.fold(
            Self {
                claim: None,
                latest_only: false,
            },
            |earlier, reading| Self {
                claim: earlier.claim.max(reading.claim),
                // The last question counts; a bare address is none.
                latest_only: reading.latest_only,
            },
        )
    }

    /// Leaves what is meant of the orders found, newest first. Whether one of them is
    /// delivered by what the shop knows, and missed.
    pub fn apply(self, found: &mut Vec<(Order, Detail)>, by_email: bool) -> bool {
        if self.latest_only && by_email {
            found.truncate(1);
        }
        let is_delivered = |(order, _): &(Order, Detail)| order.status == OrderStatus::Delivered;
        let among = match self.claim {
            None => 0,
            // Whoever waits for an order waits for the newest.
            Some(Claim::NotHere) if by_email => 1,
            Some(_) => found.len(),
        };
        let missed = found.iter().take(among).position(is_delivered);
        if let Some(at) = missed.filter(|_| by_email) {
            found.swap(0, at);
            found.truncate(1);
        }
        missed.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{order::PaymentStatus, settings::OrderLookupCheck};

    fn focus(message: &str, since_asked: &[&str]) -> Focus {
        let since_asked: Vec<String> = since_asked.iter().map(|&text| text.to_owned()).collect();
        Focus::of(&Known {
            message,
            since_asked: &since_asked,
            awaiting: !since_asked.is_empty(),
            email: None,
            verified: false,
            customer: None,
            check: OrderLookupCheck::NumberOrEmail,
            full_for_number: true,
            number_examples: &[],
        })
    }

    /// What is left of orders of these states, by number, and whether one is missed.
    fn left(focus: Focus, states: &[OrderStatus], by_email: bool) -> (Vec<String>, bool) {
        let order = |(status, number): (&OrderStatus, u32)| {
            let order = Order {
                number: number.to_string(),
                email: "jane@example.com".to_owned(),
                customer_name: None,
                status: *status,
                payment_status: PaymentStatus::Paid,
                currency: "USD".to_owned(),
                total_minor: 1_200,
                placed_at: 0,
                changed_at: None,
                items: Vec::new(),
                shipments: Vec::new(),
            };
            (order, Detail::Full)
        };
        let mut found: Vec<_> = states.iter().zip(1..).map(order).collect();
        let missed = focus.apply(&mut found, by_email);
        let numbers = found.into_iter().map(|(order, _)| order.number);
        (numbers.collect(), missed)
    }

    const DELIVERED: OrderStatus = OrderStatus::Delivered;
    const SHIPPED: OrderStatus = OrderStatus::Shipped;

    #[test]
    fn a_delivered_order_that_is_not_here_is_missed() {
        for message in [
            "it says delivered but I don't have it, #1",
            "I never received order 1",
        ] {
            let said = focus(message, &[]);
            assert!(left(said, &[DELIVERED], false).1, "{message}");
            assert!(!left(said, &[SHIPPED], false).1, "{message}");
        }
        let asked = focus("where is order #1?", &[]);
        assert!(!left(asked, &[DELIVERED], false).1);
    }

    #[test]
    fn what_was_said_before_the_number_counts() {
        let said = focus("#1", &["says delivered but nothing is here"]);
        assert!(left(said, &[DELIVERED], false).1);
    }

    #[test]
    fn of_an_emails_orders_the_last_one_is_the_newest() {
        let states = [SHIPPED, DELIVERED];
        let newest = (vec!["1".to_owned()], false);
        for said in [
            focus("where is my last order?", &[]),
            focus("jane@example.com", &["status of my most recent order"]),
        ] {
            assert_eq!(left(said, &states, true), newest);
            assert_eq!(left(said, &states, false).0.len(), 2, "both were named");
        }
        let all = focus("where are my orders?", &["where is my last order?"]);
        assert_eq!(left(all, &states, true).0.len(), 2);
    }

    #[test]
    fn orders_that_were_named_are_all_shown() {
        let said = focus("1 and 2 haven't arrived", &[]);
        let shown = vec!["1".to_owned(), "2".to_owned()];
        assert_eq!(left(said, &[SHIPPED, DELIVERED], false), (shown, true));
    }

    #[test]
    fn of_an_emails_orders_the_delivered_one_is_missed_or_the_newest() {
        let states = [SHIPPED, DELIVERED, DELIVERED];
        let marked = focus("says delivered but I don't have it", &[]);
        assert_eq!(left(marked, &states, true), (vec!["2".to_owned()], true));
        let waits = focus("my parcel hasn't arrived", &[]);
        assert_eq!(left(waits, &states, true).0.len(), 3);
        assert!(!left(waits, &states, true).1);
        let newest = left(waits, &[DELIVERED, DELIVERED], true);
        assert_eq!(newest, (vec!["1".to_owned()], true));
    }
}
