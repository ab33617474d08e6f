//! Claims jobs and runs them, several at a time, until it is told to stop.

use super::{
    Claimed, Job,
    kinds::{ai_reply, embed_faq},
    queries,
};
use crate::{
    Ctx,
    db::Kind,
    error::{Error, Result},
    faq, tokens,
};
use domain::{UnixMillis, text};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// Jobs that run at the same time in this process.
/// Most of them wait for something; a slow language model must not keep the
/// others from their turn.
const CONCURRENCY: usize = 32;
/// How long a job may take before another worker takes it over; longer than
/// any job's own time-outs together.
const LEASE: UnixMillis = 60_000;
/// When a job is given up, before its lease runs out.
const PATIENCE: Duration = Duration::from_secs(50);
/// Tries before a job becomes a dead letter.
const ATTEMPTS_MAX: i64 = 6;
/// Longest pause between two looks at the queue: another process may have
/// enqueued something.
const POLL: Duration = Duration::from_secs(1);
/// How long finished jobs are kept, in milliseconds: three days.
const KEEP_DONE: UnixMillis = 3 * 24 * 60 * 60 * 1000;
/// How often they are thrown out, in milliseconds.
const CLEAN_EVERY: UnixMillis = 60 * 60 * 1000;

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
    let mut running = JoinSet::new();
    let mut next_clean = ctx.now();
    while !*stopped.borrow() {
        if ctx.now() >= next_clean {
            next_clean = ctx.now() + CLEAN_EVERY;
            clean(&ctx).await;
        }
        while running.try_join_next().is_some() {}
        let free = CONCURRENCY - running.len();
        let claimed = if free > 0 {
            claim_due(&ctx, free).await
        } else {
            Vec::new()
        };
        let found_some = !claimed.is_empty();
        for job in claimed {
            let ctx = ctx.clone();
            running.spawn(async move { run(&ctx, job).await });
        }
        if found_some && running.len() < CONCURRENCY {
            continue;
        }
        tokio::select! {
            () = ctx.jobs_wake().notified(), if running.len() < CONCURRENCY => {}
            Some(_) = running.join_next() => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stopped.changed() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Claims what is due. Looks before it writes: an idle worker never touches
/// the writer. For the worker, and for measuring it.
pub async fn claim_due(ctx: &Ctx, limit: usize) -> Vec<Claimed> {
    let claimed = async {
        let next = {
            let mut connection = ctx.db().read().await?;
            queries::next(&mut connection).await?
        };
        let is_past = |time: Option<UnixMillis>| time.is_some_and(|time| time <= ctx.now());
        let lease_ended = is_past(next.lease_end);
        if !lease_ended && !is_past(next.ready) {
            return Ok(Vec::new());
        }
        let lease = tokens::random::<12>()?;
        let now = ctx.now();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    if lease_ended {
                        // Whatever ended the process each time it ran.
                        let buried =
                            queries::bury_hopeless(tx.connection, now, ATTEMPTS_MAX).await?;
                        for (store_id, job) in buried {
                            tracing::error!(%store_id, kind = job.kind(), "the process ended each time a job ran");
                            if let Job::EmbedFaq { item_id, revision } = job {
                                embed_faq::give_up(tx, store_id, item_id, revision).await?;
                            }
                        }
                    }
                    queries::claim(tx.connection, now, &lease, now + LEASE, limit).await
                })
            })
            .await
    };
    claimed.await.unwrap_or_else(|error: Error| {
        tracing::error!(%error, "jobs could not be claimed");
        Vec::new()
    })
}

/// Runs a job, and puts it back, or away, if it fails.
pub(super) async fn run(ctx: &Ctx, claimed: Claimed) {
    let work = async {
        match &claimed.job {
            Job::AiReply {
                conversation_id,
                message_id,
                client,
            } => ai_reply::run(ctx, &claimed, *conversation_id, *message_id, *client).await,
            Job::EmbedFaq { item_id, revision } => {
                embed_faq::run(ctx, &claimed, *item_id, *revision).await
            }
        }
    };
    // A job that panics or hangs fails like any other: it must come to its end.
    let guarded = tokio::time::timeout(PATIENCE, AssertUnwindSafe(work).catch_unwind());
    let result = match guarded.await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Error::Internal("the job panicked".to_owned())),
        Err(_) => Err(Error::Internal("the job took too long".to_owned())),
    };
    let Err(error) = result else {
        // The next job of the same lane may be waiting.
        ctx.jobs_wake().notify_one();
        return;
    };
    let dead = claimed.attempts >= ATTEMPTS_MAX;
    tracing::warn!(job = %claimed.id, kind = claimed.job.kind(), attempt = claimed.attempts, dead, %error, "a job failed");
    if let Err(error) = put_back(ctx, &claimed, dead, &error.to_string()).await {
        // Its lease will run out.
        tracing::error!(job = %claimed.id, %error, "a failed job could not be put back");
    }
}

async fn put_back(ctx: &Ctx, claimed: &Claimed, dead: bool, reason: &str) -> Result<()> {
    let (claimed, reason) = (claimed.clone(), text::excerpt(reason, 500));
    let run_at = ctx.now() + backoff(claimed.attempts);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if let (true, &Job::EmbedFaq { item_id, revision }) = (dead, &claimed.job) {
                    embed_faq::give_up(tx, claimed.store_id, item_id, revision).await?;
                }
                queries::fail(tx.connection, &claimed, dead, run_at, &reason).await
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
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                for (store_id, item_id, revision) in missing {
                    super::enqueue(tx, store_id, &Job::EmbedFaq { item_id, revision }, now).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn clean(ctx: &Ctx) {
    let before = ctx.now() - KEEP_DONE;
    let cleaned = ctx
        .db()
        .write(move |tx| Box::pin(async move { queries::delete_done(tx.connection, before).await }))
        .await;
    if let Err(error) = cleaned {
        tracing::error!(%error, "finished jobs could not be thrown out");
    }
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
