//! All SQL of settings.

use crate::{
    access::Actor,
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::StoreId,
    settings::{Revision, Section, SectionName, StoredSection, StoredSettings},
};
use sqlx::{AnyConnection, Row};

/// Every section that was ever saved; the others are their defaults. A section
/// that only a newer server knows is left out.
///
/// $1 store
pub(crate) async fn load(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<StoredSettings> {
    let rows = sqlx::query(
        "SELECT store_settings.section, store_settings.version, store_settings.json,
                store_settings.changed_at, COALESCE(users.name, api_keys.name) AS changed_by
         FROM store_settings LEFT JOIN users ON users.id = store_settings.changed_by
            LEFT JOIN api_keys ON api_keys.store_id = store_settings.store_id
                AND api_keys.id = store_settings.changed_by_key
         WHERE store_settings.store_id = $1",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    let mut stored = StoredSettings::default();
    for row in rows {
        let word: String = row.try_get("section")?;
        let Some(name) = SectionName::from_word(&word) else {
            continue;
        };
        let json: String = row.try_get("json")?;
        stored.set(StoredSection {
            section: Section::from_json(name, &json)
                .map_err(|_| Error::corrupt("store_settings.json"))?,
            revision: Revision {
                version: row.try_get("version")?,
                changed_by: row.try_get("changed_by")?,
                changed_at: row.try_get("changed_at")?,
            },
        });
    }
    Ok(stored)
}

/// Compares and sets in one statement: the version that is stored now, or
/// `None` if the stored one was not `expected_version`. Version 0 has no row.
///
/// $1 store, $2 section, $3 expected version, $4 JSON, $5 user, $6 now, $7 API key
pub(crate) async fn save(
    connection: &mut AnyConnection,
    store_id: StoreId,
    section: &Section,
    expected_version: i64,
    changed_by: &Actor,
    now: UnixMillis,
) -> Result<Option<i64>> {
    let json = section
        .to_json()
        .map_err(|error| Error::Internal(format!("a section as JSON: {error}")))?;
    let (user, key) = match changed_by {
        Actor::User(user) => (Some(user.id.to_string()), None),
        Actor::ApiKey(key) => (None, Some(key.id.to_string())),
        Actor::Visitor(_) | Actor::Ai | Actor::System => (None, None),
    };
    let row = sqlx::query(
        "INSERT INTO store_settings (store_id, section, version, json, changed_by, changed_at, changed_by_key)
         SELECT $1, $2, 1, $4, $5, $6, $7
         WHERE $3 = 0 OR EXISTS (SELECT 1 FROM store_settings WHERE store_id = $1 AND section = $2)
         ON CONFLICT (store_id, section) DO UPDATE
            SET version = store_settings.version + 1, json = excluded.json,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at,
                changed_by_key = excluded.changed_by_key
            WHERE store_settings.version = $3
         RETURNING version",
    )
    .bind(store_id.to_string())
    .bind(section.name().as_str())
    .bind(expected_version)
    .bind(json)
    .bind(user)
    .bind(now)
    .bind(key)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.try_get("version")).transpose()?)
}

/// The alarms of waits that aren't too long any more haven't been raised. $1 store, $2 since when
/// a wait is
pub(super) async fn calm(
    connection: &mut AnyConnection,
    store_id: StoreId,
    late_since: Option<UnixMillis>,
) -> Result<()> {
    sqlx::query(
        "UPDATE conversations SET alarmed_since = NULL
         WHERE store_id = $1 AND status = $3 AND alarmed_since = waiting_since AND waiting_since > $2",
    )
    .bind(store_id.to_string())
    .bind(late_since.unwrap_or(i64::MIN))
    .bind(Status::Open.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
