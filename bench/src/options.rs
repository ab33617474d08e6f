//! The benchmark's command line.

use clap::Parser;
use shopdesk::config::AiOptions;

/// Measures Shopdesk's speed and memory and prints a table, with the figures of
/// a bare server beside the product's.
#[derive(Debug, Clone, Parser)]
#[command(name = "shopdesk-bench", version)]
pub struct Options {
    /// Messages sent in each throughput run.
    #[arg(long, default_value_t = 4_000)]
    pub messages: usize,
    /// Requests under way at once.
    #[arg(long, default_value_t = 32)]
    pub concurrency: usize,
    /// Idle sockets held open for the memory figure.
    #[arg(long, default_value_t = 1_000)]
    pub sockets: usize,
    /// What the AI uses.
    #[command(flatten)]
    pub ai: AiOptions,
}
