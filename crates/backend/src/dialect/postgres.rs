//! PostgreSQL's form. A statement by itself is a transaction, and one trip.

use crate::jobs::dialect::postgres::insert_jobs;

macro_rules! added {
    () => {
        concat!(
            "WITH c AS (
",
            super::change_conversation!(),
            "
RETURNING *),
m AS (INSERT INTO messages
    (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
    SELECT $1, $3, $2, c.last_seq, $4, $5, $6, $7, $8, $9, $10 FROM c)"
        )
    };
}

macro_rules! select_added {
    ($more:literal) => {
        concat!(
            "
SELECT c.id, c.visitor_id, c.status, c.last_seq, c.unread, c.agent_read_seq, c.visitor_read_seq, c.owner_epoch,
    c.ai_active, c.needs_human, c.awaiting_order, c.changed_seq, c.request_hash, c.created_at, c.last_sender,
    c.last_excerpt, c.last_message_at, c.ai_handled, c.page_url, v.name, v.email, v.locale",
            $more,
            "
FROM c JOIN visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id"
        )
    };
}

/// See [`super::APPEND`].
pub(super) const APPEND: &str = concat!(added!(), select_added!(""));

/// See [`super::APPEND_WITH_JOBS`].
pub(super) const APPEND_WITH_JOBS: &str = concat!(
    added!(),
    ",
j AS (",
    insert_jobs!(
        "(SELECT $21 FROM c WHERE c.ai_active = 1 AND ($22 = 0 OR c.awaiting_order = 1))"
    ),
    ")",
    select_added!(
        ",
    CAST((SELECT jsonb_agg(jsonb_build_object('id', j.id, 'state', j.state)) FROM j) AS TEXT) AS jobs"
    )
);
