//! All SQL of mentions.

use crate::{db::RowExt, error::Result};
use domain::{
    UnixMillis,
    account::EmailAddress,
    ids::{ConversationId, MessageId, StoreId, UserId},
    message::Message,
};
use sqlx::{AnyConnection, Row};
use std::ops::RangeInclusive;

/// $1 store, $2 conversation, $3 note, $4 person, $5 place of the note, $6 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    note: &Message,
    user: UserId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO mentions (store_id, conversation_id, message_id, user_id, seq, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(store_id.to_string())
    .bind(note.conversation_id.to_string())
    .bind(note.id.to_string())
    .bind(user.to_string())
    .bind(note.seq)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The places from the first to the last one that a person hasn't seen.
/// $1 store, $2 conversation, $3 person
pub(super) async fn unseen_places(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
) -> Result<Option<RangeInclusive<i64>>> {
    let row = sqlx::query(
        "SELECT MIN(seq) AS first, MAX(seq) AS last FROM mentions
         WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3 AND seen_at IS NULL",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .fetch_one(connection)
    .await?;
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get("first")?, row.try_get("last")?);
    Ok(first.zip(last).map(|(first, last)| first..=last))
}

/// $1 store, $2 conversation, $3 person, $4 up to which place, $5 now
pub(in crate::conversations) async fn see(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
    seq: i64,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE mentions SET seen_at = $5
         WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3 AND seq <= $4
           AND seen_at IS NULL",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .bind(seq)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// A mention that somebody hasn't seen.
pub(crate) struct Unseen {
    pub store_name: String,
    pub conversation_id: ConversationId,
    pub to: EmailAddress,
    pub body: String,
    pub by: Option<String>,
}

/// One that is still to be seen, by somebody who is still of the team. Of several in a
/// conversation only the first tells: whoever opens it sees all. None in spam.
/// $1 store, $2 note, $3 person
pub(crate) async fn unseen(
    connection: &mut AnyConnection,
    store_id: StoreId,
    message: MessageId,
    user: UserId,
) -> Result<Option<Unseen>> {
    let row = sqlx::query(
        "SELECT stores.name, mentions.conversation_id, users.email, messages.body,
            COALESCE(authors.name, api_keys.name) AS author
         FROM mentions
         JOIN stores ON stores.id = mentions.store_id
         JOIN memberships ON memberships.store_id = mentions.store_id AND memberships.user_id = mentions.user_id
         JOIN users ON users.id = mentions.user_id
         JOIN messages ON messages.store_id = mentions.store_id AND messages.id = mentions.message_id
         LEFT JOIN users authors ON messages.author_kind = 'user' AND authors.id = messages.author_id
         LEFT JOIN api_keys ON messages.author_kind = 'api_key' AND api_keys.store_id = messages.store_id
            AND api_keys.id = messages.author_id
         WHERE mentions.store_id = $1 AND mentions.message_id = $2 AND mentions.user_id = $3
           AND mentions.seen_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM mentions before WHERE before.store_id = $1 AND before.user_id = $3
                AND before.conversation_id = mentions.conversation_id AND before.seq < mentions.seq
                AND before.seen_at IS NULL)
           AND EXISTS (SELECT 1 FROM conversations WHERE conversations.store_id = $1
                AND conversations.id = mentions.conversation_id AND conversations.spam_at IS NULL)",
    )
    .bind(store_id.to_string())
    .bind(message.to_string())
    .bind(user.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Unseen {
            store_name: row.try_get("name")?,
            conversation_id: row.parsed("conversation_id")?,
            to: row.word("email", |text| EmailAddress::parse(text).ok())?,
            body: row.try_get("body")?,
            by: row.try_get("author")?,
        })
    })
    .transpose()
}

/// In how many conversations, spam left out, somebody hasn't seen one. $1 store, $2 person
pub(in crate::conversations) async fn count(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user: UserId,
) -> Result<i64> {
    let row = sqlx::query(
        "SELECT COUNT(DISTINCT m.conversation_id) AS n FROM mentions m
         JOIN conversations c ON c.store_id = m.store_id AND c.id = m.conversation_id
         WHERE m.store_id = $1 AND m.user_id = $2 AND m.seen_at IS NULL AND c.spam_at IS NULL",
    )
    .bind(store_id.to_string())
    .bind(user.to_string())
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("n")?)
}
