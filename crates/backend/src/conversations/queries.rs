//! All SQL of conversations.

use crate::{
    conversations::{
        change::{Change, Entry, Unread},
        messages,
        own_reads::queries::{may_be_unread, unread_of},
    },
    db::{Kind, Query, RowExt, Tx, Value},
    error::{Error, Noun, Result},
    jobs::{self, Written},
};
use domain::{
    UnixMillis,
    conversation::{Conversation, Status},
    ids::{ConversationId, StoreId, TagId, UserId, VisitorId},
    inbox::{
        COUNTED_MAX, ConversationFilter, ConversationSummary, InboxCounts, InboxCursor, InboxView,
        Sort, Tab, Visitor, Whose,
    },
    message::Sender,
    sentiment::Sentiment,
    shop_customer::ShopCustomer,
    widget_api::StartConversation,
};
use sqlx::{AnyConnection, Row, any::AnyRow};

/// A row of `conversations`.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub id: ConversationId,
    pub visitor_id: VisitorId,
    pub status: Status,
    pub last_seq: i64,
    pub unread: i64,
    pub agent_read_seq: i64,
    pub visitor_read_seq: i64,
    pub owner_epoch: i64,
    pub ai_active: bool,
    pub needs_human: bool,
    pub awaiting_order: bool,
    pub changed_seq: i64,
    /// When it comes back, if it is snoozed.
    pub snoozed_until: Option<UnixMillis>,
    /// Who of the team has it.
    pub assignee_id: Option<UserId>,
    pub request_hash: String,
    pub created_at: UnixMillis,
    /// Who the visitor is in the storefront, if it has said so.
    pub customer_id: Option<String>,
    /// Whether the visitor's email is proven to be theirs.
    pub verified: bool,
    /// Whether it is nobody's to answer.
    pub spam: bool,
}

impl Stored {
    pub fn for_visitor(&self) -> Conversation {
        Conversation {
            id: self.id,
            // Snoozed and spam are the team's own matter.
            status: match self.status {
                Status::Snoozed => Status::Open,
                _ if self.spam => Status::Open,
                status => status,
            },
            created_at: self.created_at,
            last_seq: self.last_seq,
            needs_human: self.needs_human,
            agent_read_seq: self.agent_read_seq,
            visitor_read_seq: self.visitor_read_seq,
            verified: self.verified,
        }
    }

    /// The customer of a connected shop who the visitor has proven to be.
    pub fn shop_customer(&self) -> Option<ShopCustomer> {
        let customer_id = self.customer_id.as_deref().filter(|_| self.verified);
        customer_id.and_then(ShopCustomer::parse)
    }
}

fn read_stored(row: &AnyRow) -> Result<Stored> {
    Ok(Stored {
        id: row.parsed("id")?,
        visitor_id: row.parsed("visitor_id")?,
        status: row.word("status", Status::from_word)?,
        last_seq: row.try_get("last_seq")?,
        unread: row.try_get("unread")?,
        agent_read_seq: row.try_get("agent_read_seq")?,
        visitor_read_seq: row.try_get("visitor_read_seq")?,
        owner_epoch: row.try_get("owner_epoch")?,
        ai_active: row.flag("ai_active")?,
        needs_human: row.flag("needs_human")?,
        awaiting_order: row.flag("awaiting_order")?,
        changed_seq: row.try_get("changed_seq")?,
        snoozed_until: row.try_get("snoozed_until")?,
        assignee_id: user(row, "assignee_id")?,
        request_hash: row.try_get("request_hash")?,
        created_at: row.try_get("created_at")?,
        customer_id: row.try_get("customer_id")?,
        verified: is_verified(row)?,
        spam: is_set(row, "spam_at")?,
    })
}

fn user(row: &AnyRow, column: &'static str) -> Result<Option<UserId>> {
    let id: Option<String> = row.try_get(column)?;
    let id = id.map(|id| id.parse().map_err(|_| Error::corrupt(column)));
    id.transpose()
}

fn tags(row: &AnyRow) -> Result<Vec<TagId>> {
    let ids: Option<String> = row.try_get("tags")?;
    let ids = ids.unwrap_or_default();
    let parsed = ids
        .split(' ')
        .filter(|id| !id.is_empty())
        .map(str::parse::<TagId>);
    parsed
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| Error::corrupt("tag"))
}

