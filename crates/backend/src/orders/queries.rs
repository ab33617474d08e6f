//! All SQL of the built-in orders.

use super::{
    dialect::{BY_NUMBERS, PUT_ALL, or_replace},
    put::Put,
};
use crate::{
    db::{Kind, RowExt, Tx, Value, to_json},
    error::Result,
};
use domain::{
    UnixMillis,
    ids::{OrderId, StoreId},
    order::{Order, OrderPage, OrderStatus, PaymentStatus},
    order_source::SourceFound,
    tracking_number::TrackingNumber,
};
use serde_json::json;
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::collections::HashSet;

/// $1 store, $2 number
pub(super) async fn by_number(
    connection: &mut AnyConnection,
    store_id: StoreId,
    number: &str,
) -> Result<Option<Order>> {
    let row = sqlx::query(
        "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
            items, shipments
         FROM orders WHERE store_id = $1 AND number = $2",
    )
    .bind(store_id.to_string())
    .bind(number)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_order).transpose()
}

/// Newest first. $1 store, $2 email, $3 limit
pub(super) async fn by_email(
    connection: &mut AnyConnection,
    store_id: StoreId,
    email: &str,
    limit: i64,
) -> Result<Vec<Order>> {
    let rows = sqlx::query(
        "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
            items, shipments
         FROM orders WHERE store_id = $1 AND email = $2 ORDER BY placed_at DESC, number DESC LIMIT $3",
    )
    .bind(store_id.to_string())
    .bind(email)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_order).collect()
}

/// Newest first; those whose parcels have this number as a carrier's, however it is spaced.
/// Which number is whose the schema's triggers keep, as the database reads it: who asks reads
/// the parcels again. $1 store, $2 parcel's number, $3 limit
pub(super) const BY_PARCEL: &str =
    "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
        items, shipments
     FROM orders WHERE store_id = $1
        AND id IN (SELECT order_id FROM order_parcels WHERE store_id = $1 AND number = $2)
     ORDER BY placed_at DESC, number DESC LIMIT $3";

/// See [`BY_PARCEL`].
pub(super) async fn by_parcel(
    connection: &mut AnyConnection,
    store_id: StoreId,
    parcel: &TrackingNumber,
    limit: i64,
) -> Result<Vec<Order>> {
    let rows = sqlx::query(BY_PARCEL)
        .bind(store_id.to_string())
        .bind(parcel.as_str())
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(read_order).collect()
}

/// Of the newest orders. $1 store, $2 limit
pub(super) async fn latest_numbers(
    connection: &mut AnyConnection,
    store_id: StoreId,
    limit: i64,
) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT number FROM orders WHERE store_id = $1 ORDER BY placed_at DESC, number DESC LIMIT $2",
    )
    .bind(store_id.to_string())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("number")?)).collect()
}

/// By number, of one email or of all.
/// $1 store, $2 email or nothing, $3 number of the last order shown, $4 limit
pub(super) async fn after_number(
    connection: &mut AnyConnection,
    store_id: StoreId,
    email: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<Order>> {
    let rows = sqlx::query(
        "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
            items, shipments
         FROM orders WHERE store_id = $1 AND number > $3 AND ($2 = '' OR email = $2)
         ORDER BY number LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(email)
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_order).collect()
}

/// How many orders there are, and how many of them were placed since.
/// $1 store, $2 since
pub(super) async fn count(
    connection: &mut AnyConnection,
    store_id: StoreId,
    since: UnixMillis,
) -> Result<(i64, i64)> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS orders, COUNT(CASE WHEN placed_at > $2 THEN 1 END) AS recent
         FROM orders WHERE store_id = $1",
    )
    .bind(store_id.to_string())
    .bind(since)
    .fetch_one(connection)
    .await?;
    Ok((row.try_get("orders")?, row.try_get("recent")?))
}

/// How many orders there are, and when the newest was placed. $1 store
pub(super) async fn found(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<SourceFound> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS orders, MAX(placed_at) AS newest_at FROM orders WHERE store_id = $1",
    )
    .bind(store_id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(SourceFound {
        orders: row.try_get("orders")?,
        newest_at: row.try_get("newest_at")?,
    })
}

