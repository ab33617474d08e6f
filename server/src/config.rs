//! The command line; every option can also be given by the environment.

use crate::swap;
use backend::{
    Config, Error, LanguageModelConfig, context::Data, outgoing::PrivateHosts,
    public_url::PublicUrl, secret::Secret,
};
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand,
    builder::{FalseyValueParser, Resettable},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use std::{
    env,
    fs::DirBuilder,
    net::SocketAddr,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// The language model that is asked unless another is named.
const DEFAULT_MODEL: &str = "gpt-4o-mini";

/// AI customer support for online stores.
#[derive(Debug, Parser)]
#[command(name = "shopdesk", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// What this process was started with. Wrong use ends it, with exit code 2.
    #[must_use]
    pub fn given() -> Self {
        let matches = without_empty_variables(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// `command`, for which a variable that is empty is not set: compose files write
/// `NAME=` for what has no value.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    command
        .mut_args(|argument| {
            let is_empty = |name| env::var_os(name).is_some_and(|value| value.is_empty());
            if argument.get_env().is_some_and(is_empty) {
                argument.env(Resettable::Reset)
            } else {
                argument
            }
        })
        .mut_subcommands(without_empty_variables)
}

/// The variable `name`, unless it is empty.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// What the executable can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve dashboard, widget and API.
    Serve(ServeOptions),
    /// Bring the database's schema up to date, and stop.
    Migrate(DataOptions),
    /// Write a copy of the embedded database to a file; the server may run.
    Backup(BackupOptions),
    /// Put a backup in the place of the embedded database; the server must be
    /// stopped.
    Restore(BackupOptions),
    /// Manage accounts.
    User(UserOptions),
    /// Manage API keys.
    ApiKey(ApiKeyOptions),
    /// Measure the AI on labelled cases; prints one JSON object.
    Eval(EvalOptions),
    /// Find the weights of the sentiment's head anew (for developers).
    #[command(hide = true)]
    TrainSentiment(TrainOptions),
}

/// `shopdesk serve`
#[derive(Debug, Clone, Args)]
pub struct ServeOptions {
    /// Address to listen on.
    #[arg(long, env = "SHOPDESK_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Where people reach this server, e.g. https://support.example.com; without
    /// it, where it listens.
    #[arg(long, env = "SHOPDESK_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// The installation's secret: hex or base64 of 32 random bytes or more.
    /// Without it one is made at the first start and kept with the data.
    #[arg(long, env = "SHOPDESK_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// Seed a demo shop and show it at /demo.
    #[arg(long, env = "SHOPDESK_DEMO", value_parser = FalseyValueParser::new())]
    pub demo: bool,
    /// Serve the demo, with its well-known password, on an address that others
    /// can reach.
    #[arg(long, env = "SHOPDESK_DEMO_PUBLIC", value_parser = FalseyValueParser::new())]
    pub demo_public: bool,
    /// Believe the last X-Forwarded-For address: only behind a proxy of yours
    /// that sets it.
    #[arg(long, env = "SHOPDESK_TRUST_PROXY", value_parser = FalseyValueParser::new())]
    pub trust_proxy: bool,
    /// Send cookies over HTTPS only.
    #[arg(long, env = "SHOPDESK_SECURE_COOKIES", value_parser = FalseyValueParser::new())]
    pub secure_cookies: bool,
    /// Hosts in your own network where merchants' shops may be: names and addresses,
    /// separated by commas. Others in private networks are never asked.
    #[arg(long, env = "SHOPDESK_PRIVATE_HOSTS")]
    pub private_hosts: Option<String>,
    /// Switch rate limits off: for load tests only.
    #[arg(long, env = "SHOPDESK_NO_RATE_LIMITS", value_parser = FalseyValueParser::new())]
    pub no_rate_limits: bool,
    /// Do no jobs: serve requests only, where another server on the same
    /// PostgreSQL database does the jobs.
    #[arg(long, env = "SHOPDESK_NO_WORKER", value_parser = FalseyValueParser::new())]
    pub no_worker: bool,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataOptions,
    /// What the AI uses.
    #[command(flatten)]
    pub ai: AiOptions,
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DataOptions {
    /// Folder of the embedded database and files.
    #[arg(long, env = "SHOPDESK_DATA_DIR", default_value = "./data")]
    pub data_dir: PathBuf,
    /// A PostgreSQL database instead of the embedded one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Redis that connects several servers on one PostgreSQL database; without
    /// it PostgreSQL does.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<String>,
}

/// What the AI uses.
#[derive(Debug, Clone, Args)]
pub struct AiOptions {
    /// Folder of the embedding model; keyword search alone without it.
    #[arg(long, env = "EMBEDDING_MODEL_DIR")]
    pub embedding_model_dir: Option<PathBuf>,
    /// ONNX Runtime's shared library.
    #[arg(long, env = "ORT_DYLIB_PATH")]
    pub ort_dylib_path: Option<PathBuf>,
    /// Key of an OpenAI-compatible server. With a base URL alone, no key is
    /// needed (Ollama, vLLM).
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    pub openai_api_key: Option<String>,
    /// Base URL of an OpenAI-compatible server.
    #[arg(long, env = "OPENAI_BASE_URL")]
    pub openai_base_url: Option<String>,
    /// The language model's name.
    #[arg(long, env = "OPENAI_MODEL", default_value = DEFAULT_MODEL)]
    pub openai_model: String,
}

/// `shopdesk backup`, `shopdesk restore`
#[derive(Debug, Clone, Args)]
pub struct BackupOptions {
    /// The backup.
    pub file: PathBuf,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataOptions,
}

/// `shopdesk user`
#[derive(Debug, Clone, Args)]
pub struct UserOptions {
    /// What to do.
    #[command(subcommand)]
    pub command: UserCommand,
}

/// What can be done with accounts.
#[derive(Debug, Clone, Subcommand)]
pub enum UserCommand {
    /// Add an account with a store of its own. The password is read from
    /// SHOPDESK_PASSWORD or the first line of standard input.
    Add {
        /// Sign-in address.
        #[arg(long)]
        email: String,
        /// Name that shoppers see.
        #[arg(long)]
        name: String,
        /// Name of the store.
        #[arg(long)]
        store: String,
        /// Where the data is.
        #[command(flatten)]
        data: DataOptions,
    },
    /// Print a link by which somebody sets a new password, for whom no mail reaches. It is good
    /// once, for an hour.
    ResetPassword {
        /// Sign-in address.
        email: String,
        /// Where people reach the server, e.g. https://support.example.com.
        #[arg(long, env = "SHOPDESK_PUBLIC_URL")]
        public_url: Option<String>,
        /// Where the data is.
        #[command(flatten)]
        data: DataOptions,
    },
    /// Switch two-factor sign-in off for somebody who has lost both app and recovery codes, and
    /// sign them out everywhere.
    ResetTwoFactor {
        /// Sign-in address.
        email: String,
        /// Where the data is.
        #[command(flatten)]
        data: DataOptions,
    },
}

/// `shopdesk api-key`
#[derive(Debug, Clone, Args)]
pub struct ApiKeyOptions {
    /// What to do.
    #[command(subcommand)]
    pub command: ApiKeyCommand,
}

/// What can be done with API keys.
#[derive(Debug, Clone, Subcommand)]
pub enum ApiKeyCommand {
    /// Make a key for /api/v1; it is printed once, and stored nowhere.
    Create {
        /// The store's public key, as its embed code has it.
        // Some begin with a hyphen.
        #[arg(long, allow_hyphen_values = true)]
        store: String,
        /// What it may do, with commas between: store:read, settings:read,
        /// conversations:write …
        #[arg(long)]
        scopes: String,
        /// What it is for; shoppers see it beside its replies.
        #[arg(long)]
        name: String,
        /// Where the data is.
        #[command(flatten)]
        data: DataOptions,
    },
}

/// `shopdesk eval`
#[derive(Debug, Clone, Args)]
pub struct EvalOptions {
    /// What to measure.
    #[command(subcommand)]
    pub what: EvalCommand,
}

/// What can be measured.
#[derive(Debug, Clone, Subcommand)]
pub enum EvalCommand {
    /// "Where is my order?" on a CSV with columns text,expected (wismo, other) and, if the set has
    /// parts, language,split.
    Wismo {
        /// The labelled messages.
        #[arg(required_unless_present = "explain")]
        file: Option<PathBuf>,
        /// Add up to this many mistakes to the result.
        #[arg(long, default_value_t = 0)]
        errors: usize,
        /// Fail if a part falls below its floor: a CSV with columns language,split,precision,recall.
        #[arg(long)]
        floors: Option<PathBuf>,
        /// Say how this message is read, which rules fire and which are silenced, instead.
        #[arg(long, conflicts_with_all = ["file", "errors", "floors"])]
        explain: Option<String>,
    },
    /// FAQ answers in quote mode, on a FAQ and labelled questions.
    Faq {
        /// JSON: [{"id","question","answer","variants"?}].
        faq: PathBuf,
        /// CSV with columns text,expected_id; empty = not in the FAQ.
        queries: PathBuf,
        /// Add up to this many mistakes to the result.
        #[arg(long, default_value_t = 0)]
        errors: usize,
        /// What the AI uses.
        #[command(flatten)]
        ai: AiOptions,
    },
    /// Sentiment, on a CSV with columns text,expected (positive, neutral, negative), and language
    /// and part (train, held-out) if it has them.
    Sentiment {
        /// The labelled messages.
        file: PathBuf,
        /// Add up to this many mistakes to the result.
        #[arg(long, default_value_t = 0)]
        errors: usize,
        /// What the AI uses.
        #[command(flatten)]
        ai: AiOptions,
    },
}

/// `shopdesk train-sentiment`
#[derive(Debug, Clone, Args)]
pub struct TrainOptions {
    /// The labelled messages, as for `eval sentiment`.
    pub file: PathBuf,
    /// Where the weights go.
    pub weights: PathBuf,
    /// What the AI uses.
    #[command(flatten)]
    pub ai: AiOptions,
}

impl DataOptions {
    /// The URL of a database other than the embedded one, if there is one.
    #[must_use]
    pub fn external_database(&self) -> Option<&str> {
        self.database_url.as_deref().filter(|url| !url.is_empty())
    }

    /// The database's URL; the embedded one's file is made on first use.
    ///
    /// # Errors
    /// If the data folder can't be made.
    pub fn database_url(&self) -> std::io::Result<String> {
        if let Some(url) = self.external_database() {
            return Ok(url.to_owned());
        }
        if swap::is_begun(&self.database_file()) {
            return Err(std::io::Error::other(
                "a restore was interrupted; `shopdesk serve` finishes it, and so does `shopdesk restore`",
            ));
        }
        // What is in it is nobody else's business.
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.data_dir);
        made.map_err(|error| {
            let folder = self.data_dir.display();
            std::io::Error::new(
                error.kind(),
                format!("the data folder {folder} can't be made: {error}"),
            )
        })?;
        Ok(sqlite_url(&self.database_file()))
    }

    /// The embedded database's file.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("shopdesk.db")
    }

    /// A backend on this data and nothing else: for commands without the AI.
    ///
    /// # Errors
    /// If the data folder can't be made.
    pub fn backend_config(&self) -> std::io::Result<Config> {
        Ok(Config {
            database_url: self.database_url()?,
            data: Data::Memory,
            secret: None,
            public_url: PublicUrl::listening_on(SocketAddr::from(([127, 0, 0, 1], 3000))),
            redis_url: self.redis_url.clone().filter(|url| !url.is_empty()),
            embedding_model_dir: None,
            onnx_runtime: None,
            language_model: None,
            private_hosts: PrivateHosts::default(),
            secure_cookies: false,
            rate_limits: true,
            demo: false,
            demo_api_key: false,
            mails_are_read: false,
        })
    }
}

