//! PostgreSQL's form. A statement by itself is a transaction, and one trip.

use super::change::change_conversation;
use crate::{
    db::with_parameters,
    jobs::dialect::postgres::{insert_jobs, now},
};

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
    c.last_author_id, c.last_excerpt, c.last_message_at, c.ai_handled, c.has_orders, c.page_url, c.page_title,
    c.snoozed_until, c.assignee_id, c.waiting_since, c.spam_at, c.sentiment, v.name, v.email, v.locale,
    (SELECT string_agg(t.tag, ' ' ORDER BY t.created_at, t.tag) FROM conversation_tags t
     WHERE t.store_id = c.store_id AND t.conversation_id = c.id) AS tags, v.customer_id, v.verified_at, v.blocked_at",
            $more,
            "
FROM c JOIN visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id"
        )
    };
}

/// See [`super::APPEND`].
pub(super) const APPEND: &str = concat!(added!(), select_added!(""));

/// See [`super::APPEND_WITH_JOBS`]. A job that another statement may have come
/// before, after this one began to read, isn't born claimed.
pub(super) const APPEND_WITH_JOBS: &str = concat!(
    added!(),
    ",
",
    insert_jobs!(
        "(SELECT CASE WHEN (SELECT k.last_seq FROM conversations k WHERE k.store_id = $1 AND k.id = $2) + 1 = c.last_seq
            THEN CAST($21 AS JSONB)
            ELSE (SELECT jsonb_agg(job.value - 'lease') FROM jsonb_array_elements(CAST($21 AS JSONB)) AS job (value)) END
        FROM c WHERE c.ai_active = 1 AND ($22 = 0 OR c.awaiting_order = 1))"
    ),
    select_added!(
        ",
    CAST((SELECT jsonb_agg(jsonb_build_object('id', j.id, 'state', j.state)) FROM j) AS TEXT) AS jobs"
    )
);

/// [`super::APPEND`] for several conversations at once. A conversation that somebody
/// holds is passed over, so that no set waits, and no two for each other.
pub(super) fn append_set() -> String {
    format!("{}{}", added_set("", "", ""), select_set("", "JOIN", ""))
}

/// As [`append_set`], with the jobs that follow.
pub(super) fn append_with_jobs_set() -> String {
    let added = added_set(", p21 TEXT, p22 BIGINT", "", "");
    let written = " LEFT JOIN (
        SELECT p.item, jsonb_agg(jsonb_build_object('id', j.id, 'state', j.state)) AS jobs
        FROM j JOIN placed p ON p.id = j.id GROUP BY p.item) w ON w.item = e.item";
    let select = select_set(",\n    CAST(w.jobs AS TEXT) AS jobs", "JOIN", written);
    format!("{added},\n{JOBS_OF_SET}{select}")
}

/// [`super::APPEND_AND_FINISH`] for several conversations at once; as
/// [`append_set`]. So is a job passed over that is followed by one that is younger
/// than what this statement sees. The oldest that it sees is the next: see
/// [`insert_jobs!`].
pub(super) fn append_and_finish_set() -> String {
    let ended = format!(
        "mine AS MATERIALIZED (
    SELECT e.item, jobs.store_id, jobs.n, e.p24 AS lease, (
        SELECT MIN(b.n) FROM jobs b
        WHERE b.store_id = e.p1 AND b.lane = e.p25 AND b.state <> 'dead' AND b.n <> jobs.n) AS next
    FROM e JOIN held h ON h.store_id = e.p1 AND h.id = e.p2 JOIN jobs ON jobs.id = e.p23 AND jobs.store_id = e.p1
    WHERE NOT EXISTS (SELECT 1 FROM messages sent WHERE sent.store_id = e.p1 AND sent.id = e.p3)),
{END_JOBS},
"
    );
    let added = added_set(", p23 TEXT, p24 TEXT, p25 TEXT", &ended, ENDED);
    let what = ",
    CASE WHEN d.next IS NOT NULL THEN 'followed' ELSE 'ended' END AS what";
    // Its job is ended even if it comes too late.
    let select = select_set(what, "LEFT JOIN", ENDED);
    format!("{added}{select}")
}

const ENDED: &str = " JOIN ended d ON d.item = e.item";

/// What all of them begin with: `e`, the list with `more` parameters; `held`, the
/// conversations; `c`, those that were changed, of those items that are
/// `joined`; `m`, their messages. `before` stands between.
fn added_set(more: &str, before: &str, joined: &str) -> String {
    let change = with_parameters(change_conversation!(), |number| format!("e.p{number}"));
    let (set, conditions) = change.split_once("\nWHERE ").unwrap_or((&change, ""));
    let conditions = conditions.replace("AND id = e.p2", "AND conversations.id = e.p2");
    format!(
        "WITH e AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS e (item BIGINT, p1 TEXT, p2 TEXT, p3 TEXT, p4 TEXT,
        p5 TEXT, p6 TEXT, p7 TEXT, p8 TEXT, p9 TEXT, p10 BIGINT, p11 TEXT, p12 BIGINT, p13 BIGINT, p14 TEXT,
        p15 BIGINT, p16 BIGINT, p17 BIGINT, p18 BIGINT, p19 BIGINT, p20 TEXT{more})),
