//! Requests to shops: a few at a time, tried again where that may help, and their refusals worded.

use crate::outgoing::{Answer, Failure};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order_source::SourceTrouble;
use reqwest::{StatusCode, header::HeaderValue};
use std::time::Duration;
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
pub struct Calls(Semaphore);

impl Calls {
    pub fn new() -> Self {
        Self(Semaphore::new(AT_ONCE))
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
        let _turn = self.0.acquire().await;
        let until = Instant::now() + WITHIN;
        let mut answer = ask().await;
        for pause in PAUSES {
            if !may_pass(&answer) {
                break;
            }
            let again = async {
                sleep(jittered(pause)).await;
                ask().await
            };
            match timeout_at(until, again).await {
                Ok(next) => answer = next,
                // What went wrong before says more.
                Err(_) => break,
            }
        }
        answer.map_err(SourceTrouble::from)
    }
}

fn jittered(pause: Duration) -> Duration {
    let mut random = [0];
    // Without randomness the pause is whole.
    let _ = getrandom::fill(&mut random);
    pause.mul_f64(1.0 - f64::from(random[0]) / 512.0)
}

/// Whether another try may go better.
fn may_pass(answer: &Result<Answer, Failure>) -> bool {
    match answer {
        Ok(answer) => answer.status.is_server_error(),
        Err(failure) => *failure == Failure::NoConnection,
    }
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
