//! The AI's parts, each on its own: the rules, the embedding model, the search.

use crate::{
    failure::Failure,
    options::Extent,
    report::row,
    statistics::{median, milliseconds, percentile, short},
    texts::VARIED,
};
use backend::ai::{
    retrieval::{Embedder, FaqEntry, FaqIndex},
    wismo,
};
use shopdesk::config::AiOptions;
use std::{
    fmt::Write as _,
    hint::black_box,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Times each list of messages is read in one measurement, and measurements.
const PASSES: u32 = 500;
const MEASUREMENTS: usize = 7;
/// Questions embedded one by one, after one that loads the model.
const EMBEDDED: usize = 200;
/// Searches at the same time, as many as the product has workers, and how many
/// messages they share.
const CROWD: usize = 32;
const CROWD_AGAIN: usize = 2_000;
const CROWD_NEW: usize = 500;
/// Items of the FAQ that they search.
const CROWD_FAQ: usize = 100;
/// Searches in each FAQ.
const SEARCHES: usize = 200;
/// Hits asked for, as in production.
const HITS: usize = 8;
/// Length of the embedding model's vectors.
const DIMENSIONS: usize = 384;

/// Measures rules, model and search, off the async threads.
///
/// # Errors
/// If a thread can't be had. A missing model is told in its row.
pub async fn measure(ai: &AiOptions, extent: Extent) -> Result<String, Failure> {
    let ai = ai.clone();
    let rows = tokio::task::spawn_blocking(move || {
        let mut rows = row(
            "order question rules, a message",
            &format!("{:>9} ns (median)", short(rules_ns())),
        );
        let embedder = Embedder::from_dir(
            ai.embedding_model_dir.as_deref().unwrap_or(Path::new("")),
            ai.ort_dylib_path.as_deref(),
        );
        rows.push_str(&embedding(&embedder));
        rows.push_str(&crowd(&embedder));
        for &size in extent.faq_sizes {
            rows.push_str(&search(size));
        }
        rows
    });
    Ok(rows.await?)
}

/// Nanoseconds to read one message, on average over the list.
fn rules_ns() -> f64 {
    let read_all = || {
        for message in VARIED {
            black_box(wismo::read(black_box(message)));
        }
    };
    // Compiles the language packs.
    read_all();
    let mut times: Vec<f64> = (0..MEASUREMENTS)
        .map(|_| {
            let started = Instant::now();
            (0..PASSES).for_each(|_| read_all());
            started.elapsed().as_nanos() as f64 / f64::from(PASSES) / VARIED.len() as f64
        })
        .collect();
    median(&mut times)
}

fn embedding(embedder: &Embedder) -> String {
    let embed = |text: &str| -> Result<Duration, Failure> {
        let started = Instant::now();
        black_box(embedder.embed(&[text])?);
        Ok(started.elapsed())
    };
    let measured = || -> Result<String, Failure> {
        let load = embed("hello")?;
        let texts = VARIED.iter().cycle().take(EMBEDDED);
        let times: Result<Vec<f64>, Failure> =
            texts.map(|text| Ok(milliseconds(embed(text)?))).collect();
        let mut times = times?;
        let mut rows = row(
            "embedding model: load and first question",
            &format!("{:>9} ms", short(milliseconds(load))),
        );
        let (p50, p99) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
        let value = format!("{:>9} ms p50 {:>9} ms p99", short(p50), short(p99));
        rows.push_str(&row("embedding a question, model loaded", &value));
        Ok(rows)
    };
    measured()
        .unwrap_or_else(|reason| row("embedding a question", &format!("not measured: {reason}")))
}

/// Whole searches by many at once, as the workers do it: messages that were
/// written before, and messages that nobody has written.
fn crowd(embedder: &Embedder) -> String {
    // Told above.
    if embedder.probe().is_err() {
        return String::new();
    }
    let mut random = Random(1);
    let index = FaqIndex::build((0..CROWD_FAQ).map(|at| entry(at, &mut random)).collect());
    let again = VARIED.iter().cycle().take(CROWD_AGAIN);
    let again: Vec<String> = again.map(|&text| text.to_owned()).collect();
    let new = (0..CROWD_NEW).map(|at| {
        let question = entry(at, &mut random).question;
        question.replace('?', &format!(" for {at} dollars?"))
    });
    let new: Vec<String> = new.collect();
    let measured = [
        ("searches by 32 at once, the bench's messages", again),
        ("searches by 32 at once, none asked before", new),
    ]
    .map(|(name, messages)| {
        let next = AtomicUsize::new(0);
        let started = Instant::now();
        thread::scope(|scope| {
            for _ in 0..CROWD {
                scope.spawn(|| {
                    while let Some(message) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
                        black_box(index.look_up(message, Some(embedder), HITS));
                    }
                });
            }
        });
        let rate = messages.len() as f64 / started.elapsed().as_secs_f64();
        row(name, &format!("{:>9} /s", short(rate)))
    });
    measured.concat()
}

