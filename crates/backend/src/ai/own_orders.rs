//! Which of their own orders the customer of a connected shop asks for.

use super::{
    order_status::{self, Known, NUMBERS_MAX},
    wismo::Intent,
};
use crate::orders::{OwnOrders, has_parcel};
use domain::{order::Order, settings::OrderLookupCheck, tracking_number::TrackingNumber};

/// What is to be looked up for them alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Orders of these numbers, or the latest.
    pub orders: Vec<OwnOrders>,
    /// The parcels that they ask about, if they name no order.
    parcels: Vec<TrackingNumber>,
    /// Nothing else is shown to them.
    pub only_own: bool,
}

/// What a message asks for, if its author is a customer of a connected shop and asks for an
/// order's whereabouts. Not if they name an address and no number: then they mean what they
/// ordered with that, as everybody may.
pub(super) fn wanted(known: &Known<'_>) -> Option<Wanted> {
    let customer = known.customer?;
    let reading = order_status::read(known);
    if reading.wants_person || reading.intent != Intent::OrderStatus {
        return None;
    }
    let only_own = known.check == OrderLookupCheck::VerifiedCustomerOnly;
    let own = |number| OwnOrders {
        customer: customer.clone(),
        number,
    };
    let numbers = reading.order_numbers.into_iter().take(NUMBERS_MAX);
    let mut orders: Vec<_> = numbers.map(|number| own(Some(number))).collect();
    let mut parcels = Vec::new();
    if orders.is_empty() {
        if !reading.emails.is_empty() && !only_own {
            return None;
        }
        orders.push(own(None));
        parcels = reading.tracking_numbers;
    }
    Some(Wanted {
        orders,
        parcels,
        only_own,
    })
}

impl Wanted {
    /// Whether they ask for their latest orders.
    pub fn is_latest(&self) -> bool {
        self.orders.iter().all(|own| own.number.is_none())
    }

    /// What is meant of their orders that were found: those of the parcel. No shop can be
    /// searched by it; so where nothing else may be shown, the latest are.
    pub fn meant(&self, found: Vec<Order>) -> Vec<Order> {
        if self.parcels.is_empty() {
            return found;
        }
        let is_named = |order: &Order| self.parcels.iter().any(|parcel| has_parcel(order, parcel));
        let (named, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_named);
        match named.is_empty() && self.only_own {
            true => others,
            false => named,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderLookupCheck::{NumberAndEmail, NumberOrEmail, VerifiedCustomerOnly};
    use domain::{
        ids::OrderSourceId,
        order::{OrderStatus, PaymentStatus, Shipment},
        shop_customer::ShopCustomer,
    };

    const CHECKS: [OrderLookupCheck; 3] = [NumberOrEmail, NumberAndEmail, VerifiedCustomerOnly];

    fn anna() -> ShopCustomer {
        ShopCustomer {
            source_id: OrderSourceId::generate(),
            id: "cus_anna".to_owned(),
        }
    }

    /// The numbers that are wanted, `None` for the latest orders.
    fn asked(
        message: &str,
        check: OrderLookupCheck,
        customer: Option<&ShopCustomer>,
    ) -> Option<Vec<Option<String>>> {
        let wanted = wanted(&Known {
            message,
            since_asked: &[],
            awaiting: false,
            email: None,
            verified: customer.is_some(),
            customer,
            check,
            full_for_number: true,
            number_examples: &[],
        })?;
        let number = |own: OwnOrders| {
            assert_eq!(Some(&own.customer), customer);
            own.number.map(|number| number.to_string())
        };
        Some(wanted.orders.into_iter().map(number).collect())
    }

    #[test]
    fn a_shops_customer_asks_for_their_own_whatever_the_check() {
        let anna = anna();
        for check in CHECKS {
            let asked = |message| asked(message, check, Some(&anna));
            assert_eq!(asked("Where is my order?"), Some(vec![None]));
            let number = |number: &str| Some(number.to_owned());
            let one = Some(vec![number("1001")]);
            assert_eq!(asked("Where is my order #1001?"), one);
            assert_eq!(asked("Where is #1001? eve@x.com"), one);
            let both = Some(vec![number("1001"), number("1002")]);
            assert_eq!(asked("Where are #1001 and #1002?"), both);
            assert_eq!(asked("How long does shipping take?"), None);
            assert_eq!(asked("Where is my order? Let me talk to a person"), None);
        }
    }

    #[test]
    fn nobody_else_has_orders_of_their_own() {
        for check in CHECKS {
            assert_eq!(asked("Where is my order?", check, None), None);
        }
    }

    #[test]
    fn who_names_another_address_means_its_orders_where_those_may_be_shown() {
        let (anna, message) = (anna(), "Where is my order? anna@work.example.com");
        for check in [NumberOrEmail, NumberAndEmail] {
            assert_eq!(asked(message, check, Some(&anna)), None);
        }
        let strict = asked(message, VerifiedCustomerOnly, Some(&anna));
        assert_eq!(strict, Some(vec![None]));
    }

    #[test]
    fn of_their_orders_the_one_of_the_parcel_is_meant() {
        let order = |number: &str, parcel: &str| Order {
            number: number.to_owned(),
            email: "anna@example.com".to_owned(),
            customer_name: None,
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "EUR".to_owned(),
            total_minor: 1_200,
            placed_at: 0,
            changed_at: None,
            items: Vec::new(),
            shipments: vec![Shipment {
                tracking_number: Some(parcel.to_owned()),
                ..Shipment::default()
            }],
        };
        let anna = anna();
        for (parcel, check, expected) in [
            ("1Z999AA10123456784", NumberOrEmail, &["2"][..]),
            ("1Z999AA10123456784", VerifiedCustomerOnly, &["2"]),
            ("1Z999AA10123456785", NumberOrEmail, &[]),
            ("1Z999AA10123456785", VerifiedCustomerOnly, &["1", "2"]),
        ] {
            let wanted = Wanted {
                orders: vec![OwnOrders {
                    customer: anna.clone(),
                    number: None,
                }],
                parcels: TrackingNumber::parse(parcel).into_iter().collect(),
                only_own: check == VerifiedCustomerOnly,
            };
            let found = vec![order("1", "T1"), order("2", "1Z 999 AA1 01 2345 6784")];
            let meant = wanted.meant(found).into_iter().map(|order| order.number);
            assert_eq!(meant.collect::<Vec<_>>(), expected, "{parcel}, {check:?}");
        }
    }
}
