//! All SQL of connected shops.

use super::stored::{Arranged, Stored};
use crate::{
    db::{RowExt, to_json},
    error::Result,
};
use domain::{
    UnixMillis,
    ids::{OrderSourceId, StoreId},
    order_source::{ConnectedShop, OrderSourceKind, SourceTrouble},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// $1 store
pub(in crate::orders) async fn list(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Arranged> {
    let rows = sqlx::query(
        "SELECT source.id, source.kind, source.address, source.sealed_key, source.publishable_key, source.trouble,
            source.trouble_since, source.asked_at, source.seen_numbers, source.position, source.connected_at,
            source.worked_at, source.order_count, source.counted_at, stores.built_in_position
         FROM order_sources source JOIN stores ON stores.id = source.store_id
         WHERE source.store_id = $1 ORDER BY source.connected_at, source.id",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    let built_in = rows
        .first()
        .map(|row| row.try_get::<Option<i64>, _>("built_in_position"));
    let shops = rows.iter().map(read).collect::<Result<_>>()?;
    Ok(Arranged::new(shops, built_in.transpose()?.flatten()))
}

/// $1 store, $2 id, $3 position
pub(in crate::orders) async fn set_position(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: OrderSourceId,
    position: i64,
) -> Result<()> {
    sqlx::query("UPDATE order_sources SET position = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(position)
        .execute(connection)
        .await?;
    Ok(())
}

/// Where the built-in orders stand. $1 store, $2 position
pub(in crate::orders) async fn set_built_in_position(
    connection: &mut AnyConnection,
    store_id: StoreId,
    position: i64,
) -> Result<()> {
    sqlx::query("UPDATE stores SET built_in_position = $2 WHERE id = $1")
        .bind(store_id.to_string())
        .bind(position)
        .execute(connection)
        .await?;
    Ok(())
}

/// $1 store, $2 id, $3 kind, $4 address, $5 sealed key, $6 now, $7 publishable key, $8 numbers:
/// a JSON list, $9 how many orders it has
pub(in crate::orders) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    stored: &Stored,
) -> Result<()> {
    let shop = &stored.shop;
    sqlx::query(
        "INSERT INTO order_sources (store_id, id, kind, address, sealed_key, connected_at, asked_at,
            publishable_key, seen_numbers, worked_at, order_count, counted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $6, $9, $6)",
    )
    .bind(store_id.to_string())
    .bind(shop.id.to_string())
    .bind(shop.kind.as_str())
    .bind(shop.address.as_str())
    .bind(stored.sealed_key.as_str())
    .bind(shop.asked_at)
    .bind(shop.publishable_key.as_deref())
    .bind(to_json(&stored.numbers)?)
    .bind(shop.orders)
    .execute(connection)
    .await?;
    Ok(())
}

/// Other keys, with which it works.
/// $1 store, $2 id, $3 kind, $4 sealed key, $5 now, $6 publishable key, $7 numbers: a JSON list,
/// $8 how many orders it has
pub(in crate::orders) async fn set_keys(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: OrderSourceId,
    stored: &Stored,
) -> Result<()> {
    sqlx::query(
        "UPDATE order_sources SET kind = $3, sealed_key = $4, trouble = NULL, trouble_since = NULL,
            asked_at = $5, publishable_key = $6, seen_numbers = $7, worked_at = $5, order_count = $8,
            counted_at = $5
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(stored.shop.kind.as_str())
    .bind(stored.sealed_key.as_str())
    .bind(stored.shop.asked_at)
    .bind(stored.shop.publishable_key.as_deref())
    .bind(to_json(&stored.numbers)?)
    .bind(stored.shop.orders)
    .execute(connection)
    .await?;
    Ok(())
}

/// `false` if there is none. $1 store, $2 id, $3 publishable key
pub(in crate::orders) async fn set_publishable_key(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: OrderSourceId,
    key: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE order_sources SET publishable_key = $3 WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(key)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// $1 store, $2 id, $3 numbers: a JSON list
pub(in crate::orders) async fn set_numbers(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: OrderSourceId,
    numbers: &[String],
) -> Result<()> {
    sqlx::query("UPDATE order_sources SET seen_numbers = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(to_json(&numbers)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// What came of asking it. $1 store, $2 id, $3 trouble, $4 now, $5 how many orders it has, if it
/// has said so
pub(in crate::orders) async fn record(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: OrderSourceId,
    trouble: Option<SourceTrouble>,
    now: UnixMillis,
    orders: Option<i64>,
) -> Result<()> {
    sqlx::query(
        "UPDATE order_sources SET trouble = $3, asked_at = $4,
            worked_at = CASE WHEN CAST($3 AS TEXT) IS NULL THEN $4 ELSE worked_at END,
            order_count = COALESCE(CAST($5 AS BIGINT), order_count),
            counted_at = CASE WHEN CAST($5 AS BIGINT) IS NULL THEN counted_at ELSE $4 END,
            trouble_since = CASE WHEN CAST($3 AS TEXT) IS NULL THEN NULL ELSE COALESCE(trouble_since, $4) END
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(trouble.map(SourceTrouble::as_str))
    .bind(now)
    .bind(orders)
    .execute(connection)
    .await?;
    Ok(())
}

/// `false` if there is none. $1 store, $2 id
pub(in crate::orders) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: OrderSourceId,
) -> Result<bool> {
    let done = sqlx::query("DELETE FROM order_sources WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<Stored> {
    let trouble: Option<String> = row.try_get("trouble")?;
    let numbers: Option<String> = row.try_get("seen_numbers")?;
    // What can't be read teaches nothing.
    let numbers = numbers.and_then(|numbers| serde_json::from_str(&numbers).ok());
    Ok(Stored {
        shop: ConnectedShop {
            id: row.parsed("id")?,
            kind: row.word("kind", OrderSourceKind::from_word)?,
            address: row.try_get("address")?,
            publishable_key: row.try_get("publishable_key")?,
            // A newer server's word is trouble, too.
            trouble: trouble
                .map(|word| SourceTrouble::from_word(&word).unwrap_or(SourceTrouble::Failing)),
            trouble_since: row.try_get("trouble_since")?,
            asked_at: row.try_get("asked_at")?,
            connected_at: row.try_get("connected_at")?,
            worked_at: row.try_get("worked_at")?,
            orders: row.try_get("order_count")?,
        },
        position: row.try_get("position")?,
        counted_at: row.try_get("counted_at")?,
        sealed_key: row.try_get("sealed_key")?,
        numbers: numbers.unwrap_or_default(),
    })
}
