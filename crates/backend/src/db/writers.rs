//! The connections that write on PostgreSQL.
//!
//! Not sqlx's own pool: that asks each connection after each use whether it still
//! lives, which is a trip more for each write, and it gives them out in turn, so
//! that each one makes every plan. Here the one that was used last goes first.

use super::queries;
use crate::error::{Error, Result};
use deadpool::{
    Runtime,
    managed::{
        Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError,
        RecycleResult, Timeouts,
    },
};
use sqlx::{AnyConnection, Connection, any::AnyConnectOptions};
use std::time::Duration;

/// Most of them: a flood of readers holds up no writer.
const MOST: usize = 12;
/// A connection that was idle for longer is tried before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(2);
/// How long a write waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections for writes.
pub(super) struct Writers {
    pool: Pool<Connections>,
}

impl Writers {
    /// None yet; they are made when they are needed, and begin with `settings`.
    ///
    /// # Errors
    /// If there is no runtime to make them in.
    pub fn new(options: AnyConnectOptions, settings: &'static [&'static str]) -> Result<Self> {
        let config = PoolConfig {
            max_size: MOST,
            timeouts: Timeouts {
                wait: Some(PATIENCE),
                create: Some(PATIENCE),
                recycle: Some(PATIENCE),
            },
            queue_mode: QueueMode::Lifo,
        };
        let pool = Pool::builder(Connections { options, settings })
            .config(config)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { pool })
    }

    /// Runs `work` on a connection. After a failure the connection is tried before
    /// it serves again.
    ///
    /// # Errors
    /// What `work` returns; or if no connection gets free in time, or the database
    /// can't be reached.
    pub async fn with<T>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T>,
    ) -> Result<T> {
        let mut writing = self.take().await?;
        let done = work(&mut writing.connection).await;
        self.give_back(writing, done.is_ok()).await;
        done
    }

    /// A connection, for somebody who [gives it back](Self::give_back).
    ///
    /// # Errors
    /// If none gets free in time, or the database can't be reached.
    pub async fn take(&self) -> Result<Object<Connections>> {
        let mut writing = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => sqlx::Error::PoolClosed,
            _ => sqlx::Error::PoolTimedOut,
        })?;
        // A write that is stopped may leave it in a transaction.
        writing.is_sound = false;
        Ok(writing)
    }

    /// Takes it back.
    pub async fn give_back(&self, mut writing: Object<Connections>, went_well: bool) {
        writing.is_sound = went_well || writing.connection.ping().await.is_ok();
        if !writing.is_sound {
            // The database was restarted, or is gone: the others are no better.
            self.pool.retain(|_, _| false);
        }
    }

    /// Closes those that nobody uses, and gives out no more.
    pub async fn close(&self) {
        let unused = self.pool.retain(|_, _| false).removed;
        self.pool.close();
        for writer in unused {
            // It is gone, if not in good order.
            let _ = writer.connection.close().await;
        }
    }
}

/// A connection that writes.
pub(super) struct Connected {
    pub connection: AnyConnection,
    /// Whether it was given back in order.
    is_sound: bool,
}

/// How they are made.
pub(super) struct Connections {
    options: AnyConnectOptions,
    settings: &'static [&'static str],
}

impl Manager for Connections {
    type Type = Connected;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Connected, sqlx::Error> {
        let mut connection = AnyConnection::connect_with(&self.options).await?;
        for settings in self.settings {
            queries::set(&mut connection, settings).await?;
        }
        Ok(Connected {
            connection,
            is_sound: true,
        })
    }

    async fn recycle(
        &self,
        writing: &mut Connected,
        metrics: &Metrics,
    ) -> RecycleResult<sqlx::Error> {
        if !writing.is_sound {
            return Err(RecycleError::message("its write was stopped"));
        }
        if metrics.last_used() > TRUSTED_FOR {
            writing.connection.ping().await?;
        }
        Ok(())
    }
}