fn is_verified(row: &AnyRow) -> Result<bool> {
    is_set(row, "verified_at")
}

/// Whether something has happened, which says when.
fn is_set(row: &AnyRow, column: &str) -> Result<bool> {
    let at: Option<UnixMillis> = row.try_get(column)?;
    Ok(at.is_some())
}

/// Unless it is a part of another one. $1 store, $2 id
pub(crate) async fn stored(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<Stored>> {
    let row = sqlx::query(
        "SELECT id, visitor_id, status, last_seq, unread, agent_read_seq, visitor_read_seq, owner_epoch,
            ai_active, needs_human, awaiting_order, changed_seq, snoozed_until, assignee_id, request_hash,
            created_at, spam_at,
            (SELECT v.customer_id FROM visitors v
             WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS customer_id,
            (SELECT v.verified_at FROM visitors v
             WHERE v.id = conversations.visitor_id AND v.store_id = $1) AS verified_at
         FROM conversations WHERE store_id = $1 AND id = $2 AND merged_into IS NULL",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_stored).transpose()
}

/// Conversations of store $1 with their visitors, as [`read_stored_with_visitor`] reads
/// them.
macro_rules! select_stored_with_visitor {
    ($where:literal) => {
        concat!(
            "SELECT c.id, c.visitor_id, c.status, c.last_seq, c.unread, c.agent_read_seq, c.visitor_read_seq,
            c.owner_epoch, c.ai_active, c.needs_human, c.awaiting_order, c.changed_seq, c.snoozed_until,
            c.assignee_id, c.request_hash, c.created_at, c.spam_at, v.email, v.locale, v.customer_id, v.verified_at
         FROM conversations c JOIN visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id
         WHERE c.store_id = $1 AND c.merged_into IS NULL AND ",
            $where
        )
    };
}

/// As [`stored`], with the email that its visitor gave, and the language tag of
/// their browser or page.
pub(crate) async fn stored_with_visitor(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<StoredWithVisitor>> {
    let row = sqlx::query(select_stored_with_visitor!("c.id = $2"))
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_stored_with_visitor).transpose()
}

/// $1 store, $2 ids: a JSON list
static STORED_WITH_VISITORS: Query = Query::new(
    2,
    select_stored_with_visitor!("c.id IN (SELECT i.value FROM json_each($2) i)"),
    select_stored_with_visitor!(
        "c.id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))"
    ),
);

/// Those of a JSON list that are there, in no order; as [`stored_with_visitor`].
pub(crate) async fn stored_with_visitors(
    connection: &mut AnyConnection,
    database: Kind,
    store_id: StoreId,
    ids: String,
) -> Result<Vec<StoredWithVisitor>> {
    let values = [store_id.to_string().into(), ids.into()];
    let rows = STORED_WITH_VISITORS
        .run(connection, database, &values)
        .await?;
    rows.iter().map(read_stored_with_visitor).collect()
}

type StoredWithVisitor = (Stored, Option<String>, Option<String>);

fn read_stored_with_visitor(row: &AnyRow) -> Result<StoredWithVisitor> {
    Ok((
        read_stored(row)?,
        row.try_get("email")?,
        row.try_get("locale")?,
    ))
}

/// That of a blocked visitor is spam. $1 store, $2 visitor, $3 id, $4 page url, $5 page title,
/// $6 request hash, $7 now
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
    request: &StartConversation,
    request_hash: &str,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO conversations (store_id, id, visitor_id, status, last_seq, last_sender, last_excerpt,
            last_message_at, unread, agent_read_seq, visitor_read_seq, owner_epoch, ai_active, ai_handled,
            needs_human, awaiting_order, changed_seq, page_url, page_title, request_hash, created_at, spam_at)
         SELECT $1, $3, v.id, CASE WHEN v.blocked_at IS NULL THEN 'open' ELSE 'resolved' END, 0, 'system', '', $7,
            0, 0, 0, 0, CASE WHEN v.blocked_at IS NULL THEN 1 ELSE 0 END, 0, 0, 0, 0, $4, $5, $6, $7, v.blocked_at
         FROM visitors v WHERE v.store_id = $1 AND v.id = $2",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .bind(request.id.to_string())
    .bind(request.page.url.as_deref())
    .bind(request.page.title.as_deref())
    .bind(request_hash)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// The values of [`dialect::APPEND`], which adds `entry` to a conversation and
/// makes `change`: the compare-and-set that everything rests on. On PostgreSQL it
/// also locks the row until the commit, so that numbers are given one after the
/// other.
pub(super) fn append_values(
    store_id: StoreId,
    id: ConversationId,
    entry: &Entry,
    change: &Change,
    now: UnixMillis,
) -> Result<Vec<Value>> {
    Ok(vec![
        store_id.to_string().into(),
        id.to_string().into(),
        entry.id.to_string().into(),
        entry.sender.as_str().into(),
        entry.kind.as_str().into(),
        entry.body.as_str().into(),
        messages::stored_data(entry)?.into(),
        entry.author.as_str().into(),
        entry.author.id().into(),
        now.into(),
        entry.is_said().then(|| entry.excerpt()).into(),
        match change.unread {
            Unread::Same => None,
            Unread::OneMore => Some(1),
            Unread::None => Some(0),
        }
        .into(),
        i64::from(change.ends_ai_work).into(),
        change
            .status
            .map(|status| status.as_str().to_owned())
            .into(),
        change.ai_active.map(i64::from).into(),
        change.needs_human.map(i64::from).into(),
        change.ai_handled.then_some(1).into(),
        change.awaiting_order.map(i64::from).into(),
        change.only_in_epoch.into(),
        change.only_of.map(|visitor| visitor.to_string()).into(),
    ])
}

/// What [`dialect::APPEND`] returned: the conversation as it is now, if there is
/// one; and, of [`dialect::APPEND_WITH_JOBS`], how jobs were written.
pub(super) fn read_appended(
    rows: &[AnyRow],
) -> Result<Option<(Stored, ConversationSummary, Vec<Written>)>> {
    let Some((first, others)) = rows.split_first() else {
        return Ok(None);
    };
    let mut written = others
        .iter()
        .map(jobs::queries::read_written)
        .collect::<Result<Vec<_>>>()?;
    if let Ok(Some(json)) = first.try_get::<Option<String>, _>("jobs") {
        written = serde_json::from_str(&json).map_err(|_| Error::corrupt("jobs"))?;
    }
    Ok(Some((read_stored(first)?, read_summary(first)?, written)))
}

/// Holds a conversation until the commit, so that the next statement sees every
/// message of it. SQLite has one writer anyway.
///
/// $1 store, $2 id
pub(crate) async fn hold(tx: &mut Tx<'_>, store_id: StoreId, id: ConversationId) -> Result<()> {
    if tx.kind() == Kind::Postgres {
        sqlx::query(
            "SELECT 1 AS held FROM conversations WHERE store_id = $1 AND id = $2 FOR NO KEY UPDATE",
        )
        .bind(store_id.to_string())
        .bind(id.to_string())
        .execute(&mut *tx.connection)
        .await?;
    }
    Ok(())
}

/// As [`hold`], all conversations of a visitor. $1 store, $2 visitor
pub(super) async fn hold_all(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
) -> Result<()> {
    if tx.kind() == Kind::Postgres {
        sqlx::query(
            "SELECT 1 AS held FROM conversations WHERE store_id = $1 AND visitor_id = $2
             ORDER BY id FOR NO KEY UPDATE",
        )
        .bind(store_id.to_string())
        .bind(visitor_id.to_string())
        .execute(&mut *tx.connection)
        .await?;
    }
    Ok(())
}

/// When a conversation comes back that is about to be snoozed.
/// $1 store, $2 id, $3 until
pub(super) async fn set_snoozed_until(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    until: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE conversations SET snoozed_until = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(until)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whose a conversation is. $1 store, $2 id, $3 person or nothing
pub(super) async fn set_assignee(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    assignee: Option<UserId>,
) -> Result<()> {
    sqlx::query("UPDATE conversations SET assignee_id = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(assignee.map(|user| user.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Some of a person's conversations.
/// $1 store, $2 user, $3 status, $4 limit
pub(super) async fn assigned_to(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    status: Status,
    limit: i64,
) -> Result<Vec<ConversationId>> {
    let rows = sqlx::query(
        "SELECT id FROM conversations WHERE store_id = $1 AND assignee_id = $2 AND status = $3 LIMIT $4",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .bind(status.as_str())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// As if its newest message had come now. $1 store, $2 id, $3 now
pub(super) async fn come_to_top(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    now: UnixMillis,
) -> Result<()> {
    sqlx::query("UPDATE conversations SET last_message_at = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Up to which number the team has read now. $1 store, $2 id, $3 seq
pub(super) async fn agent_read(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    seq: i64,
) -> Result<i64> {
    let row = sqlx::query(
        "UPDATE conversations SET
            agent_read_seq = CASE WHEN $3 > last_seq THEN last_seq WHEN $3 > agent_read_seq THEN $3
                ELSE agent_read_seq END,
            unread = (SELECT COUNT(*) FROM messages
                WHERE messages.store_id = $1 AND messages.conversation_id = $2 AND messages.sender = 'customer'
                  AND messages.seq > $3 AND messages.seq > conversations.agent_read_seq)
         WHERE store_id = $1 AND id = $2 AND merged_into IS NULL
         RETURNING agent_read_seq",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(seq)
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound(Noun::Conversation))?;
    Ok(row.try_get("agent_read_seq")?)
}

/// Up to which number the visitor has read now. $1 store, $2 id, $3 seq
pub(super) async fn visitor_read(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    seq: i64,
) -> Result<i64> {
    let row = sqlx::query(
        "UPDATE conversations SET
            visitor_read_seq = CASE WHEN $3 > last_seq THEN last_seq WHEN $3 > visitor_read_seq THEN $3
                ELSE visitor_read_seq END
         WHERE store_id = $1 AND id = $2 AND merged_into IS NULL
         RETURNING visitor_read_seq",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(seq)
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound(Noun::Conversation))?;
    Ok(row.try_get("visitor_read_seq")?)
}

/// What [`read_summary`] reads, of the store $1; `$rest` says of which conversations.
macro_rules! summaries {
    ($rest:expr) => {
        concat!(
            "SELECT c.id, c.status, c.last_sender, c.last_author_id, c.last_excerpt, c.last_message_at, c.last_seq, c.unread,
                    c.needs_human, c.ai_handled, c.has_orders, c.ai_active, c.visitor_read_seq, c.agent_read_seq, c.created_at,
                    c.page_url, c.page_title, c.snoozed_until, c.assignee_id, c.waiting_since, c.spam_at, c.sentiment,
                    c.visitor_id, v.name, v.email, v.locale,
                    (SELECT string_agg(t.tag, ' ' ORDER BY t.created_at, t.tag) FROM conversation_tags t
                     WHERE t.store_id = c.store_id AND t.conversation_id = c.id) AS tags,
                    v.customer_id, v.verified_at, v.blocked_at
             FROM conversations c JOIN visitors v ON v.id = c.visitor_id AND v.store_id = c.store_id
             WHERE c.store_id = $1 AND c.merged_into IS NULL",
            $rest
        )
    };
}

/// $1 store, $2 id
pub(crate) async fn summary(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<ConversationSummary>> {
    let row = sqlx::query(summaries!(" AND c.id = $2"))
        .bind(store_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_summary).transpose()
}

/// $1 store, $2 ids: a JSON list
static SUMMARIES: Query = Query::new(
    2,
    summaries!(" AND c.id IN (SELECT i.value FROM json_each($2) i)"),
    summaries!(" AND c.id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS JSONB))))"),
);

/// Those of a JSON list that are there, in no order.
pub(crate) async fn summaries(
    connection: &mut AnyConnection,
    database: Kind,
    store_id: StoreId,
    ids: String,
) -> Result<Vec<ConversationSummary>> {
    let values = [store_id.to_string().into(), ids.into()];
    let rows = SUMMARIES.run(connection, database, &values).await?;
    rows.iter().map(read_summary).collect()
}

/// How many conversations of a status the inbox shows, up to $5.
macro_rules! counted {
    ($status:literal, $name:literal) => {
        concat!(
            " (SELECT COUNT(*) FROM (SELECT 1 AS one FROM conversations
                WHERE store_id = $1 AND status = ",
            $status,
            " AND spam_at IS NULL AND last_seq > 0 LIMIT $5) few) AS ",
            $name
        )
    };
}

/// The conversations that a view of the inbox shows, of one status; `$place` is where each
/// stands ([`Sort::place`]), `$after` what comes after $3 and $4: with the place alone on one side
/// of a comparison, or PostgreSQL reads the index from its beginning for each page.
macro_rules! listed {
    ($spam:literal, $after:literal, $place:literal) => {
        summaries!(
            concat!(
                " AND c.status = $2 AND c.spam_at IS ", $spam, " AND c.last_seq > 0 AND ", $after, "
                  AND ($5 = '' OR c.assignee_id = $5 OR ($5 = '-' AND c.assignee_id IS NULL)
                       OR c.id IN (SELECT m.conversation_id FROM mentions m
                          WHERE m.store_id = $1 AND '@' || m.user_id = $5 AND m.seen_at IS NULL))
                  AND ($6 = '' OR EXISTS (SELECT 1 FROM conversation_tags t
                       WHERE t.store_id = $1 AND t.tag = $6 AND t.conversation_id = c.id))
                  AND ($7 = 0 OR (", may_be_unread!("$11"), " AND EXISTS (SELECT 1 ", unread_of!("$11"), ")))
                  AND ($8 = 0 OR c.needs_human = 1) AND ($9 = 0 OR c.ai_handled = 1)
                  AND ($12 = 0 OR c.has_orders = 1) AND ($13 = 0 OR c.sentiment = 'negative')
                ORDER BY ", $place, ", c.id DESC
                LIMIT $10"
            )
        )
    };
}

const NEWEST: &str = listed!(
    "NULL",
    "c.last_message_at <= $3 AND (c.last_message_at < $3 OR c.id < $4)",
    "c.last_message_at DESC"
);

const WAITING: &str = listed!(
    "NULL",
    "COALESCE(c.waiting_since, 9000000000000000 - c.last_message_at) >= $3
     AND (COALESCE(c.waiting_since, 9000000000000000 - c.last_message_at) > $3 OR c.id < $4)",
    "COALESCE(c.waiting_since, 9000000000000000 - c.last_message_at)"
);

const SPAM: &str = listed!(
    "NOT NULL",
    "c.last_message_at <= $3 AND (c.last_message_at < $3 OR c.id < $4)",
    "c.last_message_at DESC"
);

/// In the order of `view`, spam by the newest; conversations without a message aren't shown.
/// $1 store, $2 status, $3 place and $4 id of the last row shown, $5 whose: see [`whose`],
/// $6 tag or nothing, $7 to $9 0 or 1: only unread, that need a person, that the AI has
/// answered in, $10 limit, $11 who looks, $12 and $13 0 or 1: only with orders, that sound
/// negative
pub(super) async fn list(
    connection: &mut AnyConnection,
    store_id: StoreId,
    (status, who): (Status, Whose),
    (view, me): (InboxView, UserId),
    after: Option<InboxCursor>,
    limit: i64,
) -> Result<Vec<ConversationSummary>> {
    let (sql, place) = match view.order() {
        Sort::Newest if view.tab == Tab::Spam => (
            SPAM,
            after.map_or(i64::MAX, |after| after.place.saturating_neg()),
        ),
        Sort::Newest => (
            NEWEST,
            after.map_or(i64::MAX, |after| after.place.saturating_neg()),
        ),
        Sort::Waiting => (WAITING, after.map_or(i64::MIN, |after| after.place)),
    };
    let rows = sqlx::query(sql)
        .bind(store_id.to_string())
        .bind(status.as_str())
        .bind(place)
        .bind(after.map(|after| after.id.to_string()).unwrap_or_default())
        .bind(whose(who))
        .bind(view.tag.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(view.unread))
        .bind(i64::from(view.needs_human))
        .bind(i64::from(view.ai_handled))
        .bind(limit)
        .bind(me.to_string())
        .bind(i64::from(view.has_orders))
        .bind(i64::from(view.negative))
        .fetch_all(connection)
        .await?;
    rows.iter().map(read_summary).collect()
}

/// As queries are told: a person's id, nothing for any, `-` for nobody, `@` and a person's id
/// for those with a note that speaks to them and that they haven't seen.
fn whose(who: Whose) -> String {
    match who {
        Whose::Any => String::new(),
        Whose::Of(user) => user.to_string(),
        Whose::Nobodys => "-".to_owned(),
        Whose::Mentioning(user) => format!("@{user}"),
    }
}

/// The newest first, by their ids, which begin with the time and never change;
/// conversations without a message aren't shown.
/// $1 store, $2 status or nothing, $3 needs a person: 0 or 1, -1 for both, $4 unread: the
/// same, $5 visitor or nothing, $6 id of the last row shown, $7 limit, $8 whose: see [`whose`],
/// $9 tag or nothing, $10 spam: as $3, $11 sentiment or nothing
pub(super) async fn filtered(
    connection: &mut AnyConnection,
    store_id: StoreId,
    filter: ConversationFilter,
    after: Option<ConversationId>,
    limit: i64,
) -> Result<Vec<ConversationSummary>> {
    let rows = sqlx::query(summaries!(
        " AND c.last_seq > 0 AND c.id < $6
           AND ($2 = '' OR c.status = $2)
           AND ($3 < 0 OR c.needs_human = $3)
           AND ($4 < 0 OR CASE WHEN c.unread > 0 THEN 1 ELSE 0 END = $4)
           AND ($5 = '' OR c.visitor_id = $5)
           AND ($8 = '' OR c.assignee_id = $8 OR ($8 = '-' AND c.assignee_id IS NULL))
           AND ($9 = '' OR EXISTS (SELECT 1 FROM conversation_tags t
                WHERE t.store_id = $1 AND t.tag = $9 AND t.conversation_id = c.id))
           AND ($10 < 0 OR CASE WHEN c.spam_at IS NULL THEN 0 ELSE 1 END = $10)
           AND ($11 = '' OR c.sentiment = $11)
         ORDER BY c.id DESC
         LIMIT $7"
    ))
    .bind(store_id.to_string())
    .bind(filter.status.map_or("", Status::as_str))
    .bind(filter.needs_human.map_or(-1, i64::from))
    .bind(filter.unread.map_or(-1, i64::from))
    .bind(
        filter
            .visitor_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
    )
    // Behind every id.
    .bind(after.map_or_else(|| "g".to_owned(), |id| id.to_string()))
    .bind(limit)
    .bind(whose(filter.whose))
    .bind(filter.tag.map(|id| id.to_string()).unwrap_or_default())
    .bind(filter.spam.map_or(-1, i64::from))
    .bind(filter.sentiment.map_or("", Sentiment::as_str))
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_summary).collect()
}

fn read_summary(row: &AnyRow) -> Result<ConversationSummary> {
    Ok(ConversationSummary {
        id: row.parsed("id")?,
        status: row.word("status", Status::from_word)?,
        visitor: Visitor {
            id: row.parsed("visitor_id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            locale: row.try_get("locale")?,
            customer_id: row.try_get("customer_id")?,
            blocked: is_set(row, "blocked_at")?,
        },
        last_sender: row.word("last_sender", Sender::from_word)?,
        last_author_id: user(row, "last_author_id")?,
        last_excerpt: row.try_get("last_excerpt")?,
        last_message_at: row.try_get("last_message_at")?,
        last_seq: row.try_get("last_seq")?,
        unread: row.try_get("unread")?,
        needs_human: row.flag("needs_human")?,
        ai_handled: row.flag("ai_handled")?,
        has_orders: row.flag("has_orders")?,
        ai_active: row.flag("ai_active")?,
        visitor_read_seq: row.try_get("visitor_read_seq")?,
        agent_read_seq: row.try_get("agent_read_seq")?,
        created_at: row.try_get("created_at")?,
        page_url: row.try_get("page_url")?,
        page_title: row.try_get("page_title")?,
        verified: is_verified(row)?,
        snoozed_until: row.try_get("snoozed_until")?,
        assignee_id: user(row, "assignee_id")?,
        tags: tags(row)?,
        waiting_since: row.try_get("waiting_since")?,
        spam: is_set(row, "spam_at")?,
        sentiment: messages::read_sentiment(row)?,
    })
}

/// The conversation of a visitor in which something happened last; one in which nothing has
/// happened yet is none. $1 store, $2 visitor
pub(super) async fn newest_of_visitor(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
) -> Result<Option<Stored>> {
    let row = sqlx::query(
        "SELECT id FROM conversations WHERE store_id = $1 AND visitor_id = $2 AND last_seq > 0
         ORDER BY last_message_at DESC, id DESC LIMIT 1",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .fetch_optional(&mut *connection)
    .await?;
    match row {
        Some(row) => stored(connection, store_id, row.parsed("id")?).await,
        None => Ok(None),
    }
}

/// The newest conversations of a visitor. $1 store, $2 visitor, $3 limit
pub(super) async fn ids_of_visitor(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
    limit: i64,
) -> Result<Vec<ConversationId>> {
    let rows = sqlx::query(
        "SELECT id FROM conversations WHERE store_id = $1 AND visitor_id = $2
         ORDER BY last_message_at DESC, id DESC LIMIT $3",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// What one visitor wrote, sent and began becomes another's.
/// $1 store, $2 visitor, $3 other visitor
pub(super) async fn move_all(
    connection: &mut AnyConnection,
    store_id: StoreId,
    from: VisitorId,
    to: VisitorId,
) -> Result<()> {
    for sql in [
        "UPDATE messages SET author_id = $3
         WHERE store_id = $1 AND author_kind = 'visitor' AND author_id = $2
           AND conversation_id IN (SELECT id FROM conversations WHERE store_id = $1 AND visitor_id = $2)",
        "UPDATE attachments SET uploader_id = $3
         WHERE store_id = $1 AND uploader_kind = 'visitor' AND uploader_id = $2
           AND conversation_id IN (SELECT id FROM conversations WHERE store_id = $1 AND visitor_id = $2)",
        "UPDATE conversations SET visitor_id = $3 WHERE store_id = $1 AND visitor_id = $2",
    ] {
        sqlx::query(sql)
            .bind(store_id.to_string())
            .bind(from.to_string())
            .bind(to.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Without those who wait too long. $1 store, $2 open, $3 snoozed, $4 resolved, $5 up to how
/// many are counted
pub(super) async fn counts(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<InboxCounts> {
    let row = sqlx::query(concat!(
        "SELECT (SELECT COUNT(*) FROM conversations WHERE store_id = $1 AND unread > 0) AS unread,",
        counted!("$2", "open"),
        ",",
        counted!("$3", "snoozed"),
        ",",
        counted!("$4", "resolved"),
    ))
    .bind(store_id.to_string())
    .bind(Status::Open.as_str())
    .bind(Status::Snoozed.as_str())
    .bind(Status::Resolved.as_str())
    .bind(COUNTED_MAX)
    .fetch_one(connection)
    .await?;
    Ok(InboxCounts {
        unread: row.try_get("unread")?,
        open: row.try_get("open")?,
        snoozed: row.try_get("snoozed")?,
        resolved: row.try_get("resolved")?,
        ..InboxCounts::default()
    })
}

/// $1 store, $2 id, $3 since when it is spam, or nothing
pub(super) async fn set_spam(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    since: Option<UnixMillis>,
) -> Result<()> {
    sqlx::query("UPDATE conversations SET spam_at = $3 WHERE store_id = $1 AND id = $2")
        .bind(store_id.to_string())
        .bind(id.to_string())
        .bind(since)
        .execute(connection)
        .await?;
    Ok(())
}

/// All that a visitor has begun is spam; those that weren't. $1 store, $2 visitor, $3 now
pub(super) async fn set_all_spam(
    connection: &mut AnyConnection,
    store_id: StoreId,
    visitor_id: VisitorId,
    now: UnixMillis,
) -> Result<Vec<ConversationId>> {
    let rows = sqlx::query(
        "UPDATE conversations SET spam_at = $3, status = 'resolved', snoozed_until = NULL, unread = 0,
            waiting_since = NULL, needs_human = 0, awaiting_order = 0, ai_active = 0, owner_epoch = owner_epoch + 1
         WHERE store_id = $1 AND visitor_id = $2 AND spam_at IS NULL AND merged_into IS NULL
         RETURNING id",
    )
    .bind(store_id.to_string())
    .bind(visitor_id.to_string())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.parsed("id")).collect()
}

/// With all that belongs to it, and what was merged into it. $1 store, $2 id
pub(super) async fn delete(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM conversations WHERE store_id = $1 AND id IN (
            WITH RECURSIVE gone (id) AS (
                SELECT CAST($2 AS TEXT)
                UNION
                SELECT c.id FROM conversations c JOIN gone ON c.merged_into = gone.id WHERE c.store_id = $1)
            SELECT id FROM gone)",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
