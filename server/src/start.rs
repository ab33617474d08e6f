//! The one way to start a server: for `shopdesk serve`, for the tests at the
//! door, for the benchmark.

use crate::{
    assets,
    connections::{self, Limits, Places},
    router,
    state::{AppState, Door},
};
use backend::{
    Config, Ctx, alarms, assignment, conversations::sentiment, demo, jobs::worker::Worker,
    realtime::relay::relay, search::index::indexer, task::Task,
};
use leptos::config::LeptosOptions;
use std::{error::Error, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};

/// How long a start waits for the bus. Without it the server serves all the
/// same: what others write is read late.
const BUS_WITHIN: Duration = Duration::from_secs(5);

/// What a server is started with.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub addr: SocketAddr,
    /// What the backend needs to know.
    pub config: Config,
    /// What the router needs to know. The demo shop is seeded if it is shown.
    pub door: Door,
    /// Whether data with the demo's well-known password may be served on an
    /// address that others can reach.
    pub demo_public: bool,
    /// Whether this server does jobs; another must, if it doesn't.
    pub worker: bool,
    /// How many connections it takes.
    pub connections: Limits,
}

/// A running server. Dropping it cuts it off; [`Server::stop`] ends it well.
pub struct Server {
    /// The backend it runs on.
    pub ctx: Ctx,
    /// Where it listens.
    pub addr: SocketAddr,
    worker: Option<Worker>,
    indexer: Option<Task>,
    judge: Option<Task>,
    alarms: Option<Task>,
    assignment: Option<Task>,
    _relay: Task,
    stop: watch::Sender<bool>,
    /// One task, aborted when dropped.
    serving: JoinSet<()>,
}

/// Connects to the database, seeds the demo shop if it is wanted, listens, and
/// starts the job worker.
///
/// # Errors
/// If the database or the address can't be had, if files would be kept in
/// memory, or if the demo's account would
/// be open to others.
pub async fn start(options: Options) -> Result<Server, Box<dyn Error + Send + Sync>> {
    let is_private = is_private(options.addr, options.door.trust_proxy);
    let ctx = Ctx::connect(Config {
        demo: options.door.demo,
        demo_api_key: options.door.demo && !options.demo_public && is_private,
        ..options.config
    })
    .await?;
    ctx.must_be_durable()?;
    let open_to_others = !options.demo_public && !is_private;
    if open_to_others && demo::is_exposed(&ctx).await? {
        return Err(format!(
            "this data holds the demo's account, whose password is known to everybody, so it is not served on {} or behind a proxy; start with another --data-dir",
            options.addr
        )
        .into());
    }
    log_services(&ctx);
    // Who connects before that would miss what other servers say in passing.
    if timeout(BUS_WITHIN, ctx.realtime().listening())
        .await
        .is_err()
    {
        tracing::warn!("other servers aren't heard yet; starting without them");
    }
    let relay = relay(ctx.clone());
    if options.door.demo {
        demo::seed(&ctx).await?;
    }
    let listener = TcpListener::bind(options.addr)
        .await
        .map_err(|error| format!("can't listen on {}: {error}", options.addr))?;
    let addr = listener.local_addr()?;
    let mut limits = options.connections;
    if !ctx.config().rate_limits {
        limits = limits.for_any_client();
    }
    // The rest is for requests, however many sockets are open.
    let sockets = Places::new(limits.total - limits.total / 4, limits.of_client);
    if options.door.trust_proxy {
        // All connections are the proxy's.
        limits = limits.for_any_client();
    }
    let state = AppState {
        ctx: ctx.clone(),
        leptos: leptos_options(addr)?,
        door: options.door,
        sockets,
        uploads: limits.uploads,
    };
    let app = router::router(state);
    let (stop, mut stopped) = watch::channel(false);
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let until_stopped = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        connections::serve(listener, app, limits, until_stopped).await;
    });
    tracing::info!(%addr, "listening");
    if !options.worker {
        tracing::info!("this server does no jobs; another one must");
    }
    Ok(Server {
        worker: options.worker.then(|| Worker::start(ctx.clone())),
        indexer: options.worker.then(|| indexer(ctx.clone())),
        judge: options.worker.then(|| sentiment::judge_all(ctx.clone())),
        alarms: options.worker.then(|| alarms::watch(ctx.clone())),
        assignment: options.worker.then(|| assignment::watch(ctx.clone())),
        _relay: relay,
        ctx,
        addr,
        stop,
        serving,
    })
}

/// Whether this machine alone can reach a server that listens on `addr`: a proxy brings others.
#[must_use]
pub fn is_private(addr: SocketAddr, trust_proxy: bool) -> bool {
    addr.ip().is_loopback() && !trust_proxy
}

impl Server {
    /// Takes no more requests, gives those under way up to `drain` to end, lets
    /// the jobs that run come to their end and closes the database.
    pub async fn stop(mut self, drain: Duration) {
        self.stop.send_replace(true);
        // Whoever is still connected then comes back to the next server.
        if timeout(drain, self.serving.join_next()).await.is_err() {
            tracing::info!("connections that were still open have been cut");
        }
        self.serving.shutdown().await;
        if let Some(worker) = self.worker.take() {
            worker.stop().await;
        }
        drop(self.indexer.take());
        drop(self.judge.take());
        drop(self.alarms.take());
        drop(self.assignment.take());
        self.ctx.db().close().await;
    }
}

/// The dashboard's options: Leptos.toml where it is at hand, else the same
/// values as built in. A test holds the two together.
///
/// # Errors
/// If Leptos.toml can't be read.
pub fn leptos_options(addr: SocketAddr) -> Result<LeptosOptions, Box<dyn Error + Send + Sync>> {
    let by_cargo_leptos = std::env::var_os("LEPTOS_OUTPUT_NAME").is_some();
    let mut options = if by_cargo_leptos || Path::new("Leptos.toml").exists() {
        let file = (!by_cargo_leptos).then_some("Leptos.toml");
        leptos::config::get_configuration(file)?.leptos_options
    } else {
        LeptosOptions::builder()
            .output_name(Arc::<str>::from("shopdesk"))
            .site_root(Arc::<str>::from("dist/app"))
            .site_pkg_dir(Arc::<str>::from("pkg"))
            .build()
    };
    options.site_addr = addr;
    Ok(options)
}

/// One line for each exchangeable service: which form of it runs.
fn log_services(ctx: &Ctx) {
    tracing::info!(database = ?ctx.db().kind(), "database ready");
    tracing::info!(
        files = ctx.files().form(),
        mail = ctx.mailer().form(),
        orders = "built in, and the shops that merchants connect",
        public_url = %ctx.public_url(),
        "services ready"
    );
    tracing::info!(
        bus = ctx.realtime().bus().name(),
        rate_limits_in = ctx.limits().counted_in(),
        "several servers"
    );
    match ctx.embedder().probe() {
        Ok(()) => tracing::info!(
            model = ctx.embedder().model_id(),
            "embeddings: loaded on first use"
        ),
        Err(reason) => {
            tracing::warn!(%reason, "no embeddings: the AI finds FAQ answers by keywords alone")
        }
    }
    match &ctx.config().language_model {
        Some(model) => tracing::info!(?model, "language model configured"),
        None => tracing::info!("no language model: the AI quotes FAQ answers word for word"),
    }
    if !assets::front_ends_present() {
        tracing::warn!(
            "this executable was built without its front ends; build it with ./dev build"
        );
    }
}