/// Whether there are any. $1 store
pub(super) async fn has_any(connection: &mut AnyConnection, store_id: StoreId) -> Result<bool> {
    let row = sqlx::query("SELECT number FROM orders WHERE store_id = $1 LIMIT 1")
        .bind(store_id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// `search` is part of a number, email or name; all orders if it is empty.
/// $1 store, $2 pattern, $3 limit, $4 offset
pub(super) async fn list(
    connection: &mut AnyConnection,
    store_id: StoreId,
    search: &str,
    offset: i64,
    limit: i64,
) -> Result<OrderPage> {
    let pattern = format!("%{}%", escape_like(&search.to_lowercase()));
    let rows = sqlx::query(
        "SELECT number, email, customer_name, status, payment_status, currency, total_minor, placed_at, changed_at,
            items, shipments
         FROM orders
         WHERE store_id = $1 AND (LOWER(number) LIKE $2 ESCAPE '!' OR email LIKE $2 ESCAPE '!'
            OR LOWER(COALESCE(customer_name, '')) LIKE $2 ESCAPE '!')
         ORDER BY placed_at DESC, number DESC LIMIT $3 OFFSET $4",
    )
    .bind(store_id.to_string())
    .bind(pattern.as_str())
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query(
        "SELECT COUNT(*) AS n FROM orders
         WHERE store_id = $1 AND (LOWER(number) LIKE $2 ESCAPE '!' OR email LIKE $2 ESCAPE '!'
            OR LOWER(COALESCE(customer_name, '')) LIKE $2 ESCAPE '!')",
    )
    .bind(store_id.to_string())
    .bind(pattern)
    .fetch_one(connection)
    .await?;
    Ok(OrderPage {
        orders: rows.iter().map(read_order).collect::<Result<_>>()?,
        total: total.try_get("n")?,
    })
}

/// `%` and `_` stand for themselves in a search.
fn escape_like(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escape = matches!(c, '%' | '_' | '!').then_some('!');
            escape.into_iter().chain([c])
        })
        .collect()
}

/// Says if it was inserted: not if there is one of its number.
/// $1 store, $2 id, $3 number, $4 email, $5 customer name, $6 status,
/// $7 payment status, $8 currency, $9 total, $10 placed at, $11 items,
/// $12 shipments, $13 changed at
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    order: &Order,
) -> Result<bool> {
    let inserted = sqlx::query(
        "INSERT INTO orders (store_id, id, number, email, customer_name, status, payment_status, currency,
            total_minor, placed_at, items, shipments, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (store_id, number) DO NOTHING",
    )
    .bind(store_id.to_string())
    .bind(OrderId::generate().to_string())
    .bind(order.number.as_str())
    .bind(order.email.as_str())
    .bind(order.customer_name.as_deref())
    .bind(order.status.as_str())
    .bind(order.payment_status.as_str())
    .bind(order.currency.as_str())
    .bind(order.total_minor)
    .bind(order.placed_at)
    .bind(to_json(&order.items)?)
    .bind(to_json(&order.shipments)?)
    .bind(order.changed_at)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// A row that changes nothing is not written, and not returned.
/// $1 store, $2 id if it is new, $3 number, $4 email, $5 customer name, $6 status,
/// $7 payment status, $8 currency, $9 total, $10 placed at, $11 items, $12 shipments,
/// $13 changed at, $14 now
pub(super) async fn put(
    connection: &mut AnyConnection,
    store_id: StoreId,
    order: &Order,
    now: UnixMillis,
) -> Result<Put> {
    let id = OrderId::generate().to_string();
    let row = sqlx::query(concat!(
        "INSERT INTO orders (store_id, id, number, email, customer_name, status, payment_status, currency,
            total_minor, placed_at, items, shipments, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ",
        or_replace!("$14")
    ))
    .bind(store_id.to_string())
    .bind(id.as_str())
    .bind(order.number.as_str())
    .bind(order.email.as_str())
    .bind(order.customer_name.as_deref())
    .bind(order.status.as_str())
    .bind(order.payment_status.as_str())
    .bind(order.currency.as_str())
    .bind(order.total_minor)
    .bind(order.placed_at)
    .bind(to_json(&order.items)?)
    .bind(to_json(&order.shipments)?)
    .bind(order.changed_at)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    match row {
        None => Ok(Put::Unchanged),
        Some(row) if row.try_get::<String, _>("id")? == id => Ok(Put::Created),
        Some(_) => Ok(Put::Replaced),
    }
}

/// What became of orders that were put at once; the others were there already.
pub(super) struct PutAll {
    pub created: u32,
    pub replaced: u32,
}

/// Orders to be put at once, with all that can be made before the transaction.
pub(super) struct Prepared {
    /// See [`PUT_ALL`].
    values: [Value; 3],
    /// The ids of those that will be new.
    new: HashSet<String>,
    /// How many there are.
    pub orders: u32,
}

/// No number may be there twice.
pub(super) fn prepare<'o>(
    store_id: StoreId,
    orders: impl Iterator<Item = &'o Order>,
    now: UnixMillis,
) -> Result<Prepared> {
    let mut new = HashSet::new();
    let mut list = Vec::new();
    for order in orders {
        let id = OrderId::generate().to_string();
        list.push(json!({
            "id": id,
            "number": order.number,
            "email": order.email,
            "customer_name": order.customer_name,
            "status": order.status.as_str(),
            "payment_status": order.payment_status.as_str(),
            "currency": order.currency,
            "total_minor": order.total_minor,
            "placed_at": order.placed_at,
            "changed_at": order.changed_at,
            "items": to_json(&order.items)?,
            "shipments": to_json(&order.shipments)?,
        }));
        new.insert(id);
    }
    let values = [
        Value::from(store_id.to_string()),
        Value::from(to_json(&list)?),
        Value::from(now),
    ];
    Ok(Prepared {
        values,
        orders: u32::try_from(new.len()).unwrap_or(u32::MAX),
        new,
    })
}

