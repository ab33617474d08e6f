//! `shopdesk serve` as a process of its own, whose memory can be read.

use crate::{failure::Failure, statistics::processor_seconds};
use shopdesk::config::AiOptions;
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
};
use tokio::sync::oneshot;

/// How long the server may take to listen.
const LISTENING_WITHIN: Duration = Duration::from_secs(30);

/// How long it may be busy with itself.
const SETTLED_WITHIN_SECONDS: usize = 60;
/// Processor time within a second from which on a process is busy.
const BUSY_SECONDS: f64 = 0.03;

/// Raises the limit of open files as far as it goes, moves into the cgroup of
/// `$1` if that isn't empty, and becomes the server: the process id stays.
const BECOME_SERVER: &str = r#"
ulimit -S -n "$(ulimit -H -n)"
if [ -n "$1" ]; then echo $$ >"$1/cgroup.procs" || exit 1; fi
shift
exec "$@"
"#;

/// A running server; ended when dropped.
pub struct Server {
    process: Child,
    cgroup: Option<Cgroup>,
    /// Where it listens.
    pub addr: SocketAddr,
}

/// Memory of a process, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// All that is resident, files that are mapped (the executable) included.
    pub resident: f64,
    /// What is the process's own: heap and stacks.
    pub anonymous: f64,
    /// What its cgroup is charged with, where it could be given one.
    pub cgroup: Option<f64>,
}

impl Server {
    /// Starts the executable that stands beside this one on the data in
    /// `folder`, without rate limits.
    ///
    /// # Errors
    /// If it isn't there, or doesn't listen within 30 seconds.
    pub async fn start(folder: &Path, ai: &AiOptions) -> Result<Self, Failure> {
        let executable = executable()?;
        let cgroup = Cgroup::create();
        let mut command = Command::new("sh");
        command.args(["-c", BECOME_SERVER, "sh"]);
        command.arg(cgroup.as_ref().map_or(Path::new(""), |cgroup| &cgroup.0));
        command.arg(executable);
        command
            .args([
                "serve",
                "--addr",
                "127.0.0.1:0",
                "--no-rate-limits",
                "--data-dir",
            ])
            .arg(folder);
        // What the operator has set up for the real server is none of this one's business.
        for (name, _) in std::env::vars_os() {
            let of_ours = [
                "SHOPDESK_",
                "OPENAI_",
                "DATABASE_URL",
                "REDIS_URL",
                "SMTP_",
                "S3_",
            ];
            if of_ours
                .iter()
                .any(|prefix| name.to_string_lossy().starts_with(prefix))
            {
                command.env_remove(name);
            }
        }
        command
            // It has the model that is said here, and finds none by itself.
            .env("SHOPDESK_CACHE", folder)
            .env("SHOPDESK_LOG", "info")
            .env("SHOPDESK_LOG_FORMAT", "json");
        for (name, path) in [
            ("EMBEDDING_MODEL_DIR", &ai.embedding_model_dir),
            ("ORT_DYLIB_PATH", &ai.ort_dylib_path),
        ] {
            match path {
                Some(path) => command.env(name, path),
                None => command.env_remove(name),
            };
        }
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().ok_or("the server has no stderr")?;
        // From here on it is ended whatever happens.
        let mut server = Self {
            process,
            cgroup,
            addr: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let (told, listening) = oneshot::channel();
        std::thread::spawn(move || follow_log(stderr, told));
        server.addr = tokio::time::timeout(LISTENING_WITHIN, listening)
            .await
            .map_err(|_| "the server didn't listen within 30 seconds")?
            .map_err(|_| "the server ended before it listened")??;
        Ok(server)
    }

    /// Waits until it has nothing to do: right after its start it compresses
    /// files. At most a minute.
    ///
    /// # Errors
    /// If it has ended, or where there is no `/proc`.
    pub async fn settle(&self) -> Result<(), Failure> {
        let process = self.process.id().to_string();
        let mut before = processor_seconds(&process)?;
        for _ in 0..SETTLED_WITHIN_SECONDS {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = processor_seconds(&process)?;
            if now - before < BUSY_SECONDS {
                break;
            }
            before = now;
        }
        Ok(())
    }

    /// Its memory now.
    ///
    /// # Errors
    /// If it has ended, or where there is no `/proc`.
    pub fn memory(&self) -> Result<Memory, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let bytes = |field: &str| -> Result<f64, Failure> {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            let kilobytes = line
                .and_then(|line| line.split_whitespace().next())
                .ok_or("the server has ended")?;
            Ok(kilobytes.parse::<f64>()? * 1024.0)
        };
        Ok(Memory {
            resident: bytes("VmRSS:")?,
            anonymous: bytes("RssAnon:")?,
            cgroup: self.cgroup.as_ref().and_then(Cgroup::current),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; its data is temporary either way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The product's executable, as it is shipped.
fn executable() -> Result<PathBuf, Failure> {
    let beside = std::env::current_exe()?.with_file_name("shopdesk");
    if beside.is_file() {
        Ok(beside)
    } else {
        Err(format!("there is no {}; use ./dev bench", beside.display()).into())
    }
}

/// Waits in the log for the address and reads on, so that the server never
/// waits for a reader. Its last words are told if it ends first.
fn follow_log(stderr: ChildStderr, told: oneshot::Sender<Result<SocketAddr, Failure>>) {
    let mut told = Some(told);
    let mut last = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let addr = event["fields"]["addr"]
            .as_str()
            .and_then(|addr| addr.parse().ok());
        if let Some(addr) = addr
            && event["fields"]["message"] == "listening"
            && let Some(told) = told.take()
        {
            let _ = told.send(Ok(addr));
        }
        last = line;
    }
    if let Some(told) = told {
        let _ = told.send(Err(format!("the server ended: {last}").into()));
    }
}

/// A memory cgroup (version 2) of the server's own; removed when dropped, after
/// the server has ended.
struct Cgroup(PathBuf);

impl Cgroup {
    /// `None` where this process may not make one.
    fn create() -> Option<Self> {
        let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        let own = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
        let name = format!("shopdesk-bench-{}", std::process::id());
        let folder = Path::new("/sys/fs/cgroup").join(own).join(name);
        std::fs::create_dir(&folder).ok()?;
        let cgroup = Self(folder);
        cgroup.current().is_some().then_some(cgroup)
    }

    fn current(&self) -> Option<f64> {
        std::fs::read_to_string(self.0.join("memory.current"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}
