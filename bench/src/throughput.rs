//! Messages from the post to an agent's socket, the floor and the product in
//! turn.

use crate::{
    Failure,
    client::{Client, Figures, Target},
    floor::Floor,
    options::Options,
    product::{Ai, Product},
    row,
    statistics::{median, milliseconds, percentile, short},
    texts::{FAQ_QUESTION, ORDER_QUESTION, SMALL_TALK, VARIED},
};
use std::{fmt::Write as _, time::Duration};

/// How often each side is measured; medians of these are printed.
const ROUNDS: usize = 3;
/// Messages of each side that aren't measured: connections, caches, code.
const WARM_UP: usize = 300;
/// One message at a time: this share of the messages.
const ONE_AT_A_TIME: usize = 10;
/// Questions of each kind in each round.
const QUESTIONS: usize = 20;

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
pub async fn measure(options: &Options) -> Result<String, Failure> {
    let (mut floor, mut off, mut on) = (Vec::new(), Vec::new(), Vec::new());
    let mut answers = Answers::default();
    for _ in 0..ROUNDS {
        floor.push(floor_round(options).await?);
        off.push(product_round(options, Ai::Off, None).await?);
        on.push(product_round(options, Ai::On(&options.ai), Some(&mut answers)).await?);
    }
    let mut text = about(options);
    for (title, pick) in [
        (
            format!("{} at a time", options.concurrency),
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

fn about(options: &Options) -> String {
    format!(
        "  Floor: a bare handler that inserts one row (SQLite, WAL, synchronous=FULL) and broadcasts it,
  each row with a commit of its own; the product's writes share commits when several wait.
  Product: the whole router, job worker running, rate limits off; 50 conversations, one agent's
  socket. AI off: small talk. AI on: order questions, FAQ questions and small talk, no language
  model. One client for all, in the same process. In turn: floor, AI off, AI on; {ROUNDS} rounds, each
  on a new database after {WARM_UP} messages of warm-up; medians of the rounds, {} messages each
  ({} one at a time). The ratio is product / floor.\n",
        options.messages,
        alone(options),
    )
}

fn alone(options: &Options) -> usize {
    (options.messages / ONE_AT_A_TIME).max(1)
}

async fn floor_round(options: &Options) -> Result<Round, Failure> {
    let (_floor, target) = Floor::start().await?;
    round(options, target, &SMALL_TALK, None).await
}

async fn product_round(
    options: &Options,
    ai: Ai<'_>,
    answers: Option<&mut Answers>,
) -> Result<Round, Failure> {
    let product = Product::start(ai).await?;
    let measured = async {
        let target = product.open(ai).await?;
        let bodies: &[&str] = match ai {
            Ai::Off => &SMALL_TALK,
            Ai::On(_) => &VARIED,
        };
        round(options, target, bodies, answers).await
    }
    .await;
    product.stop().await;
    measured
}

async fn round(
    options: &Options,
    target: Target,
    bodies: &'static [&'static str],
    answers: Option<&mut Answers>,
) -> Result<Round, Failure> {
    let concurrency = options.concurrency.max(1);
    let mut client = Client::connect(target, concurrency).await?;
    client.run(WARM_UP, concurrency, bodies).await?;
    if let Some(answers) = answers {
        for at in 0..QUESTIONS {
            answers.order.push(milliseconds(
                client.until_answered(at, ORDER_QUESTION).await?,
            ));
            answers
                .faq
                .push(milliseconds(client.until_answered(at, FAQ_QUESTION).await?));
        }
    }
    let alone = client.run(alone(options), 1, bodies).await?;
    let crowded = client
        .run(options.messages.max(1), concurrency, bodies)
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

fn medians(rounds: impl Iterator<Item = Figures>) -> Figures {
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
            if floor > 0.0 {
                format!("{:.2}×", value / floor)
            } else {
                String::new()
            }
        };
        let floor_shown = if floor > 0.0 {
            short(floor)
        } else {
            "–".to_owned()
        };
        let _ = writeln!(
            text,
            "  {name:<46} {floor_shown:>9} {:>9} {:>7} {:>9} {:>7}",
            short(off),
            ratio(off),
            short(on),
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
