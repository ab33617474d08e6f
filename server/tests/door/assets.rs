//! The files of both front ends: compressed when they were built, at addresses
//! that change with them.

use crate::common::{Reply, TestServer};

const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

/// The addresses in `text` that begin with `start`, up to the next quote.
fn addresses<'a>(text: &'a str, start: &'a str) -> Vec<&'a str> {
    text.split('"')
        .filter(|part| part.starts_with(start))
        .collect()
}

async fn get(server: &TestServer, path: &str, encodings: &str) -> reqwest::Response {
    let request = server.http.get(server.url(path));
    let request = request.header("accept-encoding", encodings);
    request.send().await.expect("a reply")
}

fn header<'a>(response: &'a reqwest::Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

#[tokio::test]
async fn the_dashboards_files_are_kept_for_a_year_under_the_addresses_that_pages_name() {
    let server = TestServer::start().await;
    let page = Reply::to(server.http.get(server.url("/sign-in")))
        .await
        .body;
    let mut found = addresses(&page, "/pkg/");
    found.sort_unstable();
    found.dedup();
    for name in [
        "shopdesk.css?v=",
        "/shopdesk.js",
        "/shopdesk.wasm",
        "/split_entry.wasm",
    ] {
        assert!(found.iter().any(|file| file.contains(name)), "{found:?}");
    }
    for file in found {
        let reply = get(&server, file, "identity").await;
        assert_eq!(reply.status(), 200, "{file}");
        assert_eq!(header(&reply, "cache-control"), Some(FOR_A_YEAR), "{file}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_dashboard_says_what_it_is_where_somebody_installs_it() {
    let server = TestServer::start().await;
    let page = Reply::to(server.http.get(server.url("/sign-in"))).await;
    assert!(page.body.contains(r#"rel="manifest""#), "{}", page.body);
    let reply = get(&server, "/manifest.webmanifest", "identity").await;
    let kind = header(&reply, "content-type");
    assert_eq!(kind, Some("application/manifest+json"));
    let manifest: serde_json::Value = reply.json().await.expect("JSON");
    for icon in manifest["icons"].as_array().expect("icons") {
        let path = icon["src"].as_str().expect("a path");
        let reply = get(&server, path, "identity").await;
        assert_eq!(reply.status(), 200, "{path}");
        assert_eq!(header(&reply, "content-type"), icon["type"].as_str());
    }
    server.finish().await;
}

#[tokio::test]
async fn files_that_name_one_another_are_of_one_version() {
    let server = TestServer::start().await;
    for file in ["shopdesk.js", "shopdesk.wasm", "split_entry.wasm"] {
        let reply = get(&server, &format!("/pkg/old/{file}"), "br").await;
        assert_eq!(reply.status(), 404, "{file}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_page_names_the_files_of_its_own_area_alone() {
    let server = TestServer::start().await;
    for (path, area) in [("/sign-in", Some("entry")), ("/nothing-here", None)] {
        let page = Reply::to(server.http.get(server.url(path))).await.body;
        let areas = addresses(&page, "/pkg/").into_iter().filter_map(|file| {
            let name = file.rsplit('/').next()?;
            name.strip_prefix("split_")?.strip_suffix(".wasm")
        });
        assert_eq!(areas.collect::<Vec<_>>(), Vec::from_iter(area), "{path}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_file_under_another_version_is_asked_for_again() {
    let server = TestServer::start().await;
    for file in [
        "/pkg/shopdesk.css?v=old",
        "/pkg/shopdesk.css",
        "/widget/shopdesk-widget.css?v=old",
    ] {
        let reply = get(&server, file, "identity").await;
        assert_eq!(
            header(&reply, "cache-control"),
            Some("public, no-cache"),
            "{file}"
        );
        let etag = header(&reply, "etag").expect("an etag").to_owned();
        let again = server
            .http
            .get(server.url(file))
            .header("if-none-match", etag);
        assert_eq!(again.send().await.expect("a reply").status(), 304, "{file}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_loader_names_the_version_of_the_chat_window() {
    let server = TestServer::start().await;
    let loader = Reply::to(server.http.get(server.url("/widget.js")))
        .await
        .body;
    let of_this_version = |text: &&str| text.len() == 12 && !text.contains(' ');
    let mut is_found = false;
    for version in loader.split('"').filter(of_this_version) {
        let file = format!("/widget/shopdesk-widget.wasm?v={version}");
        let reply = get(&server, &file, "identity").await;
        is_found |= header(&reply, "cache-control") == Some(FOR_A_YEAR);
    }
    assert!(is_found, "{loader}");
    server.finish().await;
}

#[tokio::test]
async fn files_are_sent_in_the_smallest_form_that_is_accepted() {
    let server = TestServer::start().await;
    for file in [
        "/widget.js",
        "/widget/shopdesk-widget.wasm",
        "/pkg/shopdesk.js",
        "/pkg/shopdesk.css",
    ] {
        let mut sizes = Vec::new();
        for (accepted, sent) in [
            ("gzip, br", Some("br")),
            ("gzip, deflate", Some("gzip")),
            ("identity", None),
        ] {
            let reply = get(&server, file, accepted).await;
            assert_eq!(header(&reply, "content-encoding"), sent, "{file}");
            assert_eq!(header(&reply, "vary"), Some("accept-encoding"), "{file}");
            sizes.push(reply.bytes().await.expect("a body").len());
        }
        assert!(
            sizes.is_sorted_by(|smaller, larger| smaller < larger),
            "{file}: {sizes:?}"
        );
    }
    server.finish().await;
}

#[tokio::test]
async fn a_compressed_form_has_no_address_of_its_own() {
    let server = TestServer::start().await;
    for file in [
        "/pkg/shopdesk.css.br",
        "/widget/shopdesk-widget.js.gz",
        "/widget/loader.js",
        "/pkg/nothing.css",
    ] {
        assert_eq!(get(&server, file, "br").await.status(), 404, "{file}");
    }
    server.finish().await;
}
