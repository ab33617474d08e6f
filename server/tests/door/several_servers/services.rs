//! A PostgreSQL of the test's own, to be stopped and started.

use crate::common::within;
use backend::testing::redis::free_address;
use std::{
    net::SocketAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// Between two looks at a service that starts.
const POLL: Duration = Duration::from_millis(50);

/// Ends when something listens on `addr`.
async fn listening(addr: SocketAddr) {
    while TcpStream::connect(addr).await.is_err() {
        tokio::time::sleep(POLL).await;
    }
}

/// PostgreSQL with an empty database.
pub struct Postgres {
    addr: SocketAddr,
    bin: PathBuf,
    folder: TempDir,
    child: Option<Child>,
}

impl Postgres {
    /// Makes and starts it.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        if is_root() {
            let given = Command::new("chown")
                .arg("postgres:")
                .arg(folder.path())
                .status();
            assert!(given.expect("chown").success());
        }
        let bin = installed();
        let made = as_postgres(&bin.join("initdb"), folder.path())
            .args(["--pgdata=data", "--username=shopdesk", "--auth=trust"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb").success());
        let mut postgres = Self {
            addr: free_address(),
            bin,
            folder,
            child: None,
        };
        postgres.start_again().await;
        postgres
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("postgres://shopdesk@{}/postgres", self.addr)
    }

    /// Starts it at the same address, on the same data.
    pub async fn start_again(&mut self) {
        let child = as_postgres(&self.bin.join("postgres"), self.folder.path())
            .args(["-D", "data", "-p"])
            .arg(self.addr.port().to_string())
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            .args(["-c", "max_connections=200"])
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres");
        self.child = Some(child);
        within("PostgreSQL", listening(self.addr)).await;
    }

    /// Ends it, whoever is connected.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // INT doesn't wait for clients.
            let told = Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status();
            assert!(told.expect("kill").success());
            child.wait().expect("its end");
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// `program`, which refuses to run as root, in `folder`. It ends with the test,
/// however that ends.
fn as_postgres(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.current_dir(folder).args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.arg(program);
    command
}

fn is_root() -> bool {
    let process = std::fs::metadata("/proc/self").expect("a process");
    process.uid() == 0
}

/// Where PostgreSQL's programs are: on the path, or where Debian keeps them.
fn installed() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debians = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")));
    std::env::split_paths(&path)
        .chain(debians)
        .find(|bin| bin.join("initdb").exists())
        .expect("PostgreSQL, which scripts/setup.sh installs")
}
