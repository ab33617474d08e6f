//! How long a worker's claim takes while few and while many jobs wait.

use crate::{
    database::Engine,
    failure::Failure,
    options::Extent,
    product,
    report::compared,
    statistics::{grouped, median, milliseconds},
};
use backend::{
    Ctx,
    jobs::{self, kinds::ai_reply::AiReply},
};
use domain::ids::{ConversationId, MessageId, StoreId};
use std::time::{Duration, Instant};

/// Claims of one job each; the median is printed.
const CLAIMS: usize = 30;
/// How long the queue rests when it was filled: a database whose table was nearly
/// empty a moment ago has made its plans by then.
const SETTLED_AFTER: Duration = Duration::from_secs(3);
/// Jobs enqueued with one commit while the queue is filled.
const BATCH: usize = 500;

/// Measures each database with few jobs, then with many.
///
/// # Errors
/// If a database can't be had, or a claim finds nothing.
pub async fn measure(extent: Extent, engines: &[Engine]) -> Result<String, Failure> {
    let [few, many] = extent.waiting_jobs;
    let mut text = format!(
        "  One store's conversations, a job each, no worker. A worker's whole call: look, claim one job,
  commit; after each another job is enqueued. Medians of {CLAIMS}, in milliseconds.

  {:<46} {:>11} {:>11} {:>8}\n",
        "waiting jobs",
        grouped(few as f64),
        grouped(many as f64),
        "ratio"
    );
    for engine in engines {
        let database = engine.create().await?;
        let ctx = product::backend(&database).await?;
        let measured = on_queue(&ctx, extent).await;
        ctx.db().close().await;
        database.remove().await?;
        let [few, many] = measured?;
        text.push_str(&compared(
            &format!("{engine}: claim of one job, ms"),
            few.claim,
            many.claim,
        ));
        text.push_str(&compared(
            &format!("{engine}: enqueueing one job, ms"),
            few.enqueue,
            many.enqueue,
        ));
    }
    Ok(text)
}

/// Medians, in milliseconds.
struct Figures {
    claim: f64,
    enqueue: f64,
}

async fn on_queue(ctx: &Ctx, extent: Extent) -> Result<[Figures; 2], Failure> {
    let store_id = product::owner(ctx).await?.member.store_id;
    let [few, many] = extent.waiting_jobs;
    let mut measured = Vec::new();
    for more in [few, many - few] {
        enqueue(ctx, store_id, more).await?;
        tokio::time::sleep(SETTLED_AFTER).await;
        measured.push(figures(ctx, store_id).await?);
    }
    <[Figures; 2]>::try_from(measured).map_err(|_| "two measurements".into())
}

async fn figures(ctx: &Ctx, store_id: StoreId) -> Result<Figures, Failure> {
    let (mut claims, mut enqueues) = (Vec::new(), Vec::new());
    for _ in 0..CLAIMS {
        let started = Instant::now();
        let claimed = jobs::queue::claim(ctx, 1).await?;
        claims.push(milliseconds(started.elapsed()));
        if claimed.len() != 1 {
            return Err("a claim found no job".into());
        }
        let started = Instant::now();
        enqueue(ctx, store_id, 1).await?;
        enqueues.push(milliseconds(started.elapsed()));
    }
    Ok(Figures {
        claim: median(&mut claims),
        enqueue: median(&mut enqueues),
    })
}

/// Enqueues `count` jobs, each of a conversation of its own.
async fn enqueue(ctx: &Ctx, store_id: StoreId, count: usize) -> Result<(), Failure> {
    let mut left = count;
    while left > 0 {
        let batch = left.min(BATCH);
        let written = (0..batch).map(|_| {
            let job = AiReply {
                conversation_id: ConversationId::generate(),
                message_id: MessageId::generate(),
                client: None,
            };
            jobs::prepare(store_id, job)
        });
        let written = written.collect::<Result<Vec<_>, _>>()?;
        ctx.db()
            .write(move |tx| Box::pin(async move { jobs::enqueue(tx, written).await }))
            .await?;
        left -= batch;
    }
    Ok(())
}
