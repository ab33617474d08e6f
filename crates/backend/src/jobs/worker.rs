//! Runs jobs, several at a time, until it is told to stop: those that were born
//! claimed and handed over, and those it claims.

use super::{
    job::Claimed,
    kinds::embed_faq::EmbedFaq,
    new_job::prepare,
    places::{Held, PLACES},
    queries, queue, registry,
};
use crate::{
    Ctx,
    db::Kind,
    error::{Conflict, Error, Result},
    faq,
};
use domain::{UnixMillis, job::Failure, text};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};
use tracing::Instrument;

/// Longest pause between two looks at the queue: another process may have
/// enqueued something.
const POLL: Duration = Duration::from_secs(1);
/// While something waits, so many places are to be free before somebody looks: jobs are
/// claimed several at a time.
const ENOUGH: usize = PLACES / 4;
/// Unless that takes longer.
const SOON: Duration = Duration::from_millis(5);
/// How often it is seen whether a place is free while none is.
const FULL: Duration = Duration::from_millis(100);

/// A worker that runs in the background.
pub struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Worker {
    /// Starts a worker. It first takes up what an earlier process has left.
    #[must_use]
    pub fn start(ctx: Ctx) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self {
            stop,
            task: tokio::spawn(work(ctx, stopped)),
        }
    }

    /// Takes no more jobs and waits for those that run.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the job worker ended badly");
        }
    }
}

async fn work(ctx: Ctx, mut stopped: watch::Receiver<bool>) {
    if let Err(error) = end_leases_of_the_dead(&ctx).await {
        tracing::error!(%error, "jobs of an earlier process must wait for their leases to run out");
    }
    if let Err(error) = index_what_is_missing(&ctx).await {
        tracing::error!(%error, "FAQ items without an embedding could not be queued");
    }
    let (worker, mut handed_over) = mpsc::unbounded_channel();
    if let Err(error) = ctx.jobs().open(worker.clone()) {
        tracing::error!(%error, "no job is born claimed");
    }
    let mut running = JoinSet::new();
    let mut looks_at = Instant::now();
    while !*stopped.borrow() {
        while running.try_join_next().is_some() {}
        if looks_at <= Instant::now() && ctx.jobs().room() > 0 {
            let found = queue::look(&ctx, PLACES, None).await;
            let found = found.unwrap_or_else(|error| {
                tracing::error!(%error, "jobs could not be claimed");
                queue::Found::default()
            });
            let found_some = !found.held.is_empty();
            for held in registry::recall(&ctx, found.held).await {
                running.spawn(run_held(ctx.clone(), held));
            }
            if found_some {
                continue;
            }
            // A moment more, so that it is past.
            let due = |wait: i64| Duration::from_millis(wait.unsigned_abs() + 1);
            looks_at = Instant::now() + found.next_in.map_or(POLL, due).min(POLL);
        }
        // A place that nobody takes gets free without a word.
        let until = if ctx.jobs().room() > 0 {
            looks_at
        } else {
            looks_at.max(Instant::now() + FULL)
        };
        tokio::select! {
            Some(held) = handed_over.recv() => {
                running.spawn(run_held(ctx.clone(), held));
            }
            () = ctx.jobs().woken() => looks_at = soon(&ctx).min(looks_at),
            Some(_) = running.join_next() => if ctx.jobs().has_backlog() {
                looks_at = soon(&ctx).min(looks_at);
            },
            () = sleep_until(until) => {}
            _ = stopped.changed() => {}
        }
    }
    // What is being written may still be handed over.
    ctx.jobs().close(&worker);
    drop(worker);
    while let Some(held) = handed_over.recv().await {
        running.spawn(run_held(ctx.clone(), held));
    }
    while running.join_next().await.is_some() {}
}

/// When somebody looks for what waits.
fn soon(ctx: &Ctx) -> Instant {
    let now = Instant::now();
    if ctx.jobs().room() >= ENOUGH {
        now
    } else {
        now + SOON
    }
}

async fn run_held(ctx: Ctx, held: Held) {
    if !held.is_first && !is_first(&ctx, &held.claimed).await {
        give_back(&ctx, &held.claimed).await;
    } else {
        run(&ctx, held.claimed).await;
    }
    drop(held.place);
}

async fn is_first(ctx: &Ctx, claimed: &Claimed) -> bool {
    let is_first = async {
        let mut connection = ctx.db().read().await?;
        queries::is_first(&mut connection, claimed).await
    };
    is_first.await.unwrap_or_else(|error: Error| {
        tracing::warn!(job = %claimed.id, %error, "a job's place in its lane is not known");
        false
    })
}

/// Runs a job in a span of its own, and puts it back, or away, if it fails.
pub(super) async fn run(ctx: &Ctx, claimed: Claimed) {
    let span = tracing::error_span!(
        "job",
        job.id = %claimed.id,
        job.kind = claimed.kind.name,
        conversation.id = tracing::field::Empty,
    );
    run_alone(ctx, claimed).instrument(span).await;
}

