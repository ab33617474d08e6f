//! What nobody would think of: random JSON and random frames.

use super::Room;
use crate::common::{Reply, Socket};
use domain::{events::ServerEvent, ids::ConversationId};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    test_runner::{Config as Cases, TestRunner},
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Frame;

/// Any JSON, with a liking for what the interface knows.
fn any_json(conversation: ConversationId) -> impl Strategy<Value = Value> {
    let known = [
        "id", "body", "message", "visitor", "name", "email", "locale", "page", "url", "title",
        "seq",
    ];
    let frames = [
        "hello",
        "token",
        "store",
        "cursors",
        "open",
        "close",
        "typing",
        "ping",
        "conversation_id",
        "after_seq",
    ];
    let id = conversation.to_string();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!(id)),
        Just(()).prop_map(|()| json!(ConversationId::generate())),
    ];
    let key = prop_oneof![
        4 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        4 => proptest::sample::select(frames.to_vec()).prop_map(str::to_owned),
        1 => Just(id),
        1 => any::<String>(),
    ];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Cases {
        cases,
        failure_persistence: None,
        ..Cases::default()
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

#[test]
fn no_json_makes_the_server_fail() {
    let runtime = runtime();
    let room = runtime.block_on(Room::new());
    let outcome = runner(400).run(
        &(any_json(room.shopper.conversation), 0..3_usize),
        |(noise, door)| {
            let (request, mut body) = room.json_doors().swap_remove(door);
            // Half of it is a good body with something odd in it.
            let body = match (&noise, body.as_object_mut()) {
                (Value::Object(odd), Some(fields)) => {
                    fields.extend(odd.clone());
                    body
                }
                _ => noise,
            };
            let reply = runtime.block_on(Reply::to(request.json(&body)));
            prop_assert!(reply.status < 500, "{} for {body}", reply.status);
            if reply.status >= 400 {
                reply.problem(reply.status);
            }
            Ok(())
        },
    );
    outcome.expect("no 5xx");
    runtime.block_on(room.server.finish());
}

#[test]
fn no_frame_makes_the_server_hang_up_without_a_word() {
    let runtime = runtime();
    let room = runtime.block_on(Room::new());
    let frame = prop_oneof![
        1 => any::<String>(),
        3 => any_json(room.shopper.conversation).prop_map(|json| json.to_string()),
        3 => (proptest::sample::select(vec!["hello", "open", "close", "typing", "ping"]), any_json(room.shopper.conversation))
            .prop_map(|(kind, json)| json!({ kind: json }).to_string()),
    ];
    let outcome = runner(200).run(&(any::<bool>(), vec(frame, 1..4)), |(greets, frames)| {
        runtime.block_on(async {
            let mut socket = Socket::connect(room.server.addr, "/widget/v1/ws", &[])
                .await
                .expect("a socket");
            if greets {
                socket.send_json(&room.shopper.hello(0)).await;
            }
            for frame in &frames {
                // It may have been closed by the one before.
                let _ = socket.send(Frame::text(frame.clone())).await;
            }
            // Whatever they were, this one can't be taken.
            let _ = socket.send(Frame::binary(vec![0])).await;
            while let Some(event) = socket.try_next().await {
                if matches!(event, ServerEvent::Error(_)) {
                    return Ok(());
                }
            }
            Err(TestCaseError::fail("the connection ended without a reason"))
        })
    });
    outcome.expect("a reason for every end");
    assert_eq!(runtime.block_on(room.server.get("/healthz")).status, 200);
    runtime.block_on(room.server.finish());
}
