//! How long a search takes among few and among many messages, beside the index alone and beside
//! a search without an index; and what the index adds to a message.

mod queries;
mod texts;

use crate::{
    client::{Client, Figures},
    database::Engine,
    failure::Failure,
    options::Extent,
    product::{self, Ai, Product},
    report::row,
    statistics::{grouped, milliseconds, percentile, short},
    texts::SMALL_TALK,
    throughput::medians,
};
use backend::{Ctx, access::Principal, db::Kind, search};
use domain::{
    ids::{ConversationId, MessageId, VisitorId},
    search::Search,
};
use serde_json::json;
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Messages of each conversation that is filled in.
const MESSAGES_EACH: usize = 20;
/// Conversations filled in with one commit.
const BATCH: usize = 250;
/// How often each text is looked for.
const TIMES: usize = 5;
const MINUTE: i64 = 60_000;

/// Measures each database.
///
/// # Errors
/// If a server can't be started, or a search fails.
pub async fn measure(extent: Extent, engines: &[Engine]) -> Result<String, Failure> {
    let mut text = format!(
        "  One store; {MESSAGES_EACH} messages of 4 to 26 words in each conversation, words as frequent as in a language,
  every fourth shopper with an order. Each text is looked for {TIMES} times, through the use case: names, messages,
  ranking, extracts and rows. “Index” is its full-text query alone, “LIKE” a search without an index over texts and
  names (`ILIKE '%…%'` on PostgreSQL), once each, the newest 20.\n"
    );
    for engine in engines {
        let product = Product::start(Ai::Off, engine).await?;
        let measured = of_product(&product, extent, engine).await;
        product.stop().await.remove().await?;
        text.push_str(&measured?);
    }
    Ok(text)
}

async fn of_product(product: &Product, extent: Extent, engine: &Engine) -> Result<String, Failure> {
    let ctx = product.ctx();
    let member = product::owner(ctx).await?.member;
    let mut text = String::new();
    let mut filled = 0;
    for stored in extent.searched_messages {
        let until = stored / MESSAGES_EACH;
        fill(ctx, &member, filled, until).await?;
        let began = Instant::now();
        search::index::catch_up(ctx).await?;
        let took = began.elapsed();
        let mut connection = ctx.db().read().await?;
        if ctx.db().kind() == Kind::Postgres {
            queries::settle(&mut connection).await?;
        }
        let bytes = queries::size(&mut connection, ctx.db().kind())
            .await
            .unwrap_or_default();
        drop(connection);
        let _ = writeln!(text, "\n  {engine}, {} messages", grouped(stored as f64));
        text.push_str(&row(
            "indexed in bulk",
            &format!(
                "{:>9} µs a message; the index has {} bytes for each message stored",
                short(took.as_secs_f64() * 1e6 / ((until - filled) * MESSAGES_EACH) as f64),
                grouped(bytes as f64 / stored as f64),
            ),
        ));
        filled = until;
        searches(&mut text, ctx, &member).await?;
    }
    added(&mut text, product, extent).await?;
    Ok(text)
}

/// Times of one kind of search.
#[derive(Default)]
struct Times {
    whole: Vec<f64>,
    index: Vec<f64>,
    like: Vec<f64>,
}

async fn searches(text: &mut String, ctx: &Ctx, member: &Principal) -> Result<(), Failure> {
    let _ = writeln!(
        text,
        "  {:<30} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "ms", "p50", "p95", "index p50", "index p95", "LIKE p50", "LIKE p95"
    );
    let mut all = Times::default();
    for (kind, typed) in texts::typed() {
        let mut times = Times::default();
        for typed in &typed {
            for _ in 0..TIMES {
                let began = Instant::now();
                let search = Search {
                    q: typed.clone(),
                    ..Search::default()
                };
                search::find(ctx, member, search, None).await?;
                times.whole.push(milliseconds(began.elapsed()));
                let began = Instant::now();
                search::index_alone(ctx, member, typed).await?;
                times.index.push(milliseconds(began.elapsed()));
            }
            let mut connection = ctx.db().read().await?;
            let began = Instant::now();
            let store = member.store_id.to_string();
            queries::like(&mut connection, ctx.db().kind(), &store, typed.trim()).await?;
            times.like.push(milliseconds(began.elapsed()));
        }
        line(text, kind, &mut times);
        all.whole.extend(times.whole);
        all.index.extend(times.index);
        all.like.extend(times.like);
    }
    line(text, "all of them", &mut all);
    Ok(())
}

fn line(text: &mut String, what: &str, times: &mut Times) {
    let _ = write!(text, "  {what:<30}");
    for of in [&mut times.whole, &mut times.index, &mut times.like] {
        for share in [0.5, 0.95] {
            let _ = write!(text, " {:>9}", short(percentile(of, share)));
        }
    }
    text.push('\n');
}

