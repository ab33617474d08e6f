//! All SQL of what people want to be told of.

use crate::{
    db::RowExt,
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    ids::UserId,
    notifications::{Notifications, QuietHours},
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// $1 user
pub(super) async fn load(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<Option<Notifications>> {
    let row = sqlx::query(
        "SELECT mail, sound, browser, quiet_from, quiet_until, time_zone
         FROM notification_settings WHERE user_id = $1",
    )
    .bind(user_id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let time_zone: Option<String> = row.try_get("time_zone")?;
        let quiet = time_zone.map(|time_zone| {
            Ok::<_, Error>(QuietHours {
                from: minute(&row, "quiet_from")?,
                until: minute(&row, "quiet_until")?,
                time_zone,
            })
        });
        Ok(Notifications {
            mail: row.flag("mail")?,
            sound: row.flag("sound")?,
            browser: row.flag("browser")?,
            quiet: quiet.transpose()?,
        })
    })
    .transpose()
}

fn minute(row: &AnyRow, column: &str) -> Result<u16> {
    let minute: i64 = row.try_get(column)?;
    u16::try_from(minute).map_err(|_| Error::corrupt(column))
}

/// $1 user, $2 mail, $3 sound, $4 browser, $5 quiet from, $6 until, $7 time zone, $8 now
pub(super) async fn save(
    connection: &mut AnyConnection,
    user_id: UserId,
    chosen: &Notifications,
    now: UnixMillis,
) -> Result<()> {
    let quiet = chosen.quiet.as_ref();
    sqlx::query(
        "INSERT INTO notification_settings
            (user_id, mail, sound, browser, quiet_from, quiet_until, time_zone, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (user_id) DO UPDATE SET mail = excluded.mail, sound = excluded.sound,
            browser = excluded.browser, quiet_from = excluded.quiet_from,
            quiet_until = excluded.quiet_until, time_zone = excluded.time_zone,
            updated_at = excluded.updated_at",
    )
    .bind(user_id.to_string())
    .bind(i64::from(chosen.mail))
    .bind(i64::from(chosen.sound))
    .bind(i64::from(chosen.browser))
    .bind(quiet.map(|quiet| i64::from(quiet.from)))
    .bind(quiet.map(|quiet| i64::from(quiet.until)))
    .bind(quiet.map(|quiet| quiet.time_zone.clone()))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
