//! One set of SQL on SQLite and PostgreSQL, and the one way to write.
//!
//! SQLite has one writer and many readers (WAL, `synchronous=FULL`). Writes
//! that wait for the writer share a commit: each runs in a savepoint of its
//! own, and nobody is told "done" before the commit they share has reached the
//! disk. On PostgreSQL every write is a transaction of its own; the server
//! groups commits itself.
//!
//! Invariant: events are announced, and the job worker is woken, only after
//! the commit. They come in the order of the writes; on PostgreSQL a write takes
//! its turn before it commits, while it still holds its locks.

use crate::{
    cache::{Caches, Forget},
    error::{Error, Result},
    jobs::places::{AfterCommit, Held, Jobs},
    realtime::{Realtime, hint::Hint, hub::Outgoing},
};
use futures::{FutureExt, future::BoxFuture};
use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Row,
    any::{AnyConnectOptions, AnyPoolOptions, AnyRow},
    pool::PoolConnection,
};
use std::{
    panic::AssertUnwindSafe,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Mutex, watch};

/// Most writes that share one commit: bounds how long the first one waits.
const GROUP_MAX: usize = 128;
/// Readers at the same time on SQLite.
const SQLITE_READERS: u32 = 8;
/// Connections that read on PostgreSQL.
const POSTGRES_READERS: u32 = 8;
/// Connections that write on PostgreSQL: a flood of readers holds up no writer.
const POSTGRES_WRITERS: u32 = 12;
/// A connection that was idle for longer is tried before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(2);

/// What each connection to PostgreSQL begins with. It compiles a plan that looks
/// expensive: half a second for a claim of jobs that then takes a tenth of a
/// millisecond. It keeps plans that it made while a table was small; they must
/// use the indexes, or they would read all of it when it has grown. No statement,
/// no lock and no forgotten transaction may hold up the others for long.
const POSTGRES_SETTINGS: &str =
    "SET jit = off; SET enable_seqscan = off; SET statement_timeout = '30s'; SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '30s'";
const SQLITE_READER_SETTINGS: &str = "PRAGMA query_only = ON; PRAGMA busy_timeout = 10000";

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// Which database runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The one by `DATABASE_URL`.
    Postgres,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    kind: Kind,
    /// For a new writer.
    options: AnyConnectOptions,
    /// Readers only.
    pool: AnyPool,
    /// SQLite's one writing connection.
    writer: Option<Mutex<Writer>>,
    /// PostgreSQL's writing connections.
    writers: Option<AnyPool>,
    /// Writes that wait for the writer.
    waiting: AtomicUsize,
    realtime: Realtime,
    caches: Arc<Caches>,
    /// Told whenever a committed write has enqueued jobs.
    jobs: Jobs,
}

/// SQLite's writing connection and the commit in the making.
struct Writer {
    connection: AnyConnection,
    group: Option<Group>,
}

/// Writes that will be committed together.
struct Group {
    size: usize,
    outbox: Vec<Outgoing>,
    forgets: Vec<Forget>,
    jobs: AfterCommit,
    /// `None` until the commit is through.
    outcome: watch::Sender<Option<std::result::Result<(), Arc<Error>>>>,
}

/// A write in progress: the connection to write on, and what to tell the world
/// once it is committed.
pub struct Tx<'c> {
    /// The connection, inside its transaction.
    pub connection: &'c mut AnyConnection,
    kind: Kind,
    outbox: Vec<Outgoing>,
    forgets: Vec<Forget>,
    queue: &'c Jobs,
    jobs: AfterCommit,
}

/// What a write leaves to be done once it is committed.
struct Done {
    outbox: Vec<Outgoing>,
    forgets: Vec<Forget>,
    jobs: AfterCommit,
}

impl From<Tx<'_>> for Done {
    fn from(tx: Tx<'_>) -> Self {
        Self {
            outbox: tx.outbox,
            forgets: tx.forgets,
            jobs: tx.jobs,
        }
    }
}

impl<'c> Tx<'c> {
    fn postgres(connection: &'c mut AnyConnection, queue: &'c Jobs) -> Self {
        Self {
            connection,
            kind: Kind::Postgres,
            outbox: Vec::new(),
            forgets: Vec::new(),
            queue,
            jobs: AfterCommit::default(),
        }
    }
}

