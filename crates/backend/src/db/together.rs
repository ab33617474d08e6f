//! Queries that wait for SQLite's writer are run together: one trip to its
//! thread for several of the same kind, one commit for all.

use super::{
    batch::{Asked, Batch, Then, Waiting},
    effects::Effects,
    kind::Kind,
    query::REPEATS,
    writer::{Group, Inner, Writer, execute},
};
use crate::error::{Error, Result};
use sqlx::{AnyConnection, any::AnyRow};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// Most queries in one statement on PostgreSQL.
const SET_MAX: usize = 32;
/// How long the others wait for one that goes alone.
const ALONE: Duration = Duration::from_millis(20);

/// Whoever serves the batch. Should it panic, those that wait are told, and the
/// next one that comes serves.
struct Served<'b>(&'b Batch);

impl Drop for Served<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.give_up();
        }
    }
}

impl Inner {
    /// Serves the batch until nothing waits.
    pub async fn write_batches(&self) {
        let Some(writer) = &self.writer else {
            return;
        };
        let _served = Served(&self.batch);
        loop {
            let mut writer = writer.lock().await;
            let batch = self.batch.take();
            if batch.is_empty() {
                return;
            }
            self.write_batch(&mut writer, batch).await;
        }
    }

    async fn write_batch(&self, writer: &mut Writer, mut batch: Vec<Waiting>) {
        let Writer { connection, group } = writer;
        let group = group.take();
        if group.is_none() && batch.len() == 1 {
            for Waiting { asked, then } in batch {
                self.write_by_itself(connection, asked, then).await;
            }
            return;
        }
        // Queries of one kind can go together.
        batch.sort_by_key(|waiting| std::ptr::from_ref(waiting.asked.query) as usize);
        let (batch, callers): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (waiting.asked, waiting.then))
            .unzip();
        match self.run_in_group(connection, group, &batch).await {
            Ok(rows) => self.tell(callers.into_iter().zip(rows.into_iter().map(Ok))),
            // One of them may be to blame: the others must not suffer.
            Err(error) => {
                tracing::warn!(%error, queries = batch.len(), "a batch of writes failed; each is tried by itself");
                for (asked, then) in batch.into_iter().zip(callers) {
                    self.write_by_itself(connection, asked, then).await;
                }
            }
        }
    }

    /// Runs `batch` and commits it, with the writes of `group`. If a query
    /// fails, those are committed all the same, and none of the batch is.
    async fn run_in_group(
        &self,
        connection: &mut AnyConnection,
        group: Option<Group>,
        batch: &[Asked],
    ) -> Result<Vec<Vec<AnyRow>>> {
        let begun = match &group {
            Some(_) => execute(connection, "RELEASE one_write; SAVEPOINT one_write").await,
            None => self.begin(connection).await,
        };
        let (committed, mut run) = match begun {
            Ok(()) => {
                let run = run_all(connection, batch).await;
                if run.is_err() {
                    // An error here shows again at the commit.
                    let _ = execute(connection, "ROLLBACK TO one_write").await;
                }
                (self.commit(connection).await, run)
            }
            // The savepoint may still be that of the group's last write.
            Err(error) => {
                let _ = execute(connection, "ROLLBACK").await;
                let broken = Arc::new(error);
                (Err(Arc::clone(&broken)), Err(Error::Commit(broken)))
            }
        };
        if let (Ok(_), Err(error)) = (&run, &committed) {
            run = Err(Error::Commit(Arc::clone(error)));
        }
        if let Some(group) = group {
            if committed.is_ok() {
                self.take_effect(group.effects);
            }
            group.outcome.send_replace(Some(committed));
        }
        run
    }

    async fn write_by_itself(&self, connection: &mut AnyConnection, asked: Asked, then: Then) {
        let Asked { query, values } = asked;
        let mut rows = query.run_as_transaction(connection, &values).await;
        if rows.is_err() {
            // It may stand in the transaction that failed. A connection that is
            // broken for good is replaced by the next one that begins.
            let _ = execute(connection, "ROLLBACK").await;
            rows = match self.begin(connection).await {
                Ok(()) => match query.run(connection, Kind::Sqlite, &values).await {
                    Ok(rows) => match self.commit(connection).await {
                        Ok(()) => Ok(rows),
                        Err(error) => Err(Error::Commit(error)),
                    },
                    // What its first statements did must not stand.
                    Err(error) => {
                        let _ = execute(connection, "ROLLBACK").await;
                        Err(error)
                    }
                },
                Err(error) => Err(error),
            };
        }
        self.tell([(then, rows)]);
    }

    /// Lets what was written take effect, in order, and tells the callers.
    fn tell(&self, written: impl IntoIterator<Item = (Then, Result<Vec<AnyRow>>)>) {
        let mut all = Effects::default();
        let callers: Vec<_> = written
            .into_iter()
            .map(|(then, rows)| then(rows, &mut all))
            .collect();
        self.take_effect(all);
        for tell in callers {
            tell();
        }
    }

    /// On PostgreSQL: makes sets of what waits until nothing does. What comes while
    /// they are under way goes together with the next one.
    pub async fn write_sets(self: Arc<Self>, waiting: Arc<Batch>) {
        let _served = Served(&waiting);
        loop {
            let mut batch = waiting.take_set(SET_MAX);
            let about: Vec<_> = batch.iter().map(|one| one.asked.about().to_vec()).collect();
            if batch.len() > 1 {
                self.write_set(batch).await;
            } else if let Some(waiting) = batch.pop() {
                let inner = Arc::clone(&self);
                let alone = tokio::spawn(async move { inner.write_query_alone(waiting).await });
                // It may have to wait for somebody; the others need not.
                let _ = timeout(ALONE, alone).await;
            } else {
                return;
            }
            waiting.made(&about);
        }
    }

    async fn write_set(self: &Arc<Self>, batch: Vec<Waiting>) {
        let (batch, callers): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (waiting.asked, waiting.then))
            .unzip();
        let rows = self.run_set(&batch).await.unwrap_or_else(|error| {
            tracing::warn!(%error, queries = batch.len(), "a set of writes failed; each is tried by itself");
            batch.iter().map(|_| Vec::new()).collect()
        });
        let mut written = Vec::with_capacity(batch.len());
        for ((asked, then), rows) in batch.into_iter().zip(callers).zip(rows) {
            if rows.is_empty() && !asked.query.is_always_set() {
                // It was passed over, or there is nothing to be done: it asks again.
                let inner = Arc::clone(self);
                let waiting = Waiting { asked, then };
                tokio::spawn(async move { inner.write_query_alone(waiting).await });
            } else {
                written.push((then, Ok(rows)));
            }
        }
        self.tell(written);
    }

    async fn run_set(&self, batch: &[Asked]) -> Result<Vec<Vec<AnyRow>>> {
        let set = batch.first().and_then(|asked| asked.query.set());
        let set = set.ok_or_else(|| Error::Internal("a query without a set".to_owned()))?;
        let values: Vec<_> = batch.iter().map(|asked| asked.values.as_slice()).collect();
        self.writers()?
            .with(async |connection| set.run(connection, &values).await)
            .await
    }

    /// On PostgreSQL: a query is a transaction by itself.
    pub async fn write_query_alone(&self, waiting: Waiting) {
        let Waiting {
            asked: Asked { query, values },
            then,
        } = waiting;
        let rows = if query.is_always_set() {
            let one = self.run_set(&[Asked { query, values }]).await;
            one.map(|rows| rows.into_iter().flatten().collect())
        } else {
            match self.writers() {
                Ok(writers) => {
                    let run = async |connection: &mut AnyConnection| {
                        query.run(connection, Kind::Postgres, &values).await
                    };
                    writers.with(run).await
                }
                Err(error) => Err(error),
            }
        };
        self.tell([(then, rows)]);
    }
}

/// Runs all queries, as many as can be in each trip.
async fn run_all(connection: &mut AnyConnection, batch: &[Asked]) -> Result<Vec<Vec<AnyRow>>> {
    let mut rows = Vec::with_capacity(batch.len());
    for same in batch.chunk_by(|one, other| std::ptr::eq(one.query, other.query)) {
        let mut rest = same;
        while let Some(first) = rest.first() {
            let fits = |count: &usize| *count <= rest.len();
            let repeat = REPEATS.iter().position(fits).unwrap_or(REPEATS.len() - 1);
            let (now, later) = rest.split_at(REPEATS[repeat]);
            let values: Vec<_> = now.iter().map(|asked| asked.values.as_slice()).collect();
            rows.extend(
                first
                    .query
                    .run_repeated(connection, repeat, &values)
                    .await?,
            );
            rest = later;
        }
    }
    Ok(rows)
}
