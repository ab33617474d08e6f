//! PostgreSQL's form. A statement by itself is a transaction, and one trip.

use super::change::change_conversation;
use crate::{db::with_parameters, jobs::dialect::postgres::insert_jobs};

macro_rules! added {
    () => {
        concat!(
            "WITH c AS (
",
            change_conversation!(),
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

/// [`super::APPEND_WITH_JOBS`], and without jobs [`super::APPEND`], for several
/// conversations at once. A conversation that somebody holds is passed over, so
/// that no set waits, and no two for each other.
pub(super) fn append_set() -> String {
    let change = with_parameters(change_conversation!(), |number| format!("e.p{number}"));
    let (set, conditions) = change.split_once("\nWHERE ").unwrap_or((&change, ""));
    format!(
        "WITH e AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS e (item BIGINT, p1 TEXT, p2 TEXT, p3 TEXT, p4 TEXT,
        p5 TEXT, p6 TEXT, p7 TEXT, p8 TEXT, p9 TEXT, p10 BIGINT, p11 TEXT, p12 BIGINT, p13 BIGINT, p14 TEXT,
        p15 BIGINT, p16 BIGINT, p17 BIGINT, p18 BIGINT, p19 BIGINT, p20 TEXT, p21 TEXT, p22 BIGINT)),
held AS MATERIALIZED (
    SELECT k.store_id, k.id FROM e JOIN conversations k ON k.store_id = e.p1 AND k.id = e.p2
    FOR NO KEY UPDATE OF k SKIP LOCKED),
c AS ({set}
FROM e JOIN held h ON h.store_id = e.p1 AND h.id = e.p2
WHERE conversations.{}
RETURNING e.item, conversations.*),
m AS (INSERT INTO messages
    (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
    SELECT e.p1, e.p3, e.p2, c.last_seq, e.p4, e.p5, e.p6, e.p7, e.p8, e.p9, e.p10 FROM c JOIN e ON e.item = c.item),
j AS ({JOBS_OF_SET}){SELECT_SET}",
        conditions.replace("AND id = e.p2", "AND conversations.id = e.p2")
    )
}

const JOBS_OF_SET: &str = insert_jobs!(
    "(SELECT jsonb_agg(job.value) FROM c JOIN e ON e.item = c.item
        CROSS JOIN LATERAL jsonb_array_elements(CAST(e.p21 AS JSONB)) AS job (value)
        WHERE c.ai_active = 1 AND (e.p22 = 0 OR c.awaiting_order = 1))"
);

const SELECT_SET: &str = select_added!(
    ",
    c.item, CAST((SELECT jsonb_agg(jsonb_build_object('id', j.id, 'state', j.state)) FROM j) AS TEXT) AS jobs"
);
