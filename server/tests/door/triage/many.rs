//! Doing something to several conversations at once.

use super::counts;
use crate::common::{Owner, Reply, Shop, TestServer};
use crate::forms::{Fields, call, fields};
use backend::conversations;
use domain::{
    conversation::Status,
    ids::ConversationId,
    inbox::{TRIAGE_MAX, TriageDone},
    problem::Problem,
};

async fn act_each(
    server: &TestServer,
    by: &Owner,
    shop: &Shop,
    all: &[ConversationId],
    action: &str,
) -> Reply {
    let mut form: Fields = fields([("store", shop.id.to_string().as_str())]);
    for (at, id) in all.iter().enumerate() {
        form.push((format!("all[{at}][conversation]"), id.to_string()));
        form.push((format!("all[{at}][action]"), action.to_owned()));
    }
    call(server, &by.cookie, "inbox/act-each", &form).await
}

async fn begun(server: &TestServer, shop: &Shop, count: usize) -> Vec<ConversationId> {
    let mut all = Vec::new();
    for _ in 0..count {
        let shopper = server.shopper(shop).await;
        shopper.send("Hello").await;
        all.push(shopper.conversation);
    }
    all
}

#[tokio::test]
async fn several_conversations_are_resolved_and_reopened_at_once() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let all = begun(&server, &shop, 4).await;
    let some = &all[..3];
    let done: TriageDone = act_each(&server, &owner, &shop, some, "resolve")
        .await
        .json(200);
    assert_eq!(done.failed, []);
    let done: Vec<_> = done.done.iter().map(|row| (row.id, row.status)).collect();
    assert_eq!(
        done,
        some.iter()
            .map(|id| (*id, Status::Resolved))
            .collect::<Vec<_>>()
    );
    let now = counts(&server, &shop).await;
    assert_eq!((now.open, now.resolved), (1, 3));
    act_each(&server, &owner, &shop, some, "reopen")
        .await
        .json::<TriageDone>(200);
    assert_eq!(counts(&server, &shop).await.open, 4);
    server.finish().await;
}

#[tokio::test]
async fn several_conversations_are_marked_as_read() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let all = begun(&server, &shop, 2).await;
    assert_eq!(counts(&server, &shop).await.unread, 2);
    let done: TriageDone = act_each(&server, &owner, &shop, &all, "read")
        .await
        .json(200);
    assert!(done.done.iter().all(|row| row.unread == 0));
    assert_eq!(counts(&server, &shop).await.unread, 0);
    server.finish().await;
}

#[tokio::test]
async fn what_is_another_store_s_fails_and_keeps_nothing_else_from_being_done() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let other = server.add_owner("Eve", "eve@example.com").await;
    let theirs = server.open_shop(&other, "Theirs", |_| {}).await;
    let foreign = begun(&server, &theirs, 1).await[0];
    let mine = begun(&server, &shop, 1).await[0];
    let missing = ConversationId::generate();
    let done: TriageDone = act_each(&server, &owner, &shop, &[foreign, mine, missing], "resolve")
        .await
        .json(200);
    assert_eq!(done.failed, [foreign, missing]);
    assert_eq!(done.done.len(), 1);
    let untouched = conversations::get(&server.ctx, &theirs.member, foreign).await;
    assert_eq!(untouched.expect("a row").status, Status::Open);
    server.finish().await;
}

#[tokio::test]
async fn more_than_a_call_takes_is_refused_and_nothing_done() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let mine = begun(&server, &shop, 1).await[0];
    let reply = act_each(
        &server,
        &owner,
        &shop,
        &vec![mine; TRIAGE_MAX + 1],
        "resolve",
    )
    .await;
    assert_eq!(reply.json::<Problem>(422).field.as_deref(), Some("all"));
    assert_eq!(counts(&server, &shop).await.open, 1);
    server.finish().await;
}
