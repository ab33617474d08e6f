//! One set of SQL on SQLite and PostgreSQL, and the one way to write.
//!
//! SQLite has one writer and many readers (WAL, `synchronous=FULL`). Writes
//! that wait for the writer share a commit: those of several statements run in
//! a savepoint each ([`writer`]), those that are one query go together
//! ([`together`]), and nobody is told "done" before the commit they share has
//! reached the disk. On PostgreSQL every write is a transaction of its own, the
//! server groups commits itself, and queries go together in sets.
//!
//! Invariant: events are announced, and the job worker is woken, only after
//! the commit. On SQLite they come in the order of the writes; on PostgreSQL a
//! write of several statements takes its turn before it commits, while it still
//! holds its locks.

mod batch;
mod effects;
mod kind;
mod queries;
mod query;
mod rows;
mod together;
mod tx;
mod writer;
mod writers;
mod young_tables;

pub use effects::Effects;
pub use kind::Kind;
pub(crate) use query::{Query, Set, Value, with_parameters};
pub(crate) use rows::{RowExt, to_json};
pub use tx::Tx;

use crate::{
    cache::Caches,
    error::{Error, Result},
    jobs::places::Jobs,
    realtime::Realtime,
};
use batch::{Asked, Batch, Sets, Then, Waiting};
use futures::future::BoxFuture;
use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Row,
    any::{AnyConnectOptions, AnyPoolOptions, AnyRow},
    pool::PoolConnection,
};
use std::{
    str::FromStr,
    sync::{Arc, atomic::AtomicUsize},
    time::{Duration, Instant},
};
use tokio::{
    sync::{Mutex, Notify, oneshot},
    time::timeout,
};
use writer::{Inner, Writer, sqlite_writer};
use writers::Writers;

/// Readers at the same time on SQLite.
const SQLITE_READERS: u32 = 8;
/// Connections that read on PostgreSQL.
const POSTGRES_READERS: u32 = 8;
/// How long a read and a write may take together, of a database that is well.
const TRIED_WITHIN: Duration = Duration::from_secs(4);
/// How long that counts: anybody may ask, and each try is a write.
const TRIED_FOR: Duration = Duration::from_secs(1);
/// A connection that was idle for longer is tried before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(2);

/// What each connection to PostgreSQL begins with. Compiling a plan that looks
/// expensive takes half a second, and making one anew for each set of values takes
/// longer than most statements; [`young_tables`] keeps the one that is kept good.
/// No statement, no lock and no forgotten transaction may hold up the others for
/// long.
const POSTGRES_SETTINGS: &str =
    "SET jit = off; SET plan_cache_mode = force_generic_plan; SET statement_timeout = '30s';
    SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'";
/// Whoever writes, looks up by key.
const POSTGRES_WRITER_SETTINGS: [&str; 2] = [POSTGRES_SETTINGS, "SET enable_seqscan = off"];
const SQLITE_READER_SETTINGS: &str = "PRAGMA query_only = ON; PRAGMA busy_timeout = 10000";

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
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
                (
                    readers,
                    Some(Writers::new(options.clone(), &POSTGRES_WRITER_SETTINGS)?),
                )
            }
        };
        let inner = Arc::new(Inner {
            kind,
            options,
            pool,
            writer,
            writers,
            waiting: AtomicUsize::new(0),
            batch: Batch::default(),
            sets: Sets::default(),
            realtime,
            caches,
            jobs,
            tried: Mutex::default(),
            moved_on: Notify::new(),
        });
        if kind == Kind::Postgres {
            tokio::spawn(young_tables::look_after(Arc::downgrade(&inner)));
        }
        Ok(Self { inner })
    }

    /// Which database runs.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// Answers that are kept for a while.
    pub(crate) fn caches(&self) -> &Caches {
        &self.inner.caches
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

    /// Makes a write that is `query` alone: on SQLite together with others that
    /// wait, on PostgreSQL a transaction by itself, each in one trip. `then` reads
    /// what it returned, and says what follows from its commit; what it was that
    /// failed, it may put in other words. The write goes on to its end even if
    /// the caller is dropped meanwhile.
    ///
    /// # Errors
    /// What `then` returns.
    pub(crate) async fn write_query<T, F>(
        &self,
        query: &'static Query,
        values: Vec<Value>,
        then: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Result<Vec<AnyRow>>, &mut Effects) -> Result<T> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let then: Then = Box::new(move |rows, effects| {
            let value = then(rows, effects);
            Box::new(move || {
                // A caller that is gone has no use for it.
                let _ = tell.send(value);
            })
        });
        let inner = Arc::clone(&self.inner);
        let asked = Asked { query, values };
        let waiting = Waiting { asked, then };
        match (&self.inner.writer, query.set()) {
            (Some(_), _) => {
                if inner.batch.put(waiting) {
                    tokio::spawn(async move { inner.write_batches().await });
                }
            }
            (None, Some(set)) => {
                let batch = inner.sets.of(set);
                if batch.put_for_set(waiting) {
                    tokio::spawn(async move { inner.write_sets(batch).await });
                }
            }
            (None, None) => {
                tokio::spawn(async move { inner.write_query_alone(waiting).await });
            }
        }
        told.await
            .map_err(|_| Error::Internal("a write was stopped".to_owned()))?
    }

    /// Reads and writes, and leaves nothing behind. However many ask, there is one try at
    /// a time, and one that went well is theirs for a second. While a long write has
    /// SQLite's one writer, it is enough that it gets on.
    ///
    /// # Errors
    /// If one of it can't be done, or not in time.
    pub async fn try_out(&self) -> Result<()> {
        let tried = timeout(TRIED_WITHIN, async {
            let mut last = self.inner.tried.lock().await;
            if last.is_some_and(|at| at.elapsed() < TRIED_FOR) {
                return Ok(());
            }
            let mut connection = self.read().await?;
            queries::read_nothing(&mut connection).await?;
            drop(connection);
            let write = self.write(|tx| Box::pin(queries::write_nothing(tx.connection)));
            tokio::select! {
                written = write => written?,
                () = self.inner.moved_on.notified() => {}
            }
            *last = Some(Instant::now());
            Ok(())
        });
        tried.await.unwrap_or(Err(Error::Busy))
    }

    /// To be called by a write of very many statements whenever some of them have gone
    /// well: whoever asks whether the database can be written needn't wait for its end.
    pub(crate) fn moves_on(&self) {
        self.inner.moved_on.notify_waiters();
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

#[cfg(test)]
mod tests;
