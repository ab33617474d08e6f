//! What `#[server]` bodies and pages say to the browser beside their answer:
//! a status, a cookie, a policy.

use crate::addresses;
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum_extra::extract::cookie::Cookie;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Gives the response a problem's status. A page keeps 200 where it only
/// lacks a part, unless waiting helps, and a plain form post is redirected back
/// to its page.
pub fn answer_with_status(status: u16) {
    let page = page_path().is_some();
    if accepts_html() && !(page && matches!(status, 404 | 503)) {
        return;
    }
    if let (Some(response), Ok(status)) = (
        use_context::<ResponseOptions>(),
        StatusCode::from_u16(status),
    ) {
        response.set_status(status);
    }
}

/// Says when it is worth while to ask again.
pub fn retry_after(seconds: u64) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Sends a cookie with the response.
pub fn set_cookie(cookie: &Cookie<'_>) {
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&cookie.to_string()),
    ) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// The response is kept nowhere: it shows what only its reader may see, and once.
pub fn keep_nowhere() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The response's policy for scripts, styles and frames, with the nonce that
/// leptos gives its own inline scripts. Pictures come from the merchants' shops, too.
pub fn send_content_security_policy() {
    let (Some(response), Some(nonce)) =
        (use_context::<ResponseOptions>(), leptos::nonce::use_nonce())
    else {
        return;
    };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: https:; \
         frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// Path and query of the page being rendered; `None` in a call by the browser.
pub fn page_path() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let path = parts.uri.path_and_query()?.as_str();
    (!path.starts_with(addresses::API)).then(|| path.to_owned())
}

fn accepts_html() -> bool {
    use_context::<Parts>()
        .and_then(|parts| {
            parts
                .headers
                .get(header::ACCEPT)?
                .to_str()
                .ok()
                .map(str::to_owned)
        })
        .is_some_and(|accept| accept.contains("text/html"))
}
