//! Says how customers' messages sound, after they were taken in: what waits is noted in the
//! transaction that wrote it, and is judged here, some at a time.

pub(super) mod queries;

use super::{
    announce,
    append::append,
    change::{Change, Entry},
    messages, queries as conversation_queries,
};
use crate::{
    Ctx,
    access::Actor,
    ai::sentiment::{Judged, judge},
    db::Tx,
    error::{Error, Result},
    task::Task,
};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{ConversationId, StoreId},
    message::MessageKind,
    sentiment::Sentiment,
};
use futures::{StreamExt, stream};
use queries::Waiting;
use std::time::Duration;
use tokio::time::sleep;

/// So many are judged together.
const STEP: i64 = 50;
/// So many are written at once: their writes share a commit.
const AT_ONCE: usize = 8;
/// Pause between two looks while nothing waits.
const POLL: Duration = Duration::from_millis(400);
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(5);

/// The task that judges. A server that does jobs has one.
#[must_use]
pub fn judge_all(ctx: Ctx) -> Task {
    Task::start(async move {
        loop {
            match step(&ctx).await {
                Ok(true) => {}
                Ok(false) => sleep(POLL).await,
                Err(error) => {
                    tracing::warn!(%error, "messages could not be judged; it is tried again");
                    sleep(RETRY).await;
                }
            }
        }
    })
}

/// Judges everything that waits, without a pause.
///
/// # Errors
/// If the database fails.
pub async fn catch_up(ctx: &Ctx) -> Result<()> {
    while step(ctx).await? {}
    Ok(())
}

/// Judges the first of what waits; whether there was any.
async fn step(ctx: &Ctx) -> Result<bool> {
    let waiting = queries::waiting(&mut *ctx.db().read().await?, STEP).await?;
    if waiting.is_empty() {
        return Ok(false);
    }
    let embedder = ctx.embedder().clone();
    let texts: Vec<_> = waiting.iter().map(|waiting| waiting.body.clone()).collect();
    let judged = tokio::task::spawn_blocking(move || {
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        judge(&texts, Some(&embedder))
    });
    let judged = judged
        .await
        .map_err(|_| Error::Internal("a message could not be judged".to_owned()))?;
    let now = ctx.now();
    let noting = waiting.into_iter().zip(judged).map(|(waiting, judged)| {
        ctx.db()
            .write(move |tx| Box::pin(async move { note(tx, waiting, judged, now).await }))
    });
    let noted: Vec<Result<()>> = stream::iter(noting)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    // One that fails keeps no other from being noted.
    noted.into_iter().collect::<Result<()>>()?;
    Ok(true)
}

/// Keeps what was judged, and what follows from it; nothing if another server was faster.
async fn note(tx: &mut Tx<'_>, waiting: Waiting, judged: Judged, now: UnixMillis) -> Result<()> {
    let store_id = waiting.store_id;
    let Some(id) = waiting.conversation_id else {
        // It was erased.
        queries::take(tx.connection, store_id, waiting.n).await?;
        return Ok(());
    };
    tx.lock(id).await?;
    let place = queries::place(tx.connection, store_id, waiting.message_id).await?;
    if place.is_some_and(|place| place != id) {
        // It was merged meanwhile; the next look sees where it is.
        return Ok(());
    }
    if !queries::take(tx.connection, store_id, waiting.n).await? || place.is_none() {
        return Ok(());
    }
    let sentiment = judged.sentiment;
    queries::set(tx.connection, store_id, waiting.message_id, sentiment).await?;
    let was = queries::of_conversation(tx.connection, store_id, id).await?;
    let is = queries::trend(tx.connection, store_id, id).await?;
    if was != is {
        queries::set_of_conversation(tx.connection, store_id, id, is).await?;
    }
    if judged.is_strong_anger() && call_person(tx, store_id, id, &waiting, now).await? {
        // What is announced of it shows the rest.
        return Ok(());
    }
    // Nobody sees the difference between a calm shopper and one of whom nothing is known.
    let shows = |one: Option<Sentiment>| one.filter(|one| *one != Sentiment::Neutral);
    if shows(was) != shows(is) {
        announce::summary(tx, store_id, id).await?;
    }
    Ok(())
}

/// Flags the conversation of an angry shopper for a person, as a dead job of the AI does: not
/// if one has taken over or answered since, or it has ended. `false` if it stays as it is.
async fn call_person(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    waiting: &Waiting,
    now: UnixMillis,
) -> Result<bool> {
    let stored = conversation_queries::stored(tx.connection, store_id, id).await?;
    let waits = stored
        .is_some_and(|stored| stored.ai_active && stored.status == Status::Open && !stored.spam);
    // Flagged already or not: what has flagged it may be taken back, anger isn't.
    if !waits
        || messages::is_angry(tx.connection, store_id, id).await?
        || queries::is_answered(tx.connection, store_id, id, waiting.message_id).await?
    {
        return Ok(false);
    }
    let entry = Entry::team_event(MessageKind::Anger, Actor::System);
    let change = Change {
        needs_human: Some(true),
        ..Change::default()
    };
    append(tx, store_id, id, entry, change, now).await?;
    Ok(true)
}
