//! What each command does.

use crate::{
    config::{
        AiOptions, ApiKeyCommand, ApiKeyOptions, DataOptions, EvalCommand, EvalOptions,
        ServeOptions, TrainOptions, UserCommand, UserOptions, variable,
    },
    connections,
    data_lock::DataLock,
    embedding_files::Places,
    evals, private,
    start::{self, start},
    state::Door,
    swap,
};
use backend::{
    Ctx, access::Principal, ai::retrieval::Embedder, api_keys, auth, demo, jobs,
    public_url::PublicUrl, stores,
};
use domain::{
    api_key::{NewApiKey, Scope},
    problem::Problem,
};
use std::{
    error::Error,
    io::{BufRead, IsTerminal, Write},
    net::SocketAddr,
    path::Path,
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// What a command leaves: nothing, or one clear line.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// `error` in one line for the operator: a refusal in the words that everybody
/// else reads, a failure with its reason.
#[must_use]
pub fn worded(error: &(dyn Error + 'static)) -> String {
    match error.downcast_ref::<backend::Error>() {
        Some(refused) if !refused.is_failure() => Problem::from(refused.cause()).detail,
        _ => error.to_string(),
    }
}

/// How long requests may take to end after SIGTERM.
const DRAIN: Duration = Duration::from_secs(10);

/// How long a server may take to end after SIGTERM: first the requests under
/// way, then the jobs. Whoever waits for it should wait longer.
#[must_use]
pub fn stops_within() -> Duration {
    DRAIN + jobs::kinds::longest_patience()
}

/// `shopdesk serve`
///
/// # Errors
/// If the server can't be started.
pub async fn serve(options: ServeOptions) -> Outcome {
    start_logging();
    let is_private = start::is_private(options.addr, options.trust_proxy);
    if options.demo && !options.demo_public && !is_private {
        return Err(format!(
            "the demo's password is known to everybody, so it is not served on {} or behind a proxy; listen on 127.0.0.1 without --trust-proxy, or say --demo-public if you mean it",
            options.addr
        )
        .into());
    }
    let _lock = DataLock::take(&options.data)?;
    if swap::finish(&options.data.database_file())? {
        tracing::warn!("a restore was interrupted and has been finished");
    }
    private::what_is_there(&options.data.data_dir);
    let places = Places::here(Some(&options.data.data_dir));
    let ai = places.complete(&options.ai);
    let options = ServeOptions { ai, ..options };
    let server = start(start::Options {
        addr: options.addr,
        config: options.backend_config()?,
        door: Door {
            demo: options.demo,
            trust_proxy: options.trust_proxy,
        },
        demo_public: options.demo_public,
        worker: !options.no_worker,
        connections: connections::Limits::of_this_process(),
    })
    .await?;
    places.log(&options.ai);
    if options.demo {
        print_demo(server.addr, server.ctx.config().demo_api_key)?;
    }
    wait_for_signal().await?;
    tracing::info!("stopping");
    server.stop(DRAIN).await;
    tracing::info!("stopped");
    Ok(())
}

/// `shopdesk migrate`
///
/// # Errors
/// If the database can't be reached.
pub async fn migrate(options: DataOptions) -> Outcome {
    let ctx = Ctx::connect(options.backend_config()?).await?;
    ctx.db().close().await;
    writeln!(std::io::stdout(), "The schema is up to date.")?;
    Ok(())
}

/// `shopdesk user`
///
/// # Errors
/// If something given can't be taken.
pub async fn user(options: UserOptions) -> Outcome {
    match options.command {
        UserCommand::Add {
            email,
            name,
            store,
            data,
        } => add_user(&email, &name, &store, &data).await,
        UserCommand::ResetPassword {
            email,
            public_url,
            data,
        } => {
            let mut config = data.backend_config()?;
            if let Some(url) = public_url {
                config.public_url = PublicUrl::parse(&url).map_err(backend::Error::from)?;
            }
            let ctx = Ctx::connect(config).await?;
            let link = auth::reset::link_for(&ctx, &email).await?;
            ctx.db().close().await;
            writeln!(std::io::stdout(), "{link}")?;
            Ok(())
        }
        UserCommand::ResetTwoFactor { email, data } => {
            let ctx = Ctx::connect(data.backend_config()?).await?;
            let user = auth::two_factor::reset(&ctx, &email).await?;
            ctx.db().close().await;
            let email = user.email;
            writeln!(
                std::io::stdout(),
                "{email} signs in with the password alone now, and is signed out everywhere."
            )?;
            Ok(())
        }
    }
}

async fn add_user(email: &str, name: &str, store: &str, data: &DataOptions) -> Outcome {
    let password = match variable("SHOPDESK_PASSWORD") {
        Some(password) => password,
        None => {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    let ctx = Ctx::connect(data.backend_config()?).await?;
    let user = auth::add_user(&ctx, name, email, &password, store).await?;
    ctx.db().close().await;
    writeln!(std::io::stdout(), "{} can sign in now.", user.email)?;
    Ok(())
}

/// `shopdesk api-key`
///
/// # Errors
/// If there is no such store, or the key can't be made.
pub async fn api_key(options: ApiKeyOptions) -> Outcome {
    let ApiKeyCommand::Create {
        store,
        scopes,
        name,
        data,
    } = options.command;
    let scopes = Scope::parse_list(&scopes).map_err(backend::Error::from)?;
    let ctx = Ctx::connect(data.backend_config()?).await?;
    let store = stores::by_public_key(&ctx, &store).await?;
    let operator = Principal::operator(store.id);
    let made = api_keys::create(&ctx, &operator, NewApiKey { name, scopes }).await?;
    ctx.db().close().await;
    writeln!(std::io::stdout(), "{}", made.token)?;
    Ok(())
}

/// `shopdesk eval`
///
/// # Errors
/// If the cases can't be read.
pub fn eval(options: EvalOptions) -> Outcome {
    let json = match options.what {
        EvalCommand::Wismo {
            explain: Some(message),
            ..
        } => {
            write!(std::io::stdout(), "{}", evals::explain_wismo(&message))?;
            return Ok(());
        }
        EvalCommand::Wismo {
            file,
            errors,
            floors,
            ..
        } => {
            let report = evals::wismo(&file.unwrap_or_default(), errors)?;
            writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
            let below = match floors {
                Some(floors) => evals::below_floors(&report, &floors)?,
                None => Vec::new(),
            };
            return if below.is_empty() {
                Ok(())
            } else {
                Err(format!("below its floor: {}", below.join("; ")).into())
            };
        }
        EvalCommand::Faq {
            faq,
            queries,
            errors,
            ai,
        } => serde_json::to_string(&evals::faq(&faq, &queries, &embedder(&ai), errors)?)?,
        EvalCommand::Sentiment { file, errors, ai } => {
            serde_json::to_string(&evals::sentiment(&file, &embedder(&ai), errors)?)?
        }
    };
    writeln!(std::io::stdout(), "{json}")?;
    Ok(())
}

/// `shopdesk train-sentiment`
///
/// # Errors
/// If the cases can't be read, or there is no embedding model.
pub fn train_sentiment(options: &TrainOptions) -> Outcome {
    let weights = evals::train_sentiment(&options.file, &embedder(&options.ai))?;
    std::fs::write(&options.weights, &weights)?;
    writeln!(std::io::stdout(), "{} bytes of weights", weights.len())?;
    Ok(())
}

fn embedder(ai: &AiOptions) -> Embedder {
    let ai = Places::here(None).complete(ai);
    Embedder::from_dir(
        ai.embedding_model_dir.as_deref().unwrap_or(Path::new("")),
        ai.ort_dylib_path.as_deref(),
    )
}

fn start_logging() {
    // async_openai logs whole replies; what went wrong is logged without them.
    let filter = variable("SHOPDESK_LOG")
        .and_then(|filter| EnvFilter::try_new(filter).ok())
        .unwrap_or_else(|| EnvFilter::new("info,ort=warn,sqlx=warn,async_openai=off"));
    let filter = match (variable("SHOPDESK_ACCESS_LOG"), "access=off".parse()) {
        (Some(wanted), Ok(off)) if wanted == "off" => filter.add_directive(off),
        _ => filter,
    };
    let format = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A log that nobody takes any more ends no server.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if variable("SHOPDESK_LOG_FORMAT").is_some_and(|format| format == "json") {
        format.json().try_init()
    } else {
        format.with_target(false).try_init()
    };
    // Only a second server in one process finds it started.
    let _ = started;
}

fn print_demo(addr: SocketAddr, has_api_key: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "\n  Demo shop   http://{addr}/demo")?;
    writeln!(out, "  Dashboard   http://{addr}/")?;
    writeln!(out, "  Sign in     {} / {}", demo::EMAIL, demo::PASSWORD)?;
    if has_api_key {
        writeln!(out, "  API key     {}", demo::API_KEY)?;
    }
    writeln!(out)?;
    out.flush()
}

async fn wait_for_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}
