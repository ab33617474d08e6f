//! `shopdesk bench`
use crate::config::BenchOptions;

/// Runs it.
pub async fn run(_: &BenchOptions) -> crate::command::Outcome {
    Err("not yet".into())
}