/// See [`PUT_ALL`].
pub(super) async fn put_all(tx: &mut Tx<'_>, prepared: &Prepared) -> Result<PutAll> {
    let mut put = PutAll {
        created: 0,
        replaced: 0,
    };
    for row in tx.run(&PUT_ALL, &prepared.values).await? {
        if prepared.new.contains(row.try_get::<&str, _>("id")?) {
            put.created += 1;
        } else {
            put.replaced += 1;
        }
    }
    Ok(put)
}

/// See [`BY_NUMBERS`].
pub(super) async fn by_numbers(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    numbers: &[&String],
) -> Result<Vec<Order>> {
    let values = [
        Value::from(store_id.to_string()),
        Value::from(to_json(&numbers)?),
    ];
    let rows = BY_NUMBERS.run(connection, kind, &values).await?;
    rows.iter().map(read_order).collect()
}

/// Keeps an order as it is for the rest of this transaction; whether there is one.
/// $1 store, $2 number
pub(super) async fn hold(
    connection: &mut AnyConnection,
    store_id: StoreId,
    number: &str,
) -> Result<bool> {
    let held = sqlx::query("UPDATE orders SET number = number WHERE store_id = $1 AND number = $2")
        .bind(store_id.to_string())
        .bind(number)
        .execute(connection)
        .await?;
    Ok(held.rows_affected() > 0)
}

/// How many rows. $1 store, $2 number
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    number: &str,
) -> Result<u64> {
    let deleted = sqlx::query("DELETE FROM orders WHERE store_id = $1 AND number = $2")
        .bind(store_id.to_string())
        .bind(number)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}

fn read_order(row: &AnyRow) -> Result<Order> {
    Ok(Order {
        number: row.try_get("number")?,
        email: row.try_get("email")?,
        customer_name: row.try_get("customer_name")?,
        status: row.word("status", OrderStatus::from_word)?,
        payment_status: row.word("payment_status", PaymentStatus::from_word)?,
        currency: row.try_get("currency")?,
        total_minor: row.try_get("total_minor")?,
        placed_at: row.try_get("placed_at")?,
        changed_at: row.try_get("changed_at")?,
        items: row.json("items")?,
        shipments: row.json("shipments")?,
    })
}

#[cfg(test)]
mod tests {
    use super::escape_like;

    #[test]
    fn wildcards_stand_for_themselves() {
        assert_eq!(escape_like("50%_off!"), "50!%!_off!!");
    }
}
