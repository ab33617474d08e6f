//! Files that are part of the executable: both front ends, the loader, the
//! demo shop. A build without optimisation reads them from the folders that
//! `cargo leptos` writes to, so that a change needs no new executable.

use axum::{
    body::Body,
    extract::{Path, Query},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    borrow::Cow,
    collections::HashMap,
    io::Write,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// The dashboard's site, as built by `cargo leptos build --project app`.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist/app"]
#[exclude = "*.d.ts"]
#[allow_missing = true]
struct Dashboard;

/// The widget's files, as built by `cargo leptos build --project widget`.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist/widget/widget"]
#[exclude = "*.d.ts"]
#[allow_missing = true]
struct Widget;

/// The demo shop.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/demo"]
#[allow_missing = true]
struct Demo;

/// The hand-written loader.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../widget/loader"]
struct Loader;

/// What stands in the loader for the hash of the widget's files.
const BUILD_PLACEHOLDER: &str = "__BUILD__";
/// The loader itself has a fixed address: a new version is seen soon.
const LOADER_CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";
/// A file whose address changes with its content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Anything else is asked for again, and mostly answered with 304.
const REVALIDATE: &str = "public, no-cache";
/// Files below this size, in bytes, aren't worth compressing.
const COMPRESS_FROM: usize = 1_000;

/// `?v=HASH`, by which an address changes with its content.
#[derive(Debug, Deserialize)]
pub struct Version {
    v: Option<String>,
}

/// `GET /widget.js`
pub async fn loader(headers: HeaderMap) -> Response {
    let Some(bytes) = loader_script() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let served = Served {
        name: "widget.js",
        bytes,
        cache: LOADER_CACHE,
    };
    for_any_page(served.respond(&headers))
}

/// The loader, with the hash of the widget's files in it.
fn loader_script() -> Option<Cow<'static, [u8]>> {
    let file = Loader::get("loader.js")?;
    let script = String::from_utf8_lossy(&file.data).replace(BUILD_PLACEHOLDER, &widget_hash());
    Some(Cow::Owned(script.into_bytes()))
}

/// `GET /widget/{file}`
pub async fn widget(
    Path(file): Path<String>,
    Query(version): Query<Version>,
    headers: HeaderMap,
) -> Response {
    let cache = if version.v == Some(widget_hash()) {
        IMMUTABLE
    } else {
        REVALIDATE
    };
    for_any_page(respond(Widget::get(&file), &file, cache, &headers))
}

/// `GET /pkg/{file}`
pub async fn package(Path(file): Path<String>, headers: HeaderMap) -> Response {
    respond(
        Dashboard::get(&format!("pkg/{file}")),
        &file,
        REVALIDATE,
        &headers,
    )
}

/// `GET /fonts/{file}`
pub async fn font(Path(file): Path<String>, headers: HeaderMap) -> Response {
    respond(
        Dashboard::get(&format!("fonts/{file}")),
        &file,
        IMMUTABLE,
        &headers,
    )
}

/// `GET /favicon.svg`
pub async fn favicon(headers: HeaderMap) -> Response {
    respond(
        Dashboard::get("favicon.svg"),
        "favicon.svg",
        REVALIDATE,
        &headers,
    )
}

/// A file of the demo shop.
#[must_use]
pub fn demo(file: &str, headers: &HeaderMap) -> Response {
    respond(Demo::get(file), file, REVALIDATE, headers)
}

/// Whether both front ends are part of this executable.
#[must_use]
pub fn front_ends_present() -> bool {
    Dashboard::iter().any(|file| file.ends_with(".wasm"))
        && Widget::iter().any(|file| file.ends_with(".wasm"))
}

/// Sizes of what a shopper's browser loads, brotli-compressed, in bytes:
/// the loader, and everything from there to an open chat.
#[must_use]
pub fn widget_sizes() -> (usize, usize) {
    let brotli_size = |file: Option<EmbeddedFile>| file.map_or(0, |file| brotli(&file.data).len());
    let loader = brotli_size(Loader::get("loader.js"));
    let chat: usize = Widget::iter()
        .map(|name| brotli_size(Widget::get(&name)))
        .sum();
    (loader, chat)
}

/// Changes whenever a file of the widget does.
fn widget_hash() -> String {
    static HASH: LazyLock<String> = LazyLock::new(hash_widget);
    if cfg!(debug_assertions) {
        hash_widget()
    } else {
        HASH.clone()
    }
}

