//! What somebody says of themselves.

use crate::{
    common::{Owner, Reply, TestServer},
    forms::{call, fields},
};
use domain::{account::Account, problem::Problem};

async fn save(server: &TestServer, by: &Owner, name: &str, signature: &str) -> Reply {
    let form = fields([("name", name), ("signature", signature)]);
    call(server, &by.cookie, "account/rename", &form).await
}

async fn account(server: &TestServer, by: &Owner) -> Account {
    let reply = call(server, &by.cookie, "account/current", &fields([])).await;
    reply.json(200)
}

#[tokio::test]
async fn a_signature_is_kept_with_its_lines_until_it_is_another() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    assert_eq!(account(&server, &owner).await.signature, "");
    let saved = save(&server, &owner, "Ada Olsen", " Ada\r\nLamps & Light \r\n").await;
    assert_eq!(saved.status, 200, "{saved:?}");
    assert_eq!(
        account(&server, &owner).await.signature,
        "Ada\nLamps & Light"
    );
    for wrong in [&*"x".repeat(501), "\u{0}", "\u{7}"] {
        let problem: Problem = save(&server, &owner, "Ada", wrong).await.json(422);
        assert_eq!(problem.field.as_deref(), Some("signature"));
    }
    let longest = "ß".repeat(500);
    assert_eq!(save(&server, &owner, "Ada", &longest).await.status, 200);
    assert_eq!(account(&server, &owner).await.signature, longest);
    save(&server, &owner, "Ada", "").await;
    assert_eq!(account(&server, &owner).await.signature, "");
    server.finish().await;
}

#[tokio::test]
async fn replies_are_held_for_whom_they_should_be_and_for_nobody_else() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let other = server.add_owner("other", "other@example.com").await;
    assert!(!account(&server, &owner).await.hold_replies);
    let held = fields([("hold", "on")]);
    let saved = call(&server, &owner.cookie, "account/replies", &held).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    assert!(account(&server, &owner).await.hold_replies);
    assert!(!account(&server, &other).await.hold_replies);
    // A form names what is switched on.
    call(&server, &owner.cookie, "account/replies", &fields([])).await;
    assert!(!account(&server, &owner).await.hold_replies);
    server.finish().await;
}
