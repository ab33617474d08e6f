//! Presence in the rows of others' queries. Below all of them.

use crate::error::Result;
use domain::{UnixMillis, presence::Presence};
use sqlx::{Row, any::AnyRow};

/// The presence in a row with `connected_at` of the membership and `away_since` of the account.
///
/// # Errors
/// If it has no such columns.
pub(crate) fn read_presence(row: &AnyRow, now: UnixMillis) -> Result<Presence> {
    let away_since: Option<UnixMillis> = row.try_get("away_since")?;
    let connected_at = row.try_get("connected_at")?;
    Ok(Presence::of(away_since.is_some(), connected_at, now))
}
