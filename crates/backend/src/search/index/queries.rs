//! All SQL of the indexer that both databases share.

use crate::{
    db::{Kind, RowExt, Tx, to_json},
    error::Result,
    search::{dialect, queries::text},
};
use domain::{ids::StoreId, message::Sender};
use serde::Serialize;
use sqlx::{AnyConnection, Row};

/// What waits, the first of it: $1 limit
pub(super) async fn waiting(connection: &mut AnyConnection, limit: i64) -> Result<Vec<Waiting>> {
    let rows =
        sqlx::query("SELECT n, store_id, kind, subject FROM search_waiting ORDER BY n LIMIT $1")
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                n: row.try_get("n")?,
                store_id: row.parsed("store_id")?,
                kind: row.try_get("kind")?,
                subject: row.try_get("subject")?,
            })
        })
        .collect()
}

/// Something to be indexed, or to be removed if it is no more.
#[derive(Clone)]
pub(super) struct Waiting {
    pub n: i64,
    pub store_id: StoreId,
    pub kind: String,
    pub subject: String,
}

/// Up to which n the messages of before are to be indexed; nothing if they are.
pub(super) async fn backfill(connection: &mut AnyConnection) -> Result<Option<i64>> {
    let row = sqlx::query("SELECT upto FROM search_backfill WHERE name = 'messages' AND upto > 0")
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get("upto")).transpose()?)
}

/// The next of them, by their n. $1 up to, $2 limit
pub(super) async fn older(
    connection: &mut AnyConnection,
    upto: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    let rows = sqlx::query("SELECT n FROM messages WHERE n <= $1 ORDER BY n DESC LIMIT $2")
        .bind(upto)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(row.try_get("n")?)).collect()
}

/// They are indexed down to `upto`; `false` if another server did it. $1 from, $2 to
pub(super) async fn move_on(connection: &mut AnyConnection, from: i64, upto: i64) -> Result<bool> {
    let moved =
        sqlx::query("UPDATE search_backfill SET upto = $2 WHERE name = 'messages' AND upto = $1")
            .bind(from)
            .bind(upto)
            .execute(connection)
            .await?;
    Ok(moved.rows_affected() == 1)
}

/// What a message is indexed by: its store, its n, who wrote it, what it says.
pub(super) type MessageText = (StoreId, i64, Sender, String);

/// Those of a list of n that are there.
pub(super) async fn texts(
    connection: &mut AnyConnection,
    kind: Kind,
    numbers: &[i64],
) -> Result<Vec<MessageText>> {
    let rows = dialect::TEXTS
        .run(connection, kind, &[to_json(&numbers)?.into()])
        .await?;
    rows.iter()
        .map(|row| {
            let sender = row.word("sender", Sender::from_word)?;
            Ok((
                row.parsed("store_id")?,
                row.try_get("n")?,
                sender,
                text(row)?,
            ))
        })
        .collect()
}

/// A visitor's store, id, name and email.
pub(super) type VisitorNames = (StoreId, String, Option<String>, Option<String>);

/// Those of a list of ids that are there.
pub(super) async fn names(
    connection: &mut AnyConnection,
    kind: Kind,
    ids: &[&str],
) -> Result<Vec<VisitorNames>> {
    let rows = dialect::NAMES
        .run(connection, kind, &[to_json(&ids)?.into()])
        .await?;
    rows.iter()
        .map(|row| {
            let (name, email) = (row.try_get("name")?, row.try_get("email")?);
            Ok((row.parsed("store_id")?, row.try_get("id")?, name, email))
        })
        .collect()
}

/// Store, id and number of those orders of a list of ids that are there.
pub(super) async fn numbers(
    connection: &mut AnyConnection,
    kind: Kind,
    ids: &[&str],
) -> Result<Vec<(StoreId, String, String)>> {
    let rows = dialect::NUMBERS
        .run(connection, kind, &[to_json(&ids)?.into()])
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.parsed("store_id")?,
                row.try_get("id")?,
                row.try_get("number")?,
            ))
        })
        .collect()
}

/// Tokens of a message, as a row.
#[derive(Serialize)]
pub(super) struct Tokens {
    pub store_id: StoreId,
    pub n: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tokens: String,
}

/// A word of a name, as a row; without the word, all that its subject has.
#[derive(Serialize)]
pub(super) struct Word {
    pub store_id: StoreId,
    pub kind: &'static str,
    pub subject: String,
    pub word: String,
    pub backwards: String,
}

/// Lets no other server write the index until the commit; `false` if one does. SQLite has
/// one server.
pub(super) async fn is_alone(tx: &mut Tx<'_>) -> Result<bool> {
    if tx.kind() == Kind::Sqlite {
        return Ok(true);
    }
    let row = sqlx::query(
        "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended('search index', 0)) THEN 1 ELSE 0 END AS held",
    )
    .fetch_one(&mut *tx.connection)
    .await?;
    Ok(row.try_get::<i32, _>("held")? != 0)
}

/// Ends the wait of these; returns those that still waited.
pub(super) async fn take(tx: &mut Tx<'_>, numbers: &[i64]) -> Result<Vec<i64>> {
    let rows = tx.run(&dialect::TAKE, &[to_json(&numbers)?.into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("n")?)).collect()
}

/// Writes tokens, of messages that are there.
pub(super) async fn put_tokens(tx: &mut Tx<'_>, tokens: &[Tokens]) -> Result<()> {
    if !tokens.is_empty() {
        tx.run(&dialect::PUT_TOKENS, &[to_json(&tokens)?.into()])
            .await?;
    }
    Ok(())
}

/// Removes the tokens of messages.
pub(super) async fn drop_tokens(tx: &mut Tx<'_>, tokens: &[Tokens]) -> Result<()> {
    if !tokens.is_empty() {
        tx.run(&dialect::DROP_TOKENS, &[to_json(&tokens)?.into()])
            .await?;
    }
    Ok(())
}

/// Writes words in the place of those that the `subjects` had.
pub(super) async fn replace_words(
    tx: &mut Tx<'_>,
    subjects: &[(StoreId, String)],
    words: &[Word],
) -> Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(store_id, subject)| serde_json::json!({"store_id": store_id, "subject": subject}))
        .collect();
    tx.run(&dialect::DROP_WORDS, &[to_json(&subjects)?.into()])
        .await?;
    if !words.is_empty() {
        tx.run(&dialect::PUT_WORDS, &[to_json(&words)?.into()])
            .await?;
    }
    Ok(())
}
