//! All SQL of merges.

use super::state::State;
use crate::{
    db::{Kind, RowExt, Tx, to_json},
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    ids::{ConversationId, MessageId, StoreId, UserId},
};
use sqlx::{AnyConnection, Row};

/// Holds two conversations until the commit. SQLite has one writer anyway.
///
/// $1 store, $2 and $3 ids
pub(super) async fn hold_both(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (one, other): (ConversationId, ConversationId),
) -> Result<()> {
    if tx.kind() == Kind::Postgres {
        sqlx::query(
            "SELECT 1 AS held FROM conversations WHERE store_id = $1 AND id IN ($2, $3)
             ORDER BY id FOR NO KEY UPDATE",
        )
        .bind(store_id.to_string())
        .bind(one.to_string())
        .bind(other.to_string())
        .execute(&mut *tx.connection)
        .await?;
    }
    Ok(())
}

/// $1 store, $2 id
pub(super) async fn state(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<State>> {
    let row = sqlx::query(
        "SELECT status, last_seq, last_sender, last_author_id, last_excerpt, last_message_at, unread, agent_read_seq,
            visitor_read_seq, owner_epoch, ai_active, ai_handled, has_orders, needs_human, awaiting_order, assignee_id,
            snoozed_until, first_response_at, sentiment, resolved_at, resolved_by, waiting_since,
            alarmed_since, spam_at
         FROM conversations WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(State {
            status: row.try_get("status")?,
            last_seq: row.try_get("last_seq")?,
            last_sender: row.try_get("last_sender")?,
            last_author_id: row.try_get("last_author_id")?,
            last_excerpt: row.try_get("last_excerpt")?,
            last_message_at: row.try_get("last_message_at")?,
            unread: row.try_get("unread")?,
            agent_read_seq: row.try_get("agent_read_seq")?,
            visitor_read_seq: row.try_get("visitor_read_seq")?,
            owner_epoch: row.try_get("owner_epoch")?,
            ai_active: row.try_get("ai_active")?,
            ai_handled: row.try_get("ai_handled")?,
            has_orders: row.try_get("has_orders")?,
            needs_human: row.try_get("needs_human")?,
            awaiting_order: row.try_get("awaiting_order")?,
            assignee_id: row.try_get("assignee_id")?,
            snoozed_until: row.try_get("snoozed_until")?,
            first_response_at: row.try_get("first_response_at")?,
            sentiment: row.try_get("sentiment")?,
            resolved_at: row.try_get("resolved_at")?,
            resolved_by: row.try_get("resolved_by")?,
            waiting_since: row.try_get("waiting_since")?,
            alarmed_since: row.try_get("alarmed_since")?,
            spam_at: row.try_get("spam_at")?,
        })
    })
    .transpose()
}

