//! Stands before PostgreSQL and counts what is sent to it.

use crate::failure::Failure;
use sqlx::postgres::PgConnectOptions;
use std::{
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinSet,
};

/// More than the product sends at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// A running proxy; ended when dropped.
pub struct Proxy {
    sent: Arc<AtomicU64>,
    _accepting: JoinSet<()>,
}

impl Proxy {
    /// Starts one before the server of `url`, and says what to connect to
    /// instead. The server must listen on TCP and ask for no encryption.
    ///
    /// # Errors
    /// If the URL can't be read or no port can be had.
    pub async fn before(url: &str) -> Result<(String, Self), Failure> {
        let options = PgConnectOptions::from_str(url)?;
        let server = format!("{}:{}", options.get_host(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let ours = listener.local_addr()?.to_string();
        if !url.contains(&server) {
            return Err("the server's URL must name its host and port".into());
        }
        let sent = Arc::new(AtomicU64::new(0));
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, server.clone(), Arc::clone(&sent)));
        let proxy = Self {
            sent,
            _accepting: accepting,
        };
        Ok((url.replacen(&server, &ours, 1), proxy))
    }

    /// Round trips so far. Who speaks PostgreSQL's protocol sends once and waits
    /// for the reply.
    pub fn counted(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, server: String, sent: Arc<AtomicU64>) {
    // Aborted together with this task.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(pass_on(client, server.clone(), Arc::clone(&sent)));
    }
}

/// A connection that fails is noticed at both of its ends.
async fn pass_on(client: TcpStream, server: String, sent: Arc<AtomicU64>) {
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    if client.set_nodelay(true).is_err() || server.set_nodelay(true).is_err() {
        return;
    }
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, to_server) = server.into_split();
    tokio::select! {
        () = count(from_client, to_server, &sent) => {}
        _ = copy(&mut from_server, &mut to_client) => {}
    }
}

async fn count(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, sent: &AtomicU64) {
    let mut buffer = vec![0; BUFFER];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        sent.fetch_add(1, Ordering::SeqCst);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
