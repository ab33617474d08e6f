//! What each of the team has read themselves.

use super::mention::{read, say, team};
use crate::{
    common::{Owner, Shop, TestServer, database},
    forms::{call, fields},
};
use domain::{
    api_key::{NewApiKey, Scope},
    events::{Seen, ServerEvent},
    ids::ConversationId,
    inbox::{InboxPage, Thread},
};
use std::collections::HashMap;

/// The list of the tab *Open*; of it only what somebody hasn't read, if `unread`.
async fn listed(server: &TestServer, of: &Owner, shop: &Shop, unread: bool) -> InboxPage {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("view[tab]", "open"),
        ("view[unread]", if unread { "true" } else { "false" }),
    ]);
    call(server, &of.cookie, "inbox/list", &form)
        .await
        .json(200)
}

/// How many messages of the one conversation somebody hasn't read, and how many nobody has.
async fn unread(server: &TestServer, of: &Owner, shop: &Shop) -> (i64, i64) {
    let page = listed(server, of, shop, false).await;
    let row = &page.rows[0];
    let own = page.own_unread.get(&row.id).copied();
    let filtered = listed(server, of, shop, true).await.rows.len();
    let own = own.unwrap_or(row.unread);
    assert_eq!(filtered, usize::from(own > 0), "the filter says otherwise");
    (own, row.unread)
}

async fn thread(server: &TestServer, of: &Owner, shop: &Shop, id: ConversationId) -> Thread {
    let (store, id) = (shop.id.to_string(), id.to_string());
    let form = fields([("store", store.as_str()), ("conversation", id.as_str())]);
    call(server, &of.cookie, "inbox/thread", &form)
        .await
        .json(200)
}

#[tokio::test]
async fn what_one_has_read_the_others_have_not() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    shopper.send("Are you there?").await;
    assert_eq!(unread(&server, &owner, &shop).await, (2, 2));
    assert_eq!(unread(&server, &agent, &shop).await, (2, 2));

    read(&server, &owner, &shop, &shopper, 2).await;
    assert_eq!(unread(&server, &owner, &shop).await, (0, 0));
    assert_eq!(unread(&server, &agent, &shop).await, (2, 0));
    let id = shopper.conversation;
    assert_eq!(thread(&server, &owner, &shop, id).await.unread_seq, 0);
    assert_eq!(thread(&server, &agent, &shop, id).await.unread_seq, 1);

    read(&server, &agent, &shop, &shopper, 1).await;
    assert_eq!(unread(&server, &agent, &shop).await, (1, 0));
    assert_eq!(thread(&server, &agent, &shop, id).await.unread_seq, 2);
    read(&server, &agent, &shop, &shopper, 2).await;
    // What comes late doesn't count back.
    read(&server, &agent, &shop, &shopper, 1).await;
    assert_eq!(unread(&server, &agent, &shop).await, (0, 0));
    server.finish().await;
}

#[tokio::test]
async fn who_answers_has_read_what_they_answer() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    say(&server, &agent, &shop, &shopper, (false, "We are")).await;
    assert_eq!(unread(&server, &agent, &shop).await, (0, 0));
    assert_eq!(unread(&server, &owner, &shop).await, (1, 0));
    server.finish().await;
}

#[tokio::test]
async fn who_joins_is_shown_what_nobody_has_read_and_what_comes() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    shopper.send("Is anybody there?").await;
    read(&server, &owner, &shop, &shopper, 1).await;
    let joined = format!(
        "UPDATE memberships SET joined_at = {} WHERE user_id = '{}'",
        server.ctx.now() + 1,
        agent.user.id
    );
    database::write(&server.ctx, joined).await;
    assert_eq!(unread(&server, &agent, &shop).await, (1, 1));
    read(&server, &owner, &shop, &shopper, 2).await;
    assert_eq!(unread(&server, &agent, &shop).await, (0, 0));

    server.ctx.clock().advance(1_000);
    shopper.send("Hello?").await;
    read(&server, &owner, &shop, &shopper, 3).await;
    assert_eq!(unread(&server, &agent, &shop).await, (1, 0));
    server.finish().await;
}

#[tokio::test]
async fn another_page_of_the_same_person_is_told_what_they_have_read() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    read(&server, &owner, &shop, &shopper, 1).await;
    let mut socket = server.agent_socket(&agent, shop.id, &[]).await;
    socket.ready().await;
    read(&server, &agent, &shop, &shopper, 1).await;
    let seen = socket
        .until(|event| match event {
            ServerEvent::Seen(seen) => Some(seen),
            _ => None,
        })
        .await;
    let expected = Seen {
        conversation_id: shopper.conversation,
        user: agent.user.id,
        seq: 1,
    };
    assert_eq!(seen, expected);
    server.finish().await;
}

#[tokio::test]
async fn what_a_program_marks_as_read_nobody_has_read_themselves() {
    let server = TestServer::start().await;
    let (owner, _, shop, shopper) = team(&server).await;
    let new = NewApiKey {
        name: "Back office".to_owned(),
        scopes: vec![Scope::ConversationsWrite],
    };
    let key = backend::api_keys::create(&server.ctx, &shop.member, new).await;
    let path = format!("/api/v1/conversations/{}/read", shopper.conversation);
    let request = server.http.post(server.url(&path));
    let marked = request.bearer_auth(key.expect("a key").token).send().await;
    assert!(marked.expect("an answer").status().is_success());
    assert_eq!(unread(&server, &owner, &shop).await, (1, 0));
    server.finish().await;
}

#[tokio::test]
async fn a_thread_opens_where_somebody_goes_on_reading() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    for n in 0..80 {
        say(&server, &owner, &shop, &shopper, (false, &format!("{n}"))).await;
    }
    // The first message is the one that the agent hasn't read.
    let opened = thread(&server, &agent, &shop, shopper.conversation).await;
    assert_eq!((opened.unread_seq, opened.messages[0].seq), (1, 1));
    assert!(!opened.has_earlier);
    let known = thread(&server, &owner, &shop, shopper.conversation).await;
    assert!(known.has_earlier && known.messages.len() < opened.messages.len());
    server.finish().await;
}

#[tokio::test]
async fn what_is_read_goes_with_its_conversation() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    for reader in [&owner, &agent] {
        read(&server, reader, &shop, &shopper, 1).await;
    }
    let kept = async || -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM agent_reads".to_owned();
        database::count(&server.ctx, sql).await
    };
    assert_eq!(kept().await, 2);
    let deleted = backend::conversations::delete(&server.ctx, &shop.member, shopper.conversation);
    deleted.await.expect("deleted");
    assert_eq!(kept().await, 0);
    let page = listed(&server, &owner, &shop, false).await;
    assert_eq!((page.rows.len(), page.own_unread), (0, HashMap::new()));
    server.finish().await;
}
