//! Brings the index up to what was written: what waits is noted in the transaction that wrote
//! it, and taken from there, some at a time, by one server at a time.

mod queries;

use super::{dialect::stored_tokens, queries::Whose};
use crate::{Ctx, db::Kind, error::Result, task::Task};
use domain::{
    ids::StoreId,
    search::{Author, index_tokens},
};
use queries::{Tokens, Waiting, Word};
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// So many are indexed in one transaction: SQLite's one writer is held for some milliseconds.
const STEP: i64 = 200;
/// Pause between two looks while nothing waits. What comes meanwhile is indexed together.
const POLL: Duration = Duration::from_millis(500);
/// While more waits, so many times as long as the last step took is left to others.
const SHARE: u32 = 4;
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(5);

/// The task that keeps the index up to date. A server that does jobs has one.
#[must_use]
pub fn indexer(ctx: Ctx) -> Task {
    Task::start(keep_up(ctx))
}

async fn keep_up(ctx: Ctx) {
    let mut is_behind = false;
    loop {
        let began = Instant::now();
        match step(&ctx).await {
            Ok(Step::More) => sleep((began.elapsed() * SHARE).min(POLL)).await,
            Ok(Step::Backfill(left)) => {
                if !is_behind {
                    tracing::info!(left, "messages of before are being made searchable");
                    is_behind = true;
                }
                sleep((began.elapsed() * SHARE).min(POLL)).await;
            }
            Ok(Step::Done) => {
                if is_behind {
                    tracing::info!("every message can be found now");
                    is_behind = false;
                }
                sleep(POLL).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the search index could not be written; it is tried again");
                sleep(RETRY).await;
            }
        }
    }
}

/// Indexes everything that waits, without a pause.
///
/// # Errors
/// If the database fails.
pub async fn catch_up(ctx: &Ctx) -> Result<()> {
    while step(ctx).await? != Step::Done {}
    Ok(())
}

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// There may be more.
    More,
    /// So many messages of before are left, at most.
    Backfill(i64),
    Done,
}

async fn step(ctx: &Ctx) -> Result<Step> {
    let mut connection = ctx.db().read().await?;
    let waiting = queries::waiting(&mut connection, STEP).await?;
    let backfill = match waiting.is_empty() {
        true => queries::backfill(&mut connection).await?,
        false => None,
    };
    let kind = ctx.db().kind();
    let older = match backfill {
        Some(upto) => Some((upto, queries::older(&mut connection, upto, STEP).await?)),
        None => None,
    };
    if waiting.is_empty() && older.is_none() {
        return Ok(Step::Done);
    }
    let has_more = waiting.len() as i64 == STEP;
    let changes = Changes::read(
        &mut connection,
        kind,
        &waiting,
        older.as_ref().map(|(_, n)| &**n),
    )
    .await?;
    drop(connection);
    let left = older.map(|(upto, numbers)| {
        let is_last = (numbers.len() as i64) < STEP;
        let next = numbers
            .last()
            .filter(|_| !is_last)
            .map_or(0, |last| last - 1);
        (upto, next)
    });
    ctx.db()
        .write(move |tx| Box::pin(async move { changes.write(tx, waiting, left).await }))
        .await?;
    Ok(match left {
        Some((_, left)) => Step::Backfill(left),
        // What is behind it may be the messages of before.
        None if has_more => Step::More,
        None => match queries::backfill(&mut *ctx.db().read().await?).await? {
            Some(left) => Step::Backfill(left),
            None => Step::Done,
        },
    })
}

/// What is to be written.
struct Changes {
    put: Vec<Tokens>,
    gone: Vec<Tokens>,
    /// Whose words are to be replaced, by which.
    subjects: HashMap<(StoreId, String), Vec<Word>>,
}

