//! The bus: how a server's hints reach the others.

mod memory;
mod outbox;
mod postgres;
mod redis;

pub use memory::Memory;

use super::hint::{Hint, Origin};
use crate::{error::Result, secret::Secret};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::mpsc;

/// Hints that this process may be behind before it reads everything again
/// instead.
const BEHIND_MAX: usize = 10_000;
/// Hints handled at once.
const BATCH: usize = 1_000;

/// Connects the servers on one database.
pub trait Bus: Send + Sync {
    /// What it is, for the log and the dashboard.
    fn name(&self) -> &'static str;

    /// Tells the other servers. Never blocks and never fails: a bus that loses
    /// hints says so to the others as soon as it can.
    fn publish(&self, hint: Hint);
}

/// The bus for the database at `database_url`, with `redis_url` where Redis is
/// to carry it, and what the other servers say on it.
///
/// # Errors
/// If a URL can't be read. A server that can't be reached is tried again in the
/// background.
pub fn connect(
    database_url: &str,
    redis_url: Option<&str>,
    secret: &Secret,
) -> Result<(Box<dyn Bus>, Incoming)> {
    let (heard, incoming) = incoming();
    let origin = Origin::generate();
    let bus: Box<dyn Bus> = match redis_url {
        _ if !database_url.starts_with("postgres") => Box::new(Memory),
        Some(url) => {
            // Several installations may share a Redis.
            let installation = secret.keyed_hash("bus channel", b"");
            let channel = format!("shopdesk:{}", URL_SAFE_NO_PAD.encode(&installation[..12]));
            Box::new(redis::connect(url, &channel, origin, heard)?)
        }
        None => Box::new(postgres::connect(database_url, origin, heard)?),
    };
    Ok((bus, incoming))
}

/// Where a bus puts what it hears.
#[derive(Clone)]
struct Heard {
    hints: mpsc::Sender<Hint>,
    missed: Arc<AtomicBool>,
}

/// What the other servers say.
pub struct Incoming {
    hints: mpsc::Receiver<Hint>,
    missed: Arc<AtomicBool>,
}

fn incoming() -> (Heard, Incoming) {
    let (sender, hints) = mpsc::channel(BEHIND_MAX);
    let missed = Arc::new(AtomicBool::new(false));
    let heard = Heard {
        hints: sender,
        missed: Arc::clone(&missed),
    };
    (heard, Incoming { hints, missed })
}

impl Heard {
    fn hints(&self, hints: Vec<Hint>) {
        for hint in hints {
            match hint {
                Hint::Alive => {}
                Hint::Missed => self.missed(),
                hint => {
                    if self.hints.try_send(hint).is_err() {
                        self.missed.store(true, Ordering::Release);
                    }
                }
            }
        }
    }

    /// Some hints never came.
    fn missed(&self) {
        self.missed.store(true, Ordering::Release);
        // Wakes the reader; if there is no room, it has enough to wake up for.
        let _ = self.hints.try_send(Hint::Missed);
    }
}

impl Incoming {
    /// The next hints, at least one; [`Hint::Missed`] alone if some are missing,
    /// since what there is then says too little. Never ends on a bus that
    /// has no other servers.
    pub async fn next(&mut self) -> Vec<Hint> {
        let mut hints = Vec::new();
        if self.hints.recv_many(&mut hints, BATCH).await == 0 {
            std::future::pending::<()>().await;
        }
        if self.missed.swap(false, Ordering::AcqRel) {
            // What else waits came before it was noticed.
            while self.hints.try_recv().is_ok() {}
            return vec![Hint::Missed];
        }
        hints.retain(|hint| *hint != Hint::Missed);
        hints
    }
}
