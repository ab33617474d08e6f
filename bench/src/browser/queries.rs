//! SQL that makes filled-in conversations as unlike as they are in a shop.

use sqlx::AnyConnection;

/// Some need a person, some were answered by the AI, in some a shopper waits; what is resolved was
/// read, by everybody. $1 store, $2 now
pub async fn vary(connection: &mut AnyConnection, store_id: &str, now: i64) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE conversations SET
             needs_human = CASE WHEN last_message_at % 140 < 40 THEN 1 ELSE 0 END,
             ai_handled = CASE WHEN last_message_at % 60 < 20 THEN 1 ELSE 0 END,
             agent_read_seq = CASE status WHEN 'resolved' THEN last_seq ELSE agent_read_seq END,
             waiting_since = CASE WHEN status = 'open' AND last_message_at % 100 < 40 THEN last_message_at END
         WHERE store_id = $1",
    )
    .bind(store_id)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE memberships SET seen_from = $2 WHERE store_id = $1")
        .bind(store_id)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