fn hash_widget() -> String {
    let mut names: Vec<_> = Widget::iter().collect();
    names.sort_unstable();
    let mut hasher = Sha256::new();
    for file in names.iter().filter_map(|name| Widget::get(name)) {
        hasher.update(file.metadata.sha256_hash());
    }
    URL_SAFE_NO_PAD.encode(&hasher.finalize()[..9])
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

fn respond(
    file: Option<EmbeddedFile>,
    name: &str,
    cache: &'static str,
    headers: &HeaderMap,
) -> Response {
    match file {
        Some(file) => Served {
            name,
            bytes: file.data,
            cache,
        }
        .respond(headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file on its way out.
struct Served<'a> {
    name: &'a str,
    bytes: Cow<'static, [u8]>,
    cache: &'static str,
}

impl Served<'_> {
    fn respond(self, headers: &HeaderMap) -> Response {
        let hash = Sha256::digest(&self.bytes);
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..12]));
        let unchanged = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|tags| {
                tags.split(',')
                    .any(|tag| tag.trim().trim_start_matches("W/") == etag)
            });
        let accepted = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let hash: [u8; 32] = hash.into();
        let encoded = Encoding::best(accepted)
            .filter(|_| self.bytes.len() >= COMPRESS_FROM)
            .and_then(|encoding| Some((encoding, compressed(hash, encoding)?)));

        let mut response = Response::builder()
            .header(header::ETAG, etag)
            .header(header::CACHE_CONTROL, self.cache)
            .header(header::VARY, "accept-encoding");
        if unchanged {
            response = response.status(StatusCode::NOT_MODIFIED);
            return response.body(Body::empty()).unwrap_or_default();
        }
        response = response.header(header::CONTENT_TYPE, content_type(self.name));
        let body = match encoded {
            Some((encoding, bytes)) => {
                response = response.header(header::CONTENT_ENCODING, encoding.name());
                Body::from(bytes.as_ref().clone())
            }
            None => Body::from(self.bytes),
        };
        response.body(body).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// Browsers take brotli over TLS only.
    fn best(accepted: &str) -> Option<Self> {
        let takes = |name: &str| {
            accepted.split(',').any(|entry| {
                let mut parts = entry.split(';').map(str::trim);
                parts.next() == Some(name) && !parts.any(|weight| weight == "q=0")
            })
        };
        if takes("br") {
            Some(Self::Brotli)
        } else if takes("gzip") {
            Some(Self::Gzip)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

type Compressed = HashMap<([u8; 32], Encoding), Arc<Vec<u8>>>;

/// What has been compressed so far.
static COMPRESSED: LazyLock<RwLock<Compressed>> = LazyLock::new(RwLock::default);

/// Compresses every file as well as can be, on a thread of its own: that takes
/// seconds. Until then files are sent as they are. A build for developers
/// sends them so always, since they may change.
pub fn compress_in_background() {
    if cfg!(debug_assertions) {
        return;
    }
    std::thread::spawn(|| {
        let widget = Widget::iter().filter_map(|name| Some((Widget::get(&name)?.data, name)));
        let dashboard =
            Dashboard::iter().filter_map(|name| Some((Dashboard::get(&name)?.data, name)));
        let files = widget
            .chain(dashboard)
            .chain(loader_script().map(|script| (script, "widget.js".into())));
        for (bytes, _) in files.filter(|(_, name)| compressible(name)) {
            let hash: [u8; 32] = Sha256::digest(&bytes).into();
            for (encoding, compress) in [
                (Encoding::Gzip, gzip as fn(&[u8]) -> Vec<u8>),
                (Encoding::Brotli, brotli),
            ] {
                let done = Arc::new(compress(&bytes));
                COMPRESSED
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert((hash, encoding), done);
            }
        }
    });
}

fn compressed(hash: [u8; 32], encoding: Encoding) -> Option<Arc<Vec<u8>>> {
    COMPRESSED
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&(hash, encoding))
        .map(Arc::clone)
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 11, 22);
    let written = writer.write_all(bytes);
    drop(writer);
    debug_assert!(written.is_ok(), "writing to memory can't fail");
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory can't fail.
    let _ = writer.write_all(bytes);
    writer.finish().unwrap_or_default()
}

fn compressible(name: &str) -> bool {
    !name.ends_with(".woff2") && !name.ends_with(".png")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn the_best_accepted_encoding_is_taken() {
        assert_eq!(Encoding::best("gzip, deflate, br"), Some(Encoding::Brotli));
        assert_eq!(Encoding::best("br;q=0, gzip;q=0.5"), Some(Encoding::Gzip));
        assert_eq!(Encoding::best("brotli"), None);
    }
}
