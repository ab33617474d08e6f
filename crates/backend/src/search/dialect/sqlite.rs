//! SQLite's form.

macro_rules! messages {
    ($from:literal, $where:literal) => {
        concat!(
            "SELECT m.n, m.id, m.conversation_id, m.seq, m.sender, m.body, m.created_at,
    CASE WHEN m.sender <> 'ai' THEN m.data END AS data, COALESCE(u.name, k.name) AS agent_name
FROM ",
            $from,
            "
JOIN conversations c ON c.store_id = m.store_id AND c.id = m.conversation_id
LEFT JOIN users u ON m.author_kind = 'user' AND u.id = m.author_id
LEFT JOIN api_keys k ON m.author_kind = 'api_key' AND k.store_id = m.store_id AND k.id = m.author_id
WHERE m.store_id = $1 AND ",
            $where,
            "($3 = '' OR c.status = $3) AND m.created_at >= $4
ORDER BY m.n DESC LIMIT $5"
        )
    };
}

macro_rules! visitors {
    ($from:literal, $where:literal) => {
        concat!(
            "SELECT v.id, v.name, v.email FROM ",
            $from,
            " WHERE v.store_id = $1",
            $where
        )
    };
}

macro_rules! orders {
    ($these:literal) => {
        concat!(
            "SELECT id, number, email FROM orders WHERE store_id = $1 AND id ",
            $these
        )
    };
}

macro_rules! of_visitors {
    ($these:literal) => {
        concat!(
            "SELECT id, visitor_id FROM conversations WHERE store_id = $1 AND last_seq > 0 AND visitor_id ",
            $these,
            " ORDER BY last_message_at DESC, id DESC LIMIT $3"
        )
    };
}

macro_rules! tagged {
    ($these:literal) => {
        concat!(
            "SELECT conversation_id, tag FROM conversation_tags WHERE store_id = $1 AND tag ",
            $these,
            " ORDER BY created_at DESC, conversation_id DESC LIMIT $3"
        )
    };
}

pub(super) use {messages, of_visitors, orders, tagged, visitors};

/// See [`super::FIND`]. The newest come first out of the index itself, which ends when there
/// are enough.
pub(super) const FIND: &str = "SELECT rowid AS n FROM search_messages
WHERE $1 <> '' AND search_messages MATCH $2 AND rowid < $3 ORDER BY rowid DESC LIMIT $4";

/// See [`super::MESSAGES`]. In this order, or all of a store's messages would be read.
pub(super) const MESSAGES: &str = messages!(
    "json_each($2) i CROSS JOIN messages m ON m.n = i.value AND m.store_id = $1",
    ""
);
/// See [`super::VISITORS`]. In this order, as above.
pub(super) const VISITORS: &str = visitors!(
    "json_each($2) i CROSS JOIN visitors v ON v.id = i.value AND v.store_id = $1",
    ""
);
pub(super) const ORDERS: &str = orders!("IN (SELECT i.value FROM json_each($2) i)");
pub(super) const OF_VISITORS: &str = of_visitors!("IN (SELECT i.value FROM json_each($2) i)");
pub(super) const TAGGED: &str = tagged!("IN (SELECT i.value FROM json_each($2) i)");
pub(super) const TEXTS: &str =
    "SELECT store_id, n, sender, body, CASE WHEN sender <> 'ai' THEN data END AS data
FROM messages WHERE n IN (SELECT i.value FROM json_each($1) i)";
pub(super) const NAMES: &str = "SELECT store_id, id, name, email FROM visitors WHERE id IN (SELECT i.value FROM json_each($1) i)";
pub(super) const NUMBERS: &str =
    "SELECT store_id, id, number FROM orders WHERE id IN (SELECT i.value FROM json_each($1) i)";
pub(super) const TAKE: &str =
    "DELETE FROM search_waiting WHERE n IN (SELECT i.value FROM json_each($1) i) RETURNING n";

/// See [`super::PUT_TOKENS`].
pub(super) const PUT_TOKENS: &str = "INSERT OR REPLACE INTO search_messages (rowid, tokens)
SELECT i.value ->> 'n', i.value ->> 'tokens' FROM json_each($1) i
WHERE EXISTS (SELECT 1 FROM messages m WHERE m.store_id = i.value ->> 'store_id' AND m.n = i.value ->> 'n')";

/// See [`super::DROP_TOKENS`].
pub(super) const DROP_TOKENS: &str =
    "DELETE FROM search_messages WHERE rowid IN (SELECT i.value ->> 'n' FROM json_each($1) i)";

/// See [`super::PUT_WORDS`].
pub(super) const PUT_WORDS: &str = "INSERT INTO search_names (store_id, kind, subject, word, backwards)
SELECT i.value ->> 'store_id', i.value ->> 'kind', i.value ->> 'subject', i.value ->> 'word', i.value ->> 'backwards'
FROM json_each($1) i WHERE 1 ON CONFLICT DO NOTHING";

/// See [`super::DROP_WORDS`].
pub(super) const DROP_WORDS: &str = "DELETE FROM search_names
WHERE (store_id, subject) IN (SELECT i.value ->> 'store_id', i.value ->> 'subject' FROM json_each($1) i)";