held AS MATERIALIZED (
    SELECT k.store_id, k.id FROM e JOIN conversations k ON k.store_id = e.p1 AND k.id = e.p2 AND k.merged_into IS NULL
    FOR NO KEY UPDATE OF k SKIP LOCKED),
{before}c AS ({set}
FROM e JOIN held h ON h.store_id = e.p1 AND h.id = e.p2{joined}
WHERE conversations.{conditions}
RETURNING e.item, conversations.*),
m AS (INSERT INTO messages
    (store_id, id, conversation_id, seq, sender, kind, body, data, author_kind, author_id, created_at)
    SELECT e.p1, e.p3, e.p2, c.last_seq, e.p4, e.p5, e.p6, e.p7, e.p8, e.p9, e.p10 FROM c JOIN e ON e.item = c.item)"
    )
}

/// The conversations that were changed with their visitors, by `join`; `more`
/// columns, and what is `joined` for them.
fn select_set(more: &str, join: &str, joined: &str) -> String {
    format!(
        "
SELECT e.item, c.id, c.visitor_id, c.status, c.last_seq, c.unread, c.agent_read_seq, c.visitor_read_seq,
    c.owner_epoch, c.ai_active, c.needs_human, c.awaiting_order, c.changed_seq, c.request_hash, c.created_at,
    c.last_sender, c.last_author_id, c.last_excerpt, c.last_message_at, c.ai_handled, c.has_orders, c.page_url, c.page_title, c.snoozed_until, c.assignee_id, c.waiting_since, c.spam_at, c.sentiment, v.name,
    v.email, v.locale,
    (SELECT string_agg(t.tag, ' ' ORDER BY t.created_at, t.tag) FROM conversation_tags t
     WHERE t.store_id = c.store_id AND t.conversation_id = c.id) AS tags, v.customer_id, v.verified_at, v.blocked_at{more}
FROM e {join} c ON c.item = e.item {join} visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id{joined}"
    )
}

const JOBS_OF_SET: &str = insert_jobs!(
    "(SELECT jsonb_agg(jsonb_set(CASE WHEN k.last_seq + 1 = c.last_seq THEN job.value ELSE job.value - 'lease' END,
            '{item}', to_jsonb(e.item)))
        FROM c JOIN e ON e.item = c.item
        JOIN conversations k ON k.store_id = e.p1 AND k.id = e.p2
        CROSS JOIN LATERAL jsonb_array_elements(CAST(e.p21 AS JSONB)) AS job (value)
        WHERE c.ai_active = 1 AND (e.p22 = 0 OR c.awaiting_order = 1))"
);

/// Ends the jobs in `mine` that are ours, and lets the next of each lane begin:
/// `ended`.
const END_JOBS: &str = concat!(
    "ended AS (
    DELETE FROM jobs USING mine
    WHERE jobs.store_id = mine.store_id AND jobs.n = mine.n AND jobs.lease = mine.lease AND jobs.state = 'running'
      AND (jobs.followed = 0 OR mine.next IS NOT NULL)
    RETURNING mine.item, mine.store_id, mine.next),
started AS (
    UPDATE jobs SET state = CASE WHEN jobs.run_at > ",
    now!(),
    " THEN 'later' ELSE 'ready' END
    FROM ended WHERE jobs.store_id = ended.store_id AND jobs.n = ended.next AND jobs.state = 'queued')"
);

/// See [`super::FINISH`]. A conversation or a job that somebody holds is passed
/// over, and a job that is followed by one that is younger than what this statement
/// sees.
pub(super) fn finish_set() -> String {
    format!(
        "WITH e AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS e (item BIGINT, p1 TEXT, p2 TEXT, p3 TEXT, p4 TEXT,
        p5 TEXT, p6 TEXT, p7 BIGINT)),
held AS MATERIALIZED (
    SELECT k.store_id, k.id FROM e JOIN conversations k ON k.store_id = e.p1 AND k.id = e.p2
    FOR NO KEY UPDATE OF k SKIP LOCKED),
mine AS MATERIALIZED (
    SELECT e.item, jobs.store_id, jobs.n, e.p4 AS lease, (
        SELECT MIN(b.n) FROM jobs b
        WHERE b.store_id = e.p1 AND b.lane = e.p5 AND b.state <> 'dead' AND b.n <> jobs.n) AS next
    FROM e JOIN held h ON h.store_id = e.p1 AND h.id = e.p2 JOIN jobs ON jobs.id = e.p3 AND jobs.store_id = e.p1
    FOR UPDATE OF jobs SKIP LOCKED),
{END_JOBS},
noted AS (
    INSERT INTO unanswered_questions (store_id, id, conversation_id, question, created_at)
    SELECT e.p1, e.p3, e.p2, e.p6, e.p7 FROM ended JOIN e ON e.item = ended.item WHERE e.p6 IS NOT NULL
    ON CONFLICT DO NOTHING)
SELECT item, CASE WHEN next IS NOT NULL THEN 'followed' ELSE 'ended' END AS what FROM ended"
    )
}
