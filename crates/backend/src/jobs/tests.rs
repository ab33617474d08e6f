//! What the queue promises, on both databases.

mod born_claimed;
mod crashes;
mod dead_letters;
mod flat;
mod interleavings;
mod lanes;
pub(super) mod probe;
mod recall;
mod turns;
mod unseen;

use super::{Claimed, Job, NewJob, State, enqueue, places::Held, prepare, queue, registry, worker};
use crate::{
    access::Principal, conversations, db::RowExt, error::Result, stores, testing::shop::Shop,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, JobId},
    message::{Message, Sender},
};
use probe::Probe;
use sqlx::Row;
use std::time::Duration;

const MINUTE: UnixMillis = 60_000;

impl Shop {
    /// Writes jobs of the shop.
    async fn enqueue<J: Job>(&self, jobs: impl IntoIterator<Item = J>) -> Vec<JobId> {
        let jobs: Vec<NewJob> = jobs
            .into_iter()
            .map(|job| prepare(self.member.store_id, job).expect("a job"))
            .collect();
        let ids = jobs.iter().map(NewJob::id).collect();
        self.write(move |tx| Box::pin(async move { enqueue(tx, jobs).await }))
            .await;
        ids
    }

    /// Claims what is due at `now` (the database's time if it is 0), with the
    /// places that it takes.
    async fn claim_up_to(&self, limit: usize, now: UnixMillis) -> Vec<Held> {
        let now = (now > 0).then_some(now);
        let found = queue::look(&self.test.ctx, limit, now).await;
        found.expect("a database").held
    }

    async fn claim(&self) -> Vec<Claimed> {
        self.claim_at(0).await
    }

    async fn claim_at(&self, now: UnixMillis) -> Vec<Claimed> {
        let held = self.claim_up_to(10, now).await;
        held.into_iter().map(|held| held.claimed).collect()
    }

    /// Runs what is due, as a worker would, until nothing is.
    async fn run_all(&self) -> Vec<JobId> {
        let mut done = Vec::new();
        loop {
            let claimed = self.claim().await;
            if claimed.is_empty() {
                return done;
            }
            for job in claimed {
                done.push(job.id);
                worker::run(&self.test.ctx, job).await;
            }
        }
    }

    async fn run(&self, claimed: &Claimed) -> Result<()> {
        let work = registry::work(claimed)?;
        work.run(&self.test.ctx, claimed).await
    }

    async fn execute(&self, sql: &'static str) {
        self.write(move |tx| {
            Box::pin(async move {
                sqlx::query(sql).execute(&mut *tx.connection).await?;
                Ok(())
            })
        })
        .await;
        // Use cases forget by themselves what they change.
        self.test.ctx.caches().forget_all();
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl for<'t, 'c> FnOnce(
            &'t mut crate::db::Tx<'c>,
        ) -> futures::future::BoxFuture<'t, Result<T>>
        + Send
        + 'static,
    ) -> T {
        self.test.ctx.db().write(work).await.expect("a write")
    }

    /// A job's row, if there is one.
    async fn row(&self, id: JobId) -> Option<Seen> {
        let mut connection = self.test.ctx.db().read().await.expect("a connection");
        let row = sqlx::query(
            "SELECT state, attempts, run_at, lease_until, last_error FROM jobs WHERE id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *connection)
        .await
        .expect("a query")?;
        Some(Seen {
            state: row.word("state", State::from_word).expect("a state"),
            attempts: row.get("attempts"),
            run_at: row.get("run_at"),
            lease_until: row.get("lease_until"),
            error: row.get("last_error"),
        })
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut connection = self.test.ctx.db().read().await.expect("a connection");
        let row = sqlx::query(sql).fetch_one(&mut *connection).await;
        row.expect("a count").get("n")
    }

    /// Jobs that are neither done nor given up.
    async fn unfinished(&self) -> i64 {
        self.count("SELECT COUNT(*) AS n FROM jobs WHERE state <> 'dead'")
            .await
    }

    async fn drained(&self) {
        while self.unfinished().await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What probes have written, in the order in which they did.
    async fn signatures(&self) -> Vec<String> {
        let mut connection = self.test.ctx.db().read().await.expect("a connection");
        let rows = sqlx::query("SELECT name FROM faq_categories ORDER BY position")
            .fetch_all(&mut *connection)
            .await
            .expect("names");
        rows.iter().map(|row| row.get("name")).collect()
    }

    async fn answers(&self, id: ConversationId) -> Vec<Message> {
        let (messages, _) = conversations::messages_after(&self.test.ctx, &self.member, id, 0, 200)
            .await
            .expect("messages");
        messages
            .into_iter()
            .filter(|message| message.sender == Sender::Ai)
            .collect()
    }

    async fn needs_human(&self, id: ConversationId) -> bool {
        let mut connection = self.test.ctx.db().read().await.expect("a connection");
        let row = sqlx::query("SELECT needs_human FROM conversations WHERE id = $1")
            .bind(id.to_string())
            .fetch_one(&mut *connection)
            .await
            .expect("a conversation");
        row.flag("needs_human").expect("a flag")
    }
}

/// A job's row.
#[derive(Debug)]
struct Seen {
    state: State,
    attempts: i64,
    run_at: UnixMillis,
    lease_until: UnixMillis,
    error: Option<String>,
}

fn ids(claimed: &[Claimed]) -> Vec<JobId> {
    claimed.iter().map(|claimed| claimed.id).collect()
}
