//! All SQL of giving conversations by a rule.

use crate::{db::RowExt, error::Result, presence::row::read_presence};
use domain::{
    UnixMillis,
    assignment::Candidate,
    ids::{ConversationId, StoreId},
    settings::SectionName,
};
use sqlx::{AnyConnection, Row};

/// The conversations `c` of a store that need a person and are nobody's: the shopper waits, and
/// either somebody has said that a person must answer, or the AI has nothing under way for it.
/// It works on what stands in the conversation's own lane.
macro_rules! that_wait {
    () => {
        " c.status = 'open' AND c.assignee_id IS NULL AND c.waiting_since IS NOT NULL
            AND c.spam_at IS NULL AND c.merged_into IS NULL
            AND (c.needs_human = 1 OR NOT EXISTS (SELECT 1 FROM jobs j
                WHERE j.store_id = c.store_id AND j.lane = c.id AND j.state <> 'dead')) "
    };
}

/// Those whose rule has something to give. Their settings say so by themselves; the pattern only
/// keeps most of the others from being looked at. $1 section, $2 pattern
pub(super) async fn stores_that_wait(connection: &mut AnyConnection) -> Result<Vec<StoreId>> {
    let rows = sqlx::query(concat!(
        "SELECT s.store_id FROM store_settings s
         WHERE s.section = $1 AND s.json LIKE $2
            AND EXISTS (SELECT 1 FROM conversations c WHERE c.store_id = s.store_id AND",
        that_wait!(),
        ")"
    ))
    .bind(SectionName::Assignment.as_str())
    .bind(r#"%"rule":"round_robin"%"#)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.parsed("store_id")).collect()
}

/// $1 store
pub(super) async fn longest_waiting(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Option<ConversationId>> {
    let row = sqlx::query(concat!(
        "SELECT c.id FROM conversations c WHERE c.store_id = $1 AND",
        that_wait!(),
        "ORDER BY c.waiting_since, c.id LIMIT 1"
    ))
    .bind(store_id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// Whether a conversation is still one of them. $1 store, $2 id
pub(super) async fn waits(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<bool> {
    let row = sqlx::query(concat!(
        "SELECT 1 AS one FROM conversations c WHERE c.store_id = $1 AND c.id = $2 AND",
        that_wait!()
    ))
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Those of the team who have a page open. $1 store
pub(super) async fn candidates(
    connection: &mut AnyConnection,
    store_id: StoreId,
    now: UnixMillis,
) -> Result<Vec<Candidate>> {
    let rows = sqlx::query(
        "SELECT m.user_id, m.connected_at, m.last_turn, u.away_since,
            (SELECT COUNT(*) FROM conversations c
             WHERE c.store_id = $1 AND c.assignee_id = m.user_id AND c.status = 'open'
                AND c.spam_at IS NULL AND c.merged_into IS NULL) AS open
         FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.store_id = $1 AND m.connected_at IS NOT NULL",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Candidate {
                user: row.parsed("user_id")?,
                presence: read_presence(row, now)?,
                open: row.try_get("open")?,
                last_turn: row.try_get("last_turn")?,
            })
        })
        .collect()
}
