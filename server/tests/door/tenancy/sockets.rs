//! Both sockets with another store's ids and tokens.

use super::{rows_of, two_tenants};
use crate::common::{Shopper, Socket, TestServer, people::start_request};
use domain::{
    events::ServerEvent, ids::StoreId, message::Message, widget_api::ConversationStarted,
};
use serde_json::{Value, json};

/// The status of the refusal that `hello` gets at `door`.
async fn refusal(server: &TestServer, door: &str, cookie: &str, hello: &Value) -> u16 {
    let mut socket = Socket::connect(server.addr, door, &[("cookie", cookie)])
        .await
        .expect("a socket");
    socket.send_json(&json!({"hello": hello})).await;
    socket.refusal().await.0.status
}

#[tokio::test]
async fn no_agents_socket_follows_another_store() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    let (my_store, their_store) = (mine.ids.store, theirs.ids.store);
    let conversation = theirs.ids.conversation.to_string();
    let (cookie, made_up) = (mine.owner.cookie.as_str(), "shopdesk_session=made-up");
    for (cookie, hello, expected) in [
        (cookie, json!({"store": their_store, "cursors": {}}), 404),
        (
            cookie,
            json!({"store": my_store, "cursors": {&conversation: 0}}),
            404,
        ),
        (cookie, json!({"store": StoreId::generate()}), 404),
        (cookie, json!({}), 404),
        ("", json!({"store": their_store}), 401),
        (made_up, json!({"store": their_store}), 401),
        (
            "",
            json!({"store": their_store, "token": theirs.shopper.token}),
            401,
        ),
    ] {
        let status = refusal(&server, "/ws", cookie, &hello).await;
        assert_eq!(status, expected, "{hello}");
    }
    assert_eq!(rows_of(&server, their_store).await, before);
    server.finish().await;
}

#[tokio::test]
async fn no_agent_opens_another_stores_conversation_later() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let mut socket = server.agent_socket(&mine.owner, mine.ids.store, &[]).await;
    socket.ready().await;
    let conversation = theirs.ids.conversation;
    socket
        .send_json(&json!({"open": {"conversation_id": conversation, "after_seq": 0}}))
        .await;
    assert_eq!(socket.refusal().await.0.status, 404);
    server.finish().await;
}

#[tokio::test]
async fn no_shoppers_socket_follows_another_store() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    let cursors = json!({theirs.ids.conversation.to_string(): 0});
    let (cookie, token) = (mine.owner.cookie.as_str(), mine.shopper.token.as_str());
    for (cookie, hello, expected) in [
        ("", json!({"token": token, "cursors": cursors}), 404),
        ("", json!({"token": "made-up", "cursors": cursors}), 401),
        (cookie, json!({"store": mine.ids.store, "cursors": {}}), 401),
    ] {
        let status = refusal(&server, "/widget/v1/ws", cookie, &hello).await;
        assert_eq!(status, expected, "{hello}");
    }
    assert_eq!(rows_of(&server, theirs.ids.store).await, before);
    server.finish().await;
}

#[tokio::test]
async fn the_same_conversation_id_in_two_stores_is_two_conversations() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    // Clients make these ids, so nothing keeps me from taking one that I saw.
    let mut request = start_request();
    request.id = theirs.ids.conversation;
    let started: ConversationStarted = server
        .start_conversation(&mine.shop.key, &request)
        .await
        .json(201);
    assert!(started.messages.is_empty());
    let eavesdropper = Shopper {
        token: started.token,
        conversation: request.id,
        ..mine.shopper.clone()
    };
    let mut as_shopper = eavesdropper.socket(0).await;
    as_shopper.ready().await;
    let mut as_agent = server
        .agent_socket(&mine.owner, mine.ids.store, &[(request.id, 0)])
        .await;
    as_agent.ready().await;

    theirs.shopper.send("For their eyes only").await;
    theirs.shopper.post("/read", &json!({"seq": 1})).await;
    let theirs_again: Message = eavesdropper.send("Mine").await;
    assert_eq!(theirs_again.seq, 1);
    for socket in [&mut as_shopper, &mut as_agent] {
        loop {
            match socket.next().await {
                ServerEvent::Message(message) => {
                    assert_eq!(message.body, "Mine");
                    break;
                }
                ServerEvent::Read(read) => panic!("{read:?} is another store's"),
                _ => {}
            }
        }
    }
    assert_eq!(theirs.shopper.history(0).await.messages.len(), 2);
    server.finish().await;
}
