//! Browsers that are told something while no page is open (RFC 8030): which they are, and how a
//! message gets there. Only the browser can read it (RFC 8291), and its push service knows who
//! sends it (RFC 8292).
//!
//! A subscription ends with the session that it was made in. A browser's push service is wherever
//! the browser says; requests to it go out as all others to addresses that somebody gives.

mod keys;
pub(crate) mod queries;
mod vapid;

use crate::{
    Ctx,
    access::User,
    error::{Error, Noun, Result},
    outgoing::Failure,
    tokens,
};
use domain::{
    ids::PushSubscriptionId,
    push::{PushMessage, PushTarget, SUBSCRIPTIONS_MAX, Tried, no_target},
};
use keys::Keys;
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use std::time::Duration;

/// How long a push service keeps a message for a browser that isn't there: by then the mail has
/// come, and whoever waited has gone.
const KEPT_FOR: Duration = Duration::from_secs(60 * 60);
/// Longest that a push service may put us off.
const PUT_OFF_MAX: Duration = Duration::from_secs(60 * 60);
/// Bytes of a push service's answer that are read: its status says all, and the rest may never
/// come.
const READ_MAX: usize = 0;

const TTL: HeaderName = HeaderName::from_static("ttl");
const URGENCY: HeaderName = HeaderName::from_static("urgency");
const TOPIC: HeaderName = HeaderName::from_static("topic");

/// The key by which push services know this installation, as browsers want it: a point of P-256
/// in base64url.
///
/// # Errors
/// If there is no such key, which doesn't happen.
pub fn public_key(ctx: &Ctx) -> Result<String> {
    Ok(vapid::public(&vapid::key(ctx.secret())?))
}

/// Tells the browser of this session from now on. What it was told by before is forgotten, and so
/// is what another session had with the same browser.
///
/// # Errors
/// [`Error::Invalid`] if nothing can be sent there; [`Error::RateLimited`]; [`Error::NotFound`] if
/// the session has ended.
pub async fn subscribe(ctx: &Ctx, user: &User, token: &str, target: PushTarget) -> Result<()> {
    ctx.limits().push.check(user.id.to_string()).await?;
    ctx.outgoing()
        .endpoint(&target.endpoint)
        .map_err(|_| no_target())?;
    Keys::of(&target).ok_or_else(no_target)?;
    let (user_id, now, session) = (user.id, ctx.now(), tokens::hash(token));
    let row = queries::NewSubscription {
        id: PushSubscriptionId::generate(),
        user_id,
        session,
        target,
    };
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::forget_like(tx.connection, &row).await?;
                if !queries::insert(tx.connection, &row, now).await? {
                    return Err(Error::NotFound(Noun::Session));
                }
                queries::forget_beyond(tx.connection, user_id, SUBSCRIPTIONS_MAX).await
            })
        })
        .await
}

/// Tells the browser of this session nothing more.
///
/// # Errors
/// If the database fails.
pub async fn unsubscribe(ctx: &Ctx, token: &str) -> Result<()> {
    let session = tokens::hash(token);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move { queries::forget_session(tx.connection, &session).await })
        })
        .await
}

/// Whether the browser of this session is told.
///
/// # Errors
/// If the database fails.
pub async fn is_on(ctx: &Ctx, token: &str) -> Result<bool> {
    let mut connection = ctx.db().read().await?;
    let stored = queries::of_session(&mut connection, &tokens::hash(token)).await?;
    Ok(stored.is_some())
}

/// Sends the browser of this session a message, to see whether one arrives.
///
/// # Errors
/// [`Error::NotFound`] if it isn't told anything; [`Error::RateLimited`].
pub async fn try_out(ctx: &Ctx, user: &User, token: &str) -> Result<Tried> {
    ctx.limits().push.check(user.id.to_string()).await?;
    let stored = {
        let mut connection = ctx.db().read().await?;
        queries::of_session(&mut connection, &tokens::hash(token)).await?
    };
    let (id, target) = stored.ok_or(Error::NotFound(Noun::Session))?;
    let message = PushMessage {
        title: "Notifications work here".to_owned(),
        body: "This is how you hear that a shopper waits too long.".to_owned(),
        url: "/account".to_owned(),
        tag: "shopdesk.tried".to_owned(),
    };
    Ok(match send(ctx, &target, &message).await? {
        Sent::Taken => Tried::Taken,
        Sent::Gone => {
            forget(ctx, id).await?;
            Tried::Gone
        }
        Sent::Later(_) => Tried::Unreachable,
        Sent::Refused => Tried::Refused,
    })
}

