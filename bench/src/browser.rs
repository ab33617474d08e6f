//! The dashboard as a person meets it, in Chromium, in a store with many conversations: first
//! bytes, until the page is live, and from a click or a key to the frame that shows what it did.

mod pages;
mod queries;

use crate::{
    database::Engine,
    failure::Failure,
    growth,
    options::InBrowser,
    product::{self, Ai, Product},
    report::row,
    search,
    statistics::{grouped, percentile, short},
};
use backend::{auth::SESSION_COOKIE, db::Kind};
use serde_json::json;
use std::{
    collections::HashMap,
    io::Read as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Messages of each conversation.
const MESSAGES_EACH: usize = 8;
/// Playwright, driven from there.
const SCRIPT: &str = "end2end/bench/browser.mjs";
/// A frame that is felt, in milliseconds.
const LONG_FRAME: f64 = 50.0;

/// Measures one database.
///
/// # Errors
/// If the server can't be started. If Playwright and Chromium aren't there, a row says so.
pub async fn measure(extent: InBrowser, engine: &Engine) -> Result<String, Failure> {
    let product = Product::start(Ai::Off, engine).await?;
    let measured = of_product(&product, extent).await;
    product.stop().await.remove().await?;
    let (pages, samples) = measured?;
    let in_browser = samples.and_then(table);
    let in_browser = in_browser.unwrap_or_else(|reason| row("not measured", &reason.to_string()));
    Ok(format!(
        "  One store with {} conversations, {MESSAGES_EACH} messages in each, one in 20 open; 1440 × 900, one at a time. From the
  event to the painted frame; frames are drawn at once, but for the scrolling, at 60 a second.\n  {:<46} {:>9} {:>9}\n{in_browser}{pages}",
        grouped(extent.conversations as f64),
        "ms",
        "p50",
        "p95",
    ))
}

/// What the script has measured, by name, in milliseconds.
type Samples = HashMap<String, Vec<f64>>;

async fn of_product(
    product: &Product,
    extent: InBrowser,
) -> Result<(String, Result<Samples, Failure>), Failure> {
    let ctx = product.ctx();
    let owner = product::owner(ctx).await?;
    let store_id = owner.member.store_id;
    // No index is searched here, and bringing it up to date would take its time meanwhile.
    search::switch(ctx, false).await?;
    growth::fill_in(ctx, store_id, 0..extent.conversations, MESSAGES_EACH).await?;
    let now = ctx.now();
    let varied = ctx.db().write(move |tx| {
        Box::pin(async move { Ok(queries::vary(tx.connection, &store_id.to_string(), now).await?) })
    });
    varied.await?;
    if ctx.db().kind() == Kind::Postgres {
        let mut connection = ctx.db().read().await?;
        growth::settle_postgres(&mut connection).await?;
    }
    let pages = pages::measure(ctx, &owner.member).await?;
    let asked = json!({
        "url": format!("http://{}", product.addr()),
        "store": store_id,
        "cookie": format!("{SESSION_COOKIE}={}", owner.session),
        "loads": extent.loads,
        "requests": extent.requests,
        "threads": extent.threads,
        "keys": extent.keys,
        "resolves": extent.resolves,
        "rows": extent.rows,
    });
    Ok((pages, in_browser(&asked).await))
}

/// Runs the script.
async fn in_browser(asked: &serde_json::Value) -> Result<Samples, Failure> {
    if !Path::new("end2end/node_modules").exists() {
        return Err("Playwright is missing: use ./dev bench browser".into());
    }
    let process = Command::new("node")
        .args([SCRIPT, &asked.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut script = Script(process);
    let mut stdout = script.0.stdout.take().ok_or("the script has no stdout")?;
    let read = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let text = read.await??;
    let status = script.0.wait()?;
    if !status.success() {
        return Err(format!("{SCRIPT} ended with {status}").into());
    }
    Ok(serde_json::from_str(&text)?)
}

/// Ended when dropped, and the browser with it.
struct Script(Child);

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn table(mut samples: Samples) -> Result<String, Failure> {
    let mut text = String::new();
    let mut figures = |name: &str| {
        let values = samples
            .get_mut(name)
            .ok_or("the script has measured less")?;
        Ok::<_, Failure>([0.5, 0.95].map(|share| percentile(values, share)))
    };
    for (what, name) in [
        ("first byte of a static file", "static"),
        ("first byte of the inbox", "page"),
        ("inbox painted, nothing cached", "paint_first"),
        ("inbox live, nothing cached", "live_first"),
        ("inbox painted, files cached", "paint_again"),
        ("inbox live, files cached", "live_again"),
        ("thread opened for the first time", "thread_first"),
        ("thread opened again", "thread_again"),
        ("key typed in the reply, painted", "key"),
        ("– of which the page is at work", "key_work"),
        ("resolved by a key, and out of the list", "resolve"),
    ] {
        let [p50, p95] = figures(name)?.map(short);
        text.push_str(&row(what, &format!("{p50:>9} {p95:>9}")));
    }
    let ([of_file, _], [of_page, _]) = (figures("static")?, figures("page")?);
    text.push_str(&row(
        "first byte of the inbox, beside the file",
        &format!("{:>8}×", short(of_page / of_file)),
    ));
    let [p50, p95] = figures("frame")?.map(short);
    let frames = samples.remove("frame").unwrap_or_default();
    let long = frames.iter().filter(|frame| **frame > LONG_FRAME).count();
    let worst = frames.iter().copied().fold(0.0, f64::max);
    let scrolled = samples.remove("scrolled").unwrap_or_default();
    let [rows, took, drawn] = scrolled[..] else {
        return Err("the script has measured less".into());
    };
    text.push_str(&row(
        &format!("{} rows scrolled: frames", grouped(rows)),
        &format!(
            "{p50:>9} {p95:>9}, {} at worst; {long} of {} over {LONG_FRAME} ms",
            short(worst),
            frames.len()
        ),
    ));
    text.push_str(&row(
        "– time, and most rows in the page at once",
        &format!("{:>7} s, {drawn}", short(took / 1e3)),
    ));
    Ok(text)
}
