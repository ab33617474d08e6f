//! Connections: how many there may be and how long they may be idle. None of
//! them can keep the server from the others.

use crate::{
    http::{error::ApiError, upload::Pace},
    middleware::client_ip::network,
};
use axum::{Router, extract::ConnectInfo, response::IntoResponse};
use domain::problem::{Cause, RateLimit};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{
    collections::HashMap,
    convert::Infallible,
    io::ErrorKind,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// Connections of one client. Many people may share an address.
const OF_CLIENT: usize = 1_000;
/// Most descriptors that are kept for files, the database and other services.
const KEPT_FREE: usize = 256;
/// How long a head may take, and a connection be idle: longer than the 60
/// seconds of most proxies, so that it is they who end it and no request meets a
/// closing connection.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
/// How long a client may take none of what is sent to it.
const STALLED_WITHIN: Duration = Duration::from_secs(30);
/// Refusals that are told at the same time. Who comes then is cut off.
const REFUSALS_MAX: usize = 64;
/// How long a client that is refused has to hear of it.
const REFUSED_WITHIN: Duration = Duration::from_secs(2);
/// How long to wait when no connection can be taken.
const PAUSE: Duration = Duration::from_millis(200);
/// When it is worth while for a client with too many to come again, in seconds.
const RETRY_AFTER: u64 = 10;

/// See above.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections of all clients.
    pub total: usize,
    /// Connections of one client, and likewise its WebSockets. A client is an
    /// IPv4 address or an IPv6 network of 48 bits.
    pub of_client: usize,
    /// How long the head of a request may take, from the beginning of the
    /// connection, or the end of the request before, on.
    pub head_within: Duration,
    /// How long a client may take none of what is sent to it.
    pub stalled_within: Duration,
    /// How slowly a client may send a file.
    pub uploads: Pace,
}

impl Limits {
    /// As many as this process may have files open, which is raised as far as it
    /// goes, without those that it needs itself.
    #[must_use]
    pub fn of_this_process() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        let files = match setrlimit(Resource::Nofile, raised) {
            Ok(()) => limit.maximum,
            Err(_) => limit.current,
        };
        let files = files.map_or(usize::MAX, |files| {
            usize::try_from(files).unwrap_or(usize::MAX)
        });
        let total = files - KEPT_FREE.min(files / 4);
        Self {
            total,
            of_client: OF_CLIENT.min(total / 2),
            head_within: HEAD_WITHIN,
            stalled_within: STALLED_WITHIN,
            uploads: Pace::default(),
        }
    }

    /// The same for any number of clients behind one address.
    #[must_use]
    pub fn for_any_client(self) -> Self {
        Self {
            of_client: self.total,
            ..self
        }
    }
}

/// Places, of which no client has more than its part.
#[derive(Debug)]
pub struct Places {
    of_client: usize,
    total: Arc<Semaphore>,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// A client's place, free again when dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    client: IpAddr,
    _one_of_all: OwnedSemaphorePermit,
}

impl Places {
    /// `total` places, at most `of_client` of them for one client.
    #[must_use]
    pub fn new(total: usize, of_client: usize) -> Arc<Self> {
        Arc::new(Self {
            of_client,
            total: Arc::new(Semaphore::new(total.min(Semaphore::MAX_PERMITS))),
            taken: Mutex::default(),
        })
    }

    /// A place for the client at `address`.
    ///
    /// # Errors
    /// If it has as many as it may have, or all are taken.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Result<Place, Cause> {
        let client = network(address);
        let all = Arc::clone(&self.total);
        let one_of_all = all.try_acquire_owned().map_err(|_| Cause::Busy)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(client).or_default();
        if *count >= self.of_client {
            return Err(Cause::RateLimited {
                limit: RateLimit::OpenConnections,
                retry_after_seconds: RETRY_AFTER,
            });
        }
        *count += 1;
        Ok(Place {
            places: Arc::clone(self),
            client,
            _one_of_all: one_of_all,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self
            .places
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.client);
            }
        }
    }
}

/// Serves `app` until `stopped`, then lets the requests under way come to their
/// end. Each request carries its [`ConnectInfo`] and, as `Arc<Place>`, the place
/// of its connection: whoever takes the connection over takes the place with it.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stopped: impl Future<Output = ()>,
) {
    let places = Places::new(limits.total, limits.of_client);
    let refusals = Arc::new(Semaphore::new(REFUSALS_MAX));
    let (ending, _) = watch::channel(());
    // Dropped with this future, which cuts them off.
    let mut connections = JoinSet::new();
    tokio::pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The client has left before it was let in.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                sleep(PAUSE).await;
                continue;
            }
        };
        match places.take(peer.ip()) {
            Ok(place) => {
                let (app, place) = (app.clone(), Arc::new(place));
                let service = service_fn(move |mut request: hyper::Request<Incoming>| {
                    let extensions = request.extensions_mut();
                    extensions.insert(ConnectInfo(peer));
                    extensions.insert(Arc::clone(&place));
                    app.clone().oneshot(request)
                });
                let mut stream = TimeoutStream::new(stream);
                stream.set_write_timeout(Some(limits.stalled_within));
                let stream = TokioIo::new(Box::pin(stream));
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(limits.head_within)
                    .serve_connection(stream, service)
                    .with_upgrades();
                let mut ended = ending.subscribe();
                connections.spawn(async move {
                    let mut connection = pin!(connection);
                    // A client that breaks off is no news.
                    tokio::select! {
                        _ = connection.as_mut() => {}
                        _ = ended.changed() => {
                            connection.as_mut().graceful_shutdown();
                            let _ = connection.await;
                        }
                    }
                });
            }
            Err(cause) => {
                warn_of(&cause);
                if let Ok(turn) = Arc::clone(&refusals).try_acquire_owned() {
                    connections.spawn(async move {
                        refuse(stream, cause).await;
                        drop(turn);
                    });
                }
            }
        }
    }
    drop(listener);
    drop(ending);
    while connections.join_next().await.is_some() {}
}

/// Answers the first request of a connection with a problem, and ends it.
async fn refuse(stream: TcpStream, cause: Cause) {
    let service = service_fn(|_: hyper::Request<Incoming>| {
        let response = ApiError::from(cause.clone()).into_response();
        async { Ok::<_, Infallible>(response) }
    });
    let answered = http1::Builder::new()
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let _ = timeout(REFUSED_WITHIN, answered).await;
}

/// Each once: what follows is the same.
fn warn_of(cause: &Cause) {
    static OF_CLIENT: Once = Once::new();
    static OF_ALL: Once = Once::new();
    match cause {
        Cause::RateLimited { .. } => OF_CLIENT.call_once(|| tracing::warn!(
            "one client has as many connections open as it may have; if it is a proxy of yours, start with --trust-proxy"
        )),
        _ => OF_ALL.call_once(|| tracing::warn!(
            "as many connections are open as can be; raise the limit of open files (LimitNOFILE)"
        )),
    }
}
