//! All SQL of the search that both databases share.

use super::dialect;
use crate::{
    conversations::messages::attached,
    db::{Kind, RowExt, to_json},
    error::Result,
};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{ConversationId, MessageId, StoreId, TagId, VisitorId},
    message::Sender,
    search::Indexing,
};
use sqlx::{AnyConnection, Connection, Row, any::AnyRow};

/// More that wait aren't counted.
const WAITING_MAX: i64 = 1_000;
/// Words that one look at names goes through.
const WORDS_MAX: i64 = 20_000;
/// Behind every word that begins so.
const LAST: char = '\u{10ffff}';

/// A message that may have what is looked for.
pub(super) struct Candidate {
    pub n: i64,
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub sender: Sender,
    /// What it says, with its files' names.
    pub text: String,
    pub agent_name: Option<String>,
    pub created_at: UnixMillis,
}

/// The newest messages that fit `expression`, by their n: at most `limit` before `before`.
pub(super) async fn find(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    expression: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    let values = [
        store_id.to_string().into(),
        expression.into(),
        before.into(),
        limit.into(),
    ];
    let rows = match kind {
        Kind::Sqlite => dialect::FIND.run(connection, kind, &values).await?,
        Kind::Postgres => {
            let mut tx = connection.begin().await?;
            sqlx::raw_sql(dialect::BEFORE_FIND)
                .execute(&mut *tx)
                .await?;
            let rows = dialect::FIND.run(&mut tx, kind, &values).await?;
            tx.commit().await?;
            rows
        }
    };
    rows.iter().map(|row| Ok(row.try_get("n")?)).collect()
}

/// Those of these messages that fit the filter, the newest first.
pub(super) async fn messages(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    numbers: &[i64],
    (status, since): (Option<Status>, Option<UnixMillis>),
    limit: i64,
) -> Result<Vec<Candidate>> {
    let values = [
        store_id.to_string().into(),
        to_json(&numbers)?.into(),
        status.map_or("", Status::as_str).into(),
        since.unwrap_or(i64::MIN).into(),
        limit.into(),
    ];
    let rows = dialect::MESSAGES.run(connection, kind, &values).await?;
    rows.iter().map(read_candidate).collect()
}

fn read_candidate(row: &AnyRow) -> Result<Candidate> {
    Ok(Candidate {
        n: row.try_get("n")?,
        id: row.parsed("id")?,
        conversation_id: row.parsed("conversation_id")?,
        seq: row.try_get("seq")?,
        sender: row.word("sender", Sender::from_word)?,
        text: text(row)?,
        agent_name: row.try_get("agent_name")?,
        created_at: row.try_get("created_at")?,
    })
}

/// What a message says, and what its files are called.
pub(super) fn text(row: &AnyRow) -> Result<String> {
    let body: String = row.try_get("body")?;
    let files = attached(row)?;
    Ok(match (body.is_empty(), files.is_empty()) {
        (_, true) => body,
        (true, false) => files,
        (false, false) => format!("{body}\n{files}"),
    })
}

/// Whose words are, of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    Visitor,
    Order,
}

impl Whose {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Order => "order",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Visitor, Self::Order]
            .into_iter()
            .find(|whose| whose.as_str() == word)
    }
}

/// Whose names have a word, or one that begins so: the newest first where it is one word.
/// $1 store, $2 first word, $3 last word, $4 limit
pub(super) async fn having(
    connection: &mut AnyConnection,
    store_id: StoreId,
    word: &str,
    is_prefix: bool,
    limit: i64,
) -> Result<Vec<(Whose, String)>> {
    let last = if is_prefix {
        format!("{word}{LAST}")
    } else {
        word.to_owned()
    };
    let rows = sqlx::query(
        "SELECT kind, subject FROM search_names WHERE store_id = $1 AND word >= $2 AND word <= $3
         ORDER BY word DESC, subject DESC LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(word)
    .bind(last)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((row.word("kind", Whose::from_word)?, row.try_get("subject")?)))
        .collect()
}

