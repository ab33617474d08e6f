//! Requests to shops: tried once more where that may help, and their refusals worded.

use crate::outgoing::{Answer, Failure};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order_source::SourceTrouble;
use reqwest::{StatusCode, header::HeaderValue};
use std::time::Duration;

/// The pause before a call that failed is tried once more.
const PAUSE: Duration = Duration::from_millis(250);

/// The answer to a request that changes nothing, and so may be sent twice.
///
/// # Errors
/// If there is none at the second try either.
pub async fn answer<F: Future<Output = Result<Answer, Failure>>>(
    ask: impl Fn() -> F,
) -> Result<Answer, SourceTrouble> {
    let mut answer = ask().await;
    if may_pass(&answer) {
        tokio::time::sleep(PAUSE).await;
        answer = ask().await;
    }
    answer.map_err(SourceTrouble::from)
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
