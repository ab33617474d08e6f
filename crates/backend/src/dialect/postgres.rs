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
pub(crate) const APPEND: &str = "
WITH c AS (
UPDATE conversations SET
    last_seq = last_seq + 1,
    last_sender = CASE WHEN $11 IS NOT NULL OR last_excerpt = '' THEN $4 ELSE last_sender END,
    last_excerpt = COALESCE($11, last_excerpt),
    last_message_at = CASE WHEN $11 IS NOT NULL OR $16 = 1 OR last_excerpt = '' THEN $10 ELSE last_message_at END,
    unread = CASE WHEN $12 = 1 THEN unread + 1 WHEN $12 = 0 THEN 0 ELSE unread END,
    owner_epoch = owner_epoch + $13,
    changed_seq = CASE WHEN status <> COALESCE($14, status) OR needs_human <> COALESCE($16, needs_human)
        THEN last_seq + 1 ELSE changed_seq END,
    status = COALESCE($14, status),
    snoozed_until = CASE WHEN $14 IS NULL THEN snoozed_until END,
    resolved_at = CASE WHEN $14 = 'resolved' THEN $10 WHEN $14 IS NULL THEN resolved_at END,
    resolved_by = CASE WHEN $14 = 'resolved' THEN COALESCE($9, $8) WHEN $14 IS NULL THEN resolved_by END,
    first_response_at = CASE WHEN $4 = 'agent' THEN COALESCE(first_response_at, $10) ELSE first_response_at END,
    ai_active = COALESCE($15, ai_active),
    needs_human = COALESCE($16, needs_human),
    ai_handled = COALESCE($17, ai_handled),
    awaiting_order = COALESCE($18, awaiting_order)
WHERE store_id = $1 AND id = $2 AND owner_epoch = COALESCE($19, owner_epoch)
  AND visitor_id = COALESCE($20, visitor_id)
  AND NOT EXISTS (SELECT 1 FROM messages sent WHERE sent.store_id = $1 AND sent.id = $3)
RETURNING *),
m AS (INSERT INTO messages
    (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
    SELECT $1, $3, $2, c.last_seq, $4, $5, $6, $7, $8, $9, $10 FROM c)
SELECT c.id, c.visitor_id, c.status, c.last_seq, c.unread, c.agent_read_seq, c.visitor_read_seq, c.owner_epoch, c.ai_active, c.needs_human, c.awaiting_order, c.changed_seq, c.request_hash, c.created_at, c.last_sender, c.last_excerpt, c.last_message_at, c.ai_handled, c.page_url, v.name, v.email, v.locale
FROM c JOIN visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id";
