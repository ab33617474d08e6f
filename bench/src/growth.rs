//! What a message costs among few and among many that are stored.

mod queries;

pub use queries::settle_postgres;

use crate::{
    client::{Client, Figures},
    database::Engine,
    failure::Failure,
    options::Extent,
    product::{self, Ai, Product},
    report::compared,
    statistics::grouped,
    texts::SMALL_TALK,
    throughput::medians,
};
use backend::{Ctx, db::Kind};
use domain::ids::StoreId;
use std::ops::Range;

/// Messages of each conversation that is filled in.
const MESSAGES_EACH: usize = 20;
/// Conversations filled in with one commit.
const BATCH: usize = 500;

/// Measures each database, first with few messages, then with many.
///
/// # Errors
/// If a server can't be started, or refuses a message.
pub async fn measure(extent: Extent, engines: &[Engine]) -> Result<String, Failure> {
    let mut text = format!(
        "  One store's messages, {MESSAGES_EACH} in each conversation, one conversation in 20 open; then messages in 50
  new conversations. Medians of {} runs, {} messages each ({} one at a time).\n",
        extent.rounds,
        extent.messages,
        extent.messages_alone(),
    );
    for engine in engines {
        let product = Product::start(Ai::Off, engine).await?;
        let measured = both(&product, extent).await;
        product.stop().await.remove().await?;
        let [few, many] = measured?;
        table(&mut text, engine, extent, [few, many]);
    }
    Ok(text)
}

/// Figures of one number of stored messages.
#[derive(Clone, Copy)]
struct Measured {
    alone: Figures,
    crowded: Figures,
}

async fn both(product: &Product, extent: Extent) -> Result<[Measured; 2], Failure> {
    let [few, many] = extent.stored_messages;
    fill(product, 0, few / MESSAGES_EACH).await?;
    let with_few = runs(product, extent).await?;
    fill(product, few / MESSAGES_EACH, many / MESSAGES_EACH).await?;
    Ok([with_few, runs(product, extent).await?])
}

async fn runs(product: &Product, extent: Extent) -> Result<Measured, Failure> {
    let mut client = Client::connect(product.open(Ai::Off).await?, extent.concurrency).await?;
    client
        .run(extent.warm_up, extent.concurrency, &SMALL_TALK)
        .await?;
    let (mut alone, mut crowded) = (Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        alone.push(client.run(extent.messages_alone(), 1, &SMALL_TALK).await?);
        let run = client.run(extent.messages, extent.concurrency, &SMALL_TALK);
        crowded.push(run.await?);
    }
    Ok(Measured {
        alone: medians(alone.into_iter()),
        crowded: medians(crowded.into_iter()),
    })
}

/// Fills in the conversations of these numbers, and lets the database do now
/// what it would do while it is measured.
async fn fill(product: &Product, from: usize, until: usize) -> Result<(), Failure> {
    let store_id = product::owner(product.ctx()).await?.member.store_id;
    fill_in(product.ctx(), store_id, from..until, MESSAGES_EACH).await?;
    if product.ctx().db().kind() == Kind::Postgres {
        let mut connection = product.ctx().db().read().await?;
        queries::settle_postgres(&mut connection).await?;
    }
    Ok(())
}

/// Fills conversations with these numbers, and their messages, into the store.
///
/// # Errors
/// If the database fails.
pub async fn fill_in(
    ctx: &Ctx,
    store_id: StoreId,
    numbers: Range<usize>,
    messages_each: usize,
) -> Result<(), Failure> {
    let now = ctx.now();
    for first in numbers.clone().step_by(BATCH) {
        let last = (first + BATCH).min(numbers.end);
        let filled = queries::Filled {
            store_id: store_id.to_string(),
            conversations: i64::try_from(first)?..i64::try_from(last)?,
            messages_each: i64::try_from(messages_each)?,
            now,
        };
        let written = ctx.db().write(move |tx| {
            Box::pin(async move { Ok(queries::fill(tx.connection, &filled).await?) })
        });
        written.await?;
    }
    Ok(())
}

fn table(text: &mut String, engine: &Engine, extent: Extent, [few, many]: [Measured; 2]) {
    let [few_stored, many_stored] = extent.stored_messages.map(|stored| grouped(stored as f64));
    text.push_str(&format!(
        "\n  {:<46} {few_stored:>11} {many_stored:>11} {:>8}\n",
        format!("{engine}, messages stored"),
        "ratio"
    ));
    for (what, pick) in [
        (
            "one at a time: post → acknowledged, p50 ms",
            (|measured| measured.alone.post_p50_ms) as fn(Measured) -> f64,
        ),
        ("one at a time: processor µs/message", |measured| {
            measured.alone.processor_us_per_message
        }),
        ("many at a time: µs/message", |measured| {
            1e6 / measured.crowded.messages_per_second
        }),
        ("many at a time: processor µs/message", |measured| {
            measured.crowded.processor_us_per_message
        }),
    ] {
        text.push_str(&compared(what, pick(few), pick(many)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::conversations;
    use domain::inbox::Tab;

    #[tokio::test]
    async fn what_is_filled_in_can_be_read() {
        let database = Engine::Sqlite.create().await.expect("a database");
        let ctx = product::backend(&database).await.expect("a backend");
        let owner = product::owner(&ctx).await.expect("the demo's owner").member;
        fill_in(&ctx, owner.store_id, 0..40, MESSAGES_EACH)
            .await
            .expect("filled");
        let open = conversations::list(&ctx, &owner, Tab::Open.into(), None)
            .await
            .expect("the inbox");
        let filled = open
            .rows
            .iter()
            .find(|row| row.last_excerpt.starts_with("Message 20 "))
            .expect("a conversation of ours");
        let thread = conversations::thread(&ctx, &owner, filled.id, None)
            .await
            .expect("its messages");
        assert_eq!(thread.messages.len(), MESSAGES_EACH);
        ctx.db().close().await;
    }
}
