//! The one bag that is passed round.

use crate::{
    ai::{
        answer::language_model::{LanguageModel, LanguageModelConfig},
        retrieval::Embedder,
    },
    db::Db,
    error::Result,
    faq::index::Indexes,
    limits::Limits,
    realtime::Realtime,
};
use domain::UnixMillis;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::{Notify, Semaphore};

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Folder of the embedding model; keyword search alone without it.
    pub embedding_model_dir: Option<PathBuf>,
    /// `libonnxruntime.so`; the system's search path without it.
    pub onnx_runtime: Option<PathBuf>,
    /// The language model, if there is one.
    pub language_model: Option<LanguageModelConfig>,
    /// Whether cookies are only sent over TLS.
    pub secure_cookies: bool,
    /// Whether rate limits apply; off for benchmarks only.
    pub rate_limits: bool,
}

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    db: Db,
    realtime: Realtime,
    jobs: Arc<Notify>,
    embedder: Arc<Embedder>,
    language_model: Option<LanguageModel>,
    indexes: Indexes,
    limits: Limits,
    hashing: Semaphore,
}

/// Passwords hashed at the same time: each takes 19 MiB and a core.
const HASHING_MAX: usize = 2;

impl Ctx {
    /// Connects to the database and sets everything up. Models are loaded on
    /// first use, not here.
    ///
    /// # Errors
    /// If the database can't be reached or migrated.
    pub async fn connect(config: Config) -> Result<Self> {
        let realtime = Realtime::start();
        let jobs = Arc::new(Notify::new());
        let db = Db::connect(&config.database_url, realtime.clone(), Arc::clone(&jobs)).await?;
        let embedder = Arc::new(Embedder::from_dir(
            config
                .embedding_model_dir
                .as_deref()
                .unwrap_or(Path::new("")),
            config.onnx_runtime.as_deref(),
        ));
        Ok(Self {
            inner: Arc::new(Inner {
                language_model: config.language_model.as_ref().map(LanguageModel::new),
                limits: Limits::new(config.rate_limits),
                indexes: Indexes::default(),
                hashing: Semaphore::new(HASHING_MAX),
                config,
                db,
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

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Live events.
    #[must_use]
    pub fn realtime(&self) -> &Realtime {
        &self.inner.realtime
    }

    /// Wakes the job worker.
    pub(crate) fn jobs_wake(&self) -> &Notify {
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

    pub(crate) fn hashing(&self) -> &Semaphore {
        &self.inner.hashing
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        UnixMillis::try_from(since_epoch.as_millis()).unwrap_or(UnixMillis::MAX)
    }
}
