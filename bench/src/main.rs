//! Shopdesk's speed and memory as tables, with the figures of a bare server
//! beside the product's. Nothing here passes or fails.

mod ai;
mod browser;
mod child;
mod claims;
mod client;
mod database;
mod failure;
mod floor;
mod growth;
mod import;
mod memory;
mod options;
mod orders;
mod product;
mod report;
mod search;
mod statistics;
mod texts;
mod throughput;
mod trips;
mod watcher;

use clap::Parser;
use database::Engine;
use failure::Failure;
use options::{Options, Section};
use report::{header, print, progress, row, section};
use shopdesk::assets;
use statistics::grouped;
use std::{io::Write as _, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};

/// Stack of each worker thread, in bytes: as the product's own.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(&options)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "shopdesk-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Measures until it is done, or interrupted: child processes and temporary
/// folders are gone then, too.
async fn run(options: &Options) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        measured = measure(options) => measured,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        _ = terminate.recv() => Err("terminated".into()),
    }
}

/// Everything that is asked for, section by section. One that can't be measured
/// says why.
async fn measure(options: &Options) -> Result<(), Failure> {
    let engines = Engine::asked_for(options);
    let extent = options.extent();
    print(&header())?;
    for engine in &engines {
        print(&engine.about().await)?;
    }
    if options.wants(Section::Messages) {
        for engine in &engines {
            progress(&format!("messages from post to agent, {engine}"))?;
            print(&section(
                &format!("Messages, from the post to an agent's socket: {engine}"),
                throughput::measure(&options.ai, extent, engine).await,
            ))?;
        }
    }
    if options.wants(Section::Trips) {
        progress("trips to the database")?;
        print(&section(
            "Trips to the database for each message",
            trips::measure(&options.ai, extent, &engines).await,
        ))?;
    }
    if options.wants(Section::Claims) {
        progress("claims of jobs")?;
        print(&section(
            "Claiming a job while others wait",
            claims::measure(extent, &engines).await,
        ))?;
    }
    if options.wants(Section::Growth) {
        progress("messages among many that are stored")?;
        print(&section(
            "A message among many that are stored, AI off",
            growth::measure(extent, &engines).await,
        ))?;
    }
    if options.wants(Section::Orders) {
        progress("questions about orders")?;
        print(&section(
            "Order questions, from the post to the answer on the shopper's socket",
            orders::measure(options, extent, &engines).await,
        ))?;
    }
    if options.wants(Section::Import) {
        progress("messages while orders are imported")?;
        print(&section(
            "A message while a file of orders is imported",
            import::measure(extent, &engines).await,
        ))?;
    }
    if options.wants(Section::Search) {
        progress("searches")?;
        print(&section(
            "Search, and what its index adds to a message",
            search::measure(extent, &engines).await,
        ))?;
    }
    if options.wants(Section::Ai) {
        progress("the AI's parts")?;
        print(&section(
            "The AI's parts",
            ai::measure(&options.ai, extent).await,
        ))?;
    }
    if options.wants(Section::Memory) {
        progress("memory")?;
        print(&section(
            "Memory of `shopdesk serve`, SQLite",
            memory::measure(&options.ai, extent).await,
        ))?;
    }
    if options.wants(Section::Widget) {
        print(&section("What a shopper's browser loads", widget_bytes()))?;
    }
    if options.wants(Section::Browser) {
        for engine in &engines {
            progress(&format!("the dashboard in Chromium, {engine}"))?;
            print(&section(
                &format!("The dashboard in Chromium: {engine}"),
                browser::measure(extent.browser, engine).await,
            ))?;
        }
    }
    Ok(())
}

fn widget_bytes() -> Result<String, Failure> {
    let (loader, chat) = assets::widget_sizes();
    if chat == 0 {
        return Err(
            "this executable was built without its front ends; build it with ./dev bench".into(),
        );
    }
    let bytes = |bytes: usize| format!("{:>10} bytes, brotli", grouped(bytes as f64));
    Ok(row("with the page: the loader", &bytes(loader))
        + &row("from there to an open chat", &bytes(chat)))
}