/// Words of names that begin like `beginning`, or end like `end`, which is backwards, and have
/// so many characters.
/// $1 store, $2 first word, $3 last word, $4 first backwards, $5 last backwards, $6 limit,
/// $7 fewest characters, $8 most
pub(super) async fn alike(
    connection: &mut AnyConnection,
    store_id: StoreId,
    (beginning, end): (&str, &str),
    (fewest, most): (i64, i64),
) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT word FROM (SELECT word FROM search_names
            WHERE store_id = $1 AND word >= $2 AND word <= $3 LIMIT $6) beginning
         WHERE LENGTH(word) BETWEEN $7 AND $8
         UNION
         SELECT word FROM (SELECT word FROM search_names
            WHERE store_id = $1 AND backwards >= $4 AND backwards <= $5 LIMIT $6) ending
         WHERE LENGTH(word) BETWEEN $7 AND $8",
    )
    .bind(store_id.to_string())
    .bind(beginning)
    .bind(format!("{beginning}{LAST}"))
    .bind(end)
    .bind(format!("{end}{LAST}"))
    .bind(WORDS_MAX)
    .bind(fewest)
    .bind(most)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("word")?)).collect()
}

/// A visitor with name and email.
pub(super) type NamedVisitor = (VisitorId, Option<String>, Option<String>);

/// Those of a list of ids that are there.
pub(super) async fn visitors(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    ids: &[String],
) -> Result<Vec<NamedVisitor>> {
    let values = [store_id.to_string().into(), to_json(&ids)?.into()];
    let rows = dialect::VISITORS.run(connection, kind, &values).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.parsed("id")?,
                row.try_get("name")?,
                row.try_get("email")?,
            ))
        })
        .collect()
}

/// Numbers and emails of those of a list of ids that are there.
pub(super) async fn orders(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    ids: &[String],
) -> Result<Vec<(String, String)>> {
    let values = [store_id.to_string().into(), to_json(&ids)?.into()];
    let rows = dialect::ORDERS.run(connection, kind, &values).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("number")?, row.try_get("email")?)))
        .collect()
}

/// The newest conversations of visitors.
pub(super) async fn of_visitors(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    visitors: &[VisitorId],
    limit: i64,
) -> Result<Vec<(ConversationId, VisitorId)>> {
    let values = [
        store_id.to_string().into(),
        to_json(&visitors)?.into(),
        limit.into(),
    ];
    let rows = dialect::OF_VISITORS.run(connection, kind, &values).await?;
    rows.iter()
        .map(|row| Ok((row.parsed("id")?, row.parsed("visitor_id")?)))
        .collect()
}

/// The conversations that got one of these tags last.
pub(super) async fn tagged(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    tags: &[TagId],
    limit: i64,
) -> Result<Vec<(ConversationId, TagId)>> {
    let values = [
        store_id.to_string().into(),
        to_json(&tags)?.into(),
        limit.into(),
    ];
    let rows = dialect::TAGGED.run(connection, kind, &values).await?;
    rows.iter()
        .map(|row| Ok((row.parsed("conversation_id")?, row.parsed("tag")?)))
        .collect()
}

/// How far the index is behind; nothing if it isn't. $1 store, $2 up to how many are counted
pub(super) async fn behind(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Option<Indexing>> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM search_waiting WHERE store_id = $1 LIMIT $2) few) AS waiting,
            (SELECT CASE WHEN upto = 0 THEN 100 ELSE (total - upto) * 100 / total END FROM search_backfill
             WHERE name = 'messages') AS older",
    )
    .bind(store_id.to_string())
    .bind(WAITING_MAX)
    .fetch_one(connection)
    .await?;
    let behind = Indexing {
        waiting: row.try_get("waiting")?,
        older_percent: row.try_get::<Option<i64>, _>("older")?.unwrap_or(100),
    };
    Ok((behind.waiting > 0 || behind.older_percent < 100).then_some(behind))
}
