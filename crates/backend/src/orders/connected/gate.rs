//! The way to a part of a shop: a few at a time, and nobody while it fails.

use super::breaker::Breaker;
use crate::clock::Clock;
use domain::order_source::SourceTrouble;
use std::time::Duration;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// Questions to a part of a shop at the same time.
const AT_ONCE: usize = 4;

/// See above.
pub struct Gate {
    clock: Clock,
    breaker: Breaker,
    turns: Semaphore,
}

impl Gate {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            breaker: Breaker::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// Waits for a turn; `None` if the shop is left alone.
    ///
    /// # Errors
    /// If none comes in time.
    pub async fn turn(
        &self,
        within: Duration,
    ) -> Result<Option<SemaphorePermit<'_>>, SourceTrouble> {
        // That many ask at once is no fault of the shop.
        let turn = timeout(within, self.turns.acquire()).await;
        let turn = turn.ok().and_then(Result::ok);
        let turn = turn.ok_or(SourceTrouble::TimedOut)?;
        Ok(self.breaker.may_try(self.clock.now()).then_some(turn))
    }

    /// What `asked` hears of the shop, which is left alone if it fails again and again.
    ///
    /// # Errors
    /// Those of `asked`, or if it takes too long.
    pub async fn hear<T>(
        &self,
        within: Duration,
        asked: impl Future<Output = Result<T, SourceTrouble>>,
    ) -> Result<T, SourceTrouble> {
        let answer = timeout(within, asked).await;
        let answer = answer.unwrap_or(Err(SourceTrouble::TimedOut));
        match &answer {
            Err(trouble) if trouble.is_of_shop() => self.breaker.failed(self.clock.now()),
            Ok(_) | Err(_) => self.breaker.worked(),
        }
        answer
    }

    /// The shop has asked to be left alone for so long.
    pub fn wait(&self, pause: Duration) {
        self.breaker.wait(self.clock.now(), pause);
    }

    /// It has answered somebody who asked it whatever was known of it.
    pub fn works(&self) {
        self.breaker.forget();
    }
}
