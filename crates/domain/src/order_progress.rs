//! How far an order has got, as shoppers and the team are shown it.

use crate::order::{OrderStatus, PaymentStatus};

/// A step on an order's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// It was received.
    Ordered,
    /// It is being prepared.
    Preparing,
    /// It is with the carrier, or a part of it.
    OnItsWay,
    /// It waits for the customer at a pick-up point.
    ReadyForPickup,
    /// The customer has it.
    Delivered,
}

impl Step {
    /// The steps of an order that is at this one. What is picked up goes no other way.
    #[must_use]
    pub fn way(self) -> [Self; 4] {
        let third = match self {
            Self::ReadyForPickup => Self::ReadyForPickup,
            _ => Self::OnItsWay,
        };
        [Self::Ordered, Self::Preparing, third, Self::Delivered]
    }
}

/// How far an order has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It goes its way, and is here.
    At(Step),
    /// It waits for something, such as stock or a payment: somebody has to look.
    OnHold,
    /// It will not be sent.
    Cancelled,
    /// It will not be sent, and the money was given back.
    Refunded,
    /// It came back.
    Returned,
}

impl Progress {
    /// By where the goods are, and the money as far as that may be shown. What was delivered
    /// stays so, whatever became of the money.
    #[must_use]
    pub fn of(status: OrderStatus, payment: Option<PaymentStatus>) -> Self {
        match status {
            OrderStatus::Pending => Self::At(Step::Ordered),
            OrderStatus::Processing => Self::At(Step::Preparing),
            OrderStatus::PartlyShipped | OrderStatus::Shipped => Self::At(Step::OnItsWay),
            OrderStatus::ReadyForPickup => Self::At(Step::ReadyForPickup),
            OrderStatus::Delivered => Self::At(Step::Delivered),
            OrderStatus::OnHold => Self::OnHold,
            OrderStatus::Cancelled if payment == Some(PaymentStatus::Refunded) => Self::Refunded,
            OrderStatus::Cancelled => Self::Cancelled,
            OrderStatus::Returned => Self::Returned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_place() {
        for (status, progress) in [
            (OrderStatus::Pending, Progress::At(Step::Ordered)),
            (OrderStatus::Processing, Progress::At(Step::Preparing)),
            (OrderStatus::OnHold, Progress::OnHold),
            (
                OrderStatus::ReadyForPickup,
                Progress::At(Step::ReadyForPickup),
            ),
            (OrderStatus::PartlyShipped, Progress::At(Step::OnItsWay)),
            (OrderStatus::Shipped, Progress::At(Step::OnItsWay)),
            (OrderStatus::Delivered, Progress::At(Step::Delivered)),
            (OrderStatus::Cancelled, Progress::Cancelled),
            (OrderStatus::Returned, Progress::Returned),
        ] {
            assert_eq!(Progress::of(status, None), progress, "{status:?}");
            let paid = Progress::of(status, Some(PaymentStatus::Paid));
            assert_eq!(paid, progress, "{status:?}");
        }
    }

    #[test]
    fn the_money_counts_only_for_what_is_cancelled() {
        for status in OrderStatus::ALL {
            let refunded = Progress::of(status, Some(PaymentStatus::Refunded));
            if status == OrderStatus::Cancelled {
                assert_eq!(refunded, Progress::Refunded);
            } else {
                assert_eq!(refunded, Progress::of(status, None), "{status:?}");
            }
        }
    }

    #[test]
    fn a_step_is_on_its_own_way_which_only_goes_on() {
        for step in [
            Step::Ordered,
            Step::Preparing,
            Step::OnItsWay,
            Step::ReadyForPickup,
            Step::Delivered,
        ] {
            let way = step.way();
            assert!(way.contains(&step), "{step:?}");
            assert!(way.is_sorted_by(|a, b| a < b), "{way:?}");
        }
    }
}
