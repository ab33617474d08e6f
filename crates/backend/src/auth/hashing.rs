//! Where passwords are hashed: a few at the same time, and a short queue.

use crate::error::{Error, Result};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Passwords hashed at the same time: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Passwords that wait for that. The last of them waits for a second or two.
const WAITING_MAX: usize = 32;

/// Who wants a password hashed. Strangers can't take the places in the queue of
/// those who have signed in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    Known,
    Stranger,
}

/// The places for hashing of this process.
pub(crate) struct Hashing {
    places: Arc<Semaphore>,
    known: Semaphore,
    strangers: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            known: Semaphore::new(WAITING_MAX),
            strangers: Semaphore::new(WAITING_MAX),
        }
    }
}

impl Hashing {
    /// Does `work` on a thread of its own, when it is its turn.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many wait already.
    pub async fn run<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let place = {
            let queue = match asker {
                Asker::Known => &self.known,
                Asker::Stranger => &self.strangers,
            };
            let _waiting = queue.try_acquire().map_err(|_| Error::Busy)?;
            let places = Arc::clone(&self.places);
            places
                .acquire_owned()
                .await
                .map_err(|_| Error::Internal("hashing has ended".to_owned()))?
        };
        // The work goes on when its client hangs up: the place is the work's.
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|error| Error::Internal(format!("hashing a password: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, future::BoxFuture, poll};
    use std::sync::mpsc::{Sender, channel};

    /// Fills every place with work that lasts until its sender is dropped, and
    /// whose clients have hung up.
    fn all_places_taken(hashing: &Hashing) -> Vec<Sender<()>> {
        let begin = |_| {
            let (end, ended) = channel::<()>();
            let work = hashing.run(Asker::Stranger, move || ended.recv().is_err());
            assert_eq!(work.now_or_never().map(|done| done.is_ok()), None);
            end
        };
        (0..AT_ONCE).map(begin).collect()
    }

    #[tokio::test]
    async fn a_place_is_free_when_the_work_has_ended_not_when_its_client_leaves() {
        let hashing = Hashing::default();
        let ends = all_places_taken(&hashing);
        assert_eq!(hashing.places.available_permits(), 0);
        drop(ends);
        assert!(
            hashing
                .run(Asker::Stranger, || true)
                .await
                .expect("a place")
        );
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_to_come_back() {
        let hashing = Hashing::default();
        let ends = all_places_taken(&hashing);
        let mut waiting: Vec<BoxFuture<'_, Result<bool>>> = Vec::new();
        for _ in 0..WAITING_MAX {
            let mut waits = hashing.run(Asker::Stranger, || true).boxed();
            assert!(poll!(&mut waits).is_pending());
            waiting.push(waits);
        }
        let refused = hashing.run(Asker::Stranger, || true).await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
        // Those who are known have a queue of their own.
        let mut known = hashing.run(Asker::Known, || true).boxed();
        assert!(poll!(&mut known).is_pending());
        drop(known);

        // Who leaves the queue makes room.
        waiting.pop();
        let mut waits = hashing.run(Asker::Stranger, || true).boxed();
        assert!(poll!(&mut waits).is_pending());
        // Those before it leave, too: nobody here asks for them any more.
        drop(waiting);
        drop(ends);
        assert!(waits.await.expect("a place"));
    }
}
