//! SQL of the search's measurement: what is filled in, and what it is compared with.

use backend::db::Kind;
use sqlx::{AnyConnection, Row};

/// Rows given as JSON, into a table with these columns.
async fn insert(
    connection: &mut AnyConnection,
    kind: Kind,
    (sqlite, postgres): (&'static str, &'static str),
    rows: String,
) -> sqlx::Result<()> {
    let text = match kind {
        Kind::Sqlite => sqlite,
        Kind::Postgres => postgres,
    };
    sqlx::query(text).bind(rows).execute(connection).await?;
    Ok(())
}

pub async fn visitors(
    connection: &mut AnyConnection,
    kind: Kind,
    rows: String,
) -> sqlx::Result<()> {
    let texts = (
        "INSERT INTO visitors (id, store_id, name, email, created_at, last_seen_at)
         SELECT i.value ->> 'id', i.value ->> 'store', i.value ->> 'name', i.value ->> 'email', i.value ->> 'at', i.value ->> 'at'
         FROM json_each($1) i",
        "INSERT INTO visitors (id, store_id, name, email, created_at, last_seen_at)
         SELECT i.id, i.store, i.name, i.email, i.at, i.at
         FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS i (id TEXT, store TEXT, name TEXT, email TEXT, at BIGINT)",
    );
    insert(connection, kind, texts, rows).await
}

pub async fn conversations(
    connection: &mut AnyConnection,
    kind: Kind,
    rows: String,
) -> sqlx::Result<()> {
    let texts = (
        "INSERT INTO conversations (store_id, id, visitor_id, status, last_seq, last_sender, last_excerpt,
             last_message_at, unread, agent_read_seq, visitor_read_seq, owner_epoch, ai_active, ai_handled,
             needs_human, awaiting_order, changed_seq, request_hash, created_at)
         SELECT i.value ->> 'store', i.value ->> 'id', i.value ->> 'visitor', i.value ->> 'status', i.value ->> 'seq', 'customer', 'Filled in',
             i.value ->> 'at', 0, 0, 0, 1, 1, 0, 0, 0, 0, 'filled', i.value ->> 'at'
         FROM json_each($1) i",
        "INSERT INTO conversations (store_id, id, visitor_id, status, last_seq, last_sender, last_excerpt,
             last_message_at, unread, agent_read_seq, visitor_read_seq, owner_epoch, ai_active, ai_handled,
             needs_human, awaiting_order, changed_seq, request_hash, created_at)
         SELECT i.store, i.id, i.visitor, i.status, i.seq, 'customer', 'Filled in', i.at, 0, 0, 0, 1, 1, 0, 0, 0, 0, 'filled', i.at
         FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store TEXT, id TEXT, visitor TEXT, status TEXT, seq BIGINT, at BIGINT)",
    );
    insert(connection, kind, texts, rows).await
}

pub async fn messages(
    connection: &mut AnyConnection,
    kind: Kind,
    rows: String,
) -> sqlx::Result<()> {
    let texts = (
        "INSERT INTO messages (store_id, id, conversation_id, seq, sender, kind, body, author_kind, created_at)
         SELECT i.value ->> 'store', i.value ->> 'id', i.value ->> 'conversation', i.value ->> 'seq', i.value ->> 'sender', 'text',
             i.value ->> 'body', 'system', i.value ->> 'at'
         FROM json_each($1) i",
        "INSERT INTO messages (store_id, id, conversation_id, seq, sender, kind, body, author_kind, created_at)
         SELECT i.store, i.id, i.conversation, i.seq, i.sender, 'text', i.body, 'system', i.at
         FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store TEXT, id TEXT, conversation TEXT, seq BIGINT, sender TEXT, body TEXT, at BIGINT)",
    );
    insert(connection, kind, texts, rows).await
}

