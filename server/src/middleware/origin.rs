//! Requests that act with a session cookie must come from our own pages.

use crate::{http::error::ApiError, state::Door};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::{Cause, Forbidden};

const FORWARDED_HOST: &str = "x-forwarded-host";

/// Refuses state-changing requests from other origins. Browsers always name
/// the origin of a cross-site POST; clients that name none bring no cookie
/// that somebody else could ride on.
pub async fn same_origin(State(door): State<Door>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers(), door) {
        return next.run(request).await;
    }
    foreign_origin().into_response()
}

/// Whether the request names no origin, or the one it was sent to. Behind a
/// proxy that is the one the proxy was asked for, if it says so.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap, door: Door) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let named = |name| {
        headers
            .get(name)
            .and_then(|host: &HeaderValue| host.to_str().ok())
    };
    let host = named(FORWARDED_HOST)
        .filter(|_| door.trust_proxy)
        .or_else(|| named("host"));
    let origin_host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, host)| host);
    matches!((origin_host, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

/// What a page of another origin is told.
#[must_use]
pub fn foreign_origin() -> impl IntoResponse {
    ApiError::from(Cause::Forbidden(Forbidden::ForeignOrigin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_origin_passes() {
        let same = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::HOST,
                HeaderValue::from_static("shop.example.com:3000"),
            );
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            is_same_origin(&headers, Door::default())
        };
        assert!(same(None));
        assert!(same(Some("http://shop.example.com:3000")));
        assert!(same(Some("https://SHOP.example.com:3000")));
        for foreign in [
            "null",
            "http://shop.example.com",
            "https://evil.test",
            "https://shop.example.com:3000.evil.test",
            "",
        ] {
            assert!(!same(Some(foreign)), "{foreign}");
        }
    }

    #[test]
    fn a_proxy_is_believed_only_if_there_is_one() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:3000"));
        headers.insert(
            FORWARDED_HOST,
            HeaderValue::from_static("support.example.com"),
        );
        headers.insert(
            header::ORIGIN,
            HeaderValue::from_static("https://support.example.com"),
        );
        let trusting = Door {
            trust_proxy: true,
            ..Door::default()
        };
        assert!(is_same_origin(&headers, trusting));
        assert!(!is_same_origin(&headers, Door::default()));
    }
}