impl Tx<'_> {
    /// Makes writes on `key` wait for one another until they are committed, so
    /// that what is read in this transaction is still so when it is written.
    /// To be asked for before anything is read. SQLite has one writer anyway.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lock(&mut self, key: impl std::fmt::Display) -> Result<()> {
        if self.kind == Kind::Postgres {
            sqlx::query("SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock(hashtextextended($1, 0))) taken")
                .bind(key.to_string())
                .execute(&mut *self.connection)
                .await?;
        }
        Ok(())
    }

    /// Publishes `outgoing` after the commit; never if there is none.
    pub fn publish(&mut self, outgoing: Outgoing) {
        self.outbox.push(outgoing);
    }

    /// Forgets what is kept of answers that this write changes, after the
    /// commit, here and on the other servers.
    pub fn forget(&mut self, what: Forget) {
        self.forgets.push(what);
    }

    /// Wakes the job worker after the commit.
    pub fn wake_jobs(&mut self) {
        self.jobs.wake = true;
    }

    /// Lets the worker begin a job that was born claimed, after the commit.
    pub(crate) fn hand_over(&mut self, held: Held) {
        self.jobs.held.push(held);
    }

    /// What this process knows of the queue.
    pub(crate) fn jobs(&self) -> &'_ Jobs {
        self.queue
    }

    /// Which database this is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }
}

impl Db {
    /// Connects to `url` (`sqlite://…` or `postgres://…`) and brings the schema
    /// up to date.
    ///
    /// # Errors
    /// If the database can't be reached, or is newer than this executable.
    pub async fn connect(
        url: &str,
        realtime: Realtime,
        caches: Arc<Caches>,
        jobs: Jobs,
    ) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let kind = if url.starts_with("postgres") {
            Kind::Postgres
        } else {
            Kind::Sqlite
        };
        let options = AnyConnectOptions::from_str(url)?;
        let writer = match kind {
            Kind::Postgres => None,
            Kind::Sqlite => {
                let mut connection = sqlite_writer(&options).await?;
                SQLITE_MIGRATIONS.run(&mut connection).await?;
                Some(Mutex::new(Writer {
                    connection,
                    group: None,
                }))
            }
        };
        let (pool, writers) = match kind {
            Kind::Sqlite => {
                let readers = pool(&options, SQLITE_READERS, SQLITE_READER_SETTINGS).await?;
                (readers, None)
            }
            Kind::Postgres => {
                // The migrations may take longer than any statement of a running server. A
                // pool, since that waits for a database that is just starting.
                let migrating = AnyPoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect_with(options.clone())
                    .await?;
                POSTGRES_MIGRATIONS.run(&migrating).await?;
                migrating.close().await;
                let readers = pool(&options, POSTGRES_READERS, POSTGRES_SETTINGS).await?;
                let writers = pool(&options, POSTGRES_WRITERS, POSTGRES_SETTINGS).await?;
                (readers, Some(writers))
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                kind,
                options,
                pool,
                writer,
                writers,
                waiting: AtomicUsize::new(0),
                realtime,
                caches,
                jobs,
            }),
        })
    }

    /// Which database runs.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// A connection to read on. It sees every committed write.
    ///
    /// # Errors
    /// If none gets free within ten seconds.
    pub async fn read(&self) -> Result<PoolConnection<Any>> {
        Ok(self.inner.pool.acquire().await?)
    }

    /// Runs `work` in a transaction and returns once it is committed for good.
    /// If `work` fails, nothing it wrote remains. The write goes on to its end
    /// even if the caller is dropped meanwhile.
    ///
    /// # Errors
    /// What `work` returns, or why the commit failed.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            match &inner.writer {
                Some(writer) => inner.write_grouped(writer, work).await,
                None => inner.write_alone(work).await,
            }
        });
        task.await
            .map_err(|stopped| Error::Internal(format!("a write was stopped: {stopped}")))?
    }

    /// As [`Db::write`], for `work` that is one statement: on PostgreSQL that is
    /// a transaction by itself, and one trip instead of three.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub(crate) async fn write_one<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let Some(writers) = self.inner.writers.clone() else {
            return self.write(work).await;
        };
        let inner = Arc::clone(&self.inner);
        let task = tokio::spawn(async move {
            let mut connection = writers.acquire().await?;
            let mut tx = Tx::postgres(&mut connection, &inner.jobs);
            let value = work(&mut tx).await?;
            let done = Done::from(tx);
            inner.forget(done.forgets);
            inner.realtime.announce(done.outbox);
            inner.after_commit(done.jobs);
            Ok(value)
        });
        task.await
            .map_err(|stopped| Error::Internal(format!("a write was stopped: {stopped}")))?
    }

    /// Closes every connection; on SQLite the log is written back.
    pub async fn close(&self) {
        self.inner.pool.close().await;
        if let Some(writers) = &self.inner.writers {
            writers.close().await;
        }
        if let Some(writer) = &self.inner.writer {
            let mut writer = writer.lock().await;
            let written_back = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(&mut writer.connection)
                .await;
            if let Err(error) = written_back {
                tracing::warn!(%error, "the write-ahead log stays as it is until the next start");
            }
        }
    }
}

