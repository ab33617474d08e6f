//! A Redis of the test's own, to be stopped and started.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Between two looks at a service that starts.
const POLL: Duration = Duration::from_millis(50);
/// How long a start may take on a busy machine.
const UP_WITHIN: Duration = Duration::from_secs(60);

/// Redis, holding nothing on disk.
pub struct Redis {
    addr: SocketAddr,
    folder: TempDir,
    child: Option<Child>,
}

impl Redis {
    /// Starts it.
    ///
    /// # Panics
    /// If it isn't installed.
    pub async fn start() -> Self {
        let mut redis = Self {
            addr: free_address(),
            folder: TempDir::new().expect("a folder"),
            child: None,
        };
        redis.start_again().await;
        redis
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}/", self.addr)
    }

    /// Starts it at the same address, empty.
    ///
    /// # Panics
    /// If it isn't installed, or doesn't come up.
    pub async fn start_again(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(self.addr.port().to_string())
            .arg("--dir")
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server, which scripts/setup.sh installs");
        self.child = Some(child);
        let started = Instant::now();
        while TcpStream::connect(self.addr).is_err() {
            assert!(started.elapsed() < UP_WITHIN, "Redis doesn't come up");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Ends it without warning.
    ///
    /// # Panics
    /// If it can't be ended.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a child of ours");
            child.wait().expect("its end");
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that nothing listens on now. Not one of those that connections are
/// given: it stays free while its service is stopped.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).expect("small") + 20_000;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(addr).is_ok() {
            return addr;
        }
    }
}
