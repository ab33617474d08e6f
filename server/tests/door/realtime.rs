//! Live connections: replay, resume, both sides, and clients that misbehave.

mod colleagues;
mod ended;
mod misuse;

use crate::common::{Owner, Shop, Shopper, TestServer, people::new_message, socket::position};
use backend::conversations;
use domain::{
    conversation::Status,
    events::{AiState, ServerEvent, Side},
    ids::ConversationId,
    message::{Message, Sender},
    widget_api::ReadUpTo,
};
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;

/// A shop with a shopper in an empty conversation.
async fn shop_with_shopper(server: &TestServer) -> (Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    (owner, shop, shopper)
}

async fn reply(server: &TestServer, shop: &Shop, id: ConversationId, body: &str) -> Message {
    let reply = new_message(body);
    let sent = conversations::reply(&server.ctx, &shop.member, id, reply, None).await;
    sent.expect("a reply").0
}

fn seqs(events: &[ServerEvent]) -> Vec<i64> {
    events
        .iter()
        .filter_map(position)
        .map(|(_, seq)| seq)
        .collect()
}

#[tokio::test]
async fn a_socket_replays_what_was_and_follows_what_comes() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = shop_with_shopper(&server).await;
    shopper.send("one").await;
    server.idle().await;
    conversations::set_ai_active(&server.ctx, &shop.member, shopper.conversation, false)
        .await
        .expect("a note, number two");
    shopper.send("three").await;

    let mut socket = shopper.socket(0).await;
    let replayed = socket.ready().await;
    assert_eq!(seqs(&replayed), [1, 2, 3]);
    assert!(
        matches!(&replayed[1], ServerEvent::Skipped(_)),
        "{replayed:?}"
    );
    shopper.send("four").await;
    assert_eq!(socket.message().await.body, "four");
    conversations::set_ai_active(&server.ctx, &shop.member, shopper.conversation, true)
        .await
        .expect("a note, number five");
    assert_eq!(socket.position().await, (shopper.conversation, 5));
    shopper.send("six").await;
    assert_eq!(socket.message().await.seq, 6);
    server.finish().await;
}

#[tokio::test]
async fn a_socket_that_broke_resumes_from_its_cursor() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    shopper.send("one").await;
    let mut socket = shopper.socket(0).await;
    assert_eq!(seqs(&socket.ready().await), [1]);
    // Gone without a word, as in a tunnel.
    drop(socket);
    shopper.send("two").await;
    reply(&server, &shop, shopper.conversation, "three").await;

    let mut socket = shopper.socket(1).await;
    assert_eq!(seqs(&socket.ready().await), [2, 3]);
    let mut agent = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, 2)])
        .await;
    assert_eq!(seqs(&agent.ready().await), [3]);
    shopper.send("four").await;
    for socket in [&mut socket, &mut agent] {
        assert_eq!(socket.position().await.1, 4);
    }
    server.finish().await;
}

#[tokio::test]
async fn a_cursor_beyond_the_end_is_the_end() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    shopper.send("one").await;
    for (cursor, replayed) in [
        (i64::MAX, vec![]),
        (1_000, vec![]),
        (-7, vec![1]),
        (i64::MIN, vec![1]),
    ] {
        let mut visitor = shopper.socket(cursor).await;
        assert_eq!(seqs(&visitor.ready().await), replayed, "{cursor}");
        let mut agent = server
            .agent_socket(&owner, shop.id, &[(shopper.conversation, cursor)])
            .await;
        assert_eq!(seqs(&agent.ready().await), replayed, "{cursor}");
    }
    // After a restored backup a browser is ahead of the server: it still gets
    // what comes.
    let mut ahead = shopper.socket(50).await;
    ahead.ready().await;
    shopper.send("two").await;
    assert_eq!(ahead.message().await.seq, 2);
    server.finish().await;
}

#[tokio::test]
async fn an_agent_sees_the_inbox_and_the_thread_change() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let mut agent = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
        .await;
    agent.ready().await;
    shopper.send("Where is my order?").await;

    let question = agent.message().await;
    assert_eq!((question.seq, question.sender), (1, Sender::Customer));
    let row = agent
        .until(|event| match event {
            ServerEvent::Conversation(row) => Some(row),
            _ => None,
        })
        .await;
    assert_eq!(
        (row.id, row.unread, row.last_seq),
        (shopper.conversation, 1, 1)
    );
    assert_eq!(
        (row.status, row.last_excerpt.as_str()),
        (Status::Open, "Where is my order?")
    );
    let mut states = Vec::new();
    let answer = agent
        .until(|event| match event {
            ServerEvent::Ai(activity) => {
                states.push(activity.state);
                None
            }
            ServerEvent::Message(message) => Some(message),
            _ => None,
        })
        .await;
    assert_eq!(
        (answer.seq, answer.sender, states),
        (2, Sender::Ai, vec![AiState::Thinking])
    );
    assert!(
        answer.ai.is_some(),
        "the team sees where the answer came from"
    );
    server.finish().await;
}

