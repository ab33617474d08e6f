//! All SQL of webhooks.

use crate::{
    db::RowExt,
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    ids::{StoreId, WebhookDeliveryId, WebhookId},
    webhook::{
        DeliveryState, DeliveryTrouble, Webhook, WebhookBody, WebhookDelivery, WebhookEvent,
        WebhookEvents,
    },
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Events that only a newer server knows are left out.
fn read_events(row: &AnyRow) -> Result<Vec<WebhookEvent>> {
    let words: String = row.try_get("events")?;
    Ok(words
        .split_whitespace()
        .filter_map(WebhookEvent::from_word)
        .collect())
}

/// The newest first. $1 store
pub(super) async fn list(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Vec<Webhook>> {
    let rows = sqlx::query(
        "SELECT id, address, events, created_at, failing_since, switched_off_at FROM webhooks
         WHERE store_id = $1 ORDER BY id DESC",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Webhook {
                id: row.parsed("id")?,
                address: row.try_get("address")?,
                events: read_events(row)?,
                created_at: row.try_get("created_at")?,
                failing_since: row.try_get("failing_since")?,
                switched_off_at: row.try_get("switched_off_at")?,
            })
        })
        .collect()
}

/// $1 store, $2 id, $3 address, $4 events, $5 secret, $6 created at
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    webhook: &Webhook,
    sealed: &str,
) -> Result<()> {
    let events: Vec<_> = webhook.events.iter().map(|event| event.as_str()).collect();
    sqlx::query(
        "INSERT INTO webhooks (store_id, id, address, events, sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(store_id.to_string())
    .bind(webhook.id.to_string())
    .bind(webhook.address.as_str())
    .bind(events.join(" "))
    .bind(sealed)
    .bind(webhook.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether there was one. $1 store, $2 id
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookId,
) -> Result<bool> {
    let deleted = sqlx::query("DELETE FROM webhooks WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// $1 store, $2 id
pub(super) async fn exists(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookId,
) -> Result<bool> {
    let row = sqlx::query("SELECT 1 AS there FROM webhooks WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Those that are switched on, with what they are told. $1 store
async fn switched_on(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Vec<(WebhookId, Vec<WebhookEvent>)>> {
    let rows = sqlx::query(
        "SELECT id, events FROM webhooks WHERE store_id = $1 AND switched_off_at IS NULL ORDER BY id",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("id")?, read_events(row)?)))
        .collect()
}

/// What any of them is told. $1 store
pub(super) async fn told(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<WebhookEvents> {
    let webhooks = switched_on(connection, store_id).await?;
    Ok(webhooks
        .into_iter()
        .flat_map(|(_, events)| events)
        .collect())
}

/// Those that are told `event`. $1 store
pub(super) async fn of_event(
    connection: &mut AnyConnection,
    store_id: StoreId,
    event: WebhookEvent,
) -> Result<Vec<WebhookId>> {
    let webhooks = switched_on(connection, store_id).await?;
    let told = webhooks
        .into_iter()
        .filter(|(_, events)| events.contains(&event));
    Ok(told.map(|(id, _)| id).collect())
}

/// Ends what a webhook was told before. Ids begin with the time, but the clock may be set.
/// $1 store, $2 webhook, $3 before
pub(super) async fn forget_before(
    connection: &mut AnyConnection,
    store_id: StoreId,
    webhook_id: WebhookId,
    before: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM webhook_deliveries WHERE store_id = $1 AND id IN (
             SELECT id FROM webhook_deliveries WHERE store_id = $1 AND webhook_id = $2 ORDER BY id LIMIT 10)
         AND created_at < $3",
    )
    .bind(store_id.to_string())
    .bind(webhook_id.to_string())
    .bind(before)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 id, $3 webhook, $4 conversation, $5 event, $6 body, $7 created at
pub(super) async fn insert_delivery(
    connection: &mut AnyConnection,
    store_id: StoreId,
    webhook_id: WebhookId,
    told: &WebhookBody,
    body: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO webhook_deliveries
             (store_id, id, webhook_id, conversation_id, event, body, state, tries, created_at, answer)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, '')",
    )
    .bind(store_id.to_string())
    .bind(told.id.to_string())
    .bind(webhook_id.to_string())
    .bind(told.conversation.id.to_string())
    .bind(told.event.as_str())
    .bind(body)
    .bind(told.created_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest first. $1 store, $2 webhook, $3 before, $4 limit
pub(super) async fn deliveries(
    connection: &mut AnyConnection,
    store_id: StoreId,
    webhook_id: WebhookId,
    before: Option<WebhookDeliveryId>,
    limit: i64,
) -> Result<Vec<WebhookDelivery>> {
    let rows = sqlx::query(
        "SELECT id, event, conversation_id, state, tries, created_at, tried_at, status, trouble, answer
         FROM webhook_deliveries
         WHERE store_id = $1 AND webhook_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(webhook_id.to_string())
    // No id begins with this letter: they are hexadecimal.
    .bind(before.map_or_else(|| "g".to_owned(), |id| id.to_string()))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_delivery).collect()
}

fn read_delivery(row: &AnyRow) -> Result<WebhookDelivery> {
    let status: Option<i64> = row.try_get("status")?;
    let trouble: Option<String> = row.try_get("trouble")?;
    Ok(WebhookDelivery {
        id: row.parsed("id")?,
        event: row.word("event", WebhookEvent::from_word)?,
        conversation_id: row.parsed("conversation_id")?,
        state: row.word("state", DeliveryState::from_word)?,
        tries: row.try_get("tries")?,
        created_at: row.try_get("created_at")?,
        tried_at: row.try_get("tried_at")?,
        status: status
            .map(|status| u16::try_from(status).map_err(|_| Error::corrupt("status")))
            .transpose()?,
        trouble: trouble.as_deref().and_then(DeliveryTrouble::from_word),
        answer: row.try_get("answer")?,
    })
}

/// It is to be delivered once more. $1 store, $2 id
pub(super) async fn wait_again(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDelivery>> {
    let row = sqlx::query(
        "UPDATE webhook_deliveries SET state = 'waiting' WHERE store_id = $1 AND id = $2
         RETURNING id, event, conversation_id, state, tries, created_at, tried_at, status, trouble, answer",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_delivery).transpose()
}

/// What is to be sent, and where.
pub(crate) struct Due {
    pub webhook_id: WebhookId,
    pub address: String,
    pub sealed: String,
    pub event: WebhookEvent,
    pub body: String,
    pub is_switched_off: bool,
}

/// A delivery that waits. $1 store, $2 id
pub(crate) async fn due(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookDeliveryId,
) -> Result<Option<Due>> {
    let row = sqlx::query(
        "SELECT w.id, w.address, w.sealed, w.switched_off_at, d.event, d.body
         FROM webhook_deliveries d JOIN webhooks w ON w.store_id = d.store_id AND w.id = d.webhook_id
         WHERE d.store_id = $1 AND d.id = $2 AND d.state = 'waiting'",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let switched_off_at: Option<UnixMillis> = row.try_get("switched_off_at")?;
        Ok(Due {
            webhook_id: row.parsed("id")?,
            address: row.try_get("address")?,
            sealed: row.try_get("sealed")?,
            event: row.word("event", WebhookEvent::from_word)?,
            body: row.try_get("body")?,
            is_switched_off: switched_off_at.is_some(),
        })
    })
    .transpose()
}

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried {
    pub state: DeliveryState,
    pub status: Option<u16>,
    pub trouble: Option<DeliveryTrouble>,
    pub answer: String,
}

/// $1 store, $2 id, $3 state, $4 now, $5 status, $6 trouble, $7 answer
pub(crate) async fn note_try(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookDeliveryId,
    tried: &Tried,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE webhook_deliveries
         SET state = $3, tries = tries + 1, tried_at = $4, status = $5, trouble = $6, answer = $7
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(tried.state.as_str())
    .bind(now)
    .bind(tried.status.map(i64::from))
    .bind(tried.trouble.map(|trouble| trouble.as_str().to_owned()))
    .bind(tried.answer.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// It is not delivered. $1 store, $2 id
pub(crate) async fn give_up(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookDeliveryId,
) -> Result<()> {
    sqlx::query(
        "UPDATE webhook_deliveries SET state = 'failed'
         WHERE store_id = $1 AND id = $2 AND state = 'waiting'",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Something has arrived. Whether that changes anything. $1 store, $2 id
pub(crate) async fn does_well(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookId,
) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE webhooks SET failing_since = NULL, switched_off_at = NULL
         WHERE store_id = $1 AND id = $2 AND (failing_since IS NOT NULL OR switched_off_at IS NOT NULL)",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// Something has not arrived. Whether it is switched off by that: it has failed since
/// `too_long`, and was tried all the while. If the last try was before `lately`, nobody knows
/// how it did since, and it fails from now on. What was told lately was tried lately, so the
/// newest deliveries say when that was. $1 store, $2 id, $3 now, $4 lately; $4 too long
pub(crate) async fn fails(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: WebhookId,
    now: UnixMillis,
    lately: UnixMillis,
    too_long: UnixMillis,
) -> Result<bool> {
    sqlx::query(
        "UPDATE webhooks SET failing_since = $3
         WHERE store_id = $1 AND id = $2 AND (failing_since IS NULL OR NOT EXISTS (
             SELECT 1 FROM (
                 SELECT tried_at FROM webhook_deliveries
                 WHERE store_id = $1 AND webhook_id = $2 ORDER BY id DESC LIMIT 100
             ) AS newest WHERE newest.tried_at >= $4))",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .bind(lately)
    .execute(&mut *connection)
    .await?;
    let changed = sqlx::query(
        "UPDATE webhooks SET switched_off_at = $3
         WHERE store_id = $1 AND id = $2 AND switched_off_at IS NULL AND failing_since <= $4",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(now)
    .bind(too_long)
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() > 0)
}
