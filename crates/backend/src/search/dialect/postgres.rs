//! PostgreSQL's form.

use super::sqlite::{messages, of_visitors, orders, tagged, visitors};

/// See [`super::BEFORE_FIND`]. Whether the newest are read until enough of them fit, or all
/// that fit are taken from the index, depends on how frequent the words are: it is planned
/// with them. A search that takes too long ends.
pub(in crate::search) const BEFORE_FIND: &str = "SET LOCAL plan_cache_mode = force_custom_plan;
    SET LOCAL statement_timeout = '4s'";

/// See [`super::FIND`].
pub(super) const FIND: &str = "SELECT n FROM search_messages
WHERE store_id = $1 AND tokens @@ CAST($2 AS TSQUERY) AND n < $3 ORDER BY n DESC LIMIT $4";

pub(super) const MESSAGES: &str = messages!(
    "messages m",
    "m.n = ANY (ARRAY(SELECT CAST(i.value AS BIGINT) FROM jsonb_array_elements_text(CAST($2 AS JSONB)) i (value))) AND "
);
pub(super) const VISITORS: &str = visitors!(
    "visitors v",
    " AND v.id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))"
);
pub(super) const ORDERS: &str =
    orders!("= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))");
pub(super) const OF_VISITORS: &str =
    of_visitors!("= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))");
pub(super) const TAGGED: &str =
    tagged!("= ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))");
pub(super) const TEXTS: &str = "SELECT store_id, n, sender, body, CASE WHEN sender <> 'ai' THEN data END AS data
FROM messages WHERE n = ANY (ARRAY(SELECT CAST(i.value AS BIGINT) FROM jsonb_array_elements_text(CAST($1 AS JSONB)) i (value)))";
pub(super) const NAMES: &str = "SELECT store_id, id, name, email FROM visitors WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
pub(super) const NUMBERS: &str = "SELECT store_id, id, number FROM orders WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB))))";
pub(super) const TAKE: &str = "DELETE FROM search_waiting WHERE n = ANY (ARRAY(SELECT CAST(i.value AS BIGINT) FROM jsonb_array_elements_text(CAST($1 AS JSONB)) i (value))) RETURNING n";

/// See [`super::PUT_TOKENS`].
pub(super) const PUT_TOKENS: &str = "INSERT INTO search_messages (store_id, n, tokens)
SELECT i.store_id, i.n, array_to_tsvector(string_to_array(i.tokens, ' '))
FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store_id TEXT, n BIGINT, tokens TEXT)
WHERE EXISTS (SELECT 1 FROM messages m WHERE m.store_id = i.store_id AND m.n = i.n)
ON CONFLICT DO NOTHING";

/// See [`super::DROP_TOKENS`].
pub(super) const DROP_TOKENS: &str = "DELETE FROM search_messages s
USING jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store_id TEXT, n BIGINT)
WHERE s.store_id = i.store_id AND s.n = i.n";

/// See [`super::PUT_WORDS`].
pub(super) const PUT_WORDS: &str = "INSERT INTO search_names (store_id, kind, subject, word, backwards)
SELECT i.store_id, i.kind, i.subject, i.word, i.backwards
FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store_id TEXT, kind TEXT, subject TEXT, word TEXT, backwards TEXT)
ON CONFLICT DO NOTHING";

/// See [`super::DROP_WORDS`].
pub(super) const DROP_WORDS: &str = "DELETE FROM search_names s
USING jsonb_to_recordset(CAST($1 AS JSONB)) AS i (store_id TEXT, subject TEXT)
WHERE s.store_id = i.store_id AND s.subject = i.subject";
