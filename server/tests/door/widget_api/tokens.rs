//! How long a shopper's token opens their conversation.

use crate::common::{Reply, Shopper, TestServer, database, people::start_request};
use domain::widget_api::ConversationStarted;

const DAY: i64 = 24 * 60 * 60 * 1000;

async fn status(shopper: &Shopper) -> u16 {
    shopper.get("?after_seq=0").await.status
}

#[tokio::test]
async fn a_token_that_nobody_used_for_400_days_opens_nothing() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    server.ctx.clock().advance(399 * DAY);
    assert_eq!(status(&shopper).await, 200);
    server.ctx.clock().advance(401 * DAY);
    assert_eq!(status(&shopper).await, 401);
    server.finish().await;
}

#[tokio::test]
async fn using_a_token_keeps_it_valid() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    for _ in 0..3 {
        server.ctx.clock().advance(300 * DAY);
        assert_eq!(status(&shopper).await, 200);
    }
    server.finish().await;
}

#[tokio::test]
async fn an_expired_token_starts_a_conversation_as_somebody_new() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    server.ctx.clock().advance(401 * DAY);
    let start = server
        .http
        .post(server.url(&format!("/widget/v1/stores/{}/conversations", shop.key)))
        .bearer_auth(&shopper.token)
        .json(&start_request());
    let again: ConversationStarted = Reply::to(start).await.json(201);
    assert_ne!(again.token, shopper.token);
    assert_eq!(database::rows(&server.ctx, "visitors").await, 2);
    server.finish().await;
}

#[tokio::test]
async fn a_revoked_visitor_is_signed_out_and_others_are_not() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let (shopper, other) = (server.shopper(&shop).await, server.shopper(&shop).await);
    let visitor = backend::visitors::session(&server.ctx, &shopper.token, None)
        .await
        .expect("a session")
        .visitor_id;
    backend::visitors::revoke_tokens(&server.ctx, &shop.member, visitor)
        .await
        .expect("revoked");
    assert_eq!(status(&shopper).await, 401);
    assert_eq!(status(&other).await, 200);
    server.finish().await;
}
