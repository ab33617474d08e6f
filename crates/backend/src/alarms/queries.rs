//! All SQL of alarms.

use crate::{
    db::{Query, RowExt, Tx, to_json},
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    conversation::Status,
    ids::{ConversationId, JobId, PushSubscriptionId, StoreId, UserId, VisitorId},
    inbox::Visitor,
    settings::{Section, SectionName},
    text,
    waiting::Late,
};
use serde::Serialize;
use sqlx::{AnyConnection, Row, any::AnyRow};

/// Characters of a shopper's name that are shown.
const NAME_SHOWN: usize = 60;

/// The stores that promise something, and within how many minutes. Their settings say so by
/// themselves; the pattern only keeps most of the others from being read.
///
/// $1 section, $2 and $3 patterns
pub(super) async fn promises(connection: &mut AnyConnection) -> Result<Vec<(StoreId, u32)>> {
    let rows = sqlx::query(
        "SELECT store_id, json FROM store_settings
         WHERE section = $1 AND json LIKE $2 AND json NOT LIKE $3",
    )
    .bind(SectionName::Chat.as_str())
    .bind(r#"%"response_promise_minutes":%"#)
    .bind(r#"%"response_promise_minutes":null%"#)
    .fetch_all(connection)
    .await?;
    let mut promises = Vec::new();
    for row in rows {
        let json: String = row.try_get("json")?;
        let store_id = row.parsed("store_id")?;
        match Section::from_json(SectionName::Chat, &json) {
            Ok(Section::Chat(chat)) => {
                promises.extend(
                    chat.response_promise_minutes
                        .map(|minutes| (store_id, minutes)),
                );
            }
            Ok(_) => {}
            // It keeps no other store from being looked at.
            Err(error) => tracing::error!(%store_id, %error, "settings can't be read"),
        }
    }
    Ok(promises)
}

/// The waits of the store $1 that are due and have raised no alarm: of conversations with the
/// status $2, since $3 or longer.
macro_rules! due {
    () => {
        "FROM conversations
         WHERE store_id = $1 AND status = $2 AND waiting_since <= $3 AND spam_at IS NULL
           AND COALESCE(alarmed_since, 0) <> waiting_since"
    };
}

/// $1 store, $2 open, $3 since when
pub(super) async fn is_any_due(
    connection: &mut AnyConnection,
    store_id: StoreId,
    until: UnixMillis,
) -> Result<bool> {
    let row = sqlx::query(concat!("SELECT 1 AS one ", due!(), " LIMIT 1"))
        .bind(store_id.to_string())
        .bind(Status::Open.as_str())
        .bind(until)
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// A wait that has just raised an alarm.
pub(super) struct Due {
    pub conversation_id: ConversationId,
    pub since: UnixMillis,
    pub assignee_id: Option<UserId>,
}

macro_rules! mark {
    ($held:literal) => {
        concat!(
            "UPDATE conversations SET alarmed_since = waiting_since
             WHERE store_id = $1 AND id IN (SELECT id ",
            due!(),
            " ORDER BY waiting_since LIMIT $4 ",
            $held,
            ") RETURNING id, waiting_since, assignee_id"
        )
    };
}

/// $1 store, $2 open, $3 since when, $4 limit. On PostgreSQL what another server is at is passed
/// over, so that no two mark one wait, and none waits for the other.
static MARK: Query = Query::new(4, mark!(""), mark!("FOR UPDATE SKIP LOCKED"));

/// Marks those who wait longest.
pub(super) async fn mark(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    until: UnixMillis,
    limit: i64,
) -> Result<Vec<Due>> {
    let values = [
        store_id.to_string().into(),
        Status::Open.as_str().into(),
        until.into(),
        limit.into(),
    ];
    let rows = tx.run(&MARK, &values).await?;
    rows.iter()
        .map(|row| {
            let assignee: Option<String> = row.try_get("assignee_id")?;
            Ok(Due {
                conversation_id: row.parsed("id")?,
                since: row.try_get("waiting_since")?,
                assignee_id: assignee
                    .map(|id| id.parse().map_err(|_| Error::corrupt("assignee_id")))
                    .transpose()?,
            })
        })
        .collect()
}

impl Due {
    /// Whom it concerns: the person whose the conversation is; `None` is everybody.
    pub(super) fn concerns(&self, team: &[Recipient]) -> Option<UserId> {
        self.assignee_id
            .filter(|assignee| team.iter().any(|member| member.user_id == *assignee))
    }
}

/// Somebody of the team.
pub(super) struct Recipient {
    pub user_id: UserId,
    /// Whether they haven't said no.
    pub wants_mail: bool,
}

/// $1 store
pub(super) async fn recipients(
    connection: &mut AnyConnection,
    store_id: StoreId,
) -> Result<Vec<Recipient>> {
    let rows = sqlx::query(
        "SELECT m.user_id, COALESCE(n.mail, 1) AS wants_mail FROM memberships m
         LEFT JOIN notification_settings n ON n.user_id = m.user_id
         WHERE m.store_id = $1 ORDER BY m.user_id LIMIT 500",
    )
    .bind(store_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Recipient {
                user_id: row.parsed("user_id")?,
                wants_mail: row.flag("wants_mail")?,
            })
        })
        .collect()
}

/// A wait of which somebody is to be told, by their account or by their browser.
#[derive(Clone, Serialize)]
pub(super) struct Owed<W> {
    pub whom: W,
    pub conversation_id: ConversationId,
    pub since: UnixMillis,
}

/// A table of who is still to be told of which wait, in one way of telling.
pub(super) struct Owing {
    owe: Query,
    settle: Query,
}

/// $1 store, $2 rows: a JSON list of [`Owed`]
macro_rules! owing {
    ($table:literal, $whom:literal) => {
        Owing {
            owe: Query::new(
                2,
                concat!(
                    "INSERT INTO ", $table, " (store_id, ", $whom, ", conversation_id, since)
                     SELECT $1, o.value->>'whom', o.value->>'conversation_id', o.value->>'since'
                     FROM json_each($2) o WHERE true
                     ON CONFLICT (store_id, ", $whom, ", conversation_id) DO UPDATE SET since = excluded.since"
                ),
                concat!(
                    "INSERT INTO ", $table, " (store_id, ", $whom, ", conversation_id, since)
                     SELECT $1, o.whom, o.conversation_id, o.since
                     FROM jsonb_to_recordset(CAST($2 AS JSONB)) AS o (whom TEXT, conversation_id TEXT, since BIGINT)
                     ON CONFLICT (store_id, ", $whom, ", conversation_id) DO UPDATE SET since = excluded.since"
                ),
            ),
            settle: Query::new(
                2,
                concat!(
                    "DELETE FROM ", $table, " WHERE store_id = $1 AND (", $whom, ", conversation_id, since) IN
                        (SELECT o.value->>'whom', o.value->>'conversation_id', o.value->>'since' FROM json_each($2) o)"
                ),
                concat!(
                    "DELETE FROM ", $table, " a
                     USING jsonb_to_recordset(CAST($2 AS JSONB)) AS o (whom TEXT, conversation_id TEXT, since BIGINT)
                     WHERE a.store_id = $1 AND a.", $whom, " = o.whom AND a.conversation_id = o.conversation_id
                       AND a.since = o.since"
                ),
            ),
        }
    };
}

pub(super) static MAILS: Owing = owing!("alarm_mails", "user_id");
pub(super) static PUSHES: Owing = owing!("alarm_pushes", "subscription_id");

/// Notes that they are.
pub(super) async fn owe<W: Serialize + Sync>(
    tx: &mut Tx<'_>,
    owing: &'static Owing,
    store_id: StoreId,
    owed: &[Owed<W>],
) -> Result<()> {
    tx.run(
        &owing.owe,
        &[store_id.to_string().into(), to_json(&owed)?.into()],
    )
    .await?;
    Ok(())
}

/// They aren't any more. What has begun to wait again meanwhile is another wait.
pub(super) async fn settle<W: Serialize + Sync>(
    tx: &mut Tx<'_>,
    owing: &'static Owing,
    store_id: StoreId,
    owed: &[Owed<W>],
) -> Result<()> {
    tx.run(
        &owing.settle,
        &[store_id.to_string().into(), to_json(&owed)?.into()],
    )
    .await?;
    Ok(())
}

/// A wait of which somebody is still to be told.
pub(super) struct StillOwed {
    pub late: Late,
    /// Whether the shopper still waits, and it is still theirs to answer.
    pub stands: bool,
}

impl StillOwed {
    pub(super) fn of<W>(self, whom: W) -> Owed<W> {
        Owed {
            whom,
            conversation_id: self.late.conversation,
            since: self.late.since,
        }
    }
}

/// Who waits longest first. $1 store, $2 who is told, $3 open
macro_rules! still_owed {
    ($table:literal, $whom:literal, $join:literal, $user:literal) => {
        concat!(
            "SELECT a.conversation_id, a.since, v.id AS visitor, v.name, v.email,
                    CASE WHEN c.waiting_since = a.since AND c.status = $3 AND c.spam_at IS NULL
                        AND (c.assignee_id IS NULL OR c.assignee_id = ",
            $user,
            " OR m.user_id IS NULL) THEN 1 ELSE 0 END AS stands
             FROM ",
            $table,
            " a
             JOIN conversations c ON c.store_id = a.store_id AND c.id = a.conversation_id
             JOIN visitors v ON v.store_id = c.store_id AND v.id = c.visitor_id
             LEFT JOIN memberships m ON m.store_id = c.store_id AND m.user_id = c.assignee_id",
            $join,
            " WHERE a.store_id = $1 AND a.",
            $whom,
            " = $2
             ORDER BY a.since, a.conversation_id"
        )
    };
}

/// Of which waits somebody is still to be told by mail.
pub(super) async fn mails_owed_to(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<Vec<StillOwed>> {
    let rows = sqlx::query(still_owed!("alarm_mails", "user_id", "", "$2"))
        .bind(store_id.to_string())
        .bind(user_id.to_string())
        .bind(Status::Open.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(still_owed).collect()
}

/// Of which a browser is still to be told by push.
pub(super) async fn pushes_owed_to(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: PushSubscriptionId,
) -> Result<Vec<StillOwed>> {
    let rows = sqlx::query(still_owed!(
        "alarm_pushes",
        "subscription_id",
        " JOIN push_subscriptions p ON p.id = a.subscription_id",
        "p.user_id"
    ))
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(Status::Open.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(still_owed).collect()
}

fn still_owed(row: &AnyRow) -> Result<StillOwed> {
    Ok(StillOwed {
        late: late(row, "conversation_id", "since")?,
        stands: row.flag("stands")?,
    })
}

/// The alarms that stand, in an order and a part of it that an index has: who waits is first in
/// it.
macro_rules! standing {
    ($longest_first:literal) => {
        standing!($longest_first, "")
    };
    ($longest_first:literal, $whose:literal) => {
        concat!(
            "SELECT c.id, c.waiting_since, v.id AS visitor, v.name, v.email
             FROM conversations c JOIN visitors v ON v.store_id = c.store_id AND v.id = c.visitor_id
             WHERE c.store_id = $1 AND c.status = $2 AND c.spam_at IS NULL
               AND COALESCE(c.waiting_since, 9000000000000000 - c.last_message_at) <= $3
               AND c.alarmed_since = c.waiting_since",
            $whose,
            " ORDER BY COALESCE(c.waiting_since, 9000000000000000 - c.last_message_at)",
            $longest_first,
            " LIMIT $4"
        )
    };
}

/// Who waits longest first. $1 store, $2 open, $3 since when, $4 limit
pub(super) async fn standing(
    connection: &mut AnyConnection,
    store_id: StoreId,
    until: UnixMillis,
    limit: i64,
) -> Result<Vec<Late>> {
    let rows = sqlx::query(standing!(", c.id DESC"))
        .bind(store_id.to_string())
        .bind(Status::Open.as_str())
        .bind(until)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| late(row, "id", "waiting_since"))
        .collect()
}

/// The same of those that are one person's to answer, or nobody's. $1 to $4 as above, $5 user
pub(super) async fn standing_for(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
    until: UnixMillis,
    limit: i64,
) -> Result<Vec<Late>> {
    let rows = sqlx::query(standing!(
        ", c.id DESC",
        " AND (c.assignee_id IS NULL OR c.assignee_id = $5 OR NOT EXISTS
            (SELECT 1 FROM memberships m WHERE m.store_id = $1 AND m.user_id = c.assignee_id))"
    ))
    .bind(store_id.to_string())
    .bind(Status::Open.as_str())
    .bind(until)
    .bind(limit)
    .bind(user_id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| late(row, "id", "waiting_since"))
        .collect()
}

/// Who waits shortest. $1 store, $2 open, $3 since when, $4 one
pub(super) async fn newest(
    connection: &mut AnyConnection,
    store_id: StoreId,
    until: UnixMillis,
) -> Result<Option<Late>> {
    let row = sqlx::query(standing!(" DESC, c.id"))
        .bind(store_id.to_string())
        .bind(Status::Open.as_str())
        .bind(until)
        .bind(1_i64)
        .fetch_optional(connection)
        .await?;
    row.map(|row| late(&row, "id", "waiting_since")).transpose()
}

/// Since when the shopper of a conversation waits, if that has raised an alarm.
/// $1 store, $2 conversation, $3 open
pub(super) async fn alarm_of(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<UnixMillis>> {
    let row = sqlx::query(
        "SELECT waiting_since FROM conversations
         WHERE store_id = $1 AND id = $2 AND status = $3 AND spam_at IS NULL
           AND alarmed_since = waiting_since",
    )
    .bind(store_id.to_string())
    .bind(id.to_string())
    .bind(Status::Open.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok(row.try_get("waiting_since")?)).transpose()
}

fn late(row: &AnyRow, id: &str, since: &str) -> Result<Late> {
    let visitor = Visitor {
        id: row.parsed::<VisitorId>("visitor")?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        locale: None,
        customer_id: None,
        blocked: false,
    };
    Ok(Late {
        conversation: row.parsed(id)?,
        since: row.try_get(since)?,
        name: plain(&visitor.label()),
    })
}

/// What a shopper calls themselves, on one line and in one direction: it stands among other
/// words, in mails too.
fn plain(name: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let straight: String = name.chars().filter(|c| !turns(c)).collect();
    text::excerpt(&straight, NAME_SHOWN)
}

/// The address of somebody of the team. $1 store, $2 user
pub(super) async fn address(
    connection: &mut AnyConnection,
    store_id: StoreId,
    user_id: UserId,
) -> Result<Option<(EmailAddress, String)>> {
    let row = sqlx::query(
        "SELECT users.email, stores.name FROM memberships
         JOIN users ON users.id = memberships.user_id
         JOIN stores ON stores.id = memberships.store_id
         WHERE memberships.store_id = $1 AND memberships.user_id = $2",
    )
    .bind(store_id.to_string())
    .bind(user_id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let email = row.word("email", |text| EmailAddress::parse(text).ok())?;
        Ok((email, row.try_get("name")?))
    })
    .transpose()
}

/// Takes the next turn to send somebody a mail, unless the last one was after $4; a job that
/// has it may take it again. $1 user, $2 job, $3 now, $4 since when
pub(super) async fn take_turn(
    connection: &mut AnyConnection,
    user_id: UserId,
    job_id: JobId,
    now: UnixMillis,
    before: UnixMillis,
) -> Result<bool> {
    let taken = sqlx::query(
        "INSERT INTO alarm_mail_turns (user_id, job_id, taken_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET job_id = excluded.job_id, taken_at = excluded.taken_at
         WHERE alarm_mail_turns.taken_at <= $4 OR alarm_mail_turns.job_id = excluded.job_id",
    )
    .bind(user_id.to_string())
    .bind(job_id.to_string())
    .bind(now)
    .bind(before)
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// When the last turn was taken. $1 user
pub(super) async fn last_turn(
    connection: &mut AnyConnection,
    user_id: UserId,
) -> Result<UnixMillis> {
    let row = sqlx::query("SELECT taken_at FROM alarm_mail_turns WHERE user_id = $1")
        .bind(user_id.to_string())
        .fetch_one(connection)
        .await?;
    Ok(row.try_get("taken_at")?)
}
