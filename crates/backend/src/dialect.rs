//! SQL that must differ between SQLite and PostgreSQL, each form beside its
//! twin where it has one: the same parameters, and rows that say the same.

use crate::db::Query;

/// What both forms of [`APPEND`] begin with: the compare-and-set.
macro_rules! change_conversation {
    () => {
        "UPDATE conversations SET
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
  AND NOT EXISTS (SELECT 1 FROM messages sent WHERE sent.store_id = $1 AND sent.id = $3)"
    };
}
pub(crate) use change_conversation;

mod postgres;
mod sqlite;

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
pub(crate) static APPEND: Query = Query::new(20, sqlite::APPEND, postgres::APPEND);

/// As [`APPEND`], and writes the jobs that follow if the AI is active in the
/// conversation. How they were written comes in rows of their own (SQLite) or as
/// JSON in the first one's `jobs` (PostgreSQL).
///
/// $1 to $20 as above, $21 jobs, $22 1: only if it waits for an order number
pub(crate) static APPEND_WITH_JOBS: Query =
    Query::new(22, sqlite::APPEND_WITH_JOBS, postgres::APPEND_WITH_JOBS);

/// Ends a job, and if it was ours to end, does as [`APPEND`]; lets the next job
/// of the lane begin. SQLite's alone: on PostgreSQL the next job is looked for
/// in a statement of its own, which sees those that were just written. A row
/// says `what` it is, unless it is the conversation: `ended`, or `next` if
/// another job of the lane may begin.
///
/// $1 to $20 as above, $21 job, $22 lease, $23 lane
pub(crate) static APPEND_AND_FINISH: Query = Query::new(23, sqlite::APPEND_AND_FINISH, "");
