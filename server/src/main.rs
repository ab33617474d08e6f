//! Shopdesk in one executable.

// One type per element nests deeply in rendered pages.
#![recursion_limit = "512"]

use shopdesk::{
    backups, command,
    config::{Cli, Command},
    private,
};
use std::{io::Write, process::ExitCode};

/// Stack of each worker thread, in bytes. A page nests its futures deeply, and
/// without optimisation two megabytes are too few.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    private::from_now_on();
    let cli = Cli::given();
    let worker_threads = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(worker_threads)
        .thread_stack_size(STACK)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "shopdesk: {}", command::worded(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> command::Outcome {
    match cli.command {
        Command::Serve(options) => command::serve(options).await,
        Command::Migrate(options) => command::migrate(options).await,
        Command::Backup(options) => backups::backup(options).await,
        Command::Restore(options) => backups::restore(options).await,
        Command::User(user) => command::user(user).await,
        Command::ApiKey(key) => command::api_key(key).await,
        Command::Eval(eval) => command::eval(eval),
        Command::TrainSentiment(train) => command::train_sentiment(&train),
    }
}
