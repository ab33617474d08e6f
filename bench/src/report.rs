//! What the benchmark writes: tables to stdout, what it is about to stderr.

use crate::{
    failure::Failure,
    statistics::{milliseconds, percentile, short},
};
use std::{fmt::Write as _, io::Write as _, path::Path, time::Duration};

/// What was measured, and on what.
pub fn header() -> String {
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

/// A section's title and rows, or why there are none.
pub fn section(title: &str, rows: Result<String, Failure>) -> String {
    match rows {
        Ok(rows) => format!("\n{title}\n{rows}"),
        Err(failure) => format!("\n{title}\n{}", row("not measured", &failure.to_string())),
    }
}

/// One line of a table.
pub fn row(what: &str, value: &str) -> String {
    format!("  {what:<46} {value}\n")
}

/// One line with how long something took: usually, at worst but for a hundredth, at worst.
pub fn times(what: &str, times: &[Duration]) -> String {
    let mut times: Vec<f64> = times.iter().copied().map(milliseconds).collect();
    let [p50, p99, worst] = [0.5, 0.99, 1.0].map(|share| short(percentile(&mut times, share)));
    let of = times.len();
    row(
        what,
        &format!("{p50:>9} ms p50 {p99:>9} ms p99 {worst:>9} ms at worst (of {of})"),
    )
}

/// One line with a few, with many, and how the two compare.
pub fn compared(what: &str, few: f64, many: f64) -> String {
    let mut line = String::new();
    let _ = write!(line, "  {what:<46} {:>11} {:>11}", short(few), short(many));
    if few > 0.0 {
        let _ = write!(line, " {:>8}", format!("{:.2}×", many / few));
    }
    line + "\n"
}

/// Writes to stdout.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says what is being measured.
pub fn progress(what: &str) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "measuring {what} …")
}

/// The type of the file system that holds `path`, where the system tells.
pub fn file_system(path: &Path) -> Option<String> {
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
