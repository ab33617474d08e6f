//! SQLite's form. Several statements in one query are one trip to the
//! connection's thread; each binds the parameters by their absolute number.

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
    super::change_conversation!(),
    "
RETURNING id, visitor_id, status, last_seq, unread, agent_read_seq, visitor_read_seq, owner_epoch, ai_active,
    needs_human, awaiting_order, changed_seq, request_hash, created_at, last_sender, last_excerpt, last_message_at,
    ai_handled, page_url,
    (SELECT v.name FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS name,
    (SELECT v.email FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS email,
    (SELECT v.locale FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS locale;
INSERT INTO messages (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
SELECT $1, $3, $2, c.last_seq, $4, $5, $6, $7, $8, $9, $10 FROM conversations c
WHERE c.store_id = $1 AND c.id = $2 AND changes() = 1"
);
