//! The part of a message's SQL that both databases share.

/// What both forms of [`super::APPEND`] begin with: the compare-and-set.
macro_rules! change_conversation {
    () => {
        "UPDATE conversations SET
    last_seq = last_seq + 1,
    last_sender = CASE WHEN $11 IS NOT NULL OR last_excerpt = '' THEN $4 ELSE last_sender END,
    last_author_id = CASE WHEN $11 IS NULL AND last_excerpt <> '' THEN last_author_id WHEN $8 = 'user' THEN $9 END,
    last_excerpt = COALESCE($11, last_excerpt),
    last_message_at = CASE WHEN $11 IS NOT NULL OR $16 = 1 OR last_excerpt = '' THEN $10 ELSE last_message_at END,
    unread = CASE WHEN spam_at IS NOT NULL THEN 0 WHEN $12 = 1 THEN unread + 1 WHEN $12 = 0 THEN 0 ELSE unread END,
    owner_epoch = owner_epoch + $13,
    changed_seq = CASE WHEN (status <> COALESCE($14, status) AND (spam_at IS NULL OR $4 <> 'customer')) OR needs_human <> COALESCE($16, needs_human)
        THEN last_seq + 1 ELSE changed_seq END,
    status = CASE WHEN spam_at IS NOT NULL AND $4 = 'customer' THEN status ELSE COALESCE($14, status) END,
    snoozed_until = CASE WHEN $14 IS NULL OR $14 = 'snoozed' THEN snoozed_until END,
    resolved_at = CASE WHEN $14 = 'resolved' THEN $10 WHEN $14 IS NULL OR (spam_at IS NOT NULL AND $4 = 'customer') THEN resolved_at END,
    resolved_by = CASE WHEN $14 = 'resolved' THEN COALESCE($9, $8) WHEN $14 IS NULL OR (spam_at IS NOT NULL AND $4 = 'customer') THEN resolved_by END,
    waiting_since = CASE WHEN $4 = 'agent' OR $14 = 'resolved' OR spam_at IS NOT NULL THEN NULL
        WHEN $4 = 'customer' OR $16 = 1 THEN COALESCE(waiting_since, $10)
        WHEN $4 = 'ai' AND needs_human = 0 THEN NULL
        ELSE waiting_since END,
    first_response_at = CASE WHEN $4 = 'agent' THEN COALESCE(first_response_at, $10) ELSE first_response_at END,
    ai_active = COALESCE($15, ai_active),
    needs_human = COALESCE($16, needs_human),
    ai_handled = COALESCE($17, ai_handled),
    has_orders = CASE WHEN $5 = 'order_card' THEN 1 ELSE has_orders END,
    awaiting_order = COALESCE($18, awaiting_order)
WHERE store_id = $1 AND id = $2 AND owner_epoch = COALESCE($19, owner_epoch)
  AND visitor_id = COALESCE($20, visitor_id) AND merged_into IS NULL
  AND NOT EXISTS (SELECT 1 FROM messages sent WHERE sent.store_id = $1 AND sent.id = $3)"
    };
}
pub(super) use change_conversation;