async fn forget(ctx: &Ctx, id: PushSubscriptionId) -> Result<()> {
    ctx.db()
        .write(move |tx| Box::pin(async move { queries::forget(tx.connection, id).await }))
        .await
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The push service has it.
    Taken,
    /// The browser can't be told any more.
    Gone,
    /// Not now; the push service may say for how long.
    Later(Option<Duration>),
    /// It will never be taken.
    Refused,
}

/// Sends one message.
///
/// # Errors
/// If it can't be written or encrypted.
pub(crate) async fn send(ctx: &Ctx, target: &PushTarget, message: &PushMessage) -> Result<Sent> {
    // What was allowed when it was stored may not be any more.
    let (Ok(url), Some(keys)) = (ctx.outgoing().endpoint(&target.endpoint), Keys::of(target))
    else {
        return Ok(Sent::Gone);
    };
    let text = serde_json::to_vec(message)
        .map_err(|error| Error::Internal(format!("a push message: {error}")))?;
    let sealed = web_push_native::encrypt(text, &keys.p256dh, &keys.auth.into())
        .map_err(|error| Error::Internal(format!("a push message: {error}")))?;
    let key = vapid::key(ctx.secret())?;
    let signed = vapid::header(&key, &url, ctx.public_url(), ctx.now())?;
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, signed);
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(TTL, HeaderValue::from(KEPT_FOR.as_secs()));
    headers.insert(URGENCY, HeaderValue::from_static("high"));
    // Of those with one tag that wait for the browser the last one is enough (RFC 8030, 5.4).
    // Letters and digits alone, at most 32.
    let topic: String = message
        .tag
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(32)
        .collect();
    headers.extend(
        HeaderValue::try_from(topic)
            .ok()
            .map(|topic| (TOPIC, topic)),
    );
    let asked = ctx.outgoing().deliver(url, headers, sealed, READ_MAX).await;
    Ok(match asked {
        Ok(answer) => {
            let sent = what_became(answer.status);
            if !matches!(sent, Sent::Taken | Sent::Gone) {
                tracing::warn!(
                    status = answer.status.as_u16(),
                    "a push service did not take a message"
                );
            }
            match sent {
                Sent::Later(_) => {
                    Sent::Later(answer.retry_after.map(|pause| pause.min(PUT_OFF_MAX)))
                }
                sent => sent,
            }
        }
        Err(Failure::PrivateAddress) => Sent::Gone,
        Err(failure) => {
            tracing::warn!(?failure, "a push service can't be reached");
            Sent::Later(None)
        }
    })
}

/// What a push service's answer means (RFC 8030, 5 and 7.3; RFC 8292, 4.2).
fn what_became(status: StatusCode) -> Sent {
    match status.as_u16() {
        200..=299 => Sent::Taken,
        404 | 410 => Sent::Gone,
        408 | 429 | 500..=599 => Sent::Later(None),
        _ => Sent::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_push_service_answers_decides_what_follows() {
        let became = |status| what_became(StatusCode::from_u16(status).expect("a status"));
        for status in [200, 201, 202, 204] {
            assert_eq!(became(status), Sent::Taken, "{status}");
        }
        for status in [404, 410] {
            assert_eq!(became(status), Sent::Gone, "{status}");
        }
        for status in [408, 429, 500, 503] {
            assert_eq!(became(status), Sent::Later(None), "{status}");
        }
        // A redirect is followed nowhere: it would carry the signature there. Who refuses the
        // signature may mean this server's clock or public address, not the browser.
        for status in [301, 307, 400, 401, 403, 413] {
            assert_eq!(became(status), Sent::Refused, "{status}");
        }
    }
}
