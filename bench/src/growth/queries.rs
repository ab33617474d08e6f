//! SQL that fills in conversations. One text for both databases: numbers are
//! padded by adding a power of ten, and digits make ids as well as any.

use sqlx::AnyConnection;
use std::ops::Range;

/// What is filled in.
pub struct Filled {
    pub store_id: String,
    /// The conversations' numbers.
    pub conversations: Range<i64>,
    /// Messages in each.
    pub messages_each: i64,
    /// When all this ends.
    pub now: i64,
}

/// Adds visitors, their conversations and the messages in them, each id later
/// than the one before, as ids of version 7 are.
pub async fn fill(connection: &mut AnyConnection, filled: &Filled) -> sqlx::Result<()> {
    visitors(connection, filled).await?;
    conversations(connection, filled).await?;
    messages(connection, filled).await
}

/// $1 store, $2 first number, $3 end of numbers, $4 now
async fn visitors(connection: &mut AnyConnection, filled: &Filled) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO visitors (id, store_id, name, email, locale, created_at, last_seen_at)
         WITH RECURSIVE numbers (n) AS (
             SELECT CAST($2 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $3),
         padded AS (SELECT n, CAST(100000000 + n AS TEXT) AS digits FROM numbers)
         SELECT '01900000-' || SUBSTR(digits, 2, 4) || '-7' || SUBSTR(digits, 6, 3) || '-8000-' || CAST(100000000000 + n * 7919 AS TEXT),
             $1, 'Shopper ' || CAST(n AS TEXT), NULL, 'en', $4, $4
         FROM padded",
    )
    .bind(filled.store_id.as_str())
    .bind(filled.conversations.start)
    .bind(filled.conversations.end)
    .bind(filled.now)
    .execute(connection)
    .await?;
    Ok(())
}

/// One in twenty is open and unread.
///
/// $1 store, $2 first number, $3 end of numbers, $4 now, $5 messages in each
async fn conversations(connection: &mut AnyConnection, filled: &Filled) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO conversations (store_id, id, visitor_id, status, last_seq, last_sender, last_excerpt,
             last_message_at, unread, agent_read_seq, visitor_read_seq, owner_epoch, ai_active, ai_handled,
             needs_human, awaiting_order, changed_seq, page_url, page_title, request_hash, created_at, resolved_at)
         WITH RECURSIVE numbers (n) AS (
             SELECT CAST($2 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $3),
         padded AS (SELECT n, CAST(100000000 + n AS TEXT) AS digits FROM numbers),
         identified AS (
             SELECT n, '01900000-' || SUBSTR(digits, 2, 4) || '-7' || SUBSTR(digits, 6, 3) || '-8000-' || CAST(100000000000 + n * 7919 AS TEXT) AS id
             FROM padded)
         SELECT $1, id, id, CASE n % 20 WHEN 0 THEN 'open' ELSE 'resolved' END, $5, 'customer',
             'Message ' || CAST($5 AS TEXT) || ' of conversation ' || CAST(n AS TEXT),
             $4 - 100000000 + n, CASE n % 20 WHEN 0 THEN 1 ELSE 0 END, $5 - 1, $5 - 1, 1, 1, 0,
             0, 0, 0, 'https://shop.example/', 'Shop', 'filled', $4 - 100000000, CASE n % 20 WHEN 0 THEN NULL ELSE $4 END
         FROM identified",
    )
    .bind(filled.store_id.as_str())
    .bind(filled.conversations.start)
    .bind(filled.conversations.end)
    .bind(filled.now)
    .bind(filled.messages_each)
    .execute(connection)
    .await?;
    Ok(())
}

/// $1 store, $2 first number, $3 end of numbers, $4 now, $5 messages in each
async fn messages(connection: &mut AnyConnection, filled: &Filled) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO messages (store_id, id, conversation_id, seq, sender, kind, body, author_kind, created_at, read_at)
         WITH RECURSIVE numbers (n) AS (
             SELECT CAST($2 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $3),
         places (seq) AS (
             SELECT CAST(1 AS BIGINT) UNION ALL SELECT seq + 1 FROM places WHERE seq < $5),
         padded AS (
             SELECT n, seq, n * $5 + seq AS m, CAST(100000000 + n AS TEXT) AS digits,
                 CAST(100000000 + n * $5 + seq AS TEXT) AS message_digits
             FROM numbers CROSS JOIN places)
         SELECT $1,
             '01900000-' || SUBSTR(message_digits, 2, 4) || '-7' || SUBSTR(message_digits, 6, 3) || '-8000-' || CAST(100000000000 + m * 7919 AS TEXT),
             '01900000-' || SUBSTR(digits, 2, 4) || '-7' || SUBSTR(digits, 6, 3) || '-8000-' || CAST(100000000000 + n * 7919 AS TEXT),
             seq, CASE seq % 2 WHEN 0 THEN 'customer' ELSE 'agent' END, 'text',
             'Message ' || CAST(seq AS TEXT) || ' of conversation ' || CAST(n AS TEXT) || ', as long as most of them are: a sentence, or two.',
             CASE seq % 2 WHEN 0 THEN 'visitor' ELSE 'user' END, $4 - 100000000 + n, CASE WHEN seq < $5 THEN $4 END
         FROM padded ORDER BY m",
    )
    .bind(filled.store_id.as_str())
    .bind(filled.conversations.start)
    .bind(filled.conversations.end)
    .bind(filled.now)
    .bind(filled.messages_each)
    .execute(connection)
    .await?;
    Ok(())
}

/// What PostgreSQL does by itself some time after so much was written: look at
/// the tables anew, and write everything back. The latter is for superusers; for
/// others it happens while it is measured.
pub async fn settle_postgres(connection: &mut AnyConnection) -> sqlx::Result<()> {
    sqlx::raw_sql("ANALYZE").execute(&mut *connection).await?;
    let _ = sqlx::raw_sql("CHECKPOINT").execute(connection).await;
    Ok(())
}
