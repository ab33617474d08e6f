//! PostgreSQL's plans for tables that have just grown.
//!
//! A plan that was made while a table was nearly empty may read all of it: to a
//! table of three rows every index is as good. PostgreSQL makes its plans anew
//! when it has looked at the table, which its own housekeeping does within some
//! minutes. A store that is just filled, or a queue that jams, can't wait for
//! that.

use super::{queries, writer::Inner};
use crate::error::Result;
use std::{sync::Weak, time::Duration};

/// How often it is asked which tables have grown.
const EVERY: Duration = Duration::from_secs(1);

/// Looks after the tables as long as the database is in use.
pub(super) async fn look_after(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(inner) = inner.upgrade() else {
            return;
        };
        if let Err(error) = inner.analyze_young_tables().await {
            // PostgreSQL's own housekeeping does the same later.
            tracing::debug!(%error, "tables that have grown were not looked at");
        }
    }
}

impl Inner {
    /// Lets PostgreSQL look at each table that is several times as large as when
    /// it last did.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn analyze_young_tables(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        for table in queries::grown_tables(&mut connection).await? {
            queries::analyze(&mut connection, table).await?;
        }
        Ok(())
    }
}
