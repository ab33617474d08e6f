//! SQL of many orders at once, which SQLite and PostgreSQL write differently.

use crate::db::Query;

/// What an order that is put replaces, and when: a row that changes nothing is neither
/// written nor returned. When it changed is said by whoever puts it; else it is `$now` if it
/// stands otherwise than before, and what was known is kept if not.
macro_rules! or_replace {
    ($now:literal) => {
        concat!("ON CONFLICT (store_id, number) DO UPDATE SET
            email = excluded.email, customer_name = excluded.customer_name, status = excluded.status,
            payment_status = excluded.payment_status, currency = excluded.currency,
            total_minor = excluded.total_minor, placed_at = excluded.placed_at, items = excluded.items,
            shipments = excluded.shipments,
            changed_at = CASE
                WHEN excluded.changed_at <> COALESCE(orders.changed_at, -1) THEN excluded.changed_at
                WHEN orders.status <> excluded.status OR orders.payment_status <> excluded.payment_status
                    THEN ", $now, "
                ELSE orders.changed_at END
         WHERE orders.email <> excluded.email
            OR COALESCE(orders.customer_name, '') <> COALESCE(excluded.customer_name, '')
            OR orders.status <> excluded.status OR orders.payment_status <> excluded.payment_status
            OR orders.currency <> excluded.currency OR orders.total_minor <> excluded.total_minor
            OR orders.placed_at <> excluded.placed_at OR orders.items <> excluded.items
            OR orders.shipments <> excluded.shipments
            OR excluded.changed_at <> COALESCE(orders.changed_at, -1)
         RETURNING id")
    };
}
pub(super) use or_replace;

/// $1 store, $2 orders: a JSON list of objects with the names of the columns, of which
/// `id` is the order's if it is new, $3 now
pub(super) static PUT_ALL: Query = Query::new(
    3,
    concat!(
        "INSERT INTO orders (store_id, id, number, email, customer_name, status, payment_status, currency,
            total_minor, placed_at, items, shipments, changed_at)
         SELECT $1, o.value->>'id', o.value->>'number', o.value->>'email', o.value->>'customer_name',
            o.value->>'status', o.value->>'payment_status', o.value->>'currency', o.value->>'total_minor',
            o.value->>'placed_at', o.value->>'items', o.value->>'shipments',
            o.value->>'changed_at'
         FROM json_each($2) o WHERE true ",
        or_replace!("$3")
    ),
    concat!(
        "INSERT INTO orders (store_id, id, number, email, customer_name, status, payment_status, currency,
            total_minor, placed_at, items, shipments, changed_at)
         SELECT $1, o.id, o.number, o.email, o.customer_name, o.status, o.payment_status, o.currency,
            o.total_minor, o.placed_at, o.items, o.shipments, o.changed_at
         FROM jsonb_to_recordset(CAST($2 AS JSONB)) AS o (id TEXT, number TEXT, email TEXT, customer_name TEXT,
            status TEXT, payment_status TEXT, currency TEXT, total_minor BIGINT, placed_at BIGINT, items TEXT,
            shipments TEXT, changed_at BIGINT) ",
        or_replace!("$3")
    ),
);

/// $1 store, $2 numbers: a JSON list
pub(super) static BY_NUMBERS: Query = Query::new(
    2,
    "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
        items, shipments
     FROM orders WHERE store_id = $1 AND number IN (SELECT n.value FROM json_each($2) n)",
    "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
        items, shipments
     FROM orders WHERE store_id = $1
        AND number = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))",
);
