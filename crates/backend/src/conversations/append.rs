//! The one write path: every change of a conversation that leaves a trace in
//! its thread goes through [`append`], whichever door it came by.
//!
//! In one query, which is a transaction by itself or a part of the caller's: take
//! the next `seq`, change the conversation, insert the message, enqueue the jobs it
//! causes; after the commit, publish. Only a store that has webhooks for what may happen
//! pays for them: there it is a transaction of several statements.

use super::{
    also, announce,
    change::{Change, Entry},
    messages::ID_TAKEN,
    queries::{self, Stored},
    reactions::reactions,
    seen::Seen,
    told,
};
use crate::{
    ai::need::Need,
    db::{Db, Effects, Query, Tx, Value},
    dialect,
    error::{Conflict, Error, Noun, Result},
    jobs::{self, Claimed, Jobs, NewJob, Remembered},
    webhooks,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId},
    message::Message,
};
use sqlx::{Row, any::AnyRow};
use std::sync::Arc;

/// What [`append`] left behind.
pub(crate) struct Appended {
    pub message: Message,
    pub stored: Stored,
}

/// Adds `entry` to a conversation of the store.
///
/// # Errors
/// [`Error::NotFound`] if there is no such conversation in the store, or not of
/// that visitor ([`Change::only_of`]), and also if the message is there already;
/// [`Conflict::IdTaken`] if it is just being written;
/// [`Conflict::EpochChanged`] if the AI's work was ended meanwhile
/// ([`Change::only_in_epoch`]).
pub(crate) async fn append(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> Result<Appended> {
    let may_happen = told::may_happen(&entry, &change);
    let events = webhooks::told_in(tx, store_id).await?.and(may_happen);
    if let Some(also) = change.also {
        also::carry_out(tx, store_id, id, also, now).await?;
    }
    let adding = Adding::new(tx.jobs(), store_id, id, entry, change, now)?;
    let (query, values) = adding.query()?;
    let rows = tx.run(query, &values).await;
    let appended = adding.end(rows, &mut tx.effects);
    if let Ok(Appended { message, stored }) = &appended {
        told::tell(tx, store_id, events, (message, stored), &change, now).await?;
    }
    if let (Err(Error::NotFound(_)), Some(epoch)) = (&appended, change.only_in_epoch) {
        let stored = queries::stored(tx.connection, store_id, id).await?;
        if stored.is_some_and(|stored| stored.owner_epoch != epoch) {
            return Err(Error::Conflict(Conflict::EpochChanged));
        }
    }
    appended
}

/// As [`append`], as a write by itself, whatever the epoch.
///
/// # Errors
/// As [`append`].
pub(crate) async fn append_alone(
    (db, queue): (&Db, &Jobs),
    store_id: StoreId,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> Result<Appended> {
    if takes_steps(db, store_id, &entry, &change).await? {
        return db
            .write(move |tx| Box::pin(append(tx, store_id, id, entry, change, now)))
            .await;
    }
    let adding = Adding::new(queue, store_id, id, entry, change, now)?;
    let (query, values) = adding.query()?;
    db.write_query(query, values, move |rows, effects| {
        adding.end(rows, effects)
    })
    .await
}

/// As [`append`], and ends the job that did it, in one transaction. An entry that
/// came too late ([`Conflict::EpochChanged`]) is dropped; the job is done all the
/// same.
///
/// # Errors
/// As [`append`] and [`jobs::finish`].
pub(crate) async fn append_and_finish(
    (db, queue): (&Db, &Jobs),
    claimed: &Claimed,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> Result<()> {
    let store_id = claimed.store_id;
    let is_done = if takes_steps(db, store_id, &entry, &change).await? {
        false
    } else {
        append_and_finish_at_once((db, queue), claimed, id, entry.clone(), change, now).await?
    };
    if is_done {
        return Ok(());
    }
    let claimed = claimed.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let appended = append(tx, store_id, id, entry, change, now).await;
            // Whoever lost the lease may find its own message.
            jobs::finish(tx, &claimed).await?;
            match appended {
                Ok(_) | Err(Error::Conflict(Conflict::EpochChanged)) => Ok(()),
                Err(error) => Err(error),
            }
        })
    })
    .await
}

