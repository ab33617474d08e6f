//! PostgreSQL: several servers write and claim at the same time.

/// The database's clock, in Unix milliseconds.
macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}
pub(crate) use now;

/// Common table expressions that write jobs; `j` has the `id` and `state` of each
/// that was written. A job is queued if its lane has an unfinished one; else it is
/// born claimed if it brings a lease. The lane's last one is told that it is
/// followed: whoever ends it waits for this, or is waited for. Only its first
/// follower is queued: to another one something may stand in between that this
/// statement can't see, and that doesn't know that it is followed. Such a job is
/// ready, and claimed when it is the first.
///
/// `$rows`: an SQL expression for the JSON list of [`crate::jobs::NewJob`].
macro_rules! insert_jobs {
    ($rows:literal) => {
        concat!(
            "made AS MATERIALIZED (
                 SELECT job.*, ",
            $crate::jobs::dialect::postgres::now!(),
            " AS now, (
                     SELECT MAX(b.n) FROM jobs b
                     WHERE b.store_id = job.store_id AND b.lane = job.lane AND b.state <> 'dead') AS before
                 FROM jsonb_to_recordset(CAST(",
            $rows,
            " AS JSONB)) AS job (item BIGINT, store_id TEXT, id TEXT, kind TEXT, payload TEXT, lane TEXT, dedupe_key TEXT,
                     delay BIGINT, follows BOOLEAN, followed BOOLEAN, lease TEXT, lease_ms BIGINT)),
             before AS (
                 UPDATE jobs SET followed = followed + 1
                 WHERE n = ANY (ARRAY(SELECT made.before FROM made WHERE made.before IS NOT NULL)) AND state <> 'dead'
                 RETURNING n, followed),
             placed AS MATERIALIZED (
                 SELECT made.*,
                     CASE
                         WHEN made.follows OR b.followed = 1 THEN 'queued'
                         WHEN made.delay > 0 THEN 'later'
                         WHEN made.lease IS NOT NULL AND b.n IS NULL THEN 'running'
                         ELSE 'ready' END AS state
                 FROM made LEFT JOIN before b ON b.n = made.before),
             j AS (
                 INSERT INTO jobs (store_id, id, kind, payload, lane, dedupe_key, state, followed, attempts, run_at,
                     lease, lease_until, created_at)
                 SELECT store_id, id, kind, payload, lane, dedupe_key, state, CASE WHEN followed THEN 1 ELSE 0 END,
                     CASE state WHEN 'running' THEN 1 ELSE 0 END,
                     CASE WHEN delay > 0 THEN now + delay ELSE 0 END,
                     CASE state WHEN 'running' THEN lease END,
                     CASE state WHEN 'running' THEN now + lease_ms ELSE 0 END, now
                 FROM placed ORDER BY id
                 ON CONFLICT (store_id, kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND state <> 'dead' DO NOTHING
                 RETURNING id, state)"
        )
    };
}
pub(crate) use insert_jobs;

/// $1 rows
pub(crate) const INSERT: &str = concat!("WITH ", insert_jobs!("$1"), "\nSELECT id, state FROM j");

/// Takes from each picked queue the first jobs that no other server is just
/// taking. A row says itself that nothing stands before it in its lane; it is
/// checked again because two writes that didn't see each other may both have
/// said so; for the same reason a younger one may run. Materialised, so that no plan asks twice and gets others; and as
/// an array, so that each is looked up by its key.
///
/// $1 picks (kind, store_id, count, lease_ms), $2 lease, $3 now
pub(crate) const CLAIM: &str = "
    WITH taken AS MATERIALIZED (
        SELECT waiting.n
        FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS pick (kind TEXT, store_id TEXT, count BIGINT)
        CROSS JOIN LATERAL (
            SELECT w.n FROM jobs w
            WHERE w.state = 'ready' AND w.kind = pick.kind AND w.store_id = pick.store_id
              AND w.n = (
                SELECT MIN(e.n) FROM jobs e
                WHERE e.store_id = w.store_id AND e.lane = w.lane AND e.state <> 'dead')
              AND NOT EXISTS (
                SELECT 1 FROM jobs r
                WHERE r.store_id = w.store_id AND r.lane = w.lane AND r.state = 'running')
            ORDER BY w.n LIMIT pick.count
            FOR NO KEY UPDATE OF w SKIP LOCKED) waiting)
    UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = $2, lease_until = $3 + (
        SELECT pick.lease_ms FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS pick (kind TEXT, lease_ms BIGINT)
        WHERE pick.kind = jobs.kind LIMIT 1)
    WHERE n = ANY (ARRAY(SELECT taken.n FROM taken))
    RETURNING id, store_id, kind, lane, payload, attempts, n";

/// The stores that have ready work of each kind, in the order of their ids from
/// `after` on: a hop from store to store in the index, however much waits in
/// each.
///
/// $1 asked (kind, after, until), $2 most stores of each
pub(crate) const WAITING: &str = "
    WITH RECURSIVE hop (kind, until, store_id, depth) AS (
        SELECT asked.kind, asked.until, (
            SELECT MIN(j.store_id) FROM jobs j
            WHERE j.state = 'ready' AND j.kind = asked.kind AND j.store_id > asked.after), CAST(1 AS BIGINT)
        FROM jsonb_to_recordset(CAST($1 AS JSONB)) AS asked (kind TEXT, after TEXT, until TEXT)
        UNION ALL
        SELECT hop.kind, hop.until, (
            SELECT MIN(j.store_id) FROM jobs j
            WHERE j.state = 'ready' AND j.kind = hop.kind AND j.store_id > hop.store_id), hop.depth + 1
        FROM hop
        WHERE hop.store_id IS NOT NULL AND hop.depth < $2 AND (hop.until IS NULL OR hop.store_id <= hop.until))
    SELECT kind, store_id FROM hop
    WHERE store_id IS NOT NULL AND (until IS NULL OR store_id <= until)
    ORDER BY kind, until IS NOT NULL, depth";
