//! What is told of an order's parcels.

use crate::{
    UnixMillis,
    order::{Order, OrderStatus, ParcelStatus, Shipment},
};
use std::ops::RangeInclusive;

/// Milliseconds.
const DAY: UnixMillis = 24 * 60 * 60 * 1_000;

impl Order {
    /// The order as it is told at `now`. A parcel's place that can't be, since the order as a
    /// whole has arrived or come back, is an old one and left out; so is a time that is yet to
    /// come, or was before the order, of a parcel or of the order itself.
    #[must_use]
    pub fn told(self, now: UnixMillis) -> Self {
        let status = self.status;
        let shipments = self.shipments.into_iter();
        // Clocks differ, and some sources know days only.
        let possible = self.placed_at - DAY..=now;
        let shipments = shipments.map(|parcel| told(parcel, status, &possible));
        Self {
            shipments: shipments.collect(),
            changed_at: self.changed_at.filter(|at| possible.contains(at)),
            ..self
        }
    }
}

fn told(parcel: Shipment, order: OrderStatus, possible: &RangeInclusive<UnixMillis>) -> Shipment {
    if parcel.status.is_some_and(|place| !can_be(order, place)) {
        return Shipment {
            status: None,
            changed_at: None,
            ..parcel
        };
    }
    Shipment {
        changed_at: parcel.changed_at.filter(|at| possible.contains(at)),
        ..parcel
    }
}

fn can_be(order: OrderStatus, place: ParcelStatus) -> bool {
    match order {
        OrderStatus::Delivered => place == ParcelStatus::Delivered,
        OrderStatus::Returned => place == ParcelStatus::Returned,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::PaymentStatus;

    const NOW: UnixMillis = 1_700_000_000_000;

    /// The place and the time that are told of a parcel.
    fn told(
        order: OrderStatus,
        status: Option<ParcelStatus>,
        changed_at: UnixMillis,
    ) -> (Option<ParcelStatus>, Option<UnixMillis>) {
        let order = Order {
            number: "1001".into(),
            email: String::new(),
            customer_name: None,
            status: order,
            payment_status: PaymentStatus::Paid,
            currency: "USD".into(),
            total_minor: 11_850,
            placed_at: 0,
            changed_at: None,
            items: Vec::new(),
            shipments: vec![Shipment {
                tracking_number: Some("0034".into()),
                status,
                changed_at: Some(changed_at),
                ..Shipment::default()
            }],
        };
        let told = order.told(NOW);
        assert_eq!(told.shipments[0].tracking_number.as_deref(), Some("0034"));
        (told.shipments[0].status, told.shipments[0].changed_at)
    }

    #[test]
    fn what_has_arrived_is_not_on_its_way() {
        let (way, there) = (ParcelStatus::InTransit, ParcelStatus::Delivered);
        let arrived = |place| told(OrderStatus::Delivered, Some(place), NOW);
        assert_eq!(arrived(way), (None, None));
        assert_eq!(arrived(there), (Some(there), Some(NOW)));
        let came_back = |place| told(OrderStatus::Returned, Some(place), NOW);
        assert_eq!(came_back(there), (None, None));
        let back = ParcelStatus::Returned;
        assert_eq!(came_back(back), (Some(back), Some(NOW)));
        for order in [OrderStatus::Shipped, OrderStatus::PartlyShipped] {
            for place in [way, there, back] {
                assert_eq!(told(order, Some(place), NOW), (Some(place), Some(NOW)));
            }
        }
    }

    #[test]
    fn an_orders_own_change_was_after_it_was_placed() {
        let order = |changed_at| Order {
            number: "1001".into(),
            email: String::new(),
            customer_name: None,
            status: OrderStatus::Cancelled,
            payment_status: PaymentStatus::Paid,
            currency: "USD".into(),
            total_minor: 11_850,
            placed_at: NOW - 2 * DAY,
            changed_at: Some(changed_at),
            items: Vec::new(),
            shipments: Vec::new(),
        };
        for (at, is_told) in [(NOW, true), (NOW + 1, false), (NOW - 4 * DAY, false)] {
            assert_eq!(order(at).told(NOW).changed_at.is_some(), is_told);
        }
    }

    #[test]
    fn no_change_is_yet_to_come() {
        let way = Some(ParcelStatus::InTransit);
        assert_eq!(told(OrderStatus::Shipped, way, NOW + 1), (way, None));
        assert_eq!(told(OrderStatus::Shipped, None, NOW + 1), (None, None));
        assert_eq!(told(OrderStatus::Shipped, None, NOW), (None, Some(NOW)));
    }
}