async fn run_alone(ctx: &Ctx, claimed: Claimed) {
    let Err((failure, error)) = attempt(ctx, &claimed).await else {
        return;
    };
    let dead = claimed.attempts >= claimed.kind.policy.attempts;
    tracing::warn!(job = %claimed.id, kind = claimed.kind.name, attempt = claimed.attempts, dead, %error, "a job failed");
    let reason = text::excerpt(&error.to_string(), 500);
    let ended = if dead {
        queue::bury(ctx, &claimed, failure, &reason).await
    } else {
        put_back(ctx, &claimed, reason).await
    };
    if let Err(error) = ended {
        // Its lease will run out.
        tracing::error!(job = %claimed.id, %error, "a failed job could not be put back");
    }
}

async fn attempt(ctx: &Ctx, claimed: &Claimed) -> Result<(), (Failure, Error)> {
    // A job that panics or hangs fails like any other: it must come to its end.
    let work = registry::work(claimed).map_err(|error| (Failure::Unreadable, error))?;
    let work = AssertUnwindSafe(work.run(ctx, claimed)).catch_unwind();
    let stopped = |failure, what: &str| Err((failure, Error::Internal(what.to_owned())));
    tokio::select! {
        result = timeout(claimed.kind.policy.patience, work) => match result {
            Ok(Ok(result)) => result.map_err(|error| (Failure::Error, error)),
            Ok(Err(_)) => stopped(Failure::Panic, "the job panicked"),
            Err(_) => stopped(Failure::Timeout, "the job took too long"),
        },
        () = lease_lost(ctx, claimed) => {
            Err((Failure::Error, Error::Conflict(Conflict::LeaseLost)))
        }
    }
}

/// Renews the lease until it is lost.
async fn lease_lost(ctx: &Ctx, claimed: &Claimed) {
    let mut beat = interval(claimed.kind.policy.lease / 3);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.tick().await;
    loop {
        beat.tick().await;
        match renew(ctx, claimed).await {
            Ok(true) => {}
            Ok(false) => return,
            // There is time for another try.
            Err(error) => tracing::warn!(job = %claimed.id, %error, "a lease was not renewed"),
        }
    }
}

/// Whether the lease is still ours.
pub(super) async fn renew(ctx: &Ctx, claimed: &Claimed) -> Result<bool> {
    let (claimed, database) = (claimed.clone(), ctx.db().kind());
    let renewed = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move { queries::renew(tx.connection, database, &claimed).await })
        })
        .await?;
    Ok(renewed > 0)
}

async fn give_back(ctx: &Ctx, claimed: &Claimed) {
    let claimed = claimed.clone();
    let given = ctx.db().write(move |tx| {
        Box::pin(async move { queries::give_back(tx.connection, &claimed).await })
    });
    if let Err(error) = given.await {
        tracing::error!(%error, "a job must wait for its lease to run out");
    }
}

async fn put_back(ctx: &Ctx, claimed: &Claimed, reason: String) -> Result<()> {
    let (claimed, database) = (claimed.clone(), ctx.db().kind());
    let delay = backoff(claimed.attempts);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::put_back(tx.connection, database, &claimed, delay, &reason).await?;
                tx.effects.wake_jobs();
                Ok(())
            })
        })
        .await
}

/// Milliseconds to wait after the given number of attempts: 0.5 s, doubled
/// each time, at most one minute.
fn backoff(attempts: i64) -> UnixMillis {
    let doublings = u32::try_from(attempts.clamp(1, 8) - 1).unwrap_or(0);
    (500 * 2_i64.pow(doublings)).min(60_000)
}

/// On SQLite no other server can hold a lease: whoever did is dead, and nobody
/// need wait a minute for their work. Were it not so, the job's end would still
/// be guarded by its lease.
async fn end_leases_of_the_dead(ctx: &Ctx) -> Result<()> {
    if ctx.db().kind() != Kind::Sqlite {
        return Ok(());
    }
    ctx.db()
        .write(|tx| Box::pin(async move { queries::end_leases(tx.connection).await }))
        .await
}

/// Items that were saved while there was no model, or another one.
async fn index_what_is_missing(ctx: &Ctx) -> Result<()> {
    if ctx.embedder().probe().is_err() {
        return Ok(());
    }
    let missing = {
        let mut connection = ctx.db().read().await?;
        faq::queries::items_to_index(&mut connection, ctx.embedder().model_id()).await?
    };
    let jobs = missing
        .into_iter()
        .map(|(store_id, item_id, revision)| prepare(store_id, EmbedFaq { item_id, revision }))
        .collect::<Result<Vec<_>>>()?;
    ctx.db()
        .write(move |tx| Box::pin(async move { super::enqueue(tx, jobs).await }))
        .await
}

#[cfg(test)]
mod tests {
    use super::backoff;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<_> = (1..=9).map(backoff).collect();
        assert_eq!(
            pauses,
            [
                500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000
            ]
        );
    }
}
