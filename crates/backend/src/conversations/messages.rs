//! All SQL of messages.

use super::change::Entry;
use crate::{
    db::{Kind, Query, RowExt, to_json},
    error::{Conflict, Error, Result},
};
use domain::{
    UnixMillis,
    events::Side,
    ids::{ConversationId, MessageId, StoreId},
    message::{AiTrace, AnswerKind, Attachment, Message, MessageData, MessageKind, Sender},
    sentiment::Sentiment,
};
use futures::{TryStreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Bytes after which a page of messages ends, however few they are.
const PAGE_BYTES: usize = 1_000_000;

pub(crate) const ID_TAKEN: Error = Error::Conflict(Conflict::IdTaken);

/// Messages of store $1 with their authors' names, as [`read_message`] reads them.
macro_rules! select_messages {
    ($where:literal) => {
        concat!(
            "SELECT m.id, m.conversation_id, m.seq, m.sender, m.kind, m.body, m.data, m.created_at,
                m.read_at, m.sentiment, COALESCE(u.name, k.name) AS agent_name
             FROM messages m LEFT JOIN users u ON m.author_kind = 'user' AND u.id = m.author_id
             LEFT JOIN api_keys k ON m.author_kind = 'api_key' AND k.store_id = m.store_id AND k.id = m.author_id
             WHERE m.store_id = $1 AND ",
            $where
        )
    };
}

/// What `messages.data` holds.
#[derive(Default, PartialEq, Serialize, Deserialize)]
struct StoredData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer_kind: Option<AnswerKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ai: Option<AiTrace>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<MessageData>,
    /// The question that is answered once its author has proven an email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof_for: Option<MessageId>,
    /// As they were when they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
}

/// What is stored as a new message's `data`; nothing for most.
pub(super) fn stored_data(entry: &Entry) -> Result<Option<String>> {
    let stored = StoredData {
        answer_kind: entry.answer_kind,
        ai: entry.ai.clone(),
        data: entry.data.clone(),
        proof_for: entry.proof_for,
        attachments: entry.attachments.clone(),
    };
    if stored == StoredData::default() {
        return Ok(None);
    }
    to_json(&stored).map(Some)
}

/// $1 store, $2 id
pub(crate) async fn by_id(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: MessageId,
) -> Result<Option<Message>> {
    let row = sqlx::query(select_messages!("m.id = $2"))
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_message).transpose()
}

/// $1 store, $2 ids: a JSON list
static BY_IDS: Query = Query::new(
    2,
    select_messages!("m.id IN (SELECT i.value FROM json_each($2) i)"),
    select_messages!("m.id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))"),
);

/// Those of a JSON list that are there, in no order.
pub(crate) async fn by_ids(
    connection: &mut AnyConnection,
    database: Kind,
    store_id: StoreId,
    ids: String,
) -> Result<Vec<Message>> {
    let values = [store_id.to_string().into(), ids.into()];
    let rows = BY_IDS.run(connection, database, &values).await?;
    rows.iter().map(read_message).collect()
}

/// In order of `seq`: at most `limit`, and fewer if they are long. Only none is
/// the end. $1 store, $2 conversation, $3 after, $4 limit
pub(crate) async fn after(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows = sqlx::query(select_messages!(
        "m.conversation_id = $2 AND m.seq > $3
         ORDER BY m.seq LIMIT $4"
    ))
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(after_seq)
    .bind(limit)
    .fetch(connection);
    read_page(rows).await
}

/// The newest before a number, in order of `seq`; as [`after`].
/// $1 store, $2 conversation, $3 before, $4 limit
pub(crate) async fn before(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    before_seq: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let rows = sqlx::query(select_messages!(
        "m.conversation_id = $2 AND m.seq < $3
         ORDER BY m.seq DESC LIMIT $4"
    ))
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(before_seq)
    .bind(limit)
    .fetch(connection);
    let mut messages = read_page(rows).await?;
    messages.reverse();
    Ok(messages)
}

/// Whether its shopper has asked for a person since a person last answered, or it
/// was last resolved.
pub(crate) async fn asks_for_person(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
) -> Result<bool> {
    stands(
        connection,
        store_id,
        conversation_id,
        [MessageKind::HumanRequested; 2],
    )
    .await
}

/// Whether its shopper was so angry since then that a person was called.
pub(crate) async fn is_angry(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
) -> Result<bool> {
    stands(
        connection,
        store_id,
        conversation_id,
        [MessageKind::Anger; 2],
    )
    .await
}

/// Either: whatever the AI finds, a person is to look.
pub(crate) async fn calls_for_person(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
) -> Result<bool> {
    let kinds = [MessageKind::HumanRequested, MessageKind::Anger];
    stands(connection, store_id, conversation_id, kinds).await
}

