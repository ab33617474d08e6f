//! The words that shops have for where the goods and the money are.

use domain::{
    order::{OrderStatus, ParcelStatus, PaymentStatus},
    order_import::ImportedFrom,
};

/// A word as it is compared: `On hold`, `wc-on-hold` and `on_hold` are one.
fn normalised(word: &str) -> String {
    let mut normalised = String::with_capacity(word.len());
    for c in word.trim().chars() {
        if c.is_alphanumeric() {
            normalised.extend(c.to_lowercase());
        } else if !normalised.ends_with('_') {
            normalised.push('_');
        }
    }
    let trimmed = normalised.trim_matches('_');
    trimmed.strip_prefix("wc_").unwrap_or(trimmed).to_owned()
}

/// Where the goods are by a shop's word, and where the money is if the word says that,
/// too, as WooCommerce's do. `None` if the word is unknown.
///
/// Shopify: fulfilled, partial, unfulfilled, restocked
/// (<https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders>).
/// WooCommerce: <https://woocommerce.com/document/managing-orders/order-statuses/>.
/// Medusa: `FulfillmentStatus` of `@medusajs/types`; what is fulfilled there is packed, and
/// not yet handed over.
pub(in crate::orders) fn goods(
    word: &str,
    from: ImportedFrom,
) -> Option<(Option<OrderStatus>, Option<PaymentStatus>)> {
    use OrderStatus::{
        Cancelled, Delivered, OnHold, PartlyShipped, Pending, Processing, ReadyForPickup, Returned,
        Shipped,
    };
    let is_medusa = from == ImportedFrom::Medusa;
    let is_woocommerce = from == ImportedFrom::Woocommerce;
    let status = match normalised(word).as_str() {
        "fulfilled" if is_medusa => Processing,
        // Not started: what the payment says decides between the first two.
        "unfulfilled" | "not_fulfilled" | "unshipped" | "open" | "scheduled" => {
            return Some((None, None));
        }
        // A fulfilment that was cancelled; the order's own status says if it was, too.
        "canceled" | "cancelled" if is_medusa => return Some((None, None)),
        "pending" | "pending_payment" if is_woocommerce => {
            return Some((Some(Pending), Some(PaymentStatus::Pending)));
        }
        "processing" if is_woocommerce => {
            return Some((Some(Processing), Some(PaymentStatus::Paid)));
        }
        "on_hold" if is_woocommerce => {
            return Some((Some(OnHold), Some(PaymentStatus::Pending)));
        }
        // Sent, and done with; whether it has arrived nobody notes.
        "completed" | "complete" => return Some((Some(Shipped), Some(PaymentStatus::Paid))),
        "refunded" => return Some((Some(Cancelled), Some(PaymentStatus::Refunded))),
        "failed" => return Some((Some(Cancelled), Some(PaymentStatus::Failed))),
        "pending" | "new" | "received" | "checkout_draft" => Pending,
        "processing"
        | "in_progress"
        | "being_prepared"
        | "packed"
        | "partially_fulfilled"
        | "preparing" => Processing,
        "on_hold" | "hold" | "request_declined" => OnHold,
        "ready_for_pickup" | "ready_for_pick_up" => ReadyForPickup,
        "partial"
        | "partly_shipped"
        | "partially_shipped"
        | "partial_shipped"
        | "partially_delivered"
        | "partly_delivered" => PartlyShipped,
        "fulfilled" | "shipped" | "sent" | "on_its_way" | "in_transit" | "dispatched" => Shipped,
        "delivered" => Delivered,
        "cancelled" | "canceled" | "voided" | "restocked" => Cancelled,
        "returned" => Returned,
        _ => return None,
    };
    Some((Some(status), None))
}

/// Where the money is by a shop's word. `None` if the word is unknown.
///
/// Shopify: authorized, pending, paid, partially_paid, refunded, voided,
/// partially_refunded, expired. Medusa: `PaymentStatus` of `@medusajs/types`.
pub(in crate::orders) fn money(word: &str) -> Option<PaymentStatus> {
    Some(match normalised(word).as_str() {
        "pending" | "payment_pending" | "unpaid" | "not_paid" | "awaiting" | "open"
        | "partially_paid" | "partly_paid" | "requires_action" => PaymentStatus::Pending,
        "authorized"
        | "authorised"
        | "payment_authorized"
        | "partially_authorized"
        | "partially_captured" => PaymentStatus::Authorized,
        "paid" | "captured" | "completed" => PaymentStatus::Paid,
        "partly_refunded" | "partially_refunded" => PaymentStatus::PartlyRefunded,
        "refunded" => PaymentStatus::Refunded,
        "voided" | "not_charged" | "canceled" | "cancelled" => PaymentStatus::Voided,
        "failed" | "payment_failed" | "expired" => PaymentStatus::Failed,
        _ => return None,
    })
}

