//! Clients that may not listen, that send what can't be read, or don't read.

use super::{seqs, shop_with_shopper};
use crate::common::{
    Socket, TestServer,
    socket::{Network, position},
};
use domain::{
    events::{FRAME_MAX, ServerEvent},
    ids::ConversationId,
};
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message as Frame};

#[tokio::test]
async fn who_may_not_listen_is_told_why() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let stranger = server.shopper(&shop).await;
    let rival = server.add_owner("Rival", "rival@example.com").await;
    let conversation = shopper.conversation.to_string();
    let widget = |token: &str| json!({"hello": {"token": token, "cursors": {&conversation: 0}}});
    let agent = |store| json!({"hello": {"store": store, "cursors": {&conversation: 0}}});
    let cases = [
        ("/widget/v1/ws", "", widget("wrong"), 401, 4401),
        ("/widget/v1/ws", "", json!({"hello": {}}), 401, 4401),
        ("/widget/v1/ws", "", widget(&stranger.token), 404, 4400),
        ("/ws", "", agent(shop.id), 401, 4401),
        ("/ws", "shopdesk_session=wrong", agent(shop.id), 401, 4401),
        ("/ws", &owner.cookie, json!({"hello": {}}), 404, 4400),
        ("/ws", &rival.cookie, agent(shop.id), 404, 4400),
        ("/ws", &rival.cookie, agent(rival.first_store), 404, 4400),
    ];
    for (path, cookie, hello, status, close) in cases {
        let mut socket = Socket::connect(server.addr, path, &[("cookie", cookie)])
            .await
            .expect("a socket");
        socket.send_json(&hello).await;
        let (problem, code) = socket.refusal().await;
        assert_eq!(
            (problem.status, code),
            (status, close),
            "{path} {hello}: {problem:?}"
        );
    }
    // A page of another origin can't even open an agent's socket.
    let headers = [
        ("cookie", owner.cookie.as_str()),
        ("origin", "https://evil.test"),
    ];
    match Socket::connect(server.addr, "/ws", &headers).await {
        Err(SocketError::Http(response)) => assert_eq!(response.status(), 403),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("a foreign page got in"),
    }
    server.finish().await;
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_ends_the_socket_with_a_reason() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let id = shopper.conversation;
    let many: serde_json::Map<_, _> = (0..60)
        .map(|_| (ConversationId::generate().to_string(), json!(0)))
        .collect();
    let text = |frame: serde_json::Value| Frame::text(frame.to_string());
    let bad_frames = [
        Frame::text(""),
        Frame::text("nonsense"),
        Frame::text("[]"),
        Frame::text("null"),
        Frame::text("[".repeat(5_000)),
        text(json!({"unknown": {}})),
        text(json!({"open": {"conversation_id": "not-an-id", "after_seq": 0}})),
        text(json!({"open": {"conversation_id": id, "after_seq": 1e300}})),
        text(json!({"hello": {"token": 7}})),
        text(json!({"hello": {"token": shopper.token, "store": shop.id, "cursors": many}})),
        Frame::binary(vec![0_u8, 159, 146, 150]),
        Frame::text("x".repeat(FRAME_MAX + 1)),
        Frame::text(" ".repeat(3 * FRAME_MAX)),
    ];
    let cookie = [("cookie", owner.cookie.as_str())];
    for frame in bad_frames {
        for (path, hello) in [
            ("/widget/v1/ws", shopper.hello(0)),
            ("/ws", json!({"hello": {"store": shop.id, "cursors": {}}})),
        ] {
            for after_hello in [false, true] {
                let mut socket = Socket::connect(server.addr, path, &cookie)
                    .await
                    .expect("a socket");
                if after_hello {
                    socket.send_json(&hello).await;
                    socket.ready().await;
                }
                socket.send(frame.clone()).await.expect("an open socket");
                let (problem, code) = socket.refusal().await;
                assert_eq!((problem.status, code), (400, 4400), "{path}: {problem:?}");
                assert_eq!(problem.kind, "/problems/malformed");
            }
        }
    }
    // What nobody sends by mistake isn't even taken.
    let mut socket = shopper.socket(0).await;
    let _ = socket.send(Frame::text(" ".repeat(1024 * 1024))).await;
    socket.close_code().await;
    assert_eq!(server.get("/healthz").await.status, 200);
    server.finish().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_resumes() {
    const MESSAGES: i64 = 180;
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    // That it looks at each message is told as well, and fills what is kept for the slow.
    server
        .set_up(&shop, |settings| settings.ai.enabled = true)
        .await;
    let cookie = [("cookie", owner.cookie.as_str())];
    let mut slow = Socket::connect_over(Network::TinyWindow, server.addr, "/ws", &cookie)
        .await
        .expect("a socket");
    slow.send_json(
        &json!({"hello": {"store": shop.id, "cursors": {shopper.conversation.to_string(): 0}}}),
    )
    .await;
    slow.ready().await;

    let body = "🧺".repeat(domain::message::BODY_MAX);
    for _ in 0..MESSAGES {
        shopper.send(&body).await;
    }
    // What it was sent before has no gap; then it is cut off, not skipped.
    let mut cursor = 0;
    while let Some(event) = slow.try_next().await {
        if let Some((_, seq)) = position(&event) {
            assert_eq!(seq, cursor + 1);
            cursor = seq;
        }
    }
    assert!(cursor < MESSAGES, "{cursor} messages fit into the buffers");
    let mut resumed = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, cursor)])
        .await;
    assert_eq!(
        seqs(&resumed.ready().await),
        (cursor + 1..=MESSAGES).collect::<Vec<_>>()
    );
    server.finish().await;
}

#[tokio::test]
async fn who_asks_for_the_same_messages_again_and_again_is_refused() {
    const MESSAGES: i64 = 30;
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let body = "🧺".repeat(domain::message::BODY_MAX);
    for _ in 0..MESSAGES {
        shopper.send(&body).await;
    }
    let agent = server.agent_socket(&owner, shop.id, &[]).await;
    for mut socket in [shopper.socket(MESSAGES).await, agent] {
        let open = json!({"open": {"conversation_id": shopper.conversation, "after_seq": 0}});
        let (mut bytes, mut refused) = (0, false);
        for _ in 0..30 {
            let _ = socket.try_send_json(&open).await;
        }
        while let Some(event) = socket.try_next().await {
            match event {
                ServerEvent::Message(message) => bytes += message.body.len(),
                ServerEvent::Error(problem) => {
                    assert_eq!(problem.kind, "/problems/malformed");
                    refused = true;
                }
                _ => {}
            }
        }
        assert!(refused && bytes < 12_000_000, "{bytes} bytes");
    }
    server.finish().await;
}

#[tokio::test]
async fn who_resumes_with_many_conversations_gets_all_of_them() {
    const ROOMS: usize = 50;
    const EACH: usize = 6;
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let body = "🧺".repeat(domain::message::BODY_MAX);
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        let shopper = server.shopper(&shop).await;
        for _ in 0..EACH {
            shopper.send(&body).await;
        }
        rooms.push((shopper.conversation, 0));
    }
    let mut socket = server.agent_socket(&owner, shop.id, &rooms).await;
    let events = socket.ready().await;
    let sent = events.iter().filter(|event| position(event).is_some());
    assert_eq!(sent.count(), ROOMS * EACH);
    server.finish().await;
}
