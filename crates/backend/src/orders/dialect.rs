//! SQL that several statements about orders have in common.

/// What an order that is put replaces, and when: a row that changes nothing is neither
/// written nor returned.
macro_rules! or_replace {
    () => {
        "ON CONFLICT (store_id, number) DO UPDATE SET
            email = excluded.email, customer_name = excluded.customer_name, status = excluded.status,
            payment_status = excluded.payment_status, currency = excluded.currency,
            total_minor = excluded.total_minor, placed_at = excluded.placed_at, items = excluded.items,
            shipments = excluded.shipments
         WHERE orders.email <> excluded.email
            OR COALESCE(orders.customer_name, '') <> COALESCE(excluded.customer_name, '')
            OR orders.status <> excluded.status OR orders.payment_status <> excluded.payment_status
            OR orders.currency <> excluded.currency OR orders.total_minor <> excluded.total_minor
            OR orders.placed_at <> excluded.placed_at OR orders.items <> excluded.items
            OR orders.shipments <> excluded.shipments
         RETURNING id"
    };
}
pub(super) use or_replace;
