//! Requests that act with a session cookie must come from our own pages.

use crate::http::error::refusal;
use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::problem::Problem;

/// Refuses state-changing requests from other origins. Browsers always name
/// the origin of a cross-site POST; clients that name none bring no cookie
/// that somebody else could ride on.
pub async fn same_origin(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    foreign_origin().into_response()
}

/// Whether the request names no origin, or the one it was sent to.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
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
    refusal(Problem {
        kind: "/problems/foreign-origin".to_owned(),
        title: "Not allowed".to_owned(),
        status: 403,
        detail: "This request came from another website and was refused. Please use the dashboard's own pages.".to_owned(),
        field: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

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
            is_same_origin(&headers)
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
}
