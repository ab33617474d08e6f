//! What the log says of requests: every line of one carries its id.

use app::RequestSpan;
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use domain::ids::ConversationId;
use std::{
    pin::Pin,
    time::{Duration, Instant},
};
use tracing::{Instrument, Span, error_span};

const REQUEST_ID: &str = "x-request-id";
/// Longest id that is taken from a proxy.
const ID_MAX: usize = 64;

/// Gives the request an id and a span, sends the id back, and writes one line
/// when it is answered (target `access`). A route is logged as its template: an
/// address may hold ids, and its query anything.
pub async fn log(trust_proxy: bool, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let given = given_id(request.headers()).filter(|_| trust_proxy);
    let id = given.unwrap_or_else(new_id);
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str);
    // Whatever is filtered, what is left has its request.
    let span = error_span!(
        "request",
        request.id = id,
        http.method = %request.method(),
        http.route = route,
        conversation.id = conversation(request.uri().path()).map(tracing::field::display),
    );
    request.extensions_mut().insert(RequestSpan(span.clone()));
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| answered(response.status(), began.elapsed()));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn answered(status: StatusCode, took: Duration) {
    tracing::info!(
        target: "access",
        status = status.as_u16(),
        milliseconds = milliseconds(took),
        "answered"
    );
}

/// A WebSocket, in the log: it lives on when its request has been answered.
pub struct SocketLog {
    span: Span,
    began: Instant,
}

impl SocketLog {
    /// The one of the request that is being answered.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            span: Span::current(),
            began: Instant::now(),
        }
    }

    /// Runs `socket` in the request's span, and writes a line at its end.
    pub fn until_end_of(
        self,
        socket: impl Future<Output = ()> + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let Self { span, began } = self;
        Box::pin(
            async move {
                socket.await;
                tracing::info!(
                    target: "access",
                    milliseconds = milliseconds(began.elapsed()),
                    "socket closed"
                );
            }
            .instrument(span),
        )
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The id that the proxy has given the request, if it is one that a log can
/// hold.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_sane = (1..=ID_MAX).contains(&id.len()) && id.bytes().all(is_plain);
    is_sane.then(|| id.to_owned())
}

/// The conversation that an address names.
fn conversation(path: &str) -> Option<ConversationId> {
    let mut segments = path.split('/');
    segments.find(|segment| ["conversations", "inbox"].contains(segment))?;
    segments.next()?.parse().ok()
}

fn new_id() -> String {
    // Without randomness nothing else works either.
    backend::tokens::random::<12>().unwrap_or_else(|_| "none".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_if_it_is_short_and_plain() {
        let given = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(id).expect("a value"));
            given_id(&headers)
        };
        let longest = "x".repeat(ID_MAX);
        for good in ["7", "0194c1e2-7d3b", "a_b.c", &longest] {
            assert_eq!(given(good).as_deref(), Some(good));
        }
        let too_long = "x".repeat(ID_MAX + 1);
        for bad in ["", "two words", "a=b", "\"quoted\"", &too_long] {
            assert_eq!(given(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_conversation_is_named_by_its_address_alone() {
        let id = "0194c1e2-7d3b-7000-8000-000000000001";
        let named = |path: &str| conversation(path).map(|id| id.to_string());
        for path in ["/widget/v1/conversations/{}/messages", "/stores/x/inbox/{}"] {
            let path = path.replace("{}", id);
            assert_eq!(named(&path).as_deref(), Some(id), "{path}");
        }
        for path in ["/", "/widget/v1/conversations/", "/stores/x/inbox/open"] {
            assert_eq!(named(path), None, "{path}");
        }
    }
}
