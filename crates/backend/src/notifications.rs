//! What somebody wants to be told of outside the page, and when not. It is the account's, in
//! all its stores.

mod queries;

use crate::{Ctx, access::User, error::Result};
use domain::{
    UnixMillis,
    ids::UserId,
    notifications::{Notifications, QuietHours, no_zone},
};
use jiff::{Timestamp, tz::TimeZone};
use sqlx::AnyConnection;
use std::time::Duration;

/// What somebody has chosen; what nobody has to be asked for if they have said nothing.
///
/// # Errors
/// If the database fails.
pub(crate) async fn of(connection: &mut AnyConnection, user_id: UserId) -> Result<Notifications> {
    let stored = queries::load(connection, user_id).await?;
    Ok(stored.unwrap_or_default())
}

/// Keeps what somebody has chosen for themselves.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for a time zone that isn't known here.
pub async fn save(ctx: &Ctx, user: &User, chosen: Notifications) -> Result<()> {
    if let Some(quiet) = &chosen.quiet {
        TimeZone::get(&quiet.time_zone).map_err(|_| no_zone())?;
    }
    let (user_id, now) = (user.id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move { queries::save(tx.connection, user_id, &chosen, now).await })
        })
        .await
}

/// For how long it is still quiet, if it is. What is asked for in a zone that isn't known any
/// more counts in UTC.
pub(crate) fn quiet_left(quiet: &QuietHours, now: UnixMillis) -> Option<Duration> {
    let zone = TimeZone::get(&quiet.time_zone).unwrap_or(TimeZone::UTC);
    let now = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
    let time = zone.to_datetime(now).time();
    let minute = u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute()));
    let left = quiet.left_at(minute.unwrap_or_default())?;
    let begun = Duration::from_secs(u64::from(time.second().unsigned_abs()));
    Some(Duration::from_secs(u64::from(left) * 60).saturating_sub(begun))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(zone: &str, at: &str) -> Option<u64> {
        let quiet = QuietHours::parse("22:00", "07:00", zone).expect("two times");
        let at: Timestamp = at.parse().expect("a time");
        let left = quiet_left(&quiet.expect("quiet hours"), at.as_millisecond());
        left.map(|left| left.as_secs() / 60)
    }

    #[test]
    fn a_night_is_where_somebody_lives() {
        assert_eq!(left("Europe/Berlin", "2026-01-15T21:00:00Z"), Some(540));
        assert_eq!(left("Europe/Berlin", "2026-01-15T20:59:00Z"), None);
        // In summer it begins an hour earlier.
        assert_eq!(left("Europe/Berlin", "2026-07-15T20:00:00Z"), Some(540));
        assert_eq!(left("Asia/Kolkata", "2026-01-15T16:30:30Z"), Some(539));
        assert_eq!(left("UTC", "2026-01-15T12:00:00Z"), None);
        assert_eq!(left("Atlantis/Center", "2026-01-15T23:00:00Z"), Some(480));
    }
}
