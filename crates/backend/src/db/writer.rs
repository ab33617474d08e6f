//! How writes are made: on SQLite one after the other, those that wait in one
//! commit; on PostgreSQL side by side.

use super::{
    batch::{Batch, Sets},
    effects::Effects,
    kind::Kind,
    tx::Tx,
    writers::Writers,
};
use crate::{
    cache::{Caches, Forget},
    error::{Error, Result},
    jobs::places::{AfterCommit, Jobs},
    realtime::{Realtime, hint::Hint},
};
use futures::{FutureExt, future::BoxFuture};
use sqlx::{AnyConnection, AnyPool, Connection, any::AnyConnectOptions};
use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use tokio::sync::{Mutex, Notify, watch};

/// Most writes that share one commit: bounds how long the first one waits.
pub(super) const GROUP_MAX: usize = 128;

/// What all handles of a database share.
pub(super) struct Inner {
    pub kind: Kind,
    /// For a new writer.
    pub options: AnyConnectOptions,
    /// Readers only.
    pub pool: AnyPool,
    /// SQLite's one writing connection.
    pub writer: Option<Mutex<Writer>>,
    /// PostgreSQL's writing connections.
    pub writers: Option<Writers>,
    /// Writes that wait for the writer.
    pub waiting: AtomicUsize,
    /// Queries that wait for it.
    pub batch: Batch,
    /// PostgreSQL: those that wait to be made in a set, by the set.
    pub sets: Sets,
    pub realtime: Realtime,
    pub caches: Arc<Caches>,
    /// Told whenever a committed write has enqueued jobs.
    pub jobs: Jobs,
    /// When reading and writing was last tried, and went well.
    pub tried: Mutex<Option<Instant>>,
    /// Told whenever a long write gets on.
    pub moved_on: Notify,
}

/// SQLite's writing connection and the commit in the making.
pub(super) struct Writer {
    pub connection: AnyConnection,
    pub group: Option<Group>,
}

/// Writes that will be committed together.
pub(super) struct Group {
    pub size: usize,
    pub effects: Effects,
    /// `None` until the commit is through.
    pub outcome: watch::Sender<Option<std::result::Result<(), Arc<Error>>>>,
}

impl Inner {
    pub async fn write_grouped<T, F>(&self, writer: &Mutex<Writer>, work: F) -> Result<T>
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
                    effects: Effects::default(),
                    outcome: watch::Sender::new(None),
                }
            }
        };
        let mut outcome = open.outcome.subscribe();
        let result =
            match in_savepoint(connection, (&self.jobs, &self.caches), &mut open, work).await {
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
            let committed = self.commit(connection).await;
            if committed.is_ok() {
                // Under the lock, hence in order.
                self.take_effect(open.effects);
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
    pub async fn begin(&self, connection: &mut AnyConnection) -> Result<()> {
        const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT one_write";
        let Err(error) = execute(connection, BEGIN).await else {
            return Ok(());
        };
        tracing::error!(%error, "the writing connection is broken; it is replaced");
        *connection = sqlite_writer(&self.options).await?;
        execute(connection, BEGIN).await
    }

    /// Commits; if that can't be, nothing of the transaction remains.
    pub async fn commit(
        &self,
        connection: &mut AnyConnection,
    ) -> std::result::Result<(), Arc<Error>> {
        match execute(connection, "COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) => {
                // Without this the connection would stay in a dead transaction.
                let _ = execute(connection, "ROLLBACK").await;
                Err(Arc::new(error))
            }
        }
    }

    pub async fn write_alone<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>>,
    {
        self.writers()?
            .with(async |connection| {
                let mut transaction = connection.begin().await?;
                let mut tx = Tx::new(&mut transaction, Kind::Postgres, &self.jobs, &self.caches);
                let value = work(&mut tx).await?;
                let effects = tx.effects;
                let turn = (!effects.outbox.is_empty()).then(|| self.realtime.take_turn());
                let committed = transaction.commit().await;
                // It may be through though its answer was lost.
                self.forget(effects.forgets);
                committed?;
                if let Some(turn) = turn {
                    turn.announce(effects.outbox);
                }
                self.after_commit(effects.jobs);
                Ok(value)
            })
            .await
    }

    /// PostgreSQL's writing connections.
    ///
    /// # Errors
    /// On SQLite.
    pub fn writers(&self) -> Result<&Writers> {
        let none = || Error::Internal("SQLite has one writer".to_owned());
        self.writers.as_ref().ok_or_else(none)
    }

    /// What follows from a commit.
    pub fn take_effect(&self, effects: Effects) {
        self.forget(effects.forgets);
        // Sent elsewhere, by a task of its own.
        self.realtime.announce(effects.outbox);
        self.after_commit(effects.jobs);
    }

    /// Jobs that were enqueued are other servers' matter, too, if there are any.
    fn after_commit(&self, jobs: AfterCommit) {
        if jobs.wake {
            self.realtime.bus().publish(Hint::Jobs);
        }
        self.jobs.after_commit(jobs);
    }

    fn forget(&self, forgets: Vec<Forget>) {
        for what in forgets {
            self.caches.forget(&what);
            self.realtime.hub().doubt(&what);
            self.realtime.bus().publish(Hint::Forget { what });
        }
    }
}

/// A connection that writes as durably as SQLite can.
pub(super) async fn sqlite_writer(options: &AnyConnectOptions) -> Result<AnyConnection> {
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
    (queue, caches): (&Jobs, &Caches),
    group: &mut Group,
    work: F,
) -> Result<Result<T>>
where
    F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T>>,
{
    if group.size > 0 {
        execute(connection, "RELEASE one_write; SAVEPOINT one_write").await?;
    }
    let mut tx = Tx::new(connection, Kind::Sqlite, queue, caches);
    let result = AssertUnwindSafe(work(&mut tx))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
    let Tx {
        connection,
        effects,
        ..
    } = tx;
    if result.is_ok() {
        group.effects.extend(effects);
    } else {
        execute(connection, "ROLLBACK TO one_write").await?;
    }
    Ok(result)
}

/// Runs statements without values, in one trip.
///
/// # Errors
/// If the database fails.
pub(super) async fn execute(
    connection: &mut AnyConnection,
    statements: &'static str,
) -> Result<()> {
    sqlx::raw_sql(statements).execute(connection).await?;
    Ok(())
}
