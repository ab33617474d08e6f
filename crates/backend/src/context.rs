//! The one bag that is passed round.

use crate::{
    ai::{
        answer::language_model::{LanguageModel, LanguageModelConfig},
        retrieval::Embedder,
    },
    auth::hashing::Hashing,
    cache::Caches,
    clock::Clock,
    db::{Db, Kind},
    error::{Error, Result},
    faq::index::Indexes,
    files::Files,
    jobs::Jobs,
    limits::Limits,
    mail::Mailer,
    orders::{import::ImportTurns, sources::OrderSources},
    outgoing::{Outgoing, PrivateHosts},
    public_url::PublicUrl,
    realtime::{Realtime, bus},
    secret::Secret,
};
use domain::UnixMillis;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// `redis://…`, where several servers are to be connected by Redis.
    pub redis_url: Option<String>,
    /// Where everything else is kept.
    pub data: Data,
    /// The installation's secret, where the operator gives one.
    pub secret: Option<Secret>,
    /// Where people reach the installation.
    pub public_url: PublicUrl,
    /// Folder of the embedding model; keyword search alone without it.
    pub embedding_model_dir: Option<PathBuf>,
    /// `libonnxruntime.so`; the system's search path without it.
    pub onnx_runtime: Option<PathBuf>,
    /// The language model, if there is one.
    pub language_model: Option<LanguageModelConfig>,
    /// Hosts in private networks that merchants' shops may be at.
    pub private_hosts: PrivateHosts,
    /// Whether cookies are only sent over TLS.
    pub secure_cookies: bool,
    /// Whether rate limits apply; off for benchmarks only.
    pub rate_limits: bool,
    /// Whether the demo is served, and its account may be used.
    pub demo: bool,
    /// Whether the demo's API key may be used: the demo is served to this machine alone.
    pub demo_api_key: bool,
    /// Whether mails reach people. As yet they are files, into which only whoever tries the
    /// demo looks.
    pub mails_are_read: bool,
}

/// Where files, mails and a secret that nobody gave are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// In this folder, made on first use.
    Folder(PathBuf),
    /// In memory: for tests, and for commands that leave nothing but rows. No
    /// server is started on it.
    Memory,
}

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    clock: Clock,
    secret: Secret,
    files: Files,
    mailer: Mailer,
    orders: OrderSources,
    outgoing: Outgoing,
    imports: ImportTurns,
    db: Db,
    caches: Arc<Caches>,
    realtime: Realtime,
    jobs: Jobs,
    embedder: Arc<Embedder>,
    language_model: Option<LanguageModel>,
    indexes: Indexes,
    limits: Limits,
    hashing: Hashing,
}

impl Ctx {
    /// Connects to the database and sets everything up. Models are loaded on
    /// first use, not here.
    ///
    /// # Errors
    /// If the database can't be reached or migrated, or the secret can't be
    /// read or kept.
    pub async fn connect(config: Config) -> Result<Self> {
        let realtime = Realtime::start();
        let jobs = Jobs::default();
        let caches = Arc::<Caches>::default();
        let db = Db::connect(
            &config.database_url,
            realtime.clone(),
            Arc::clone(&caches),
            jobs.clone(),
        )
        .await?;
        let embedder = Arc::new(Embedder::from_dir(
            config
                .embedding_model_dir
                .as_deref()
                .unwrap_or(Path::new("")),
            config.onnx_runtime.as_deref(),
        ));
        let clock = Clock::default();
        let secret = secret(&config, &db, &clock).await?;
        realtime.join(bus::connect(
            &config.database_url,
            config.redis_url.as_deref(),
            &secret,
        )?);
        let (files, mailer) = match &config.data {
            Data::Folder(folder) => (
                Files::local(folder.join("files")),
                Mailer::eml_folder(folder.join("mail"), &config.public_url),
            ),
            Data::Memory => (Files::in_memory(), Mailer::in_memory(&config.public_url)),
        };
        let outgoing = Outgoing::new(config.private_hosts.clone())?;
        Ok(Self {
            inner: Arc::new(Inner {
                orders: OrderSources::new(
                    db.clone(),
                    clock.clone(),
                    secret.clone(),
                    outgoing.clone(),
                ),
                outgoing,
                clock,
                files,
                mailer,
                imports: ImportTurns::default(),
                language_model: config.language_model.as_ref().map(LanguageModel::new),
                limits: Limits::new(config.rate_limits, &secret, config.redis_url.as_deref())?,
                secret,
                indexes: Indexes::default(),
                hashing: Hashing::default(),
                config,
                db,
                caches,
                realtime,
                jobs,
                embedder,
            }),
        })
    }