/// Writes a consistent copy of the SQLite database at `url` to `file`, which must
/// not exist. A server may run on it meanwhile; nothing is migrated.
///
/// # Errors
/// If it can't be read, or the copy can't be written.
pub async fn copy(url: &str, file: &str) -> Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    sqlx::raw_sql("PRAGMA busy_timeout = 10000")
        .execute(&mut connection)
        .await?;
    sqlx::query("VACUUM INTO $1")
        .bind(file)
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// Whether the SQLite database at `url` is undamaged, and one of ours.
///
/// # Errors
/// If it can't be opened.
pub async fn is_sound(url: &str) -> Result<bool> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let check = async {
        let row = sqlx::query("PRAGMA quick_check(1)")
            .fetch_one(&mut connection)
            .await?;
        let is_whole = row.try_get::<String, _>(0)? == "ok";
        let row = sqlx::query(
            "SELECT COUNT(*) AS n FROM sqlite_master WHERE name IN ('_sqlx_migrations', 'stores')",
        )
        .fetch_one(&mut connection)
        .await?;
        Ok::<_, sqlx::Error>(is_whole && row.try_get::<i64, _>("n")? == 2)
    };
    let is_sound = check.await.unwrap_or(false);
    connection.close().await?;
    Ok(is_sound)
}

impl Inner {
    async fn write_grouped<T, F>(&self, writer: &Mutex<Writer>, work: F) -> Result<T>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>>,
    {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut guard = writer.lock().await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let Writer { connection, group } = &mut *guard;

        let mut open = match group.take() {
            Some(open) => open,
            None => {
                self.begin(connection).await?;
                Group {
                    size: 0,
                    outbox: Vec::new(),
                    forgets: Vec::new(),
                    jobs: AfterCommit::default(),
                    outcome: watch::Sender::new(None),
                }
            }
        };
        let mut outcome = open.outcome.subscribe();
        let result = match in_savepoint(connection, &self.jobs, &mut open, work).await {
            Ok(result) => result,
            Err(broken) => {
                // The database itself failed: nothing of the group can stand.
                let _ = execute(connection, "ROLLBACK").await;
                drop(guard);
                let shared = Arc::new(broken);
                open.outcome.send_replace(Some(Err(Arc::clone(&shared))));
                return Err(Error::Commit(shared));
            }
        };
        open.size += 1;

        let others_follow = self.waiting.load(Ordering::SeqCst) > 0 && open.size < GROUP_MAX;
        if others_follow {
            *group = Some(open);
            drop(guard);
        } else {
            let committed = match execute(connection, "COMMIT").await {
                Ok(()) => Ok(()),
                Err(error) => {
                    // Without this the connection would stay in a dead transaction.
                    let _ = execute(connection, "ROLLBACK").await;
                    Err(Arc::new(error))
                }
            };
            if committed.is_ok() {
                // Queued under the lock, hence in order; sent elsewhere.
                self.forget(open.forgets);
                self.realtime.announce(open.outbox);
                self.jobs.after_commit(open.jobs);
            }
            drop(guard);
            open.outcome.send_replace(Some(committed));
        }

        let value = result?;
        let committed = outcome
            .wait_for(Option::is_some)
            .await
            .map_err(|_| Error::Internal("the shared commit was given up".to_owned()))?
            .clone();
        match committed {
            Some(Err(shared)) => Err(Error::Commit(shared)),
            _ => Ok(value),
        }
    }

    /// Begins the transaction of a group; on a new connection if the old one
    /// can't, whatever became of it.
    async fn begin(&self, connection: &mut AnyConnection) -> Result<()> {
        const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT one_write";
        let Err(error) = execute(connection, BEGIN).await else {
            return Ok(());
        };
        tracing::error!(%error, "the writing connection is broken; it is replaced");
        *connection = sqlite_writer(&self.options).await?;
        execute(connection, BEGIN).await
    }

