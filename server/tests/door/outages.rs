//! The database is away: whoever asks is told so, and when to come again.

use crate::{
    common::{Reply, TestServer, people::start_request},
    forms::{call, fields, page},
};
use backend::db::Kind;
use tokio::sync::oneshot;

/// Asserts that `reply` says that waiting helps.
#[track_caller]
fn assert_outage(reply: &Reply) {
    assert_eq!(reply.status, 503, "{reply:?}");
    let seconds: u64 = reply.header("retry-after").parse().expect("seconds");
    assert!(seconds > 0);
}

#[tokio::test]
async fn every_door_says_that_the_database_is_away() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    server.idle().await;
    server.ctx.caches().forget_all();
    server.ctx.db().close().await;

    assert_outage(&server.get("/readyz").await);
    let config = format!("/widget/v1/stores/{}/config", shop.key);
    assert_outage(&server.get(&config).await);
    assert_outage(&server.start_conversation(&shop.key, &start_request()).await);
    assert_outage(&call(&server, &owner.cookie, "account/current", &fields([])).await);
    assert_outage(&page(&server, &owner.cookie, "/stores").await);
    // The process itself is well.
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_can_read_but_not_write_is_not_ready() {
    let server = TestServer::start().await;
    // PostgreSQL has more than one that writes.
    if server.ctx.db().kind() == Kind::Sqlite {
        let ((held, is_held), (release, released)) = (oneshot::channel(), oneshot::channel::<()>());
        let ctx = server.ctx.clone();
        let writing = tokio::spawn(async move {
            let work = ctx.db().write(move |_| {
                Box::pin(async move {
                    let _ = held.send(());
                    let _ = released.await;
                    Ok(())
                })
            });
            work.await
        });
        is_held.await.expect("the writer");
        assert_outage(&server.get("/readyz").await);
        drop(release);
        writing.await.expect("ended").expect("committed");
    }
    assert_eq!(server.get("/readyz").await.status, 200);
    server.finish().await;
}
