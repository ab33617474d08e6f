//! Several of a team in one conversation.

use super::shop_with_shopper;
use crate::common::{Owner, Shop, TestServer, database};
use domain::events::{Colleague, Doing, ServerEvent, Side};
use serde_json::{Value, json};

/// Somebody else of the shop's team.
async fn colleague(server: &TestServer, shop: &Shop, name: &str) -> Owner {
    let email = format!("{}@example.com", name.to_lowercase());
    let other = server.add_owner(name, &email).await;
    let (store, user) = (shop.id, other.user.id);
    database::write(
        &server.ctx,
        format!(
            "INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')"
        ),
    )
    .await;
    other
}

fn here(shopper: &crate::common::Shopper, doing: &str) -> Value {
    json!({"here": {"conversation_id": shopper.conversation, "doing": doing}})
}

fn told(event: ServerEvent) -> Option<Colleague> {
    match event {
        ServerEvent::Colleague(colleague) => Some(colleague),
        _ => None,
    }
}

#[tokio::test]
async fn who_else_is_in_a_conversation_and_writes_is_told_to_the_team_and_not_to_the_shopper() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let tom = colleague(&server, &shop, "Tom").await;
    let follows = [(shopper.conversation, 0)];
    let mut visitor = shopper.socket(0).await;
    let mut first = server.agent_socket(&owner, shop.id, &follows).await;
    let mut second = server.agent_socket(&tom, shop.id, &follows).await;
    visitor.ready().await;
    first.ready().await;
    second.ready().await;
    for (word, doing) in [
        ("arriving", Doing::Arriving),
        ("replying", Doing::Replying),
        ("noting", Doing::Noting),
        ("leaving", Doing::Leaving),
    ] {
        second.send_json(&here(&shopper, word)).await;
        let heard = first.until(told).await;
        assert_eq!(
            (heard.user, heard.name.as_str(), heard.doing),
            (tom.user.id, "Tom", doing)
        );
    }
    // A note is none of the shopper's business, nor is who looks on.
    second
        .send_json(&json!({"typing": {"conversation_id": shopper.conversation}}))
        .await;
    let event = visitor.next().await;
    let ServerEvent::Typing(typing) = event else {
        panic!("something else: {event:?}");
    };
    assert_eq!(typing.by, Side::Agent);
    server.finish().await;
}

#[tokio::test]
async fn who_does_not_follow_a_conversation_tells_nothing_about_it() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let stranger = server.add_owner("Eve", "eve@example.com").await;
    let theirs = server.open_shop(&stranger, "Theirs", |_| {}).await;
    let mut agent = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
        .await;
    agent.ready().await;
    let mut foreign = server.agent_socket(&stranger, theirs.id, &[]).await;
    foreign.ready().await;
    foreign.send_json(&here(&shopper, "arriving")).await;
    foreign.settled().await;
    let mut visitor = shopper.socket(0).await;
    visitor.ready().await;
    visitor.send_json(&here(&shopper, "arriving")).await;
    visitor.settled().await;
    agent.send_json(&here(&shopper, "looking")).await;
    assert_eq!(agent.until(told).await.user, owner.user.id);
    server.finish().await;
}
