//! Shopdesk's speed and memory as a table, with the figures of a bare server
//! beside the product's. Nothing here passes or fails.

mod ai;
mod child;
mod client;
mod floor;
mod memory;
mod options;
mod product;
mod statistics;
mod texts;
mod throughput;
mod watcher;

use clap::Parser;
use options::Options;
use shopdesk::assets;
use statistics::grouped;
use std::{error::Error, fmt::Write as _, io::Write as _, path::Path, process::ExitCode};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

/// Why something can't be measured.
type Failure = Box<dyn Error + Send + Sync>;

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

/// Measures everything and prints it to stdout, section by section; what it is
/// about goes to stderr. A section that can't be measured says why.
///
/// # Errors
/// If it is interrupted. Child processes and temporary folders are gone then,
/// too.
async fn run(options: &Options) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        measured = measure(options) => measured,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        _ = terminate.recv() => Err("terminated".into()),
    }
}

async fn measure(options: &Options) -> Result<(), Failure> {
    print(&header())?;
    progress("messages from post to agent")?;
    print(&section(
        "Messages, from the post to an agent's socket",
        throughput::measure(options).await,
    ))?;
    progress("the AI's parts")?;
    print(&section("The AI's parts", ai::measure(options).await))?;
    progress("memory")?;
    print(&section(
        "Memory of `shopdesk serve`",
        memory::measure(options).await,
    ))?;
    print(&section("What a shopper's browser loads", widget_bytes()))?;
    Ok(())
}

fn header() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut header = format!(
        "shopdesk {} on {cores} cores; temporary data on {}\n",
        env!("CARGO_PKG_VERSION"),
        file_system(Path::new(".")).unwrap_or_else(|| "an unknown file system".to_owned()),
    );
    if cfg!(debug_assertions) {
        header.push_str(
            "BUILT WITHOUT OPTIMISATION: these figures say nothing. Use `./dev bench`.\n",
        );
    }
    header
}

fn section(title: &str, rows: Result<String, Failure>) -> String {
    match rows {
        Ok(rows) => format!("\n{title}\n{rows}"),
        Err(failure) => format!("\n{title}\n{}", row("not measured", &failure.to_string())),
    }
}

/// One line of the table.
fn row(what: &str, value: &str) -> String {
    format!("  {what:<46} {value}\n")
}

fn widget_bytes() -> Result<String, Failure> {
    let (loader, chat) = assets::widget_sizes();
    if chat == 0 {
        return Err(
            "this executable was built without its front ends; build it with ./dev build".into(),
        );
    }
    let bytes = |bytes: usize| format!("{:>10} bytes, brotli", grouped(bytes as f64));
    let mut rows = String::new();
    let _ = write!(rows, "{}", row("with the page: the loader", &bytes(loader)));
    let _ = write!(rows, "{}", row("from there to an open chat", &bytes(chat)));
    Ok(rows)
}

fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn progress(what: &str) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "measuring {what} …")
}

/// A folder on the current folder's disk, as the data folder is by default: a
/// temporary file system in memory would make every commit free.
fn temporary_folder() -> std::io::Result<TempDir> {
    let here = std::env::current_dir()?;
    tempfile::Builder::new()
        .prefix(".shopdesk-bench-")
        .tempdir_in(here)
}

/// The type of the file system that holds `path`, where the system tells.
fn file_system(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let holding = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (folder, kind) = (fields.next()?, fields.next()?);
        path.starts_with(folder).then_some((folder.len(), kind))
    });
    holding
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind.to_owned())
}
