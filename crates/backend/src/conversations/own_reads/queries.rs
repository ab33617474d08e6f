//! All SQL of what each person has read.

use crate::{
    db::{Kind, Query, RowExt},
    error::Result,
};
use domain::ids::{ConversationId, StoreId, UserId};
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

/// Customer messages of conversation `c`, of store $1, that person `$user` hasn't read: those
/// after what they have read that came since they are of the team, and those that nobody has
/// read.
macro_rules! unread_of {
    ($user:literal) => {
        concat!(
            "FROM messages m
             WHERE m.store_id = $1 AND m.conversation_id = c.id AND m.sender = 'customer'
               AND m.seq > COALESCE((SELECT r.read_seq FROM agent_reads r WHERE r.store_id = $1
                    AND r.conversation_id = c.id AND r.user_id = ",
            $user,
            "), 0)
               AND (m.seq > c.agent_read_seq
                    OR m.created_at > (SELECT COALESCE(s.seen_from, s.joined_at, 0) FROM memberships s
                        WHERE s.store_id = $1 AND s.user_id = ",
            $user,
            "))"
        )
    };
}
pub(in crate::conversations) use unread_of;

/// Whether conversation `c`, of store $1, may hold such messages, by what stands in its row: most
/// don't, and their messages need not be looked at.
macro_rules! may_be_unread {
    ($user:literal) => {
        concat!(
            "(c.last_seq > c.agent_read_seq
              OR c.last_message_at > (SELECT COALESCE(s.seen_from, s.joined_at, 0) FROM memberships s
                  WHERE s.store_id = $1 AND s.user_id = ",
            $user,
            "))
             AND c.last_seq > COALESCE((SELECT r.read_seq FROM agent_reads r WHERE r.store_id = $1
                 AND r.conversation_id = c.id AND r.user_id = ",
            $user,
            "), 0)"
        )
    };
}
pub(in crate::conversations) use may_be_unread;

macro_rules! unread_in {
    ($ids:literal) => {
        concat!(
            "SELECT c.id, (SELECT COUNT(*) FROM (SELECT 1 AS one ",
            unread_of!("$2"),
            " LIMIT 100) few) AS unread
             FROM conversations c WHERE c.store_id = $1 AND c.id ",
            $ids
        )
    };
}

/// $1 store, $2 person, $3 ids: a JSON list
static UNREAD: Query = Query::new(
    3,
    unread_in!("IN (SELECT i.value FROM json_each($3) i)"),
    unread_in!("= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($3 AS JSONB))))"),
);

/// How many customer messages a person hasn't read, up to 100, of each conversation of a JSON
/// list.
pub(super) async fn unread(
    connection: &mut AnyConnection,
    database: Kind,
    store_id: StoreId,
    user: UserId,
    ids: String,
) -> Result<HashMap<ConversationId, i64>> {
    let values = [
        store_id.to_string().into(),
        user.to_string().into(),
        ids.into(),
    ];
    let rows = UNREAD.run(connection, database, &values).await?;
    let unread = rows
        .iter()
        .map(|row| Ok((row.parsed("id")?, row.try_get("unread")?)));
    unread.collect()
}

/// The place of the first one that a person hasn't read. $1 store, $2 person, $3 conversation
pub(in crate::conversations) async fn first_unread(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user: UserId,
    id: ConversationId,
) -> Result<Option<i64>> {
    let row = sqlx::query(concat!(
        "SELECT (SELECT MIN(m.seq) ",
        unread_of!("$2"),
        ") AS seq FROM conversations c WHERE c.store_id = $1 AND c.id = $3"
    ))
    .bind(store_id.to_string())
    .bind(user.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    match row {
        Some(row) => Ok(row.try_get("seq")?),
        None => Ok(None),
    }
}

/// Up to where a person has read; 0 if they haven't. $1 store, $2 conversation, $3 person
pub(in crate::conversations) async fn read_seq(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
) -> Result<i64> {
    let row = sqlx::query(
        "SELECT read_seq FROM agent_reads
         WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .fetch_optional(connection)
    .await?;
    row.map_or(Ok(0), |row| Ok(row.try_get("read_seq")?))
}

/// $1 store, $2 conversation, $3 person, $4 up to which place
pub(super) async fn read(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
    seq: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO agent_reads (store_id, conversation_id, user_id, read_seq)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (store_id, conversation_id, user_id) DO UPDATE SET read_seq = excluded.read_seq
         WHERE agent_reads.read_seq < excluded.read_seq",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user.to_string())
    .bind(seq)
    .execute(connection)
    .await?;
    Ok(())
}
