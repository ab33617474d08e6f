//! Both sockets with another store's ids and tokens.

use super::{rows_of, tenant};
use crate::common::{Shopper, Socket, TestServer, people::start_request};
use domain::{
    events::ServerEvent, ids::StoreId, message::Message, widget_api::ConversationStarted,
};
use serde_json::json;

#[tokio::test]
async fn no_socket_follows_another_store() {
    let server = TestServer::start().await;
    let (mine, theirs) = (
        tenant(&server, "mine").await,
        tenant(&server, "theirs").await,
    );
    let before = rows_of(&server, theirs.ids.store).await;
    let (my_store, their_store, conversation) = (
        mine.ids.store,
        theirs.ids.store,
        theirs.ids.conversation.to_string(),
    );
    let cookie = mine.owner.cookie.as_str();
    let token = mine.shopper.token.as_str();
    let no_cursors = json!({});
    for (door, cookie, hello, expected) in [
        (
            "/ws",
            cookie,
            json!({"store": their_store, "cursors": no_cursors}),
            404,
        ),
        (
            "/ws",
            cookie,
            json!({"store": my_store, "cursors": {&conversation: 0}}),
            404,
        ),
        ("/ws", cookie, json!({"store": StoreId::generate()}), 404),
        ("/ws", cookie, json!({}), 404),
        ("/ws", "", json!({"store": their_store}), 401),
        (
            "/ws",
            "shopdesk_session=made-up",
            json!({"store": their_store}),
            401,
        ),
        (
            "/ws",
            "",
            json!({"store": their_store, "token": theirs.shopper.token}),
            401,
        ),
        (
            "/widget/v1/ws",
            "",
            json!({"token": token, "cursors": {&conversation: 0}}),
            404,
        ),
        (
            "/widget/v1/ws",
            "",
            json!({"token": "made-up", "cursors": {&conversation: 0}}),
            401,
        ),
        (
            "/widget/v1/ws",
            cookie,
            json!({"store": my_store, "cursors": no_cursors}),
            401,
        ),
    ] {
        let headers = [("cookie", cookie)];
        let mut socket = Socket::connect(server.addr, door, &headers)
            .await
            .expect("a socket");
        socket.send_json(&json!({"hello": hello})).await;
        let (problem, _) = socket.refusal().await;
        assert_eq!(problem.status, expected, "{door} {hello}: {problem:?}");
    }
    // Opening it later is no way in either.
    let mut socket = server.agent_socket(&mine.owner, my_store, &[]).await;
    socket.ready().await;
    socket
        .send_json(&json!({"open": {"conversation_id": conversation, "after_seq": 0}}))
        .await;
    assert_eq!(socket.refusal().await.0.status, 404);
    assert_eq!(rows_of(&server, their_store).await, before);
    server.finish().await;
}

#[tokio::test]
async fn the_same_conversation_id_in_two_stores_is_two_conversations() {
    let server = TestServer::start().await;
    let (mine, theirs) = (
        tenant(&server, "mine").await,
        tenant(&server, "theirs").await,
    );
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
