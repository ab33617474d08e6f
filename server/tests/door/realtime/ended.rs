//! A socket ends when the token does by which it was opened.

use super::{reply, seqs, shop_with_shopper};
use crate::{
    common::{
        Shopper, TestServer,
        people::{HERE, PASSWORD},
    },
    forms::{Fields, call},
    identity::token,
};
use backend::{auth, identity, visitors};
use domain::{events::ServerEvent, widget_api::Identified};
use serde_json::json;

#[tokio::test]
async fn who_proves_who_they_are_ends_the_sockets_of_before_and_no_others() {
    let server = TestServer::start().await;
    let (_, shop, guest) = shop_with_shopper(&server).await;
    let stranger = server.shopper(&shop).await;
    let made = identity::make_secret(&server.ctx, &shop.member).await;
    let jane = token(&made.expect("a secret").secret, json!({}));
    let (mut tab, mut other_tab) = (guest.socket(0).await, guest.socket(0).await);
    let mut others = stranger.socket(0).await;
    for socket in [&mut tab, &mut other_tab, &mut others] {
        socket.ready().await;
    }

    let proven = guest.post("/identify", &json!({"token": jane})).await;
    let proven: Identified = proven.json(200);
    reply(&server, &shop, guest.conversation, "For Jane alone").await;
    for socket in [&mut tab, &mut other_tab] {
        let heard = socket.ended().await;
        assert_eq!(seqs(&heard), [0; 0], "{heard:?}");
    }
    others.settled().await;
    let known = Shopper {
        token: proven.token,
        ..guest.clone()
    };
    let mut socket = known.socket(0).await;
    assert_eq!(seqs(&socket.ready().await), [1]);
    server.finish().await;
}

#[tokio::test]
async fn a_visitor_whose_tokens_are_revoked_is_told() {
    let server = TestServer::start().await;
    let (_, shop, guest) = shop_with_shopper(&server).await;
    let visitor = visitors::session(&server.ctx, &guest.token, None).await;
    let visitor = visitor.expect("a session").visitor_id;
    let mut socket = guest.socket(0).await;
    socket.ready().await;
    let revoked = visitors::revoke_tokens(&server.ctx, &shop.member, visitor).await;
    revoked.expect("revoked");
    socket.ended().await;
    guest.get("?after_seq=0").await.problem(401);
    server.finish().await;
}

#[tokio::test]
async fn an_agent_who_signs_out_hears_nothing_more() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = shop_with_shopper(&server).await;
    let elsewhere = server.sign_in(owner.user.email.as_str(), PASSWORD).await;
    let mut here = server.agent_socket(&owner, shop.id, &[]).await;
    let mut there = server.agent_socket(&elsewhere, shop.id, &[]).await;
    for socket in [&mut here, &mut there] {
        socket.ready().await;
    }
    let signed_out = call(&server, &owner.cookie, "account/sign-out", &Fields::new()).await;
    assert!(signed_out.status < 400, "{}", signed_out.body);
    shopper.send("Hello").await;
    // That its own person has come may have been told before.
    let mut heard = here.ended().await;
    heard.retain(|event| !matches!(event, ServerEvent::Presence(_)));
    assert_eq!(heard, []);
    // The other device is still signed in.
    let is_row = |event| matches!(event, ServerEvent::Conversation(_)).then_some(());
    there.until(is_row).await;
    server.finish().await;
}

#[tokio::test]
async fn a_new_password_ends_the_sockets_of_the_account_and_no_others() {
    let server = TestServer::start().await;
    let (owner, shop, _) = shop_with_shopper(&server).await;
    let elsewhere = server.sign_in(owner.user.email.as_str(), PASSWORD).await;
    let colleague = server.add_owner("Eve", "eve@example.com").await;
    let mut sockets = [
        server.agent_socket(&owner, shop.id, &[]).await,
        server.agent_socket(&elsewhere, shop.id, &[]).await,
    ];
    let theirs = colleague.first_store;
    let mut other = server.agent_socket(&colleague, theirs, &[]).await;
    for socket in sockets.iter_mut().chain([&mut other]) {
        socket.ready().await;
    }
    let new = "another one of mine";
    let changed =
        auth::password::change_password(&server.ctx, &owner.user, PASSWORD, new, HERE).await;
    changed.expect("the right password");
    for socket in &mut sockets {
        socket.ended().await;
    }
    other.settled().await;
    server.finish().await;
}

#[tokio::test]
async fn a_token_that_is_used_again_after_months_ends_no_socket() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let server = TestServer::start().await;
    let (_, _, guest) = shop_with_shopper(&server).await;
    let mut socket = guest.socket(0).await;
    socket.ready().await;
    server.ctx.clock().advance(2 * DAY);
    // It now lasts for longer, which is doubted first.
    guest.send("Hello again").await;
    assert_eq!(socket.message().await.body, "Hello again");
    socket.settled().await;
    server.finish().await;
}
