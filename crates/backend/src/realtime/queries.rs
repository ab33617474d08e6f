//! All SQL of live events.

use crate::error::Result;
use sqlx::PgConnection;

/// Tells everybody who listens on a channel, at once. $1 channel, $2 text of
/// less than 8,000 bytes
pub(super) async fn notify(connection: &mut PgConnection, channel: &str, text: &str) -> Result<()> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(channel)
        .bind(text)
        .execute(connection)
        .await?;
    Ok(())
}
