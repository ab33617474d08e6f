//! Requests to shops: a few at a time, tried again where that may help, and their refusals worded.

use crate::outgoing::{Answer, Failure};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order_source::SourceTrouble;
use reqwest::{StatusCode, header::HeaderValue};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout_at},
};

/// Calls to a shop at the same time.
const AT_ONCE: usize = 4;
/// The pauses before a call that failed is tried once more, each shortened by up to a half at
/// random: whoever failed together doesn't come back together.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(900)];
/// How long all tries of a call may take.
const WITHIN: Duration = Duration::from_secs(5);

/// The calls to a shop: never too many at once.
pub struct Calls {
    turns: Semaphore,
    /// How long the shop has asked to be left alone, until somebody is told.
    asked_to_wait: Mutex<Option<Duration>>,
}

impl Calls {
    pub fn new() -> Self {
        Self {
            turns: Semaphore::new(AT_ONCE),
            asked_to_wait: Mutex::default(),
        }
    }

    /// The answer to a request that changes nothing, and so may be sent again.
    ///
    /// # Errors
    /// If there is none at the last try either, or in time.
    pub async fn answer<F: Future<Output = Result<Answer, Failure>>>(
        &self,
        ask: impl Fn() -> F,
    ) -> Result<Answer, SourceTrouble> {
        // Never closed. Waiting for it is no fault of the shop: its time begins afterwards.
        let _turn = self.turns.acquire().await;
        let until = Instant::now() + WITHIN;
        let mut answer = ask().await;
        for pause in PAUSES {
            let left = until.saturating_duration_since(Instant::now());
            let Some(pause) = before_next(&answer, jittered(pause), left) else {
                break;
            };
            let again = async {
                sleep(pause).await;
                ask().await
            };
            match timeout_at(until, again).await {
                Ok(next) => answer = next,
                // What went wrong before says more.
                Err(_) => break,
            }
        }
        if let Ok(answer) = &answer
            && is_put_off(answer.status)
            && let Some(pause) = answer.retry_after
        {
            *self.asked() = Some(pause);
        }
        answer.map_err(SourceTrouble::from)
    }

    /// How long the shop has asked to be left alone, if it has since this was last asked.
    pub fn asked_to_wait(&self) -> Option<Duration> {
        self.asked().take()
    }

    fn asked(&self) -> MutexGuard<'_, Option<Duration>> {
        let asked = self.asked_to_wait.lock();
        asked.unwrap_or_else(PoisonError::into_inner)
    }
}

fn jittered(pause: Duration) -> Duration {
    let mut random = [0];
    // Without randomness the pause is whole.
    let _ = getrandom::fill(&mut random);
    pause.mul_f64(1.0 - f64::from(random[0]) / 512.0)
}

/// How long to wait before the next try, if one may go better in the time that is `left`: for
/// `pause`, or for as long as the shop says.
fn before_next(
    answer: &Result<Answer, Failure>,
    pause: Duration,
    left: Duration,
) -> Option<Duration> {
    let pause = match answer {
        Err(Failure::NoConnection) => pause,
        Err(_) => return None,
        Ok(answer) => match answer.retry_after {
            Some(asked) if is_put_off(answer.status) => asked.max(pause),
            _ if answer.status.is_server_error() => pause,
            _ => return None,
        },
    };
    (pause < left).then_some(pause)
}

/// Whether whoever asks is to come again later.
fn is_put_off(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    )
}

/// What an answer of another status than 200 says, where the shop doesn't say more.
pub fn refusal(status: StatusCode) -> SourceTrouble {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => SourceTrouble::WrongKey,
        StatusCode::TOO_MANY_REQUESTS => SourceTrouble::TooManyCalls,
        status if status.is_server_error() => SourceTrouble::Failing,
        status if status.is_redirection() => SourceTrouble::Redirected,
        _ => SourceTrouble::NotThisShop,
    }
}

/// A secret as the value of a header.
///
/// # Errors
/// If it can't be sent.
pub fn secret(text: &str) -> Result<HeaderValue, SourceTrouble> {
    let mut value = HeaderValue::from_str(text).map_err(|_| SourceTrouble::WrongKey)?;
    value.set_sensitive(true);
    Ok(value)
}

/// HTTP Basic.
///
/// # Errors
/// See [`secret`].
pub fn basic(user: &str, password: &str) -> Result<HeaderValue, SourceTrouble> {
    let both = STANDARD.encode(format!("{user}:{password}"));
    secret(&format!("Basic {both}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn answered(status: StatusCode, retry_after: Option<u64>) -> Result<Answer, Failure> {
        Ok(Answer {
            status,
            body: Vec::new(),
            headers: HeaderMap::new(),
            retry_after: retry_after.map(Duration::from_secs),
        })
    }

    #[test]
    fn a_try_waits_as_long_as_the_shop_says_or_is_not_made() {
        let (pause, left) = (Duration::from_millis(300), Duration::from_secs(4));
        let (busy, full) = (
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
        );
        for (answer, expected) in [
            (Err(Failure::NoConnection), Some(pause)),
            (Err(Failure::TimedOut), None),
            (answered(StatusCode::OK, None), None),
            (
                answered(StatusCode::INTERNAL_SERVER_ERROR, None),
                Some(pause),
            ),
            (answered(busy, None), Some(pause)),
            (answered(busy, Some(0)), Some(pause)),
            (answered(busy, Some(2)), Some(Duration::from_secs(2))),
            (answered(busy, Some(4)), None),
            // When to come again it doesn't say.
            (answered(full, None), None),
            (answered(full, Some(2)), Some(Duration::from_secs(2))),
            (answered(full, Some(90)), None),
            // Said of something else.
            (answered(StatusCode::NOT_FOUND, Some(2)), None),
        ] {
            assert_eq!(before_next(&answer, pause, left), expected, "{answer:?}");
        }
    }
}
