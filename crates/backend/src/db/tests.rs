mod upgrade;

use super::{Db, Kind, Query, TRIED_FOR, Tx};
use crate::{
    error::{Conflict, Error, Result},
    realtime::hub::{Delivery, Outgoing, Subscriber, Topic},
    testing::TestCtx,
};
use domain::{
    events::{ServerEvent, Skipped},
    ids::{ConversationId, StoreId},
};
use futures::future::join_all;
use sqlx::Row;
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{
    sync::{Semaphore, oneshot},
    task::{JoinHandle, yield_now},
};

/// A database with a table of numbers, and an ear for what is published.
struct Numbers {
    test: TestCtx,
    topic: Topic,
    subscriber: Subscriber,
}

impl Numbers {
    async fn new() -> Self {
        let test = TestCtx::new().await.expect("a database");
        test.ctx
            .db()
            .write(|tx| {
                Box::pin(async move {
                    sqlx::query("CREATE TABLE numbers (n BIGINT NOT NULL PRIMARY KEY)")
                        .execute(&mut *tx.connection)
                        .await?;
                    Ok(())
                })
            })
            .await
            .expect("a table");
        let topic = Topic::Store(StoreId::generate());
        let mut subscriber = test.ctx.realtime().hub().subscriber();
        subscriber.follow(topic);
        Self {
            test,
            topic,
            subscriber,
        }
    }

    fn db(&self) -> &Db {
        self.test.ctx.db()
    }

    async fn all(&self) -> Vec<i64> {
        all(self.db()).await
    }

    /// Writes `n`, publishes it, and ends as `end` says. Returns how many
    /// numbers others could see while it was written.
    fn write(&self, n: i64, end: End) -> JoinHandle<Result<usize>> {
        let (db, reader, topic) = (self.db().clone(), self.db().clone(), self.topic);
        tokio::spawn(async move {
            db.write(move |tx| {
                Box::pin(async move {
                    insert(tx, n, topic).await?;
                    let visible = all(&reader).await.len();
                    match end {
                        End::Well => Ok(visible),
                        End::WithError => Err(Error::Conflict(Conflict::IdTaken)),
                        End::WithPanic => panic!("on purpose"),
                    }
                })
            })
            .await
        })
    }

    /// A write of `n` that is in the middle of its transaction until it is let
    /// go on.
    async fn hold(&self, n: i64) -> (JoinHandle<Result<()>>, Arc<Semaphore>) {
        let (db, topic) = (self.db().clone(), self.topic);
        let (entered, is_inside) = oneshot::channel();
        let gate = Arc::new(Semaphore::new(0));
        let closed = Arc::clone(&gate);
        let task = tokio::spawn(async move {
            db.write(move |tx| {
                Box::pin(async move {
                    insert(tx, n, topic).await?;
                    entered.send(()).expect("somebody who waits");
                    closed.acquire().await.expect("a gate").forget();
                    Ok(())
                })
            })
            .await
        });
        is_inside.await.expect("a write that has begun");
        (task, gate)
    }

    /// Until `writes` of them wait for SQLite's writer. PostgreSQL's don't.
    async fn waiting(&self, writes: usize) {
        while self.db().kind() == Kind::Sqlite
            && self.db().inner.waiting.load(Ordering::SeqCst) < writes
        {
            yield_now().await;
        }
    }

    /// The next `count` numbers that were published.
    async fn published(&mut self, count: usize) -> Vec<i64> {
        let mut published = Vec::new();
        while published.len() < count {
            let Some(Delivery::Event(event)) = self.subscriber.next().await else {
                panic!("an event");
            };
            published.push(event.position.expect("a number").1);
        }
        published
    }
}

#[derive(Debug, Clone, Copy)]
enum End {
    Well,
    WithError,
    WithPanic,
}

async fn insert(tx: &mut Tx<'_>, n: i64, topic: Topic) -> Result<()> {
    sqlx::query("INSERT INTO numbers (n) VALUES ($1)")
        .bind(n)
        .execute(&mut *tx.connection)
        .await?;
    tx.effects.publish(published(topic, n));
    Ok(())
}

fn published(topic: Topic, n: i64) -> Outgoing {
    Outgoing {
        topic,
        event: ServerEvent::Skipped(Skipped {
            conversation_id: ConversationId::generate(),
            seq: n,
        }),
    }
}

async fn all(db: &Db) -> Vec<i64> {
    let mut connection = db.read().await.expect("a connection");
    let rows = sqlx::query("SELECT n FROM numbers ORDER BY n")
        .fetch_all(&mut *connection)
        .await;
    rows.expect("numbers")
        .iter()
        .map(|row| row.get("n"))
        .collect()
}