pub async fn orders(connection: &mut AnyConnection, kind: Kind, rows: String) -> sqlx::Result<()> {
    let texts = (
        "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments)
         SELECT i.value ->> 'store', i.value ->> 'id', i.value ->> 'number', i.value ->> 'email', 'shipped', 'paid', 'EUR', 100, 1, '[]', '[]'
         FROM json_each($1) i",
        "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments)
         SELECT i.store, i.id, i.number, i.email, 'shipped', 'paid', 'EUR', 100, 1, '[]', '[]'
         FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store TEXT, id TEXT, number TEXT, email TEXT)",
    );
    insert(connection, kind, texts, rows).await
}

/// What a search without an index does: every word typed anywhere in a text or a name, the
/// newest first. Returns how many there are, up to 20.
pub async fn like(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: &str,
    typed: &str,
) -> sqlx::Result<usize> {
    let text = match kind {
        Kind::Sqlite => {
            "SELECT m.id FROM messages m
             JOIN conversations c ON c.store_id = m.store_id AND c.id = m.conversation_id
             JOIN visitors v ON v.id = c.visitor_id AND v.store_id = m.store_id
             WHERE m.store_id = $1 AND (m.body LIKE $2 OR v.name LIKE $2)
             ORDER BY m.created_at DESC LIMIT 20"
        }
        Kind::Postgres => {
            "SELECT m.id FROM messages m
             JOIN conversations c ON c.store_id = m.store_id AND c.id = m.conversation_id
             JOIN visitors v ON v.id = c.visitor_id AND v.store_id = m.store_id
             WHERE m.store_id = $1 AND (m.body ILIKE $2 OR v.name ILIKE $2)
             ORDER BY m.created_at DESC LIMIT 20"
        }
    };
    let rows = sqlx::query(text)
        .bind(store_id)
        .bind(format!("%{typed}%"))
        .fetch_all(connection)
        .await?;
    Ok(rows.len())
}

/// Lets PostgreSQL do now what it would do by itself some time later.
pub async fn settle(connection: &mut AnyConnection) -> sqlx::Result<()> {
    // Each by itself: several in one go are one transaction, in which nothing is vacuumed.
    for text in ["VACUUM search_messages", "VACUUM search_names", "ANALYZE"] {
        sqlx::raw_sql(text).execute(&mut *connection).await?;
    }
    let _ = sqlx::raw_sql("CHECKPOINT").execute(connection).await;
    Ok(())
}

/// The size of the index in bytes.
pub async fn size(connection: &mut AnyConnection, kind: Kind) -> sqlx::Result<i64> {
    let text = match kind {
        Kind::Sqlite => "SELECT SUM(pgsize) AS bytes FROM dbstat WHERE name LIKE 'search%'",
        Kind::Postgres => {
            "SELECT CAST(pg_total_relation_size('search_messages') + pg_total_relation_size('search_names') AS BIGINT) AS bytes"
        }
    };
    sqlx::query(text)
        .fetch_one(connection)
        .await?
        .try_get("bytes")
}

/// Switches the note of what is to be indexed off: messages are as they were without a search.
pub async fn notes(connection: &mut AnyConnection, kind: Kind, on: bool) -> sqlx::Result<()> {
    let text = match (kind, on) {
        (Kind::Postgres, true) => "ALTER TABLE messages ENABLE TRIGGER search_new_messages",
        (Kind::Postgres, false) => "ALTER TABLE messages DISABLE TRIGGER search_new_messages",
        (Kind::Sqlite, false) => "DROP TRIGGER IF EXISTS search_new_messages",
        // As the migration makes it.
        (Kind::Sqlite, true) => {
            "CREATE TRIGGER IF NOT EXISTS search_new_messages AFTER INSERT ON messages
             WHEN NEW.body <> '' OR NEW.kind = 'attachments'
             BEGIN
                 INSERT INTO search_waiting (store_id, kind, subject) VALUES (NEW.store_id, 'message', CAST(NEW.n AS TEXT));
             END"
        }
    };
    sqlx::raw_sql(text).execute(connection).await?;
    Ok(())
}
