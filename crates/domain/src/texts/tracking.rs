//! Where an order and its parcels are, in words.

use super::{AnswerTexts, fill::fill};
use crate::order::{Order, OrderStatus, PaymentStatus, Shipment};

impl AnswerTexts {
    pub(super) fn order_status(&self, order: &Order) -> String {
        fill(
            self.order_line(),
            &[
                ("number", &order.number),
                ("status", self.status(order.status)),
            ],
        )
    }

    pub(super) fn tracking(&self, order: &Order) -> String {
        let parcels: Vec<(String, bool)> = order.shipments.iter().filter_map(parcel).collect();
        let texts = || parcels.iter().map(|(text, _)| text.as_str());
        match parcels.as_slice() {
            [] => self.without_tracking(order).to_owned(),
            [(link, true)] => fill(self.tracking_line(), &[("link", link)]),
            // Enough to ask the carrier by.
            parcels if parcels.iter().all(|(_, has_link)| !has_link) => {
                let numbers = texts().collect::<Vec<_>>().join(", ");
                fill(self.tracking_number_line(), &[("number", &numbers)])
            }
            _ => {
                let lines = std::iter::once(self.tracking_lines()).chain(texts());
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// Says clearly that there is no tracking link, and why.
    fn without_tracking(&self, order: &Order) -> &str {
        match (order.status, order.payment_status) {
            (OrderStatus::Cancelled, PaymentStatus::Refunded) => self.untracked_refunded(),
            (OrderStatus::Cancelled, _) => self.untracked_cancelled(),
            (OrderStatus::Returned, _) => self.untracked_returned(),
            (OrderStatus::ReadyForPickup, _) => self.untracked_pickup(),
            (OrderStatus::Delivered, _) => self.untracked_delivered(),
            (OrderStatus::Shipped | OrderStatus::PartlyShipped, _) => self.untracked_shipped(),
            (OrderStatus::OnHold, _) => self.untracked_on_hold(),
            (OrderStatus::Pending | OrderStatus::Processing, _) => self.untracked_not_yet(),
        }
    }
}

/// What is known of a parcel, and whether it can be followed by a link.
fn parcel(shipment: &Shipment) -> Option<(String, bool)> {
    let known = [&shipment.carrier, &shipment.tracking_number];
    let name: Vec<_> = known.into_iter().flatten().map(String::as_str).collect();
    let name = name.join(" ");
    match shipment.link() {
        Some(link) if name.is_empty() => Some((link.to_owned(), true)),
        Some(link) => Some((format!("{name}: {link}"), true)),
        None => shipment.tracking_number.is_some().then_some((name, false)),
    }
}