/// What stays as it is in a path.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The URL of an embedded database; its file is made on first use.
#[must_use]
pub fn sqlite_url(file: &Path) -> String {
    // An absolute path: what comes first in a relative one would be a host.
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    let path = percent_encode(file.as_os_str().as_encoded_bytes(), IN_A_PATH);
    format!("sqlite://{path}?mode=rwc")
}

impl AiOptions {
    /// The language model, if a key or a server of one's own is given.
    #[must_use]
    pub fn language_model(&self) -> Option<LanguageModelConfig> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (key, base_url) = (given(&self.openai_api_key), given(&self.openai_base_url));
        if key.is_none() && base_url.is_none() {
            return None;
        }
        Some(LanguageModelConfig {
            base_url: base_url.unwrap_or_else(|| "https://api.openai.com/v1".to_owned()),
            api_key: key.unwrap_or_default(),
            model: if self.openai_model.is_empty() {
                DEFAULT_MODEL.to_owned()
            } else {
                self.openai_model.clone()
            },
            timeout: LanguageModelConfig::TIMEOUT,
        })
    }
}

impl ServeOptions {
    /// What the backend needs to know.
    ///
    /// # Errors
    /// If the data folder can't be made, or the secret or the public URL isn't
    /// one.
    pub fn backend_config(&self) -> Result<Config, Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let public_url = match given(&self.public_url) {
            Some(url) => PublicUrl::parse(&url)?,
            None => PublicUrl::listening_on(self.addr),
        };
        Ok(Config {
            data: Data::Folder(self.data.data_dir.clone()),
            secret: given(&self.secret)
                .map(|secret| Secret::given(&secret))
                .transpose()?,
            public_url,
            embedding_model_dir: self.ai.embedding_model_dir.clone(),
            onnx_runtime: self.ai.ort_dylib_path.clone(),
            language_model: self.ai.language_model(),
            private_hosts: PrivateHosts::listed(self.private_hosts.as_deref().unwrap_or_default()),
            secure_cookies: self.secure_cookies,
            rate_limits: !self.no_rate_limits,
            demo: self.demo,
            mails_are_read: self.demo,
            ..self
                .data
                .backend_config()
                .map_err(|error| Error::Setup(error.to_string()))?
        })
    }
}
