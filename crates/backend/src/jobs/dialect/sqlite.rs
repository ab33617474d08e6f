//! SQLite: one writer, JSON by `json_each`, and correlated scalar subqueries
//! where PostgreSQL has `LATERAL`.

/// The database's clock, in Unix milliseconds.
macro_rules! now {
    () => {
        "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)"
    };
}
pub(crate) use now;

/// Writes jobs and returns the `id` and `state` of each that was written. A job
/// is queued if its lane has an unfinished one; else it is born claimed if it
/// brings a lease. Reads nothing but each lane's last entry in an index.
///
/// `$rows`: an SQL expression for the JSON list of [`crate::jobs::NewJob`].
macro_rules! insert_jobs {
    ($rows:literal) => {
        concat!(
            "WITH made AS MATERIALIZED (
                 SELECT job.value->>'store_id' AS store_id, job.value->>'id' AS id, job.value->>'kind' AS kind,
                     job.value->>'payload' AS payload, job.value->>'lane' AS lane,
                     job.value->>'dedupe_key' AS dedupe_key, job.value->>'delay' AS delay,
                     job.value->>'lease' AS lease, job.value->>'lease_ms' AS lease_ms, ",
            $crate::jobs::dialect::sqlite::now!(),
            " AS now,
                     CASE
                         WHEN job.value->>'follows' OR EXISTS (
                             SELECT 1 FROM jobs b
                             WHERE b.store_id = job.value->>'store_id' AND b.lane = job.value->>'lane'
                               AND b.state <> 'dead') THEN 'queued'
                         WHEN job.value->>'delay' > 0 THEN 'later'
                         WHEN job.value->>'lease' IS NOT NULL THEN 'running'
                         ELSE 'ready' END AS state
                 FROM json_each(",
            $rows,
            ") job)
             INSERT INTO jobs (store_id, id, kind, payload, lane, dedupe_key, state, attempts, run_at, lease,
                 lease_until, created_at)
             SELECT store_id, id, kind, payload, lane, dedupe_key, state,
                 CASE state WHEN 'running' THEN 1 ELSE 0 END,
                 CASE WHEN delay > 0 THEN now + delay ELSE 0 END,
                 CASE state WHEN 'running' THEN lease END,
                 CASE state WHEN 'running' THEN now + lease_ms ELSE 0 END, now
             FROM made
             WHERE TRUE
             ON CONFLICT (store_id, kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND state <> 'dead' DO NOTHING
             RETURNING id, state"
        )
    };
}
pub(crate) use insert_jobs;

/// $1 rows
pub(crate) const INSERT: &str = insert_jobs!("$1");

/// Walks up each picked queue, job by job, in its index. A row says itself that
/// nothing stands before it in its lane; it is checked again because two writes
/// that didn't see each other may both have said so.
///
/// $1 picks (kind, store_id, count, lease_ms), $2 lease, $3 now; `$item` as in [`crate::db::Query`]
pub(crate) const CLAIM: &str = "
    WITH RECURSIVE taken (kind, store_id, remaining, n) AS (
        SELECT pick.value->>'kind', pick.value->>'store_id', pick.value->>'count', (
            SELECT w.n FROM jobs w
            WHERE w.state = 'ready' AND w.kind = pick.value->>'kind' AND w.store_id = pick.value->>'store_id'
              AND w.n = (
                SELECT MIN(e.n) FROM jobs e
                WHERE e.store_id = w.store_id AND e.lane = w.lane AND e.state <> 'dead')
            ORDER BY w.n LIMIT 1)
        FROM json_each($1) pick
        UNION ALL
        SELECT t.kind, t.store_id, t.remaining - 1, (
            SELECT w.n FROM jobs w
            WHERE w.state = 'ready' AND w.kind = t.kind AND w.store_id = t.store_id AND w.n > t.n
              AND w.n = (
                SELECT MIN(e.n) FROM jobs e
                WHERE e.store_id = w.store_id AND e.lane = w.lane AND e.state <> 'dead')
            ORDER BY w.n LIMIT 1)
        FROM taken t WHERE t.n IS NOT NULL AND t.remaining > 1)
    UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = $2, lease_until = $3 + (
        SELECT pick.value->>'lease_ms' FROM json_each($1) pick WHERE pick.value->>'kind' = jobs.kind LIMIT 1)
    WHERE n IN (SELECT t.n FROM taken t)
    RETURNING $item AS item, id, store_id, kind, lane, payload, attempts, n";

/// The stores that have ready work of each kind, in the order of their ids from
/// `after` on: a hop from store to store in the index, however much waits in
/// each.
///
/// $1 asked (kind, after, until), $2 most stores of each
pub(crate) const WAITING: &str = "
    WITH RECURSIVE hop (kind, until, store_id, depth) AS (
        SELECT asked.value->>'kind', asked.value->>'until', (
            SELECT MIN(j.store_id) FROM jobs j
            WHERE j.state = 'ready' AND j.kind = asked.value->>'kind' AND j.store_id > asked.value->>'after'), 1
        FROM json_each($1) asked
        UNION ALL
        SELECT hop.kind, hop.until, (
            SELECT MIN(j.store_id) FROM jobs j
            WHERE j.state = 'ready' AND j.kind = hop.kind AND j.store_id > hop.store_id), hop.depth + 1
        FROM hop
        WHERE hop.store_id IS NOT NULL AND hop.depth < $2 AND (hop.until IS NULL OR hop.store_id <= hop.until))
    SELECT kind, store_id FROM hop
    WHERE store_id IS NOT NULL AND (until IS NULL OR store_id <= until)
    ORDER BY kind, until IS NOT NULL, depth";

/// Makes the next job of a lane ready, or due later.
///
/// `$store`, `$lane`: SQL expressions
macro_rules! start_next {
    ($store:literal, $lane:literal) => {
        concat!(
            "UPDATE jobs SET state = CASE WHEN run_at > ",
            $crate::jobs::dialect::sqlite::now!(),
            " THEN 'later' ELSE 'ready' END
     WHERE state = 'queued' AND n = (
         SELECT MIN(e.n) FROM jobs e WHERE e.store_id = ",
            $store,
            " AND e.lane = ",
            $lane,
            " AND e.state <> 'dead')"
        )
    };
}
pub(crate) use start_next;

/// Both in one trip to the connection's thread: a row `ended` if the lease was
/// ours, a row `next` if another job of the lane may begin.
///
/// $1 id, $2 lease, $3 store, $4 lane
pub(crate) const FINISH: &str = concat!(
    "DELETE FROM jobs WHERE id = $1 AND lease = $2 AND state = 'running' RETURNING 'ended' AS what;
     ",
    start_next!("$3", "$4"),
    " RETURNING 'next' AS what"
);
