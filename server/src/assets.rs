//! Files that are part of the executable: both front ends, the loader, the
//! demo shop. They were compressed when they were built, and are sent from
//! where they lie. A build without optimisation reads them from the folders
//! that they were built into, so that a change needs no new executable.

use axum::{
    body::{Body, Bytes},
    extract::{Path, Query},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    borrow::{Borrow, Cow},
    sync::LazyLock,
};

/// The dashboard's site, `dist/app`.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist/app"]
#[exclude = "*.d.ts"]
#[allow_missing = true]
struct Dashboard;

/// The chat window and the built loader, `dist/widget`.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist/widget"]
#[exclude = "*.d.ts"]
#[allow_missing = true]
struct Widget;

/// The demo shop.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/demo"]
#[allow_missing = true]
struct Demo;

/// The loader as it is written: for a chat window that `cargo leptos` built.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../widget/loader"]
struct LoaderSource;

/// What stands in the written loader for the version of the widget's files.
const VERSION_PLACEHOLDER: &str = "__BUILD__";
/// The loader itself has a fixed address: a new version is seen soon.
const LOADER_CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";
/// A file whose address changes with its content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Anything else is asked for again, and mostly answered with 304.
const REVALIDATE: &str = "public, no-cache";

/// `?v=VERSION`, by which an address changes with its content.
#[derive(Debug, Deserialize)]
pub struct Version {
    v: Option<String>,
}

impl Version {
    fn cache(&self, current: &str) -> &'static str {
        if self.v.as_deref() == Some(current) {
            IMMUTABLE
        } else {
            REVALIDATE
        }
    }
}