    async fn write_alone<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>>,
    {
        let writers = self.writers.as_ref().unwrap_or(&self.pool);
        let mut transaction = writers.begin().await?;
        let mut tx = Tx::postgres(&mut transaction, &self.jobs);
        let value = work(&mut tx).await?;
        let done = Done::from(tx);
        let turn = (!done.outbox.is_empty()).then(|| self.realtime.take_turn());
        let committed = transaction.commit().await;
        // It may be through though its answer was lost.
        self.forget(done.forgets);
        committed?;
        if let Some(turn) = turn {
            turn.announce(done.outbox);
        }
        self.after_commit(done.jobs);
        Ok(value)
    }

    /// On PostgreSQL: jobs that were enqueued are other servers' matter, too.
    fn after_commit(&self, jobs: AfterCommit) {
        if jobs.wake {
            self.realtime.bus().publish(Hint::Jobs);
        }
        self.jobs.after_commit(jobs);
    }

    fn forget(&self, forgets: Vec<Forget>) {
        for what in forgets {
            self.caches.forget(&what);
            self.realtime.bus().publish(Hint::Forget { what });
        }
    }
}

/// Connections that begin with `settings`.
async fn pool(options: &AnyConnectOptions, max: u32, settings: &'static str) -> Result<AnyPool> {
    let pool = AnyPoolOptions::new()
        .max_connections(max)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(settings).execute(connection).await?;
                Ok(())
            })
        })
        // One that is in use all the time needs no trip more to be trusted.
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > TRUSTED_FOR {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options.clone())
        .await?;
    Ok(pool)
}

/// A connection that writes as durably as SQLite can.
async fn sqlite_writer(options: &AnyConnectOptions) -> Result<AnyConnection> {
    let mut connection = AnyConnection::connect_with(options).await?;
    for pragma in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA busy_timeout = 10000",
        "PRAGMA foreign_keys = ON",
    ] {
        sqlx::raw_sql(pragma).execute(&mut connection).await?;
    }
    Ok(connection)
}

/// Runs `work` in a savepoint, so that its failure, or panic, leaves the others
/// of its group as they are. The first one's is set when the group begins; the
/// next of the group, or the commit, releases it. (Each trip to the connection's
/// thread costs more than most statements, hence two in one.) The outer result is
/// the database's own, the inner one `work`'s.
async fn in_savepoint<T, F>(
    connection: &mut AnyConnection,
    queue: &Jobs,
    group: &mut Group,
    work: F,
) -> Result<Result<T>>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>>,
{
    if group.size > 0 {
        execute(connection, "RELEASE one_write; SAVEPOINT one_write").await?;
    }
    let mut tx = Tx {
        connection,
        kind: Kind::Sqlite,
        outbox: Vec::new(),
        forgets: Vec::new(),
        queue,
        jobs: AfterCommit::default(),
    };
    let result = AssertUnwindSafe(work(&mut tx))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
    let Tx {
        connection,
        outbox,
        forgets,
        jobs,
        ..
    } = tx;
    if result.is_ok() {
        group.outbox.extend(outbox);
        group.forgets.extend(forgets);
        group.jobs.extend(jobs);
    } else {
        execute(connection, "ROLLBACK TO one_write").await?;
    }
    Ok(result)
}

async fn execute(connection: &mut AnyConnection, statements: &'static str) -> Result<()> {
    sqlx::raw_sql(statements).execute(connection).await?;
    Ok(())
}

/// Reads typed columns out of a row.
pub(crate) trait RowExt {
    /// Column `name` as text parsed into `T`, such as an id.
    fn parsed<T: FromStr>(&self, name: &str) -> Result<T>;
    /// Column `name`, a stored word, by `T`'s own reading of it.
    fn word<T>(&self, name: &str, read: fn(&str) -> Option<T>) -> Result<T>;
    /// Column `name` as JSON.
    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T>;
    /// Column `name`, 0 or 1.
    fn flag(&self, name: &str) -> Result<bool>;
}

impl RowExt for AnyRow {
    fn parsed<T: FromStr>(&self, name: &str) -> Result<T> {
        let text: String = self.try_get(name)?;
        text.parse().map_err(|_| Error::corrupt(name))
    }

    fn word<T>(&self, name: &str, read: fn(&str) -> Option<T>) -> Result<T> {
        let word: String = self.try_get(name)?;
        read(&word).ok_or_else(|| Error::corrupt(name))
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text: String = self.try_get(name)?;
        serde_json::from_str(&text).map_err(|_| Error::corrupt(name))
    }

    fn flag(&self, name: &str) -> Result<bool> {
        Ok(self.try_get::<i64, _>(name)? != 0)
    }
}

/// `value` as JSON text for a column.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(format!("as JSON: {error}")))
}

#[cfg(test)]
mod tests;