impl Changes {
    async fn read(
        connection: &mut sqlx::AnyConnection,
        kind: Kind,
        waiting: &[Waiting],
        older: Option<&[i64]>,
    ) -> Result<Self> {
        let of = |kind: &'static str| waiting.iter().filter(move |waiting| waiting.kind == kind);
        let noted: Vec<_> = of("message")
            .filter_map(|waiting| Some((waiting.store_id, waiting.subject.parse::<i64>().ok()?)))
            .collect();
        let numbers: Vec<_> = noted
            .iter()
            .map(|(_, n)| *n)
            .chain(older.into_iter().flatten().copied())
            .collect();
        let mut changes = Self {
            put: Vec::new(),
            gone: Vec::new(),
            subjects: HashMap::new(),
        };
        let mut there = HashSet::new();
        if !numbers.is_empty() {
            for (store_id, n, sender, text) in queries::texts(connection, kind, &numbers).await? {
                there.insert(n);
                if !text.is_empty() {
                    let tokens = stored_tokens(store_id, Author::of(sender), &index_tokens(&text));
                    changes.put.push(Tokens {
                        store_id,
                        n,
                        tokens,
                    });
                }
            }
        }
        let gone = noted.into_iter().filter(|(_, n)| !there.contains(n));
        changes.gone = gone
            .map(|(store_id, n)| Tokens {
                store_id,
                n,
                tokens: String::new(),
            })
            .collect();
        for whose in [Whose::Visitor, Whose::Order] {
            let subjects: Vec<_> = of(whose.as_str()).collect();
            for waiting in &subjects {
                changes
                    .subjects
                    .entry((waiting.store_id, waiting.subject.clone()))
                    .or_default();
            }
            let ids: Vec<_> = subjects
                .iter()
                .map(|waiting| waiting.subject.as_str())
                .collect();
            changes.read_names(connection, kind, whose, &ids).await?;
        }
        Ok(changes)
    }

    async fn read_names(
        &mut self,
        connection: &mut sqlx::AnyConnection,
        kind: Kind,
        whose: Whose,
        ids: &[&str],
    ) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        match whose {
            Whose::Visitor => {
                for (store_id, id, name, email) in queries::names(connection, kind, ids).await? {
                    let mut words = index_tokens(name.as_deref().unwrap_or_default());
                    if let Some(email) = email {
                        words.extend(index_tokens(&email));
                        // As a whole: orders are known by it.
                        words.push(email.to_lowercase());
                    }
                    self.add(store_id, whose, id, words);
                }
            }
            Whose::Order => {
                for (store_id, id, number) in queries::numbers(connection, kind, ids).await? {
                    self.add(store_id, whose, id, index_tokens(&number));
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, store_id: StoreId, whose: Whose, subject: String, words: Vec<String>) {
        let rows = words.into_iter().map(|word| Word {
            store_id,
            kind: whose.as_str(),
            subject: subject.clone(),
            backwards: word.chars().rev().collect(),
            word,
        });
        let rows = rows.collect();
        if let Some(words) = self.subjects.get_mut(&(store_id, subject)) {
            *words = rows;
        }
    }

    /// Writes it, unless another server is at it.
    async fn write(
        mut self,
        tx: &mut crate::db::Tx<'_>,
        waiting: Vec<Waiting>,
        backfill: Option<(i64, i64)>,
    ) -> Result<()> {
        if !queries::is_alone(tx).await? {
            return Ok(());
        }
        if let Some((from, upto)) = backfill {
            if queries::move_on(tx.connection, from, upto).await? {
                queries::put_tokens(tx, &self.put).await?;
            }
            return Ok(());
        }
        let numbers: Vec<_> = waiting.iter().map(|waiting| waiting.n).collect();
        let taken: HashSet<_> = queries::take(tx, &numbers).await?.into_iter().collect();
        if taken.len() < waiting.len() {
            // Another server has done some of it, and may know more of it by now.
            let ours: HashSet<_> = waiting
                .iter()
                .filter(|waiting| taken.contains(&waiting.n))
                .map(|waiting| (waiting.store_id, waiting.subject.clone()))
                .collect();
            let is_ours = |tokens: &Tokens| ours.contains(&(tokens.store_id, tokens.n.to_string()));
            self.put.retain(is_ours);
            self.gone.retain(is_ours);
            self.subjects.retain(|subject, _| ours.contains(subject));
        }
        queries::put_tokens(tx, &self.put).await?;
        queries::drop_tokens(tx, &self.gone).await?;
        let (subjects, words): (Vec<_>, Vec<_>) = self.subjects.into_iter().unzip();
        let words: Vec<_> = words.into_iter().flatten().collect();
        queries::replace_words(tx, &subjects, &words).await
    }
}
