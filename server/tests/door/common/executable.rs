//! The real executable on data of its own, to be killed.

use super::within;
use backend::testing;
use sqlx::{AnyConnection, Connection};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

/// Where the data is, between one process and the next.
pub struct Home {
    folder: TempDir,
    /// PostgreSQL's, or the embedded database's file.
    pub database_url: String,
}

impl Home {
    /// An empty one.
    pub async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let database_url = testing::new_database(&folder).await.expect("a database");
        Self {
            folder,
            database_url,
        }
    }

    /// One on a PostgreSQL server of the test's own.
    pub fn on(database_url: String) -> Self {
        Self {
            folder: TempDir::new().expect("a folder"),
            database_url,
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether several servers could share the database.
    pub fn is_postgres(&self) -> bool {
        self.database_url.starts_with("postgres")
    }

    /// A connection past the server.
    pub async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let connecting = AnyConnection::connect(&self.database_url);
        within("the database", connecting)
            .await
            .expect("a connection")
    }

    /// Starts the server.
    pub fn start(&self, more: &[&str]) -> Executable {
        self.launch(&[&["--addr", "127.0.0.1:0", "--no-rate-limits"], more].concat())
    }

    /// Starts the server with `arguments` alone.
    pub fn launch(&self, arguments: &[&str]) -> Executable {
        self.launch_with(arguments, &[])
    }

    /// The same with variables in its environment.
    pub fn launch_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Executable {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shopdesk"));
        // Nothing of the developer's own settings.
        command.env_clear().env("SHOPDESK_LOG", "info");
        command.envs(variables.iter().copied());
        if self.is_postgres() {
            command.env("DATABASE_URL", &self.database_url);
        }
        let mut child = command
            .args(["serve", "--data-dir"])
            .arg(self.folder.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the executable");
        let log = child.stderr.take().expect("its log");
        let (listening, address) = oneshot::channel();
        let (logged, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            let mut listening = Some(listening);
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                if line.contains("ERROR") || line.contains("panicked") {
                    eprintln!("{line}");
                }
                if let Some(addr) = listening_on(&line)
                    && let Some(listening) = listening.take()
                {
                    // Nobody waits for a server that is to die while it starts.
                    let _ = listening.send(addr);
                }
                // Most tests don't read it.
                let _ = logged.send(line);
            }
        });
        Executable {
            child,
            address,
            lines,
        }
    }
}

/// The address in the line that says where the server listens.
fn listening_on(line: &str) -> Option<SocketAddr> {
    if let Ok(event) = serde_json::from_str::<serde_json::Value>(line) {
        let is_it = event["fields"]["message"] == "listening";
        return event["fields"]["addr"]
            .as_str()
            .filter(|_| is_it)?
            .parse()
            .ok();
    }
    let (_, fields) = line.split_once(" listening ")?;
    let (_, addr) = fields.split_once("addr=")?;
    addr.split_whitespace().next()?.parse().ok()
}

/// A running server, killed when dropped.
pub struct Executable {
    child: Child,
    address: oneshot::Receiver<SocketAddr>,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Executable {
    /// Where it listens, as soon as it does.
    pub async fn address(&mut self) -> SocketAddr {
        within("the server to listen", &mut self.address)
            .await
            .expect("a listening server")
    }

    /// The lines of its log up to the first with `text`, which must come.
    pub async fn log_until(&mut self, text: &str) -> Vec<String> {
        let mut read = Vec::new();
        let found = async {
            while let Some(line) = self.lines.recv().await {
                let is_last = line.contains(text);
                read.push(line);
                if is_last {
                    return true;
                }
            }
            false
        };
        let found = within(text, found).await;
        assert!(found, "no {text} in {read:#?}");
        read
    }

    /// Asks it to end, as systemd does.
    pub fn ask_to_end(&self) {
        let told = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.expect("kill").success());
    }

    /// Asks it to end, and waits for the end.
    pub async fn terminate(mut self) {
        self.ask_to_end();
        while self.lines.recv().await.is_some() {}
    }

    /// `kill -9`, without any warning.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.child.kill().expect("a child of ours");
        self.child.wait().expect("its end");
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        self.end();
    }
}