/// Whether an event of one of these kinds came since a person last answered, or it was last
/// resolved. $1 store, $2 conversation, $3 and $6 the events' kinds, $4 resolved's kind, $5 agent
async fn stands(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
    [kind, other]: [MessageKind; 2],
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 AS asks FROM messages WHERE store_id = $1 AND conversation_id = $2 AND kind IN ($3, $6)
         AND seq > COALESCE((SELECT MAX(seq) FROM messages
             WHERE store_id = $1 AND conversation_id = $2 AND (kind = $4 OR sender = $5)), 0) LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(kind.as_str())
    .bind(MessageKind::Resolved.as_str())
    .bind(Sender::Agent.as_str())
    .bind(other.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// The last message of the AI or the team. $1 store, $2 conversation, $3 AI, $4 agent
pub(crate) async fn last_answer(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
) -> Result<Option<MessageId>> {
    let row = sqlx::query(
        "SELECT id FROM messages WHERE store_id = $1 AND conversation_id = $2 AND sender IN ($3, $4)
         ORDER BY seq DESC LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(Sender::Ai.as_str())
    .bind(Sender::Agent.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// The question that waits for a proven email, if the answer that asks for one is the last
/// word of the team or the AI. $1 store, $2 conversation, $3 AI, $4 agent
pub(crate) async fn waits_for_proof(
    connection: &mut AnyConnection,
    store_id: StoreId,
    conversation_id: ConversationId,
) -> Result<Option<MessageId>> {
    let row = sqlx::query(
        "SELECT data FROM messages
         WHERE store_id = $1 AND conversation_id = $2 AND sender IN ($3, $4)
         ORDER BY seq DESC LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(conversation_id.to_string())
    .bind(Sender::Ai.as_str())
    .bind(Sender::Agent.as_str())
    .fetch_optional(connection)
    .await?;
    let data = row.as_ref().map(read_data).transpose()?;
    Ok(data.and_then(|data| data.proof_for))
}

/// Messages until they are as large as a page may be.
async fn read_page(mut rows: BoxStream<'_, sqlx::Result<AnyRow>>) -> Result<Vec<Message>> {
    let (mut messages, mut bytes) = (Vec::new(), 0);
    while bytes < PAGE_BYTES
        && let Some(row) = rows.try_next().await?
    {
        let data = row.try_get::<Option<String>, _>("data")?;
        let message = read_message(&row)?;
        bytes += message.body.len() + data.map_or(0, |data| data.len());
        messages.push(message);
    }
    Ok(messages)
}

/// Marks what the *other* side wrote and this one hasn't read before. To be done
/// before the conversation says that it has.
///
/// $1 store, $2 conversation, $3 up to, $4 now, $5 1 if the agent has read, 0 if
/// the visitor has
pub(super) async fn mark_read(
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
           AND seq > (SELECT CASE WHEN $5 = 1 THEN c.agent_read_seq ELSE c.visitor_read_seq END
                FROM conversations c WHERE c.store_id = $1 AND c.id = $2)
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

/// What the files of a message in column `data` are called; nothing if it has none.
pub(crate) fn attached(row: &AnyRow) -> Result<String> {
    Ok(Attachment::names(&read_data(row)?.attachments))
}

/// How a message or a conversation sounds, in column `sentiment`.
pub(super) fn read_sentiment(row: &AnyRow) -> Result<Option<Sentiment>> {
    let word: Option<String> = row.try_get("sentiment")?;
    // A newer server beside this one may know more of them.
    Ok(word.and_then(|word| Sentiment::from_word(&word)))
}

fn read_data(row: &AnyRow) -> Result<StoredData> {
    let stored = row
        .try_get::<Option<String>, _>("data")?
        .map(|json| serde_json::from_str::<StoredData>(&json).map_err(|_| Error::corrupt("data")))
        .transpose()?;
    Ok(stored.unwrap_or_default())
}

fn read_message(row: &AnyRow) -> Result<Message> {
    let StoredData {
        answer_kind,
        ai,
        data,
        proof_for: _,
        attachments,
    } = read_data(row)?;
    Ok(Message {
        id: row.parsed("id")?,
        conversation_id: row.parsed("conversation_id")?,
        seq: row.try_get("seq")?,
        sender: row.word("sender", Sender::from_word)?,
        // A newer server beside this one may know more of them.
        kind: MessageKind::from_word(row.try_get::<&str, _>("kind")?)
            .unwrap_or(MessageKind::Unknown),
        data,
        body: row.try_get("body")?,
        created_at: row.try_get("created_at")?,
        read_at: row.try_get("read_at")?,
        attachments,
        agent_name: row.try_get("agent_name")?,
        answer_kind,
        ai,
        sentiment: read_sentiment(row)?,
    })
}