#[tokio::test]
async fn replies_reads_and_status_reach_the_shopper() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let mut visitor = shopper.socket(0).await;
    let mut agent = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
        .await;
    visitor.ready().await;
    agent.ready().await;
    shopper.send("where's my order").await;
    let answer = visitor.message_from(Sender::Ai).await;
    assert_eq!(answer.ai, None, "its sources stay inside");

    let sent = reply(&server, &shop, shopper.conversation, "I'll look it up.").await;
    let received = visitor.message().await;
    assert_eq!(
        (received.id, received.seq, received.sender),
        (sent.id, 3, Sender::Agent)
    );
    assert_eq!(received.agent_name.as_ref(), Some(&owner.user.name));
    let read = |by: Side| {
        move |event| match event {
            ServerEvent::Read(read) if read.by == by => Some(read.seq),
            _ => None,
        }
    };
    assert_eq!(visitor.until(read(Side::Agent)).await, 3);

    assert_eq!(
        shopper
            .post("/read", &ReadUpTo { seq: 1_000_000 })
            .await
            .status,
        204
    );
    assert_eq!(
        agent.until(read(Side::Visitor)).await,
        3,
        "nobody has read what isn't there yet"
    );
    conversations::resolve(&server.ctx, &shop.member, shopper.conversation)
        .await
        .expect("resolved");
    let status = visitor
        .until(|event| match event {
            ServerEvent::Status(conversation) if conversation.last_seq == 4 => {
                Some(conversation.status)
            }
            _ => None,
        })
        .await;
    assert_eq!(status, Status::Resolved);
    server.finish().await;
}

#[tokio::test]
async fn each_side_sees_the_other_type() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let stranger = server.shopper(&shop).await;
    let mut visitor = shopper.socket(0).await;
    let mut foreign = stranger.socket(0).await;
    let mut agent = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
        .await;
    for socket in [&mut visitor, &mut foreign, &mut agent] {
        socket.ready().await;
    }
    let typing = json!({"typing": {"conversation_id": shopper.conversation}});
    let by = |event| match event {
        ServerEvent::Typing(typing) => Some((typing.by, typing.name)),
        _ => None,
    };
    // Somebody else's typing in a conversation that isn't theirs goes nowhere.
    foreign.send_json(&typing).await;
    foreign.settled().await;
    visitor.send_json(&typing).await;
    assert_eq!(agent.until(by).await, (Side::Visitor, None));
    agent.send_json(&typing).await;
    assert_eq!(
        visitor.until(by).await,
        (Side::Agent, Some(owner.user.name))
    );
    server.finish().await;
}

#[tokio::test]
async fn open_widgets_are_told_that_the_settings_changed() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = shop_with_shopper(&server).await;
    let mut socket = shopper.socket(0).await;
    socket.ready().await;
    server
        .set_up(&shop, |settings| {
            settings.chat.greeting = "Hello again".to_owned()
        })
        .await;
    assert_eq!(socket.next().await, ServerEvent::ConfigChanged {});
    server.finish().await;
}

#[tokio::test]
async fn an_agent_opens_and_closes_conversations_while_connected() {
    let server = TestServer::start().await;
    let (owner, shop, first) = shop_with_shopper(&server).await;
    let second = server.shopper(&shop).await;
    first.send("one").await;
    first.send("two").await;
    second.send("one, which the agent says it has").await;
    let mut agent = server.agent_socket(&owner, shop.id, &[]).await;
    assert!(agent.ready().await.is_empty());
    let open = |shopper: &Shopper| json!({"open": {"conversation_id": shopper.conversation, "after_seq": 1}});
    agent.send_json(&open(&first)).await;
    assert_eq!(agent.position().await, (first.conversation, 2));
    // Opened again: from the cursor that was given now.
    agent.send_json(&open(&first)).await;
    assert_eq!(agent.position().await, (first.conversation, 2));

    agent
        .send_json(&json!({"close": {"conversation_id": first.conversation}}))
        .await;
    agent.send_json(&open(&second)).await;
    agent.settled().await;
    second.send("two").await;
    first.send("three, which nobody follows").await;
    second.send("three").await;
    assert_eq!(agent.position().await, (second.conversation, 2));
    assert_eq!(agent.position().await, (second.conversation, 3));
    server.finish().await;
}

/// `posters` tasks send `each` messages, all at once.
async fn post_at_once(shopper: &Shopper, posters: usize, each: usize) {
    let posting = (0..posters).map(|poster| {
        let shopper = shopper.clone();
        tokio::spawn(async move {
            for number in 0..each {
                shopper.send(&format!("{poster}/{number}")).await;
            }
        })
    });
    for poster in join_all(posting).await {
        poster.expect("every message was taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_many_send_at_once_in_one_order() {
    const POSTERS: usize = 8;
    const EACH: usize = 20;
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let last = i64::try_from(POSTERS * EACH).expect("small");

    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(shopper.socket(0).await);
        sockets.push(
            server
                .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
                .await,
        );
    }
    let posting = post_at_once(&shopper, POSTERS, EACH);
    // Some come while it goes on, and find a beginning and a middle.
    let latecomers = async {
        let mut late = Vec::new();
        while late.len() < 4 {
            tokio::time::sleep(Duration::from_millis(30)).await;
            late.push(shopper.socket(0).await);
        }
        late
    };
    let ((), latecomers) = tokio::join!(posting, latecomers);
    sockets.extend(latecomers);
    shopper.send("the end").await;

    let threads = join_all(sockets.iter_mut().map(async |socket| {
        let mut thread = Vec::new();
        while thread.len() <= POSTERS * EACH {
            let message = socket.message().await;
            thread.push((message.seq, message.id));
        }
        thread
    }))
    .await;
    let numbers: Vec<i64> = threads[0].iter().map(|(seq, _)| *seq).collect();
    assert_eq!(numbers, (1..=last + 1).collect::<Vec<_>>());
    for thread in &threads {
        assert_eq!(thread, &threads[0]);
    }
    server.finish().await;
}