    /// What the operator decided.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Refuses what ends with the process: nothing that was acknowledged may
    /// be lost by a restart.
    ///
    /// # Errors
    /// [`Error::Setup`] if files or mails are kept in memory.
    pub fn must_be_durable(&self) -> Result<()> {
        if self.files().is_durable() && self.mailer().is_durable() {
            Ok(())
        } else {
            Err(Error::Setup(
                "files and mails would be kept in memory only, which is for tests; give the server a data folder".to_owned(),
            ))
        }
    }

    /// The one source of time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The installation's secret.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.inner.secret
    }

    /// Files by key.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.inner.files
    }

    /// Sends mails.
    #[must_use]
    pub fn mailer(&self) -> &Mailer {
        &self.inner.mailer
    }

    /// Where orders are looked up.
    #[must_use]
    pub fn orders(&self) -> &OrderSources {
        &self.inner.orders
    }

    /// Requests to addresses that merchants give.
    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.inner.outgoing
    }

    /// Who imports orders right now.
    pub(crate) fn imports(&self) -> &ImportTurns {
        &self.inner.imports
    }

    /// Where people reach the installation.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.inner.config.public_url
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Answers that are kept for a while.
    #[must_use]
    pub fn caches(&self) -> &Caches {
        &self.inner.caches
    }

    /// Live events.
    #[must_use]
    pub fn realtime(&self) -> &Realtime {
        &self.inner.realtime
    }

    /// What this process knows of the job queue.
    #[must_use]
    pub fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// The sentence embedder.
    #[must_use]
    pub fn embedder(&self) -> &Arc<Embedder> {
        &self.inner.embedder
    }

    /// The language model, if one is configured.
    pub(crate) fn language_model(&self) -> Option<&LanguageModel> {
        self.inner.language_model.as_ref()
    }

    /// The stores' FAQ in memory.
    pub(crate) fn indexes(&self) -> &Indexes {
        &self.inner.indexes
    }

    /// Rate limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Where passwords are hashed.
    pub(crate) fn hashing(&self) -> &Hashing {
        &self.inner.hashing
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.inner.clock.now()
    }
}

/// The secret that was given, or the one that is kept where the data is.
async fn secret(config: &Config, db: &Db, clock: &Clock) -> Result<Secret> {
    match (&config.secret, &config.data, db.kind()) {
        (Some(given), ..) => Ok(given.clone()),
        (None, Data::Memory, _) => Secret::of_this_process(),
        (None, Data::Folder(folder), Kind::Sqlite) => Secret::in_folder(folder),
        (None, Data::Folder(_), Kind::Postgres) => {
            tracing::warn!(
                "the installation's secret is kept in the database, where whoever reads the data reads the key as well; a secret given by SHOPDESK_SECRET is safer"
            );
            Secret::in_database(db, clock.now()).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Data;
    use crate::testing::TestCtx;

    #[tokio::test]
    async fn a_server_is_not_started_on_memory() {
        let test = TestCtx::new().await.expect("a database");
        assert!(test.ctx.must_be_durable().is_err());
        let folder = test.folder.path().join("data");
        let test = TestCtx::with(|config| config.data = Data::Folder(folder))
            .await
            .expect("a database");
        assert!(test.ctx.must_be_durable().is_ok());
    }

    #[tokio::test]
    async fn the_context_tells_the_time_of_its_clock() {
        let test = TestCtx::new().await.expect("a database");
        let before = test.ctx.now();
        test.ctx.clock().advance(60_000);
        assert!(test.ctx.now() >= before + 60_000);
    }
}