/// `GET /widget.js`
pub async fn loader(headers: HeaderMap) -> Response {
    let served = match built_loader() {
        Some(file) => Served::of::<Widget>("loader.js", file, LOADER_CACHE),
        None => match written_loader() {
            Some(script) => Served::plain("loader.js", script, LOADER_CACHE),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    for_any_page(served.respond(&headers))
}

/// The loader that was built with the chat window that is there now.
fn built_loader() -> Option<EmbeddedFile> {
    Widget::get("loader.js").filter(|file| {
        let version = widget_version();
        file.data
            .windows(version.len())
            .any(|bytes| bytes == version.as_bytes())
    })
}

fn written_loader() -> Option<Vec<u8>> {
    let file = LoaderSource::get("loader.js")?;
    let script =
        String::from_utf8_lossy(&file.data).replace(VERSION_PLACEHOLDER, &widget_version());
    Some(script.into_bytes())
}

/// `GET /widget/{file}`
pub async fn widget(
    Path(file): Path<String>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Response {
    let cache = version.cache(&widget_version());
    for_any_page(respond::<Widget>(
        &format!("widget/{file}"),
        cache,
        &headers,
    ))
}

/// `GET /pkg/{file}`
pub async fn package(
    Path(file): Path<String>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Response {
    let cache = version.cache(&dashboard_version());
    respond::<Dashboard>(&format!("pkg/{file}"), cache, &headers)
}

/// `GET /pkg/{version}/{file}`: the files that name one another. They only fit those that they
/// were built with, so nothing is sent in place of another version.
pub async fn package_of(
    Path((version, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if version != dashboard_version() {
        return StatusCode::NOT_FOUND.into_response();
    }
    respond::<Dashboard>(&format!("pkg/{file}"), IMMUTABLE, &headers)
}

/// `GET /fonts/{file}`
pub async fn font(Path(file): Path<String>, headers: HeaderMap) -> Response {
    respond::<Dashboard>(&format!("fonts/{file}"), IMMUTABLE, &headers)
}

/// `GET /favicon.svg`
pub async fn favicon(headers: HeaderMap) -> Response {
    respond::<Dashboard>("favicon.svg", REVALIDATE, &headers)
}

/// `GET /icons/{file}`
pub async fn icon(Path(file): Path<String>, headers: HeaderMap) -> Response {
    respond::<Dashboard>(&format!("icons/{file}"), REVALIDATE, &headers)
}

/// `GET /manifest.webmanifest`: what the dashboard is called and looks like where somebody
/// installs it.
pub async fn manifest(headers: HeaderMap) -> Response {
    respond::<Dashboard>("manifest.webmanifest", REVALIDATE, &headers)
}

/// `GET /push-worker.js`: what shows notifications while no page is open. Its address says that
/// it may do so for all pages.
pub async fn push_worker(headers: HeaderMap) -> Response {
    respond::<Dashboard>("push-worker.js", REVALIDATE, &headers)
}

/// A file of the demo shop.
#[must_use]
pub fn demo(file: &str, headers: &HeaderMap) -> Response {
    respond::<Demo>(file, REVALIDATE, headers)
}

/// Whether both front ends are part of this executable.
#[must_use]
pub fn front_ends_present() -> bool {
    Dashboard::iter().any(|file| file.ends_with(".wasm"))
        && Widget::iter().any(|file| file.ends_with(".wasm"))
}

/// Sizes of what a shopper's browser loads, brotli-compressed, in bytes:
/// the loader, and everything from there to an open chat. Zero for what was
/// built without compressed forms.
#[must_use]
pub fn widget_sizes() -> (usize, usize) {
    let size = |name: &str| Widget::get(name).map_or(0, |file| file.data.len());
    let chat = Widget::iter().filter(|name| name.starts_with("widget/") && name.ends_with(".br"));
    (size("loader.js.br"), chat.map(|name| size(&name)).sum())
}

/// Changes whenever a file of the dashboard does; part of their addresses.
#[must_use]
pub fn dashboard_version() -> Cow<'static, str> {
    static VERSION: LazyLock<String> = LazyLock::new(|| version::<Dashboard>("pkg/"));
    current(&VERSION, || version::<Dashboard>("pkg/"))
}

/// What a page of the dashboard names.
#[must_use]
pub fn dashboard_files() -> Cow<'static, app::Files> {
    static FILES: LazyLock<app::Files> = LazyLock::new(read_dashboard_files);
    current(&FILES, read_dashboard_files)
}

fn read_dashboard_files() -> app::Files {
    // Written by what splits the WebAssembly.
    let areas = Dashboard::get("pkg/__wasm_split_manifest.json");
    app::Files {
        version: version::<Dashboard>("pkg/"),
        areas: areas
            .and_then(|file| serde_json::from_slice(&file.data).ok())
            .unwrap_or_default(),
    }
}

/// Changes whenever a file of the chat window does; part of their addresses.
fn widget_version() -> Cow<'static, str> {
    static VERSION: LazyLock<String> = LazyLock::new(|| version::<Widget>("widget/"));
    current(&VERSION, || version::<Widget>("widget/"))
}

/// What is embedded stays as it is; what is read from disk may change.
fn current<Of>(
    embedded: &'static LazyLock<Of::Owned>,
    on_disk: impl FnOnce() -> Of::Owned,
) -> Cow<'static, Of>
where
    Of: ToOwned<Owned: 'static> + ?Sized,
{
    if cfg!(debug_assertions) {
        Cow::Owned(on_disk())
    } else {
        Cow::Borrowed(LazyLock::force(embedded).borrow())
    }
}

/// The version of the files in `folder`, their compressed forms left out. The
/// same as scripts/compress.mjs writes into the loader.
fn version<Files: RustEmbed>(folder: &str) -> String {
    let mut names: Vec<_> = Files::iter()
        .filter(|name| name.starts_with(folder) && !is_compressed_form(name))
        .collect();
    names.sort_unstable();
    let mut hasher = Sha256::new();
    for file in names.iter().filter_map(|name| Files::get(name)) {
        hasher.update(file.metadata.sha256_hash());
    }
    URL_SAFE_NO_PAD.encode(&hasher.finalize()[..9])
}

fn is_compressed_form(name: &str) -> bool {
    Encoding::ALL
        .iter()
        .any(|encoding| name.ends_with(encoding.ending()))
}

/// The widget's files are loaded by shops' pages.
fn for_any_page(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
    response
}

fn respond<Files: RustEmbed>(name: &str, cache: &'static str, headers: &HeaderMap) -> Response {
    match Files::get(name).filter(|_| !is_compressed_form(name)) {
        Some(file) => Served::of::<Files>(name, file, cache).respond(headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file on its way out.
struct Served<'a> {
    name: &'a str,
    hash: [u8; 32],
    bytes: Bytes,
    compressed: [Option<Bytes>; Encoding::ALL.len()],
    cache: &'static str,
}

impl<'a> Served<'a> {
    /// A file of `Files`, with the compressed forms that lie beside it.
    fn of<Files: RustEmbed>(name: &'a str, file: EmbeddedFile, cache: &'static str) -> Self {
        let beside = |encoding: Encoding| {
            let file = Files::get(&format!("{name}{}", encoding.ending()))?;
            Some(bytes(file.data))
        };
        Self {
            name,
            hash: file.metadata.sha256_hash(),
            bytes: bytes(file.data),
            compressed: Encoding::ALL.map(beside),
            cache,
        }
    }

    /// A file that has no other form.
    fn plain(name: &'a str, content: Vec<u8>, cache: &'static str) -> Self {
        Self {
            name,
            hash: Sha256::digest(&content).into(),
            bytes: content.into(),
            compressed: Encoding::ALL.map(|_| None),
            cache,
        }
    }

    fn respond(self, headers: &HeaderMap) -> Response {
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&self.hash[..12]));
        let unchanged = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|tags| {
                tags.split(',')
                    .any(|tag| tag.trim().trim_start_matches("W/") == etag)
            });
        let mut response = Response::builder()
            .header(header::ETAG, etag)
            .header(header::CACHE_CONTROL, self.cache)
            .header(header::VARY, "accept-encoding");
        if unchanged {
            response = response.status(StatusCode::NOT_MODIFIED);
            return response.body(Body::empty()).unwrap_or_default();
        }
        response = response.header(header::CONTENT_TYPE, content_type(self.name));
        let accepted = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let best = Encoding::ALL
            .into_iter()
            .zip(self.compressed)
            .filter(|(encoding, _)| encoding.is_accepted(accepted))
            .find_map(|(encoding, bytes)| Some((encoding, bytes?)));
        let body = match best {
            Some((encoding, compressed)) => {
                response = response.header(header::CONTENT_ENCODING, encoding.name());
                compressed
            }
            None => self.bytes,
        };
        response.body(Body::from(body)).unwrap_or_default()
    }
}

/// Embedded bytes are sent from where they are.
fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(embedded) => Bytes::from_static(embedded),
        Cow::Owned(read) => Bytes::from(read),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// All of them, the best first. Browsers take brotli over TLS only.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the name of such a form ends with.
    fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }

    /// Whether an `Accept-Encoding` allows it.
    fn is_accepted(self, accepted: &str) -> bool {
        accepted.split(',').any(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let is_named = parts.next() == Some(self.name());
            let is_refused = |part: &str| {
                part.strip_prefix("q=")
                    .is_some_and(|weight| weight.parse() == Ok(0.0))
            };
            is_named && !parts.any(is_refused)
        })
    }
}

fn content_type(name: &str) -> String {
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    if mime.type_() == "text" {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(header: &str) -> Vec<Encoding> {
        let mut encodings = Encoding::ALL.to_vec();
        encodings.retain(|encoding| encoding.is_accepted(header));
        encodings
    }

    #[test]
    fn only_an_accepted_encoding_is_taken() {
        assert_eq!(accepted("gzip, deflate, br"), Encoding::ALL);
        assert_eq!(accepted("br;q=0, gzip;q=0.5"), [Encoding::Gzip]);
        assert_eq!(accepted("br;q=0.000"), []);
        assert_eq!(accepted("brotli"), []);
    }

    #[test]
    fn the_built_loader_asks_for_the_files_that_are_there() {
        assert!(
            built_loader().is_some(),
            "build the front ends first: ./dev test fronts"
        );
    }
}
