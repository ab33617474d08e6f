//! The benchmark's command line, and how much it measures.

use clap::{Parser, ValueEnum};
use shopdesk::config::AiOptions;

/// Measures Shopdesk's speed and memory and prints tables, with the figures of
/// a bare server beside the product's.
#[derive(Debug, Clone, Parser)]
#[command(name = "shopdesk-bench", version)]
pub struct Options {
    /// Measure this section only; may be given more than once.
    #[arg(long, value_enum)]
    pub only: Vec<Section>,
    /// Measure on this database only.
    #[arg(long, value_enum)]
    pub database: Option<DatabaseKind>,
    /// Measure little: to see that everything runs.
    #[arg(long)]
    pub quick: bool,
    /// Messages sent in each throughput run; 4,000 unless said otherwise.
    #[arg(long)]
    pub messages: Option<usize>,
    /// Requests under way at once; 32 unless said otherwise.
    #[arg(long)]
    pub concurrency: Option<usize>,
    /// Idle sockets held open for the memory figure; 1,000 unless said otherwise.
    #[arg(long)]
    pub sockets: Option<usize>,
    /// A PostgreSQL server on which databases may be made and removed; ./dev
    /// bench starts one.
    #[arg(long, env = "SHOPDESK_BENCH_POSTGRES_URL", hide_env_values = true)]
    pub postgres_url: Option<String>,
    /// A Medusa v2 whose orders are asked for; without one a scripted server of the
    /// benchmark's own.
    #[arg(long, env = "SHOPDESK_BENCH_MEDUSA_URL")]
    pub medusa_url: Option<String>,
    /// Its secret API key.
    #[arg(long, env = "SHOPDESK_BENCH_MEDUSA_KEY", hide_env_values = true)]
    pub medusa_key: Option<String>,
    /// What the AI uses.
    #[command(flatten)]
    pub ai: AiOptions,
}

/// What can be measured, in the order of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// Messages, from the post to an agent's socket.
    Messages,
    /// How often a message goes to the database.
    Trips,
    /// Claiming a job while many wait.
    Claims,
    /// A message among many that are stored.
    Growth,
    /// Questions about orders, built in and in a connected shop.
    Orders,
    /// A message while a file of orders is imported.
    Import,
    /// Search among few and many messages, and what its index adds to one.
    Search,
    /// The AI's parts.
    Ai,
    /// Memory of the server.
    Memory,
    /// What a shopper's browser loads.
    Widget,
    /// The dashboard in Chromium, among many conversations; only where it is named.
    Browser,
}

/// A database that the product runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DatabaseKind {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// How often each side of a comparison is measured; medians are printed.
    pub rounds: usize,
    /// Messages before each measurement: connections, caches, code.
    pub warm_up: usize,
    /// Messages of one measurement.
    pub messages: usize,
    /// Requests under way at once, at least one.
    pub concurrency: usize,
    /// Questions of each kind to the AI, in each round.
    pub questions: usize,
    /// Few and many jobs that wait.
    pub waiting_jobs: [usize; 2],
    /// Few and many messages that are stored.
    pub stored_messages: [usize; 2],
    /// Few and many messages that are searched.
    pub searched_messages: [usize; 2],
    /// Questions about orders, each side.
    pub order_questions: usize,
    /// Orders of the file that is imported.
    pub imported_orders: usize,
    /// Items of the FAQs that are searched.
    pub faq_sizes: &'static [usize],
    /// Idle sockets.
    pub sockets: usize,
    /// What is measured in a browser.
    pub browser: InBrowser,
}

/// How much is measured in a browser.
#[derive(Debug, Clone, Copy)]
pub struct InBrowser {
    /// Conversations of the store, of which one in twenty is open.
    pub conversations: usize,
    /// Requests for a first byte, of each kind.
    pub requests: usize,
    /// Browsers that load the inbox, twice each.
    pub loads: usize,
    /// Conversations that are opened, twice each.
    pub threads: usize,
    /// Keys that are typed.
    pub keys: usize,
    /// Conversations that are resolved.
    pub resolves: usize,
    /// Rows that are scrolled through.
    pub rows: usize,
}

/// What is measured unless less is asked for.
pub const USUAL: Extent = Extent {
    rounds: 3,
    warm_up: 300,
    messages: 4_000,
    concurrency: 32,
    questions: 20,
    waiting_jobs: [100, 20_000],
    stored_messages: [10_000, 1_000_000],
    searched_messages: [100_000, 1_000_000],
    order_questions: 100,
    imported_orders: 100_000,
    faq_sizes: &[100, 1_000, 10_000],
    sockets: 1_000,
    browser: InBrowser {
        conversations: 50_000,
        requests: 100,
        loads: 15,
        threads: 40,
        keys: 200,
        resolves: 30,
        rows: 2_000,
    },
};

const QUICK: Extent = Extent {
    rounds: 1,
    warm_up: 32,
    messages: 100,
    questions: 2,
    waiting_jobs: [20, 400],
    stored_messages: [400, 4_000],
    searched_messages: [400, 4_000],
    order_questions: 2,
    imported_orders: 1_000,
    faq_sizes: &[100],
    sockets: 20,
    browser: InBrowser {
        conversations: 2_000,
        requests: 5,
        loads: 1,
        threads: 2,
        keys: 5,
        resolves: 2,
        rows: 80,
    },
    ..USUAL
};

impl Options {
    /// Whether `section` is asked for.
    pub fn wants(&self, section: Section) -> bool {
        let is_usual = self.only.is_empty() && section != Section::Browser;
        is_usual || self.only.contains(&section)
    }

    /// How much to measure.
    pub fn extent(&self) -> Extent {
        let usual = if self.quick { QUICK } else { USUAL };
        Extent {
            messages: self.messages.unwrap_or(usual.messages).max(1),
            concurrency: self.concurrency.unwrap_or(usual.concurrency).max(1),
            sockets: self.sockets.unwrap_or(usual.sockets),
            ..usual
        }
    }
}

impl Extent {
    /// Messages where they are sent one at a time, which takes longer.
    pub fn messages_alone(&self) -> usize {
        (self.messages / 10).max(1)
    }
}
