//! The harness: the whole product in this process, behind a real address, on a
//! database of its own.
//!
//! ```text
//! let server = TestServer::start().await;
//! let owner = server.sign_up().await;
//! let shop = server.open_shop(&owner, "Lamps", |settings| settings.ai.enabled = true).await;
//! let shopper = server.shopper(&shop).await;
//! let mut socket = shopper.socket(0).await;
//! shopper.send("Where is my order?").await;
//! socket.message_from(Sender::Ai).await;
//! server.finish().await;
//! ```
//!
//! Every test ends with [`TestServer::finish`]: jobs that are left behind fail
//! it.

pub mod database;
pub mod executable;
pub mod people;
pub mod reply;
pub mod socket;

pub use people::{Owner, Shop, Shopper};
pub use reply::Reply;
pub use socket::Socket;

use backend::{Ctx, LanguageModelConfig, context::Data, conversations, testing};
use shopdesk::{
    connections::Limits,
    start::{self, Server, start},
    state::Door,
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio::time::timeout;

/// How long anything that is bound to happen may take, on a machine that is
/// busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for what is bound to happen.
pub async fn within<T>(what: &str, happens: impl Future<Output = T>) -> T {
    match timeout(PATIENCE, happens).await {
        Ok(value) => value,
        Err(_) => panic!("still waiting for {what} after {PATIENCE:?}"),
    }
}

/// What a server of one's own is started with.
#[derive(Default)]
pub struct Options {
    demo: bool,
    mails_are_read: bool,
    embeddings: bool,
    no_rate_limits: bool,
    trust_proxy: bool,
    language_model: Option<LanguageModelConfig>,
    connections: Option<Limits>,
}

impl Options {
    /// Seeds the demo shop, and shows it at `/demo`.
    pub fn demo(self) -> Self {
        Self { demo: true, ..self }
    }

    /// Somebody looks into the folder of mails.
    pub fn mails_are_read(self) -> Self {
        Self {
            mails_are_read: true,
            ..self
        }
    }

    /// Uses the machine's embedding model, if it has one.
    pub fn embeddings(self) -> Self {
        Self {
            embeddings: true,
            ..self
        }
    }

    /// Switches rate limits off, for tests that send a lot.
    pub fn without_rate_limits(self) -> Self {
        Self {
            no_rate_limits: true,
            ..self
        }
    }

    /// Believes `X-Forwarded-For`: lets a test come from many addresses.
    pub fn trust_proxy(self) -> Self {
        Self {
            trust_proxy: true,
            ..self
        }
    }

    /// Takes so many connections.
    pub fn connections(self, limits: Limits) -> Self {
        Self {
            connections: Some(limits),
            ..self
        }
    }

    /// Lets the AI ask the OpenAI-compatible server at `base_url` (with `/v1`).
    pub fn language_model(self, base_url: impl Into<String>) -> Self {
        let language_model = Some(LanguageModelConfig {
            base_url: base_url.into(),
            api_key: "test-key".to_owned(),
            model: "test-model".to_owned(),
            timeout: LanguageModelConfig::TIMEOUT,
        });
        Self {
            language_model,
            ..self
        }
    }

    /// How long the AI waits for that server.
    pub fn language_model_timeout(mut self, timeout: Duration) -> Self {
        self.language_model
            .as_mut()
            .expect("a language model")
            .timeout = timeout;
        self
    }

    /// Starts it.
    pub async fn start(self) -> TestServer {
        let folder = TempDir::new().expect("a folder");
        let mut config = testing::config(testing::new_database(&folder).await.expect("a database"));
        config.data = Data::Folder(folder.path().join("data"));
        config.language_model = self.language_model;
        config.mails_are_read = self.mails_are_read;
        config.rate_limits = !self.no_rate_limits;
        if !self.embeddings {
            config.embedding_model_dir = None;
            config.onnx_runtime = None;
        }
        let server = start(start::Options {
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            config,
            door: Door {
                demo: self.demo,
                trust_proxy: self.trust_proxy,
            },
            // Whoever puts a proxy before it means it.
            demo_public: self.trust_proxy,
            worker: true,
            connections: self.connections.unwrap_or_else(Limits::of_this_process),
        })
        .await
        .expect("a server");
        TestServer {
            http: client(),
            addr: server.addr,
            ctx: server.ctx.clone(),
            server: Some(server),
            folder,
        }
    }
}

/// An HTTP client that follows no redirects and knows no proxy.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .expect("an HTTP client")
}

/// A running server. Dropping it without [`TestServer::finish`] fails the test.
pub struct TestServer {
    /// The backend that the server runs on, for what has no door of its own.
    pub ctx: Ctx,
    /// Where it listens.
    pub addr: SocketAddr,
    /// A client that holds no cookies.
    pub http: reqwest::Client,
    /// Until it is finished.
    server: Option<Server>,
    /// The database's folder goes with the server.
    folder: TempDir,
}

impl TestServer {
    /// A server with an empty database, keyword search and no language model.
    pub async fn start() -> Self {
        Options::default().start().await
    }

    /// A server with more: `TestServer::with().demo().start().await`.
    pub fn with() -> Options {
        Options::default()
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Where it keeps its files and mails.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::to(self.http.get(self.url(path))).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &impl serde::Serialize) -> Reply {
        Reply::to(self.http.post(self.url(path)).json(body)).await
    }

    /// Waits until every job has been done or given up, and every message was judged.
    pub async fn idle(&self) {
        let idle = async {
            // What is judged may enqueue a job.
            let judged = conversations::sentiment::catch_up(&self.ctx).await;
            judged.expect("a database");
            database::queue_drained(&self.ctx).await;
        };
        within("the queue to drain", idle).await;
    }

    /// Ends it as it is: for tests after which nothing works.
    pub async fn stop(mut self) {
        if let Some(server) = self.server.take() {
            server.stop(Duration::ZERO).await;
        }
    }

    /// Waits for the jobs, and fails if one was given up.
    pub async fn finish(mut self) {
        self.idle().await;
        let dead = database::dead_jobs(&self.ctx).await;
        assert_eq!(dead, 0, "jobs were given up");
        if let Some(server) = self.server.take() {
            server.stop(Duration::ZERO).await;
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if self.server.is_some() && !std::thread::panicking() {
            panic!("a test must end with finish()");
        }
    }
}