/// What the index adds to a message: the same messages with its note and the indexer, and
/// without, in turn.
async fn added(text: &mut String, product: &Product, extent: Extent) -> Result<(), Failure> {
    let ctx = product.ctx();
    let mut client = Client::connect(product.open(Ai::Off).await?, extent.concurrency).await?;
    client
        .run(extent.warm_up, extent.concurrency, &SMALL_TALK)
        .await?;
    let (mut with, mut without) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let mut caught_up = Vec::new();
    for _ in 0..extent.rounds {
        for on in [false, true] {
            switch(ctx, on).await?;
            let alone = client.run(extent.messages_alone(), 1, &SMALL_TALK).await?;
            let crowded = client
                .run(extent.messages, extent.concurrency, &SMALL_TALK)
                .await?;
            let began = Instant::now();
            search::index::catch_up(ctx).await?;
            if on {
                caught_up.push(milliseconds(began.elapsed()));
            }
            let side = if on { &mut with } else { &mut without };
            side.0.push(alone);
            side.1.push(crowded);
        }
    }
    let sides = [without, with]
        .map(|(alone, crowded)| (medians(alone.into_iter()), medians(crowded.into_iter())));
    let _ = writeln!(
        text,
        "  {:<46} {:>11} {:>11} {:>8}",
        "what the index adds to a message", "without", "with", "added"
    );
    type Pick = fn(&(Figures, Figures)) -> f64;
    let rows: [(&str, Pick); 5] = [
        ("one at a time: post → acknowledged, p50 ms", |side| {
            side.0.post_p50_ms
        }),
        ("one at a time: processor µs/message", |side| {
            side.0.processor_us_per_message
        }),
        ("many at a time: µs/message", |side| {
            1e6 / side.1.messages_per_second
        }),
        ("many at a time: post → acknowledged, p99 ms", |side| {
            side.1.post_p99_ms
        }),
        ("many at a time: processor µs/message", |side| {
            side.1.processor_us_per_message
        }),
    ];
    for (what, pick) in rows {
        let [without, with] = [pick(&sides[0]), pick(&sides[1])];
        let added = (with / without - 1.0) * 100.0;
        let _ = writeln!(
            text,
            "  {what:<46} {:>11} {:>11} {added:>+7.1}%",
            short(without),
            short(with)
        );
    }
    text.push_str(&row(
        "indexed after the last of them",
        &format!(
            "{:>9} ms later, p50",
            short(percentile(&mut caught_up, 0.5))
        ),
    ));
    Ok(())
}

/// Switches the note of what is to be indexed on or off.
///
/// # Errors
/// If the database refuses.
pub async fn switch(ctx: &Ctx, on: bool) -> Result<(), Failure> {
    let kind = ctx.db().kind();
    let switched = ctx.db().write(move |tx| {
        Box::pin(async move { Ok(queries::notes(tx.connection, kind, on).await?) })
    });
    switched.await?;
    // Prepared statements are made anew.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(())
}

/// Fills in the conversations of these numbers, a minute apart, the last one now.
async fn fill(ctx: &Ctx, member: &Principal, from: usize, until: usize) -> Result<(), Failure> {
    let (store, kind) = (member.store_id.to_string(), ctx.db().kind());
    for first in (from..until).step_by(BATCH) {
        let (mut visitors, mut conversations) = (Vec::new(), Vec::new());
        let (mut messages, mut orders) = (Vec::new(), Vec::new());
        for number in first..(first + BATCH).min(until) {
            let at = ctx.now() - i64::try_from(until - number)? * MINUTE;
            let (visitor, conversation) = (VisitorId::generate(), ConversationId::generate());
            let email = texts::email(number);
            if number % 4 == 0 {
                let id = MessageId::generate();
                orders.push(json!({"store": store, "id": id, "number": (100_000 + number).to_string(), "email": email}));
            }
            visitors.push(json!({"id": visitor, "store": store, "name": texts::name(number), "email": email, "at": at}));
            let status = if number % 20 == 0 { "open" } else { "resolved" };
            conversations.push(json!({"store": store, "id": conversation, "visitor": visitor, "status": status, "seq": MESSAGES_EACH, "at": at}));
            for seq in 0..MESSAGES_EACH {
                let sender = ["customer", "ai", "customer", "agent"][seq % 4];
                messages.push(json!({
                    "store": store, "id": MessageId::generate(), "conversation": conversation, "seq": seq + 1,
                    "sender": sender, "body": texts::message(number * MESSAGES_EACH + seq), "at": at,
                }));
            }
        }
        let rows = [visitors, conversations, messages, orders].map(|rows| json!(rows).to_string());
        let written = ctx.db().write(move |tx| {
            Box::pin(async move {
                let [visitors, conversations, messages, orders] = rows;
                queries::visitors(tx.connection, kind, visitors).await?;
                queries::conversations(tx.connection, kind, conversations).await?;
                queries::messages(tx.connection, kind, messages).await?;
                queries::orders(tx.connection, kind, orders).await?;
                Ok(())
            })
        });
        written.await?;
    }
    Ok(())
}