/// Searching by words and a vector, without making that vector.
fn search(size: usize) -> String {
    let mut random = Random(size as u64);
    let index = FaqIndex::build((0..size).map(|at| entry(at, &mut random)).collect());
    let mut times = Vec::with_capacity(SEARCHES);
    for question in VARIED.iter().cycle().take(SEARCHES) {
        let vector = random.unit_vector();
        let started = Instant::now();
        black_box(index.search(question, Some(&vector), HITS));
        times.push(milliseconds(started.elapsed()));
    }
    let mut name = String::new();
    let _ = write!(name, "FAQ search by words and vector, {size} items");
    let (p50, p99) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
    row(
        &name,
        &format!("{:>9} ms p50 {:>9} ms p99", short(p50), short(p99)),
    )
}

/// An item about something that a shop may be asked, with its three vectors.
fn entry(at: usize, random: &mut Random) -> FaqEntry {
    const ASKS: [&str; 8] = [
        "How long does it take to",
        "Can I",
        "What does it cost to",
        "Where do I",
        "Do you help me to",
        "Is it possible to",
        "What happens when I",
        "Who can",
    ];
    const DOES: [&str; 10] = [
        "return",
        "exchange",
        "track",
        "wash",
        "repair",
        "cancel",
        "personalise",
        "reorder",
        "store",
        "gift",
    ];
    const THINGS: [&str; 12] = [
        "duvet covers",
        "pillows",
        "curtains",
        "lamps",
        "rugs",
        "towels",
        "plates",
        "chairs",
        "aprons",
        "blankets",
        "mattresses",
        "vouchers",
    ];
    const WHICH: [&str; 8] = [
        "from abroad",
        "bought on sale",
        "without a receipt",
        "made of linen",
        "in bulk",
        "as a guest",
        "twice",
        "by post",
    ];
    let mut pick = |from: &[&'static str]| from[random.below(from.len())];
    let question = format!(
        "{} {} {} {}?",
        pick(&ASKS),
        pick(&DOES),
        pick(&THINGS),
        pick(&WHICH)
    );
    let answer = format!(
        "To {} {} {}, write to us within {} days. We {} {} {} and tell you by email, usually on the same day.",
        pick(&DOES),
        pick(&THINGS),
        pick(&WHICH),
        at % 60 + 1,
        pick(&DOES),
        pick(&THINGS),
        pick(&WHICH),
    );
    FaqEntry {
        id: format!("item-{at}"),
        question,
        answer,
        variants: Vec::new(),
        // Of the question, of both together, of the answer.
        vectors: (0..3).map(|_| random.unit_vector()).collect(),
    }
}

/// Splitmix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// Of length one.
    fn unit_vector(&mut self) -> Vec<f32> {
        // The upper 24 bits, as -1.0 … 1.0.
        let mut values: Vec<f32> = (0..DIMENSIONS)
            .map(|_| (self.next() >> 40) as f32 / (1_u32 << 23) as f32 - 1.0)
            .collect();
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        values.iter_mut().for_each(|value| *value /= length);
        values
    }
}
