//! Messages from the post to an agent's socket, the floor and the product in
//! turn.

use crate::{
    client::{Client, Figures, Target},
    database::Engine,
    failure::Failure,
    floor::Floor,
    options::Extent,
    product::{Ai, Product},
    report::row,
    statistics::{median, milliseconds, percentile, short},
    texts::{FAQ_QUESTION, ORDER_QUESTION, SMALL_TALK},
};
use shopdesk::config::AiOptions;
use std::{fmt::Write as _, time::Duration};

/// How long each side rests after its warm-up: a database whose tables were empty
/// a moment ago has made its plans by then.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// One side in one round.
struct Round {
    alone: Figures,
    crowded: Figures,
    reconnects: usize,
}

/// How long shoppers wait for the AI, in milliseconds.
#[derive(Default)]
struct Answers {
    order: Vec<f64>,
    faq: Vec<f64>,
}

/// Measures floor, product without and product with AI, round by round.
///
/// # Errors
/// If a server can't be started, or refuses a message.
pub async fn measure(ai: &AiOptions, extent: Extent, engine: &Engine) -> Result<String, Failure> {
    let (mut floor, mut off, mut on) = (Vec::new(), Vec::new(), Vec::new());
    let mut answers = Answers::default();
    for _ in 0..extent.rounds {
        floor.push(floor_round(extent, engine).await?);
        off.push(product_round(extent, engine, Ai::Off, None).await?);
        on.push(product_round(extent, engine, Ai::On(ai), Some(&mut answers)).await?);
    }
    let mut text = about(extent, engine);
    for (title, pick) in [
        (
            format!("{} at a time", extent.concurrency),
            (|round| round.crowded) as fn(&Round) -> Figures,
        ),
        ("one at a time".to_owned(), |round| round.alone),
    ] {
        let sides = [&floor, &off, &on].map(|rounds| medians(rounds.iter().map(pick)));
        table(&mut text, &title, &sides);
    }
    answered(&mut text, &mut answers);
    let cut: usize = off.iter().chain(&on).map(|round| round.reconnects).sum();
    text.push_str(&row(
        "agent's socket cut and resumed",
        &format!("{cut} times in all"),
    ));
    Ok(text)
}

fn about(extent: Extent, engine: &Engine) -> String {
    let floor = match engine {
        Engine::Sqlite => {
            "(WAL, synchronous=FULL) and broadcasts it,
  each row with a commit of its own; the product's writes share commits when several wait."
        }
        Engine::Postgres(_) => {
            "through a pool and broadcasts it;
  the server groups commits for both. Processor time is without the database's own."
        }
    };
    format!(
        "  Floor: a bare handler that inserts one row {floor}
  Product: the whole router, job worker running, rate limits off; 50 conversations, one agent's
  socket. AI off: small talk. AI on: order questions, FAQ questions and small talk, no language
  model. One client for all, in the same process. In turn: floor, AI off, AI on; {} rounds, each
  on a new database after {} messages of warm-up; medians of the rounds, {} messages each
  ({} one at a time). The ratio is product / floor.\n",
        extent.rounds,
        extent.warm_up,
        extent.messages,
        extent.messages_alone(),
    )
}

async fn floor_round(extent: Extent, engine: &Engine) -> Result<Round, Failure> {
    let (floor, target) = Floor::start(engine).await?;
    let measured = round(extent, target, &SMALL_TALK, None).await;
    floor.stop().await?;
    measured
}

async fn product_round(
    extent: Extent,
    engine: &Engine,
    ai: Ai<'_>,
    answers: Option<&mut Answers>,
) -> Result<Round, Failure> {
    let product = Product::start(ai, engine).await?;
    let measured = async {
        let target = product.open(ai).await?;
        round(extent, target, ai.texts(), answers).await
    }
    .await;
    product.stop().await.remove().await?;
    measured
}

async fn round(
    extent: Extent,
    target: Target,
    bodies: &'static [&'static str],
    answers: Option<&mut Answers>,
) -> Result<Round, Failure> {
    let mut client = Client::connect(target, extent.concurrency).await?;
    client
        .run(extent.warm_up, extent.concurrency, bodies)
        .await?;
    tokio::time::sleep(SETTLED_AFTER).await;
    if let Some(answers) = answers {
        for at in 0..extent.questions {
            answers.order.push(milliseconds(
                client.until_answered(at, ORDER_QUESTION).await?,
            ));
            answers
                .faq
                .push(milliseconds(client.until_answered(at, FAQ_QUESTION).await?));
        }
    }
    let alone = client.run(extent.messages_alone(), 1, bodies).await?;
    let crowded = client
        .run(extent.messages, extent.concurrency, bodies)
        .await?;
    // What is on its way must not be counted to the next round.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(Round {
        alone,
        crowded,
        reconnects: client.reconnects(),
    })
}

/// A figure's name and where it stands.
type Figure = (&'static str, fn(&mut Figures) -> &mut f64);

const FIGURES: [Figure; 7] = [
    ("messages/s", |figures| &mut figures.messages_per_second),
    ("post → seen, p50 ms", |figures| &mut figures.seen_p50_ms),
    ("post → seen, p99 ms", |figures| &mut figures.seen_p99_ms),
    ("post → acknowledged, p50 ms", |figures| {
        &mut figures.post_p50_ms
    }),
    ("post → acknowledged, p99 ms", |figures| {
        &mut figures.post_p99_ms
    }),
    (
        "processor µs/message, client and jobs included",
        |figures| &mut figures.processor_us_per_message,
    ),
    ("messages the AI has looked at/s", |figures| {
        &mut figures.jobs_per_second
    }),
];

/// The median of each figure.
pub fn medians(rounds: impl Iterator<Item = Figures>) -> Figures {
    let mut rounds: Vec<Figures> = rounds.collect();
    let mut middle = Figures::default();
    for (_, figure) in FIGURES {
        let mut values: Vec<f64> = rounds.iter_mut().map(|round| *figure(round)).collect();
        *figure(&mut middle) = median(&mut values);
    }
    middle
}

fn table(text: &mut String, title: &str, sides: &[Figures; 3]) {
    let mut sides = *sides;
    let _ = writeln!(
        text,
        "\n  {title:<46} {:>9} {:>9} {:>7} {:>9} {:>7}",
        "floor", "AI off", "ratio", "AI on", "ratio"
    );
    for (name, figure) in FIGURES {
        let [floor, off, on] = sides.each_mut().map(|side| *figure(side));
        let ratio = |value: f64| {
            if floor > 0.0 && value > 0.0 {
                format!("{:.2}×", value / floor)
            } else {
                String::new()
            }
        };
        let shown = |value: f64| {
            if value > 0.0 {
                short(value)
            } else {
                "–".to_owned()
            }
        };
        let _ = writeln!(
            text,
            "  {name:<46} {:>9} {:>9} {:>7} {:>9} {:>7}",
            shown(floor),
            shown(off),
            ratio(off),
            shown(on),
            ratio(on),
        );
    }
}

fn answered(text: &mut String, answers: &mut Answers) {
    text.push('\n');
    for (what, times) in [
        ("order question → AI's answer seen", &mut answers.order),
        ("FAQ question → AI's answer seen", &mut answers.faq),
    ] {
        let (p50, p99) = (percentile(times, 0.5), percentile(times, 0.99));
        let value = format!(
            "{:>9} ms p50 {:>9} ms p99 (of {})",
            short(p50),
            short(p99),
            times.len()
        );
        text.push_str(&row(what, &value));
    }
}