/// The same in one query; `false` if that can't be now.
async fn append_and_finish_at_once(
    (db, queue): (&Db, &Jobs),
    claimed: &Claimed,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> Result<bool> {
    let adding = Adding::new(queue, claimed.store_id, id, entry, change, now)?;
    let mut values = adding.values()?;
    values.extend([
        None::<String>.into(),
        None::<i64>.into(),
        claimed.id.to_string().into(),
        claimed.lease.as_str().into(),
        claimed.lane.as_str().into(),
    ]);
    db.write_query(&dialect::APPEND_AND_FINISH, values, move |rows, effects| {
        let rows = rows?;
        if !jobs::ended_in_query(effects, &rows)? {
            return Ok(false);
        }
        let about_conversation: Vec<_> = rows.into_iter().filter(is_conversation).collect();
        // A job that is ended without a message came too late.
        if !about_conversation.is_empty() {
            adding.end(Ok(about_conversation), effects)?;
        }
        Ok(true)
    })
    .await
}

/// Whether there is more to be done than one query does: a webhook wants to know what may
/// happen now, by what is kept in memory, or it is one of the few that do more.
async fn takes_steps(db: &Db, store_id: StoreId, entry: &Entry, change: &Change) -> Result<bool> {
    if change.also.is_some() {
        return Ok(true);
    }
    let told = webhooks::told(db, store_id).await?;
    Ok(!told.and(told::may_happen(entry, change)).is_empty())
}

fn is_conversation(row: &AnyRow) -> bool {
    row.try_get::<Option<String>, _>("visitor_id")
        .is_ok_and(|id| id.is_some())
}

/// An entry on its way into the database.
struct Adding {
    store_id: StoreId,
    id: ConversationId,
    entry: Entry,
    change: Change,
    now: UnixMillis,
    /// Those that may follow; with the places that they would get.
    jobs: Vec<NewJob>,
    /// The same as rows.
    rows: String,
}

impl Adding {
    fn new(
        queue: &Jobs,
        store_id: StoreId,
        id: ConversationId,
        entry: Entry,
        change: Change,
        now: UnixMillis,
    ) -> Result<Self> {
        let (jobs, rows) = jobs::as_rows(queue, reactions(store_id, id, &entry, &change)?)?;
        Ok(Self {
            store_id,
            id,
            entry,
            change,
            now,
            jobs,
            rows,
        })
    }

    fn query(&self) -> Result<(&'static Query, Vec<Value>)> {
        let mut values = self.values()?;
        if self.jobs.is_empty() {
            return Ok((&dialect::APPEND, values));
        }
        let only_if_awaited = self.change.look == Need::IfAwaitingOrder;
        values.extend([self.rows.as_str().into(), i64::from(only_if_awaited).into()]);
        Ok((&dialect::APPEND_WITH_JOBS, values))
    }

    /// Those of [`dialect::APPEND`].
    fn values(&self) -> Result<Vec<Value>> {
        let (entry, change) = (&self.entry, &self.change);
        queries::append_values(self.store_id, self.id, entry, change, self.now)
    }

    /// Reads what came of it.
    fn end(self, rows: Result<Vec<AnyRow>>, effects: &mut Effects) -> Result<Appended> {
        let rows = rows.map_err(|error| match &error {
            // The same id twice at once.
            Error::Database(sqlx::Error::Database(database)) if database.is_unique_violation() => {
                ID_TAKEN
            }
            _ => error,
        })?;
        let Some((stored, summary, written)) = queries::read_appended(&rows)? else {
            return Err(Error::NotFound(Noun::Conversation));
        };
        let entry = self.entry;
        let message = Message {
            id: entry.id,
            conversation_id: self.id,
            seq: stored.last_seq,
            sender: entry.sender,
            kind: entry.kind,
            data: entry.data,
            body: entry.body,
            created_at: self.now,
            read_at: None,
            attachments: entry.attachments,
            agent_name: entry.author.name().map(str::to_owned),
            answer_kind: entry.answer_kind,
            ai: entry.ai,
            sentiment: None,
        };
        let known = jobs::Known {
            is_first: true,
            remembered: (!self.jobs.is_empty()).then(|| {
                let visitor = &summary.visitor;
                let seen = Seen {
                    stored: stored.clone(),
                    email: visitor.email.clone(),
                    locale: visitor.locale.clone(),
                    message: message.clone(),
                };
                Arc::new(seen) as Remembered
            }),
        };
        announce::appended(effects, self.store_id, &message, &stored, summary);
        jobs::written_as(effects, self.jobs, &written, known);
        Ok(Appended { message, stored })
    }
}
