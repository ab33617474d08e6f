//! A write in progress.

use super::{
    effects::Effects,
    kind::Kind,
    query::{Query, Value},
};
use crate::{cache::Caches, error::Result, jobs::Jobs};
use sqlx::{AnyConnection, any::AnyRow};

/// A write in progress: the connection to write on, and what to tell the world
/// once it is committed.
pub struct Tx<'c> {
    /// The connection, inside its transaction.
    pub connection: &'c mut AnyConnection,
    kind: Kind,
    queue: &'c Jobs,
    caches: &'c Caches,
    /// What happens once it is committed.
    pub effects: Effects,
}

impl<'c> Tx<'c> {
    pub(super) fn new(
        connection: &'c mut AnyConnection,
        kind: Kind,
        queue: &'c Jobs,
        caches: &'c Caches,
    ) -> Self {
        Self {
            connection,
            kind,
            queue,
            caches,
            effects: Effects::default(),
        }
    }

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

    /// Runs `query` as a part of this write.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn run(
        &mut self,
        query: &'static Query,
        values: &[Value],
    ) -> Result<Vec<AnyRow>> {
        query.run(&mut *self.connection, self.kind, values).await
    }

    /// What this process knows of the queue.
    pub(crate) fn jobs(&self) -> &'c Jobs {
        self.queue
    }

    /// Answers that are kept for a while.
    pub(crate) fn caches(&self) -> &'c Caches {
        self.caches
    }

    /// Which database this is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }
}