/// $1 store, $2 id, $3 to $26 as they stand in [`State`]
pub(super) async fn set_state(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    state: &State,
) -> Result<()> {
    sqlx::query(
        "UPDATE conversations SET status = $3, last_seq = $4, last_sender = $5, last_excerpt = $6,
            last_message_at = $7, unread = $8, agent_read_seq = $9, visitor_read_seq = $10, owner_epoch = $11,
            ai_active = $12, ai_handled = $13, needs_human = $14, awaiting_order = $15, assignee_id = $16,
            snoozed_until = $17, first_response_at = $18, sentiment = $19, resolved_at = $20, resolved_by = $21,
            waiting_since = $22, alarmed_since = $23, spam_at = $24, last_author_id = $25,
            has_orders = $26
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(state.status.as_str())
    .bind(state.last_seq)
    .bind(state.last_sender.as_str())
    .bind(state.last_excerpt.as_str())
    .bind(state.last_message_at)
    .bind(state.unread)
    .bind(state.agent_read_seq)
    .bind(state.visitor_read_seq)
    .bind(state.owner_epoch)
    .bind(state.ai_active)
    .bind(state.ai_handled)
    .bind(state.needs_human)
    .bind(state.awaiting_order)
    .bind(state.assignee_id.as_deref())
    .bind(state.snoozed_until)
    .bind(state.first_response_at)
    .bind(state.sentiment.as_deref())
    .bind(state.resolved_at)
    .bind(state.resolved_by.as_deref())
    .bind(state.waiting_since)
    .bind(state.alarmed_since)
    .bind(state.spam_at)
    .bind(state.last_author_id.as_deref())
    .bind(state.has_orders)
    .execute(connection)
    .await?;
    Ok(())
}

/// It leads to another one from now on, or to none. $1 store, $2 id, $3 into, $4 after, $5 now
pub(super) async fn lead(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    into: Option<(ConversationId, i64, UnixMillis)>,
) -> Result<()> {
    sqlx::query(
        "UPDATE conversations SET merged_into = $3, merged_after = $4, merged_at = $5
         WHERE store_id = $1 AND id = $2",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(into.map(|(into, ..)| into.to_string()))
    .bind(into.map(|(_, after, _)| after))
    .bind(into.map(|(_, _, at)| at))
    .execute(connection)
    .await?;
    Ok(())
}

/// Messages of one conversation that stand elsewhere from now on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub from: ConversationId,
    pub into: ConversationId,
    /// Those after this number.
    pub after: i64,
    /// And up to this one.
    pub upto: i64,
    /// What is added to their numbers.
    pub by: i64,
}

/// With their files, and whom they speak to.
/// $1 store, $2 from, $3 into, $4 after, $5 up to, $6 to be added
pub(super) async fn move_messages(
    connection: &mut AnyConnection,
    store_id: StoreId,
    moved: Move,
) -> Result<()> {
    for sql in [
        "UPDATE attachments SET conversation_id = $3
         WHERE store_id = $1 AND conversation_id = $2 AND message_id IN (SELECT m.id FROM messages m
            WHERE m.store_id = $1 AND m.conversation_id = $2 AND m.seq > $4 AND m.seq <= $5) AND $6 = $6",
        "UPDATE mentions SET conversation_id = $3, seq = seq + $6
         WHERE store_id = $1 AND conversation_id = $2 AND seq > $4 AND seq <= $5",
        "UPDATE messages SET conversation_id = $3, seq = seq + $6
         WHERE store_id = $1 AND conversation_id = $2 AND seq > $4 AND seq <= $5",
    ] {
        sqlx::query(sql)
            .bind(store_id.to_string())
            .bind(moved.from.to_string())
            .bind(moved.into.to_string())
            .bind(moved.after)
            .bind(moved.upto)
            .bind(moved.by)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Whether the shopper has seen all that the team and the AI have said.
/// $1 store, $2 conversation, $3 up to where they have read
pub(super) async fn is_seen(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    read_seq: i64,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 AS one FROM messages WHERE store_id = $1 AND conversation_id = $2 AND seq > $3
         AND sender IN ('agent', 'ai') LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(read_seq)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_none())
}

/// How many messages a shopper has written after a number, and when the first.
/// $1 store, $2 conversation, $3 after
pub(super) async fn written_since(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    after: i64,
) -> Result<(i64, Option<UnixMillis>)> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS n, MIN(created_at) AS first FROM messages
         WHERE store_id = $1 AND conversation_id = $2 AND seq > $3 AND sender = 'customer'",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(after)
    .fetch_one(connection)
    .await?;
    Ok((row.try_get("n")?, row.try_get("first")?))
}

/// The tags of a conversation, and since when. $1 store, $2 conversation
pub(super) async fn tags(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Vec<(String, UnixMillis)>> {
    let rows = sqlx::query(
        "SELECT tag, created_at FROM conversation_tags WHERE store_id = $1 AND conversation_id = $2
         ORDER BY tag",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("tag")?, row.try_get("created_at")?)))
        .collect()
}

/// Unless it has it, or there is no such tag any more.
/// $1 store, $2 conversation, $3 tag, $4 since when
pub(super) async fn put_tag(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    tag: &str,
    since: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO conversation_tags (store_id, conversation_id, tag, created_at)
         SELECT $1, $2, t.id, $4 FROM tags t WHERE t.store_id = $1 AND t.id = $3
         ON CONFLICT (store_id, tag, conversation_id) DO NOTHING",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(tag)
    .bind(since)
    .execute(connection)
    .await?;
    Ok(())
}

/// If it has it since then. $1 store, $2 conversation, $3 tag, $4 since when
pub(super) async fn drop_tag(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    tag: &str,
    since: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM conversation_tags
         WHERE store_id = $1 AND conversation_id = $2 AND tag = $3 AND created_at = $4",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(tag)
    .bind(since)
    .execute(connection)
    .await?;
    Ok(())
}

/// What is to be known to take a merge back.
pub(super) struct Undo {
    pub id: MessageId,
    pub after_seq: i64,
    pub count: i64,
    /// JSON; nothing if it was long ago.
    pub kept: Option<String>,
    pub merged_at: UnixMillis,
    pub is_undone: bool,
}

/// $1 store, $2 message, $3 from, $4 into, $5 after, $6 count, $7 kept, $8 now
pub(super) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    undo: &Undo,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO merges (store_id, id, from_id, into_id, after_seq, count, kept, merged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(store_id.to_string())
    .bind(undo.id.to_string())
    .bind(from.to_string())
    .bind(into.to_string())
    .bind(undo.after_seq)
    .bind(undo.count)
    .bind(undo.kept.as_deref())
    .bind(undo.merged_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The last merge of one into another. $1 store, $2 from, $3 into
pub(super) async fn last(
    connection: &mut AnyConnection,
    store_id: StoreId,
    from: ConversationId,
    into: ConversationId,
) -> Result<Option<Undo>> {
    let row = sqlx::query(
        "SELECT id, after_seq, count, kept, merged_at, undone_at FROM merges
         WHERE store_id = $1 AND from_id = $2 AND into_id = $3
         ORDER BY merged_at DESC, after_seq DESC LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(from.to_string())
    .bind(into.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let undone: Option<UnixMillis> = row.try_get("undone_at")?;
        Ok(Undo {
            id: row.parsed("id")?,
            after_seq: row.try_get("after_seq")?,
            count: row.try_get("count")?,
            kept: row.try_get("kept")?,
            merged_at: row.try_get("merged_at")?,
            is_undone: undone.is_some(),
        })
    })
    .transpose()
}

/// Whether another one was merged into it after that. $1 store, $2 into, $3 after
pub(super) async fn is_covered(
    connection: &mut AnyConnection,
    store_id: StoreId,
    into: ConversationId,
    after_seq: i64,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT 1 AS one FROM merges
         WHERE store_id = $1 AND into_id = $2 AND after_seq > $3 AND undone_at IS NULL LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(into.to_string())
    .bind(after_seq)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// It was taken back. $1 store, $2 merge, $3 now
pub(super) async fn undone(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: MessageId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE merges SET undone_at = $3, kept = NULL WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// What can't be taken back any more needn't be kept. $1 store, $2 merged before
pub(super) async fn forget_before(
    connection: &mut AnyConnection,
    store_id: StoreId,
    before: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "UPDATE merges SET kept = NULL WHERE store_id = $1 AND merged_at < $2 AND kept IS NOT NULL",
    )
    .bind(store_id.to_string())
    .bind(before)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 from, $3 into, $4 since when
macro_rules! owe_too {
    ($table:literal, $whom:literal) => {
        concat!(
            "INSERT INTO ",
            $table,
            " (store_id, ",
            $whom,
            ", conversation_id, since)
             SELECT a.store_id, a.",
            $whom,
            ", $3, a.since FROM ",
            $table,
            " a
             WHERE a.store_id = $1 AND a.conversation_id = $2 AND a.since = $4
             ON CONFLICT (store_id, ",
            $whom,
            ", conversation_id) DO UPDATE SET since = excluded.since"
        )
    };
}

/// Who is still to be told that somebody waits in one conversation, by mail or push, is to be
/// told of the same wait in another.
pub(super) async fn owe_alarms(
    connection: &mut AnyConnection,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    since: UnixMillis,
) -> Result<()> {
    for owe in [
        owe_too!("alarm_mails", "user_id"),
        owe_too!("alarm_pushes", "subscription_id"),
    ] {
        sqlx::query(owe)
            .bind(store_id.to_string())
            .bind(from.to_string())
            .bind(into.to_string())
            .bind(since)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Up to where each person has read a conversation. $1 store, $2 conversation
pub(super) async fn reads(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Vec<(UserId, i64)>> {
    let rows = sqlx::query(
        "SELECT user_id, read_seq FROM agent_reads WHERE store_id = $1 AND conversation_id = $2
         ORDER BY user_id",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("user_id")?, row.try_get("read_seq")?)))
        .collect()
}

/// Up to where a person has read, whatever it was; 0 if they haven't.
/// $1 store, $2 conversation, $3 person, $4 up to which place
pub(super) async fn set_read(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    user: UserId,
    seq: i64,
) -> Result<()> {
    let sql = match seq {
        0 => {
            "DELETE FROM agent_reads
             WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3 AND read_seq >= $4"
        }
        _ => {
            "INSERT INTO agent_reads (store_id, conversation_id, user_id, read_seq)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (store_id, conversation_id, user_id) DO UPDATE SET read_seq = excluded.read_seq"
        }
    };
    sqlx::query(sql)
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(user.to_string())
        .bind(seq)
        .execute(connection)
        .await?;
    Ok(())
}

/// What a person has typed, and when.
pub(super) struct Typed {
    pub user_id: String,
    pub is_note: bool,
    pub body: String,
    pub at: UnixMillis,
}

/// $1 store, $2 conversation
pub(super) async fn drafts(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Vec<Typed>> {
    let rows = sqlx::query(
        "SELECT user_id, is_note, body, updated_at FROM drafts
         WHERE store_id = $1 AND conversation_id = $2 ORDER BY user_id, is_note",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Typed {
                user_id: row.try_get("user_id")?,
                is_note: row.flag("is_note")?,
                body: row.try_get("body")?,
                at: row.try_get("updated_at")?,
            })
        })
        .collect()
}

/// In the place of what was there; of somebody who has an account.
/// $1 store, $2 conversation, $3 person, $4 1 for a note, $5 text, $6 when
pub(super) async fn put_draft(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    typed: &Typed,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO drafts (store_id, conversation_id, user_id, is_note, body, updated_at)
         SELECT $1, $2, m.user_id, $4, $5, $6 FROM memberships m WHERE m.store_id = $1 AND m.user_id = $3
         ON CONFLICT (store_id, conversation_id, user_id, is_note)
         DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(typed.user_id.as_str())
    .bind(i64::from(typed.is_note))
    .bind(typed.body.as_str())
    .bind(typed.at)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 conversation, $3 person, $4 1 for a note
pub(super) async fn drop_draft(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    (user_id, is_note): (&str, bool),
) -> Result<()> {
    sqlx::query(
        "DELETE FROM drafts
         WHERE store_id = $1 AND conversation_id = $2 AND user_id = $3 AND is_note = $4",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(user_id)
    .bind(i64::from(is_note))
    .execute(connection)
    .await?;
    Ok(())
}

/// What `kept` holds, as text.
pub(super) fn written(kept: &impl serde::Serialize) -> Result<String> {
    to_json(kept)
}

/// What it holds, read.
pub(super) fn read<T: serde::de::DeserializeOwned>(kept: &str) -> Result<T> {
    serde_json::from_str(kept).map_err(|_| Error::corrupt("kept"))
}