#[tokio::test]
async fn a_writer_that_got_stuck_is_replaced() {
    let numbers = Numbers::new().await;
    if let Some(writer) = &numbers.db().inner.writer {
        let mut writer = writer.lock().await;
        for left_open in ["BEGIN IMMEDIATE", "INSERT INTO numbers (n) VALUES (1)"] {
            let connection = &mut writer.connection;
            super::writer::execute(connection, left_open)
                .await
                .expect("done");
        }
    }
    for n in [2, 3] {
        let written = numbers.write(n, End::Well).await.expect("no panic");
        written.expect("written");
    }
    assert_eq!(numbers.all().await, [2, 3]);
}

#[tokio::test]
async fn writes_that_wait_share_a_commit() {
    let mut numbers = Numbers::new().await;
    let (first, gate) = numbers.hold(0).await;
    let others: Vec<_> = (1..=5).map(|n| numbers.write(n, End::Well)).collect();
    if numbers.db().kind() == Kind::Postgres {
        // There they don't wait for one another: the server groups commits.
        for other in others {
            other.await.expect("a task").expect("a write");
        }
        gate.add_permits(1);
        first.await.expect("a task").expect("a write");
        return;
    }
    numbers.waiting(others.len()).await;
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");
    for other in others {
        // Nobody saw any of them before all of them were in.
        assert_eq!(other.await.expect("a task").expect("a write"), 0);
    }
    assert_eq!(numbers.published(6).await, [0, 1, 2, 3, 4, 5]);
    assert_eq!(numbers.all().await, [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_commit_is_shared_by_so_many_and_no_more() {
    let numbers = Numbers::new().await;
    if numbers.db().kind() != Kind::Sqlite {
        return;
    }
    let (first, gate) = numbers.hold(0).await;
    let others: Vec<_> = (1..300).map(|n| numbers.write(n, End::Well)).collect();
    numbers.waiting(others.len()).await;
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");
    let mut visible: Vec<_> = join_all(others)
        .await
        .into_iter()
        .map(|seen| seen.expect("a task").expect("a write"))
        .collect();
    visible.sort_unstable();
    visible.dedup();
    assert_eq!(
        visible,
        [0, super::writer::GROUP_MAX, 2 * super::writer::GROUP_MAX]
    );
    assert_eq!(numbers.all().await.len(), 300);
}

#[tokio::test]
async fn a_write_that_fails_or_panics_leaves_the_others_of_its_group() {
    let mut numbers = Numbers::new().await;
    let (first, gate) = numbers.hold(0).await;
    let writes = [
        numbers.write(1, End::Well),
        numbers.write(2, End::WithError),
        numbers.write(3, End::WithPanic),
        numbers.write(4, End::Well),
        numbers.write(-1, End::Well),
        numbers.write(5, End::Well),
    ];
    numbers.waiting(writes.len()).await;
    // The same number again: the database itself refuses it.
    let again = numbers.write(5, End::Well);
    numbers.waiting(writes.len() + 1).await;
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");

    let [one, error, panic, four, minus_one, five] = writes;
    for well in [one, four, minus_one] {
        assert!(well.await.expect("a task").is_ok());
    }
    assert!(matches!(
        error.await.expect("a task"),
        Err(Error::Conflict(Conflict::IdTaken))
    ));
    assert!(matches!(
        panic.await.expect("a task"),
        Err(Error::Internal(_))
    ));
    let fives = [five.await.expect("a task"), again.await.expect("a task")];
    assert_eq!(fives.iter().filter(|write| write.is_ok()).count(), 1);
    assert!(
        fives
            .iter()
            .any(|write| matches!(write, Err(Error::Database(_)))),
        "{fives:?}"
    );

    assert_eq!(numbers.all().await, [-1, 0, 1, 4, 5]);
    // Only what is committed is told, and the database works as before.
    let mut published = numbers.published(5).await;
    published.sort_unstable();
    assert_eq!(published, [-1, 0, 1, 4, 5]);
    numbers
        .write(6, End::Well)
        .await
        .expect("a task")
        .expect("a write");
    assert_eq!(numbers.published(1).await, [6]);
}

static INSERT: Query = Query::new(
    1,
    "INSERT INTO numbers (n) VALUES ($1) RETURNING $item AS item, n",
    "INSERT INTO numbers (n) VALUES ($1) RETURNING n",
);
static DOUBLE: Query = Query::new(
    1,
    "UPDATE numbers SET n = -n WHERE n = $1 RETURNING $item AS item, n;
     INSERT INTO numbers (n) SELECT 1000 + $1 WHERE changes() = 1",
    "WITH negated AS (UPDATE numbers SET n = -n WHERE n = $1 RETURNING n),
        added AS (INSERT INTO numbers (n) SELECT 1000 - n FROM negated)
     SELECT n FROM negated",
);

impl Numbers {
    /// Makes a write that is `query` alone, with `n`; the numbers it returns.
    fn ask(&self, query: &'static Query, n: i64) -> JoinHandle<Result<Vec<i64>>> {
        let (db, topic) = (self.db().clone(), self.topic);
        tokio::spawn(async move {
            db.write_query(query, vec![n.into()], move |rows, effects| {
                let rows = rows?;
                effects.publish(published(topic, n));
                Ok(rows.iter().map(|row| row.get("n")).collect())
            })
            .await
        })
    }

    /// Until `queries` of them wait for SQLite's writer. PostgreSQL's don't.
    async fn batched(&self, queries: usize) {
        while self.db().kind() == Kind::Sqlite && self.db().inner.batch.len() < queries {
            yield_now().await;
        }
    }
}

#[tokio::test]
async fn queries_that_wait_are_committed_together_and_each_gets_its_own_rows() {
    let mut numbers = Numbers::new().await;
    let (first, gate) = numbers.hold(0).await;
    // More than the largest text holds, and not a sum of two.
    let asked: Vec<_> = (1..=29).map(|n| numbers.ask(&INSERT, n)).collect();
    numbers.batched(asked.len()).await;
    let seen = numbers.all().await.len();
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");
    for (asked, n) in asked.into_iter().zip(1..) {
        assert_eq!(asked.await.expect("a task").expect("a write"), [n]);
    }
    if numbers.db().kind() == Kind::Sqlite {
        assert_eq!(seen, 0, "nothing of it before the commit");
    }
    assert_eq!(numbers.all().await, (0..=29).collect::<Vec<_>>());
    assert_eq!(numbers.published(30).await.len(), 30);

    let doubled = [3, 77, 4, 5].map(|n| numbers.ask(&DOUBLE, n));
    let doubled = join_all(doubled).await;
    let rows: Vec<_> = doubled
        .into_iter()
        .map(|rows| rows.expect("a task").expect("a write"))
        .collect();
    assert_eq!(rows, [vec![-3], vec![], vec![-4], vec![-5]]);
    let all = numbers.all().await;
    assert_eq!(all[..3], [-5, -4, -3]);
    assert_eq!(all[all.len() - 3..], [1003, 1004, 1005]);
}

#[tokio::test]
async fn a_query_that_fails_leaves_the_others_of_its_batch_and_of_its_group() {
    let mut numbers = Numbers::new().await;
    let (first, gate) = numbers.hold(0).await;
    let asked = [2, 0, 3].map(|n| numbers.ask(&INSERT, n));
    numbers.batched(asked.len()).await;
    // Whoever serves the batch stands before this one in the writer's queue, and
    // the first leaves its commit to those that come: the batch joins it.
    yield_now().await;
    let second = numbers.write(1, End::Well);
    numbers.waiting(1).await;
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");
    second.await.expect("a task").expect("a write");
    let [two, zero, three] = asked;
    assert_eq!(two.await.expect("a task").expect("a write"), [2]);
    assert!(matches!(
        zero.await.expect("a task"),
        Err(Error::Database(_))
    ));
    assert_eq!(three.await.expect("a task").expect("a write"), [3]);
    assert_eq!(numbers.all().await, [0, 1, 2, 3]);
    let mut published = numbers.published(4).await;
    published.sort_unstable();
    assert_eq!(published, [0, 1, 2, 3]);
    // And the writer is as good as before.
    let by_itself = numbers.ask(&INSERT, 4).await.expect("a task");
    assert_eq!(by_itself.expect("a write"), [4]);
    let again = numbers.ask(&INSERT, 4).await.expect("a task");
    assert!(matches!(again, Err(Error::Database(_))), "{again:?}");
    let written = numbers.write(5, End::Well).await.expect("a task");
    written.expect("a write");
    assert_eq!(numbers.all().await, [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_query_that_fails_in_the_middle_has_done_nothing() {
    let numbers = Numbers::new().await;
    for n in [3, 1003, 4] {
        numbers
            .ask(&INSERT, n)
            .await
            .expect("a task")
            .expect("a write");
    }
    // By itself, and in a batch.
    let failed = numbers.ask(&DOUBLE, 3).await.expect("a task");
    assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
    let (first, gate) = numbers.hold(0).await;
    let asked = [3, 4].map(|n| numbers.ask(&DOUBLE, n));
    numbers.batched(asked.len()).await;
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");
    let [three, four] = asked;
    assert!(three.await.expect("a task").is_err());
    assert_eq!(four.await.expect("a task").expect("a write"), [-4]);
    assert_eq!(numbers.all().await, [-4, 0, 3, 1003, 1004]);
}

#[tokio::test]
async fn a_query_goes_on_when_its_caller_is_gone() {
    let mut numbers = Numbers::new().await;
    let (first, gate) = numbers.hold(0).await;
    let caller = numbers.ask(&INSERT, 7);
    numbers.batched(1).await;
    if numbers.db().kind() == Kind::Sqlite {
        caller.abort();
        assert!(caller.await.expect_err("an aborted task").is_cancelled());
    }
    gate.add_permits(1);
    first.await.expect("a task").expect("a write");
    let mut published = numbers.published(2).await;
    published.sort_unstable();
    assert_eq!(published, [0, 7]);
    assert_eq!(numbers.all().await, [0, 7]);
}

#[tokio::test]
async fn a_query_is_run_on_a_writer_that_got_stuck() {
    let numbers = Numbers::new().await;
    if let Some(writer) = &numbers.db().inner.writer {
        let mut writer = writer.lock().await;
        for left_open in ["BEGIN IMMEDIATE", "INSERT INTO numbers (n) VALUES (1)"] {
            let connection = &mut writer.connection;
            super::writer::execute(connection, left_open)
                .await
                .expect("done");
        }
    }
    let asked = numbers.ask(&INSERT, 2).await.expect("a task");
    assert_eq!(asked.expect("a write"), [2]);
    assert_eq!(numbers.all().await, [2]);
}

#[tokio::test]
async fn a_write_goes_on_when_its_caller_is_gone() {
    let mut numbers = Numbers::new().await;
    let (caller, gate) = numbers.hold(7).await;
    caller.abort();
    assert!(caller.await.expect_err("an aborted task").is_cancelled());
    assert!(numbers.all().await.is_empty());
    gate.add_permits(1);
    // Told only after the commit: so it is there now.
    assert_eq!(numbers.published(1).await, [7]);
    assert_eq!(numbers.all().await, [7]);
}

#[tokio::test]
async fn concurrent_writes_see_each_other_one_after_the_other() {
    let numbers = Numbers::new().await;
    numbers
        .write(0, End::Well)
        .await
        .expect("a task")
        .expect("a write");
    let writes = (0..100).map(|_| {
        let db = numbers.db().clone();
        tokio::spawn(async move {
            db.write(|tx| {
                Box::pin(async move {
                    let row = sqlx::query("UPDATE numbers SET n = n + 1 RETURNING n")
                        .fetch_one(&mut *tx.connection)
                        .await?;
                    Ok(row.try_get::<i64, _>("n")?)
                })
            })
            .await
        })
    });
    let mut given: Vec<_> = join_all(writes)
        .await
        .into_iter()
        .map(|number| number.expect("a task").expect("a write"))
        .collect();
    given.sort_unstable();
    assert_eq!(given, (1..=100).collect::<Vec<_>>());
    assert_eq!(numbers.all().await, [100]);
}

impl Db {
    /// Until PostgreSQL has noticed that `table` has grown, and looked at it.
    pub(crate) async fn look_at_young_table(&self, table: &str) {
        let is_known = || async {
            let mut connection = self.read().await.expect("a connection");
            let row = sqlx::query(
                "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM pg_class
                 WHERE relname = $1 AND reltuples > 100",
            )
            .bind(table)
            .fetch_one(&mut *connection)
            .await;
            row.expect("a count").get::<i64, _>("n") > 0
        };
        while self.kind() == Kind::Postgres && !is_known().await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let looked = self.inner.analyze_young_tables().await;
            looked.expect("a database");
        }
    }
}

#[tokio::test]
async fn a_long_write_that_gets_on_shows_that_the_database_can_be_written() {
    let test = TestCtx::new().await.expect("a database");
    let db = test.ctx.db();
    let (begun, has_begun) = oneshot::channel();
    let (end, mut ends) = oneshot::channel::<()>();
    let (long, moving) = (db.clone(), db.clone());
    let long = tokio::spawn(async move {
        long.write(move |_| {
            Box::pin(async move {
                begun.send(()).expect("a test that waits");
                while ends.try_recv().is_err() {
                    moving.moves_on();
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Ok(())
            })
        })
        .await
    });
    has_begun.await.expect("a write");
    *db.inner.tried.lock().await = None;
    assert!(db.try_out().await.is_ok());
    assert!(!long.is_finished());
    end.send(()).expect("a write that waits");
    long.await.expect("no panic").expect("a write");
}

#[tokio::test]
async fn a_try_that_went_well_counts_for_others_for_a_while() {
    let test = TestCtx::new().await.expect("a database");
    let db = test.ctx.db();
    let last_tried = async |at: Option<Instant>| *db.inner.tried.lock().await = at;
    db.close().await;
    last_tried(Some(Instant::now() + Duration::from_secs(60))).await;
    assert!(db.try_out().await.is_ok());
    last_tried(Instant::now().checked_sub(TRIED_FOR)).await;
    assert!(db.try_out().await.is_err());
}
