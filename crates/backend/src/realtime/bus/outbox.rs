//! What waits to be sent to the other servers, and the task that sends it.

use super::{Hint, Origin, hearing::Heard, others::Others};
use crate::{error::Result, realtime::hint};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, timeout},
};

/// Hints that may wait.
const WAITING_MAX: usize = 10_000;
/// Hints sent at once.
const BATCH: usize = 500;
/// How often a server says that it is there.
pub const ALIVE_EVERY: Duration = Duration::from_secs(10);
/// How long sending may take.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// Pause before trying again.
pub const RETRY: Duration = Duration::from_secs(1);

/// Carries a text to all servers that listen.
pub trait Carrier: Send + 'static {
    /// Largest text that it takes, in bytes.
    const SIZE_MAX: usize;

    /// Sends `text`; connects first if need be.
    fn send(&mut self, text: &str) -> impl Future<Output = Result<()>> + Send;

    /// The connection is of no use any more.
    fn disconnect(&mut self);
}

/// The way in. Dropped with the bus, it ends the task.
pub struct Outbox {
    waiting: mpsc::Sender<Hint>,
    lost: Arc<AtomicBool>,
    others: Others,
}

impl Outbox {
    /// Starts the task that sends as `origin` to those who are `heard`.
    pub(super) fn start(carrier: impl Carrier, origin: Origin, heard: &Heard) -> Self {
        let (waiting, hints) = mpsc::channel(WAITING_MAX);
        let lost = Arc::new(AtomicBool::new(false));
        let way_out = (hints, Arc::clone(&lost));
        tokio::spawn(send(carrier, origin, way_out, heard.clone()));
        Self {
            waiting,
            lost,
            others: heard.others().clone(),
        }
    }

    /// Sends `hint` soon, if anybody is there.
    pub fn put(&self, hint: Hint) {
        if !self.others.are_away() && self.waiting.try_send(hint).is_err() {
            self.lost.store(true, Ordering::Release);
        }
    }
}

/// Whatever came while the last hints were on their way goes together.
async fn send<C: Carrier>(
    mut carrier: C,
    origin: Origin,
    (mut waiting, lost): (mpsc::Receiver<Hint>, Arc<AtomicBool>),
    heard: Heard,
) {
    let others = heard.others();
    let mut alive = interval(ALIVE_EVERY);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    let mut read_at: Option<Instant> = None;
    loop {
        let mut hints = Vec::new();
        tokio::select! {
            taken = waiting.recv_many(&mut hints, BATCH) => if taken == 0 {
                return;
            },
            _ = alive.tick() => hints.push(Hint::Alive),
            () = others.greeted() => {
                hints.push(if others.joins() { Hint::Joined } else { Hint::Alive });
            }
        }
        if lost.swap(false, Ordering::AcqRel) | others.missed() {
            hints.insert(0, Hint::Missed);
        }
        let mut sent = Ok(());
        for text in hint::pack(&origin, &hints, C::SIZE_MAX) {
            sent = match timeout(SEND_WITHIN, carrier.send(&text)).await {
                Ok(sent) => sent,
                Err(_) => Err(crate::Error::Internal("sending took too long".to_owned())),
            };
            if sent.is_err() {
                break;
            }
        }
        match sent {
            Ok(()) if failing => tracing::info!("other servers can be reached again"),
            Ok(()) => {}
            Err(error) => {
                if !failing {
                    tracing::error!(%error, "other servers can't be reached; they read the database when it is over");
                }
                lost.store(true, Ordering::Release);
                // Whoever hears nothing of this server may tell it nothing either.
                if read_at.is_none_or(|at| at.elapsed() >= ALIVE_EVERY) {
                    read_at = Some(Instant::now());
                    heard.missed();
                }
                carrier.disconnect();
                tokio::time::sleep(RETRY).await;
                alive.reset_immediately();
                failing = true;
                continue;
            }
        }
        failing = false;
    }
}
