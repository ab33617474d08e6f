//! PostgreSQL's form. A statement by itself is a transaction, and one trip.

/// Adds a message to its conversation: takes the next `seq`, changes the
/// conversation, inserts the message; returns the conversation with its visitor,
/// or no row if there is none, it is another visitor's or in another epoch, or
/// the message is there already.
///
/// $1 store, $2 conversation, $3 message, $4 sender, $5 kind, $6 body, $7 data,
/// $8 author kind, $9 author id, $10 now, $11 excerpt if somebody said something,
/// $12 unread: 1 one more, 0 none, NULL same, $13 epochs to add, $14 status,
/// $15 AI active, $16 needs human, $17 AI handled, $18 awaiting order, $19 epoch
/// it must be, $20 visitor it must be of
pub(crate) const APPEND: &str = concat!(
    "WITH c AS (
",
    super::change_conversation!(),
    "
RETURNING *),
m AS (INSERT INTO messages
    (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
    SELECT $1, $3, $2, c.last_seq, $4, $5, $6, $7, $8, $9, $10 FROM c)
SELECT c.id, c.visitor_id, c.status, c.last_seq, c.unread, c.agent_read_seq, c.visitor_read_seq, c.owner_epoch, c.ai_active, c.needs_human, c.awaiting_order, c.changed_seq, c.request_hash, c.created_at, c.last_sender, c.last_excerpt, c.last_message_at, c.ai_handled, c.page_url, v.name, v.email, v.locale
FROM c JOIN visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id"
);
