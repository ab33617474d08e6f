//! SQLite's form. Several statements in one query are one trip to the
//! connection's thread; each binds the parameters by their absolute number.

use super::change::change_conversation;
use crate::jobs::dialect::sqlite::{insert_jobs, start_next};

macro_rules! append {
    ($if:literal) => {
        concat!(
            change_conversation!(),
            $if,
            "
RETURNING $item AS item, id, visitor_id, status, last_seq, unread, agent_read_seq, visitor_read_seq, owner_epoch,
    ai_active, needs_human, awaiting_order, changed_seq, request_hash, created_at, last_sender, last_author_id,
    last_excerpt,
    last_message_at, ai_handled, has_orders, page_url, page_title, snoozed_until, assignee_id, waiting_since, spam_at, sentiment,
    (SELECT string_agg(t.tag, ' ' ORDER BY t.created_at, t.tag) FROM conversation_tags t
     WHERE t.store_id = $1 AND t.conversation_id = conversations.id) AS tags,
    (SELECT v.name FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS name,
    (SELECT v.email FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS email,
    (SELECT v.locale FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS locale,
    (SELECT v.customer_id FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS customer_id,
    (SELECT v.verified_at FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS verified_at,
    (SELECT v.blocked_at FROM visitors v WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS blocked_at;
INSERT INTO messages (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
SELECT $1, $3, $2, c.last_seq, $4, $5, $6, $7, $8, $9, $10 FROM conversations c
WHERE c.store_id = $1 AND c.id = $2 AND changes() = 1"
        )
    };
}

/// See [`super::APPEND`].
pub(super) const APPEND: &str = append!("");

/// See [`super::APPEND_WITH_JOBS`].
pub(super) const APPEND_WITH_JOBS: &str = concat!(
    append!(""),
    ";
",
    insert_jobs!(
        "(SELECT $21 FROM conversations c WHERE c.store_id = $1 AND c.id = $2 AND changes() = 1
            AND c.ai_active = 1 AND ($22 = 0 OR c.awaiting_order = 1))"
    ),
    ", $item AS item"
);

/// See [`super::APPEND_AND_FINISH`].
pub(super) const APPEND_AND_FINISH: &str = concat!(
    "DELETE FROM jobs WHERE store_id = $1 AND id = $23 AND lease = $24 AND state = 'running'
  AND EXISTS (SELECT 1 FROM conversations c WHERE c.store_id = $1 AND c.id = $2 AND c.merged_into IS NULL)
  AND NOT EXISTS (SELECT 1 FROM messages sent WHERE sent.store_id = $1 AND sent.id = $3)
RETURNING $item AS item, 'ended' AS what;
",
    append!("\n  AND changes() = 1"),
    ";
",
    start_next!("$1", "$25"),
    " RETURNING $item AS item, 'next' AS what"
);

/// See [`super::FINISH`].
pub(super) const FINISH: &str = concat!(
    "DELETE FROM jobs WHERE store_id = $1 AND id = $3 AND lease = $4 AND state = 'running'
RETURNING $item AS item, 'ended' AS what;
INSERT INTO unanswered_questions (store_id, id, conversation_id, question, created_at)
SELECT $1, $3, $2, $6, $7 WHERE changes() = 1 AND $6 IS NOT NULL ON CONFLICT DO NOTHING;
",
    start_next!("$1", "$5"),
    " RETURNING $item AS item, 'next' AS what"
);
