//! The demo shop: a stranger's page, as far as the widget knows.

use crate::assets;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

/// As strict as a careful shop's policy: our origin, and WebAssembly.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
);

/// `GET /demo`
pub async fn shop(headers: HeaderMap) -> Response {
    page("index.html", &headers)
}

/// `GET /demo/checkout`
pub async fn checkout(headers: HeaderMap) -> Response {
    page("checkout.html", &headers)
}

/// `GET /demo/assets/{file}`
pub async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    assets::demo(&file, &headers)
}

fn page(file: &str, headers: &HeaderMap) -> Response {
    let mut response = assets::demo(file, headers);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}
