//! What a bus is: it tells the other servers, and hears them.

use super::{Hint, Origin, others::Others};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{mpsc, watch};

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

/// Where a bus puts what it hears.
#[derive(Clone)]
pub(super) struct Heard {
    hints: mpsc::Sender<Hint>,
    missed: Arc<AtomicBool>,
    listening: watch::Sender<bool>,
    others: Others,
}

/// What the other servers say.
pub struct Incoming {
    hints: mpsc::Receiver<Hint>,
    missed: Arc<AtomicBool>,
    listening: watch::Receiver<bool>,
}

pub(super) fn incoming() -> (Heard, Incoming) {
    let (sender, hints) = mpsc::channel(BEHIND_MAX);
    let missed = Arc::new(AtomicBool::new(false));
    let (listens, listening) = watch::channel(false);
    let heard = Heard {
        hints: sender,
        missed: Arc::clone(&missed),
        listening: listens,
        others: Others::default(),
    };
    let incoming = Incoming {
        hints,
        missed,
        listening,
    };
    (heard, incoming)
}

impl Heard {
    /// Another server's.
    pub fn hints(&self, (origin, hints): (Origin, Vec<Hint>)) {
        self.others.heard(origin);
        for hint in hints {
            match hint {
                Hint::Alive => {}
                Hint::Joined => self.others.greet(),
                Hint::Missed => self.missed(),
                hint => {
                    if self.hints.try_send(hint).is_err() {
                        self.missed.store(true, Ordering::Release);
                    }
                }
            }
        }
    }

    /// The bus listens, for the first time or again. What was said before,
    /// nobody here has heard.
    pub fn listening(&self) {
        self.listening.send_replace(true);
        self.others.listening();
        self.missed();
    }

    /// The bus can't listen any more.
    pub fn deaf(&self) {
        self.others.deaf();
    }

    /// Who else is there.
    pub fn others(&self) -> &Others {
        &self.others
    }

    /// Some hints never came.
    pub fn missed(&self) {
        self.missed.store(true, Ordering::Release);
        // Wakes the reader; if there is no room, it has enough to wake up for.
        let _ = self.hints.try_send(Hint::Missed);
    }
}

impl Incoming {
    /// Ends when the other servers are heard for the first time; at once where
    /// there are none.
    pub fn listening(&self) -> impl Future<Output = ()> + use<> {
        let mut listening = self.listening.clone();
        async move {
            // An error says that there is no bus that could listen.
            let _ = listening.wait_for(|listening| *listening).await;
        }
    }

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
