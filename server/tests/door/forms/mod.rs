//! The dashboard's server functions and pages, called as browsers call them:
//! by fetch once the page is hydrated, by plain form posts before.

use crate::common::{Reply, TestServer};
use domain::settings::Section;
use reqwest::RequestBuilder;
use serde_json::Value;

/// A form's fields.
pub type Fields = Vec<(String, String)>;

/// What browsers say when they load a page or send a plain form.
const ACCEPT_HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// `fields` as the body of a form.
pub fn encoded(fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let url = reqwest::Url::parse_with_params("http://form/", fields).expect("a query");
    url.query().unwrap_or_default().to_owned()
}

/// The fields of a form, from pairs.
pub fn fields<const N: usize>(pairs: [(&str, &str); N]) -> Fields {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Every setting of a section as the field that the dashboard sends, with the
/// version that the dashboard has read.
pub fn section_fields(section: impl Into<Section>, version: i64) -> Fields {
    let section = section.into();
    let name = section.name().as_str();
    let json = section.to_json().expect("JSON");
    let settings: serde_json::Map<_, _> = serde_json::from_str(&json).expect("an object");
    let plain = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut fields = Fields::from([("version".to_owned(), version.to_string())]);
    for (field, value) in &settings {
        match value {
            Value::Array(values) => {
                for (at, value) in values.iter().enumerate() {
                    fields.push((format!("section[{name}][{field}][{at}]"), plain(value)));
                }
            }
            // What isn't there is left out, as browsers' scripts do.
            Value::Null => {}
            value => fields.push((format!("section[{name}][{field}]"), plain(value))),
        }
    }
    fields
}

/// A request to the server function at `path`, below `/api/app/`.
pub fn request(
    server: &TestServer,
    cookie: &str,
    path: &str,
    fields: &[(impl AsRef<str>, impl AsRef<str>)],
) -> RequestBuilder {
    let address = server.url(&format!("/api/app/{path}"));
    let request = server
        .http
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded");
    with_cookie(request, cookie).body(encoded(fields))
}

/// Calls a server function by fetch.
pub async fn call(
    server: &TestServer,
    cookie: &str,
    path: &str,
    fields: &[(impl AsRef<str>, impl AsRef<str>)],
) -> Reply {
    Reply::to(request(server, cookie, path, fields).header("accept", "application/json")).await
}

/// Sends the plain form that stands on the page `from`.
pub async fn send_form(
    server: &TestServer,
    cookie: &str,
    path: &str,
    fields: &[(impl AsRef<str>, impl AsRef<str>)],
    from: &str,
) -> Reply {
    let request = request(server, cookie, path, fields)
        .header("accept", ACCEPT_HTML)
        .header("origin", server.url(""))
        .header("referer", server.url(from));
    Reply::to(request).await
}

/// Loads a page.
pub async fn page(server: &TestServer, cookie: &str, path: &str) -> Reply {
    let request = server
        .http
        .get(server.url(path))
        .header("accept", ACCEPT_HTML);
    Reply::to(with_cookie(request, cookie)).await
}

/// `shopdesk_session=…` of a reply that begins a session.
pub fn session_of(reply: &Reply) -> String {
    let cookie = reply.header("set-cookie");
    cookie.split(';').next().expect("a pair").to_owned()
}

fn with_cookie(request: RequestBuilder, cookie: &str) -> RequestBuilder {
    if cookie.is_empty() {
        request
    } else {
        request.header("cookie", cookie)
    }
}
