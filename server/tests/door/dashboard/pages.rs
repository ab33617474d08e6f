//! Pages as the server renders them: whole without any script, harmless, and
//! for nobody else's pages to act on.

use super::faq::{add_item, category};
use crate::{
    common::{Owner, Reply, Shop, Socket, TestServer, database},
    forms::{page, request},
};
use domain::ids::ConversationId;

/// A text that would run as a script, were it not escaped; `n` tells it apart.
fn script(n: usize) -> String {
    format!("</script></textarea><script>alert({n})</script><img src=x onerror=alert({n})>\"'&{n}")
}

/// As it must stand in a page's text.
fn escaped(n: usize) -> String {
    format!("&lt;img src=x onerror=alert({n})&gt;")
}

/// A shop with a script in everything that people can write.
struct Scripted {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    conversation: ConversationId,
}

impl Scripted {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let owner = server.sign_up().await;
        let greeting = script(3);
        let shop = server
            .open_shop(&owner, &script(1), |settings| {
                settings.chat.greeting = greeting
            })
            .await;
        let shopper = server.shopper(&shop).await;
        shopper.send(&script(2)).await;
        let category = category(&server, &owner, shop.id, &script(4)).await;
        add_item(&server, &owner, shop.id, &category, &script(5), &script(6)).await;
        Self {
            server,
            owner,
            shop,
            conversation: shopper.conversation,
        }
    }

    /// Every page, and what it shows.
    fn pages(&self) -> Vec<(String, Vec<String>)> {
        let store = format!("/stores/{}", self.shop.id);
        let shortly = |n: usize| format!("&lt;script&gt;alert({n})&lt;/script&gt;");
        vec![
            ("/stores".into(), vec![escaped(1), "First Store".into()]),
            (
                store.clone(),
                vec![
                    escaped(1),
                    "Chat Inbox".into(),
                    "1 open conversation".into(),
                    "1 question".into(),
                ],
            ),
            (
                format!("{store}/inbox"),
                vec![shortly(2), "Visitor ".into()],
            ),
            (
                format!("{store}/inbox/{}", self.conversation),
                vec![escaped(2)],
            ),
            (
                format!("{store}/faq"),
                vec![shortly(4), escaped(5), escaped(6)],
            ),
            (
                format!("{store}/widget"),
                vec![shortly(3), self.shop.key.clone()],
            ),
            (format!("{store}/orders"), vec!["Orders".into()]),
            (
                "/account".into(),
                vec!["Ada Olsen".into(), "ada@example.com".into()],
            ),
        ]
    }
}

#[tokio::test]
async fn pages_hold_their_data_without_any_script() {
    let scripted = Scripted::new().await;
    for (path, shows) in scripted.pages() {
        let reply = page(&scripted.server, &scripted.owner.cookie, &path).await;
        assert_eq!(reply.status, 200, "{path}");
        for text in shows {
            let body = &reply.body;
            assert!(body.contains(&text), "{path} lacks {text}: {body}");
        }
    }
    scripted.server.finish().await;
}

#[tokio::test]
async fn no_page_runs_what_somebody_wrote() {
    let scripted = Scripted::new().await;
    for (path, _) in scripted.pages() {
        let reply = page(&scripted.server, &scripted.owner.cookie, &path).await;
        for script in ["<script>alert", "<img src=x"] {
            let before = reply.body.split_once(script).map(|(before, _)| before);
            let around = before.map(|before| before.chars().rev().take(200).collect::<Vec<_>>());
            let around = around.map(|before| before.into_iter().rev().collect::<String>());
            assert_eq!(around, None, "{path} would run a script");
        }
        assert_policy(&reply, &path);
    }
    let sign_in = page(&scripted.server, "", "/sign-in?next=/stores").await;
    assert_policy(&sign_in, "/sign-in");
    scripted.server.finish().await;
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in_and_shown_nothing() {
    let scripted = Scripted::new().await;
    for (path, _) in scripted.pages() {
        let reply = page(&scripted.server, "", &path).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (302, format!("/sign-in?next={path}").as_str())
        );
        for secret in ["alert(", "Ada Olsen", scripted.shop.key.as_str()] {
            assert!(!reply.body.contains(secret), "{path} shows {secret}");
        }
    }
    scripted.server.finish().await;
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_not_found() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let reply = page(&server, &owner.cookie, "/no/such/page").await;
    assert_eq!(reply.status, 404);
    server.finish().await;
}

/// Only scripts with the page's own nonce run, and each page has another one.
fn assert_policy(reply: &Reply, path: &str) {
    let policy = reply.header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .expect("a nonce");
    for needed in [
        "default-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "connect-src 'self' ws: wss:;",
        "img-src 'self' data: https:;",
    ] {
        assert!(policy.contains(needed), "{path}: {policy}");
    }
    assert!(
        !policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"),
        "{path}: {policy}"
    );
    for tag in reply.body.split("<script").skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        assert!(
            tag.contains(&format!("nonce=\"{nonce}\"")),
            "{path}: <script{tag}>"
        );
    }
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("x-frame-options"), "DENY");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_pages_at_once_are_all_served() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let store = shop.id;
    let paths =
        ["", "/inbox", "/faq", "/widget", "/orders"].map(|rest| format!("/stores/{store}{rest}"));
    for _ in 0..20 {
        let pages = paths
            .iter()
            .chain(&paths)
            .map(|path| page(&server, &owner.cookie, path));
        let replies = futures::future::join_all(pages).await;
        let failed: Vec<_> = paths
            .iter()
            .cycle()
            .zip(&replies)
            .filter(|(_, reply)| reply.status != 200)
            .collect();
        assert!(failed.is_empty(), "{failed:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn other_websites_cannot_act_for_who_is_signed_in() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let own = server.url("");
    let port = server.addr.port();
    let foreign = [
        "https://evil.test".to_owned(),
        "null".to_owned(),
        "http://127.0.0.1".to_owned(),
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{port}.evil.test"),
        String::new(),
    ];
    let stores = database::rows(&server.ctx, "stores").await;
    for origin in &foreign {
        for accept in ["application/json", "text/html"] {
            let call = request(
                &server,
                &owner.cookie,
                "stores/create",
                &[("name", "Stolen")],
            );
            let reply = Reply::to(call.header("origin", origin).header("accept", accept)).await;
            reply.problem(403);
        }
        let headers = [
            ("cookie", owner.cookie.as_str()),
            ("origin", origin.as_str()),
        ];
        assert!(
            Socket::connect(server.addr, "/ws", &headers).await.is_err(),
            "a socket from {origin:?}"
        );
    }
    assert_eq!(database::rows(&server.ctx, "stores").await, stores);
    let call = request(
        &server,
        &owner.cookie,
        "stores/create",
        &[("name", "My own")],
    );
    assert_eq!(Reply::to(call.header("origin", &own)).await.status, 200);
    let headers = [("cookie", owner.cookie.as_str()), ("origin", own.as_str())];
    assert!(Socket::connect(server.addr, "/ws", &headers).await.is_ok());
    // Reading from anywhere is a link that somebody followed.
    let call = server
        .http
        .get(server.url("/stores"))
        .header("cookie", &owner.cookie)
        .header("origin", "https://blog.test");
    assert_eq!(Reply::to(call).await.status, 200);
    server.finish().await;
}
