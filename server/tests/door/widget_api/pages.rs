//! Which pages may call, how often, and what they may read.

use super::config;
use crate::common::{
    Reply, Shop, Shopper, Socket, TestServer,
    people::{new_message, start_request},
};
use domain::{message::Message, widget_api::ReadUpTo};
use futures::future::join_all;
use std::time::Duration;

/// Origins of requests, and whether [`shop_with_origins`] lets them in.
const ORIGINS: [(Option<&str>, bool); 5] = [
    (Some("https://shop.example.com"), true),
    (None, true),
    (Some("https://evil.test"), false),
    (Some("http://shop.example.com"), false),
    (Some("null"), false),
];

/// A shop whose chat is for `https://shop.example.com` alone, and a shopper.
async fn shop_with_origins(server: &TestServer) -> (Shop, Shopper) {
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    server
        .set_up(&shop, |settings| {
            settings.chat.allowed_origins = vec!["https://shop.example.com".to_owned()]
        })
        .await;
    (shop, shopper)
}

#[tokio::test]
async fn only_listed_origins_may_call_the_widgets_routes() {
    let server = TestServer::start().await;
    let (shop, shopper) = shop_with_origins(&server).await;
    let http = &server.http;
    let store = server.url(&format!("/widget/v1/stores/{}", shop.key));
    for (origin, is_allowed) in ORIGINS {
        let requests = [
            (http.get(format!("{store}/config")), 200),
            (
                http.post(format!("{store}/conversations"))
                    .json(&start_request()),
                201,
            ),
            (http.get(shopper.url("")), 200),
            (
                http.post(shopper.url("/messages")).json(&new_message("Hi")),
                201,
            ),
            (
                http.post(shopper.url("/read")).json(&ReadUpTo { seq: 1 }),
                204,
            ),
            (http.post(shopper.url("/human")), 200),
        ];
        for (mut request, status) in requests {
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let reply = Reply::to(request.bearer_auth(&shopper.token)).await;
            if is_allowed {
                assert_eq!(reply.status, status, "{origin:?}: {}", reply.body);
            } else {
                assert_eq!(reply.problem(403).kind, "/problems/forbidden");
            }
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn only_listed_origins_may_open_the_widgets_socket() {
    let server = TestServer::start().await;
    let (_, shopper) = shop_with_origins(&server).await;
    for (origin, is_allowed) in ORIGINS {
        let headers = origin.map(|origin| ("origin", origin));
        let mut socket = Socket::connect(server.addr, "/widget/v1/ws", headers.as_slice())
            .await
            .expect("a socket");
        socket.send_json(&shopper.hello(0)).await;
        if is_allowed {
            socket.ready().await;
        } else {
            let (problem, code) = socket.refusal().await;
            assert_eq!((problem.status, code), (403, 4400));
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn a_shopper_who_writes_too_fast_is_told_when_to_go_on() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let (shopper, other) = (server.shopper(&shop).await, server.shopper(&shop).await);
    // Retries count like any other call, and leave nothing behind.
    let message = new_message("again and again");
    let replies = join_all((0..150).map(|_| shopper.post_message(&message))).await;
    let refused = replies
        .iter()
        .find(|reply| reply.status == 429)
        .expect("a limit");
    assert_eq!(refused.problem(429).kind, "/problems/rate-limited");
    assert!(
        replies
            .iter()
            .all(|reply| [200, 201, 429].contains(&reply.status))
    );
    assert_eq!(
        replies.iter().filter(|reply| reply.status == 201).count(),
        1
    );
    assert_eq!(other.send("I am somebody else").await.seq, 1);

    let next = new_message("and on");
    let stored: Message = loop {
        let reply = shopper.post_message(&next).await;
        if reply.status != 429 {
            break reply.json(201);
        }
        let seconds: u64 = reply.header("retry-after").parse().expect("seconds");
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    };
    assert_eq!(stored.seq, 2);
    server.finish().await;
}

#[tokio::test]
async fn shops_pages_may_call_and_read_everything_they_need() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let reply = config(&server, &shop, &[("origin", "https://shop.example.com")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    let exposed = reply.header("access-control-expose-headers");
    assert!(
        exposed.contains("etag") && exposed.contains("retry-after"),
        "{exposed}"
    );
    // Cookies are never asked for: the token is all there is.
    assert!(
        reply
            .headers
            .get("access-control-allow-credentials")
            .is_none()
    );

    let url = server.url(&format!("/widget/v1/stores/{}/conversations", shop.key));
    let preflight = server
        .http
        .request(reqwest::Method::OPTIONS, url)
        .header("origin", "https://shop.example.com")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    let preflight = Reply::to(preflight).await;
    assert_eq!(preflight.status, 200);
    assert!(
        preflight
            .header("access-control-allow-methods")
            .contains("POST")
    );
    let allowed = preflight.header("access-control-allow-headers");
    assert!(
        allowed.contains("authorization") && allowed.contains("content-type"),
        "{allowed}"
    );
    // A refusal can be read by the page, too.
    let refused = server
        .http
        .get(server.url("/widget/v1/stores/unknown/config"))
        .header("origin", "https://shop.example.com");
    let refused = Reply::to(refused).await;
    refused.problem(404);
    assert_eq!(refused.header("access-control-allow-origin"), "*");
    server.finish().await;
}