/// Where a parcel is by a shop's word. `None` if the word is unknown.
///
/// Shopify: `FulfillmentDisplayStatus`
/// (<https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FulfillmentDisplayStatus>).
pub(super) fn parcel(word: &str) -> Option<ParcelStatus> {
    Some(match normalised(word).as_str() {
        "preparing" | "being_prepared" | "packed" | "label_printed" | "label_purchased"
        | "confirmed" | "submitted" => ParcelStatus::Preparing,
        "in_transit" | "on_its_way" | "shipped" | "sent" | "dispatched" | "carrier_picked_up"
        | "delayed" => ParcelStatus::InTransit,
        "out_for_delivery" => ParcelStatus::OutForDelivery,
        "ready_for_pickup" | "ready_for_pick_up" => ParcelStatus::ReadyForPickup,
        "delivered" | "picked_up" => ParcelStatus::Delivered,
        "not_delivered" | "attempted_delivery" | "couldn_t_be_delivered" => {
            ParcelStatus::NotDelivered
        }
        "returned" => ParcelStatus::Returned,
        _ => return None,
    })
}

/// Whether a cell says that the order was cancelled: by a date, or by the order's own
/// status. Other statuses say that it wasn't, and so does `0000-00-00 00:00:00`, which
/// MySQL has for no date.
pub(super) fn is_cancelled(cell: &str) -> bool {
    let word = normalised(cell);
    matches!(word.as_str(), "canceled" | "cancelled" | "yes" | "true") || is_date(cell.trim())
}

fn is_date(cell: &str) -> bool {
    cell.len() >= 8
        && cell.starts_with(|c: char| c.is_ascii_digit())
        && cell.contains(|c: char| matches!(c, '1'..='9'))
}

/// Of an order that isn't on its way, and isn't said to be cancelled: paid ones are being
/// prepared, and of those whose money went back nothing more will be sent.
pub(in crate::orders) fn not_started(payment: PaymentStatus) -> OrderStatus {
    match payment {
        PaymentStatus::Pending | PaymentStatus::Failed | PaymentStatus::Voided => {
            OrderStatus::Pending
        }
        PaymentStatus::Refunded => OrderStatus::Cancelled,
        _ => OrderStatus::Processing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_words_and_labels_are_known() {
        for status in OrderStatus::ALL {
            for word in [status.as_str(), status.label()] {
                let known = goods(word, ImportedFrom::Shopdesk);
                assert_eq!(known, Some((Some(status), None)), "{word}");
            }
        }
        for status in PaymentStatus::ALL {
            for word in [status.as_str(), status.label()] {
                assert_eq!(money(word), Some(status), "{word}");
            }
        }
        for status in ParcelStatus::ALL {
            for word in [status.as_str(), status.label()] {
                assert_eq!(parcel(word), Some(status), "{word}");
            }
        }
    }

    #[test]
    fn one_word_of_woocommerce_says_both() {
        let known = goods("wc-processing", ImportedFrom::Woocommerce);
        let both = (Some(OrderStatus::Processing), Some(PaymentStatus::Paid));
        assert_eq!(known, Some(both));
    }

    #[test]
    fn fulfilled_is_sent_in_shopify_and_packed_in_medusa() {
        let of = |from| goods("Fulfilled", from).and_then(|(status, _)| status);
        assert_eq!(of(ImportedFrom::Shopify), Some(OrderStatus::Shipped));
        assert_eq!(of(ImportedFrom::Medusa), Some(OrderStatus::Processing));
    }

    #[test]
    fn nothing_more_is_sent_of_what_was_refunded() {
        assert_eq!(not_started(PaymentStatus::Refunded), OrderStatus::Cancelled);
        assert_eq!(not_started(PaymentStatus::Paid), OrderStatus::Processing);
        assert_eq!(not_started(PaymentStatus::Pending), OrderStatus::Pending);
        assert_eq!(goods("canceled", ImportedFrom::Medusa), Some((None, None)));
    }

    #[test]
    fn unknown_words_are_not_guessed() {
        assert_eq!(goods("lost at sea", ImportedFrom::Unknown), None);
        assert_eq!(money("perhaps"), None);
        assert_eq!(parcel("somewhere"), None);
    }

    #[test]
    fn a_date_or_the_word_says_that_it_was_cancelled() {
        for yes in ["2026-11-01 10:00:00 +0100", "canceled", "Cancelled"] {
            assert!(is_cancelled(yes), "{yes}");
        }
        let no_date = ["0000-00-00", "0000-00-00 00:00:00"];
        for no in ["", "pending", "completed", "0", "no"]
            .into_iter()
            .chain(no_date)
        {
            assert!(!is_cancelled(no), "{no}");
        }
    }
}
