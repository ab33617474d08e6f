//! All SQL of messages.

use crate::{
    db::{RowExt, to_json},
    error::{Conflict, Error, Result},
};
use domain::{
    UnixMillis,
    events::Side,
    ids::{ConversationId, MessageId, StoreId, UserId},
    message::{AiTrace, AnswerKind, Message, Sender},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

pub(crate) const ID_TAKEN: Error = Error::Conflict(Conflict::IdTaken);

/// $1 store, $2 id, $3 conversation, $4 seq, $5 sender, $6 agent, $7 body,
/// $8 answer kind, $9 AI trace, $10 created at
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    message: &Message,
    agent_id: Option<UserId>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO messages (store_id, id, conversation_id, seq, sender, agent_id, body, answer_kind, ai_trace, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(store_id.to_string())
    .bind(message.id.to_string())
    .bind(message.conversation_id.to_string())
    .bind(message.seq)
    .bind(message.sender.as_str())
    .bind(agent_id.map(|id| id.to_string()))
    .bind(message.body.as_str())
    .bind(message.answer_kind.map(kind_word))
    .bind(message.ai.as_ref().map(to_json).transpose()?)
    .bind(message.created_at)
    .execute(connection)
    .await
    .map_err(|error| match &error {
        // The same id in two conversations at once.
        sqlx::Error::Database(database) if database.is_unique_violation() => ID_TAKEN,
        _ => error.into(),
    })?;
    Ok(())
}

/// $1 store, $2 id
pub(crate) async fn by_id(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: MessageId,
) -> Result<Option<Message>> {
    let row = sqlx::query(
        "SELECT m.id, m.conversation_id, m.seq, m.sender, m.body, m.answer_kind, m.ai_trace, m.created_at,
            m.read_at, u.name AS agent_name
         FROM messages m LEFT JOIN users u ON u.id = m.agent_id
         WHERE m.store_id = $1 AND m.id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_message).transpose()
}

/// In order of `seq`. $1 store, $2 conversation, $3 after, $4 limit
pub(crate) async fn after(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows = sqlx::query(
        "SELECT m.id, m.conversation_id, m.seq, m.sender, m.body, m.answer_kind, m.ai_trace, m.created_at,
            m.read_at, u.name AS agent_name
         FROM messages m LEFT JOIN users u ON u.id = m.agent_id
         WHERE m.store_id = $1 AND m.conversation_id = $2 AND m.seq > $3
         ORDER BY m.seq LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(after_seq)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_message).collect()
}

/// The newest before a number, in order of `seq`.
/// $1 store, $2 conversation, $3 before, $4 limit
pub(crate) async fn before(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    before_seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows = sqlx::query(
        "SELECT m.id, m.conversation_id, m.seq, m.sender, m.body, m.answer_kind, m.ai_trace, m.created_at,
            m.read_at, u.name AS agent_name
         FROM messages m LEFT JOIN users u ON u.id = m.agent_id
         WHERE m.store_id = $1 AND m.conversation_id = $2 AND m.seq < $3
         ORDER BY m.seq DESC LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(before_seq)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().rev().map(read_message).collect()
}

/// Marks what the *other* side wrote. $1 store, $2 conversation, $3 up to,
/// $4 now, $5 1 if the agent has read, 0 if the visitor has
pub(crate) async fn mark_read(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    by: Side,
    seq: i64,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE messages SET read_at = $4
         WHERE store_id = $1 AND conversation_id = $2 AND seq <= $3 AND read_at IS NULL
           AND CASE WHEN sender = 'customer' THEN 1 ELSE 0 END = $5",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(seq)
    .bind(now)
    .bind(i64::from(by == Side::Agent))
    .execute(connection)
    .await?;
    Ok(())
}

fn read_message(row: &AnyRow) -> Result<Message> {
    let answer_kind = row
        .try_get::<Option<String>, _>("answer_kind")?
        .map(|word| kind_of(&word).ok_or_else(|| Error::corrupt("answer_kind")))
        .transpose()?;
    let ai = row
        .try_get::<Option<String>, _>("ai_trace")?
        .map(|json| serde_json::from_str::<AiTrace>(&json).map_err(|_| Error::corrupt("ai_trace")))
        .transpose()?;
    Ok(Message {
        id: row.parsed("id")?,
        conversation_id: row.parsed("conversation_id")?,
        seq: row.try_get("seq")?,
        sender: row.word("sender", Sender::from_word)?,
        body: row.try_get("body")?,
        created_at: row.try_get("created_at")?,
        read_at: row.try_get("read_at")?,
        attachments: Vec::new(),
        agent_name: row.try_get("agent_name")?,
        answer_kind,
        ai,
    })
}

fn kind_word(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::OrderStatus => "order_status",
        AnswerKind::Faq => "faq",
    }
}

fn kind_of(word: &str) -> Option<AnswerKind> {
    [AnswerKind::OrderStatus, AnswerKind::Faq]
        .into_iter()
        .find(|kind| kind_word(*kind) == word)
}
