//! All SQL of how messages sound.

use crate::{
    conversations::messages::read_sentiment,
    db::RowExt,
    error::{Error, Result},
};
use domain::{
    ids::{ConversationId, MessageId, StoreId},
    sentiment::{Sentiment, TREND},
};
use sqlx::{AnyConnection, Row};

/// A message that waits.
pub(super) struct Waiting {
    pub n: i64,
    pub store_id: StoreId,
    pub message_id: MessageId,
    /// Where it stands; nothing if it was erased.
    pub conversation_id: Option<ConversationId>,
    /// What it says.
    pub body: String,
}

/// What waits, the first of it: $1 limit
pub(super) async fn waiting(connection: &mut AnyConnection, limit: i64) -> Result<Vec<Waiting>> {
    let rows = sqlx::query(
        "SELECT w.n, w.store_id, w.message_id, m.conversation_id, m.body
         FROM sentiment_waiting w LEFT JOIN messages m ON m.store_id = w.store_id AND m.id = w.message_id
         ORDER BY w.n LIMIT $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let place: Option<String> = row.try_get("conversation_id")?;
            let place = place.map(|id| id.parse().map_err(|_| Error::corrupt("conversation_id")));
            Ok(Waiting {
                n: row.try_get("n")?,
                store_id: row.parsed("store_id")?,
                message_id: row.parsed("message_id")?,
                conversation_id: place.transpose()?,
                body: row
                    .try_get::<Option<String>, _>("body")?
                    .unwrap_or_default(),
            })
        })
        .collect()
}

/// It waits no longer; `false` if it had been taken. $1 store, $2 its number
pub(super) async fn take(
    connection: &mut AnyConnection,
    store_id: StoreId,
    n: i64,
) -> Result<bool> {
    let taken = sqlx::query("DELETE FROM sentiment_waiting WHERE store_id = $1 AND n = $2")
        .bind(store_id.to_string())
        .bind(n)
        .execute(connection)
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// Where a message stands now. $1 store, $2 message
pub(super) async fn place(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: MessageId,
) -> Result<Option<ConversationId>> {
    let row = sqlx::query("SELECT conversation_id FROM messages WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.parsed("conversation_id")).transpose()
}

/// $1 store, $2 message, $3 how it sounds
pub(super) async fn set(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: MessageId,
    sentiment: Sentiment,
) -> Result<()> {
    sqlx::query("UPDATE messages SET sentiment = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(sentiment.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// How a conversation sounds as it is stored. $1 store, $2 conversation
pub(super) async fn of_conversation(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<Sentiment>> {
    let row = sqlx::query("SELECT sentiment FROM conversations WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.as_ref().map(read_sentiment).transpose()?.flatten())
}

/// $1 store, $2 conversation, $3 how it sounds
pub(super) async fn set_of_conversation(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    sentiment: Option<Sentiment>,
) -> Result<()> {
    sqlx::query("UPDATE conversations SET sentiment = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(sentiment.map(Sentiment::as_str))
        .execute(connection)
        .await?;
    Ok(())
}

/// How a conversation sounds by its customer's last messages that were judged.
/// $1 store, $2 conversation, $3 limit
pub(in crate::conversations) async fn trend(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<Sentiment>> {
    let rows = sqlx::query(
        "SELECT sentiment FROM messages
         WHERE store_id = $1 AND conversation_id = $2 AND sender = 'customer' AND sentiment IS NOT NULL
         ORDER BY seq DESC LIMIT $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(i64::try_from(TREND).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    let last: Vec<_> = rows
        .iter()
        .filter_map(|row| read_sentiment(row).transpose())
        .collect::<Result<_>>()?;
    Ok(Sentiment::of_conversation(&last))
}

/// Whether a person has answered after a message. $1 store, $2 conversation, $3 message
pub(super) async fn is_answered(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    id: MessageId,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 AS answered FROM messages
         WHERE store_id = $1 AND conversation_id = $2 AND sender = 'agent'
           AND seq > (SELECT m.seq FROM messages m WHERE m.store_id = $1 AND m.id = $3) LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}
