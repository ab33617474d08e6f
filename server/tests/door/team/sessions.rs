//! The browsers of an account.

use super::{add, team};
use crate::common::{Reply, TestServer, people::PASSWORD};
use crate::forms::{call, fields, page, request, session_of};
use domain::{account::Session, role::Role};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async fn sign_in(server: &TestServer, user_agent: &str) -> String {
    let form = [("email", "ada@example.com"), ("password", PASSWORD)];
    let request = request(server, "", "account/sign-in", &form)
        .header("accept", "application/json")
        .header("user-agent", user_agent);
    session_of(&Reply::to(request).await)
}

async fn sessions(server: &TestServer, cookie: &str) -> Vec<Session> {
    call(server, cookie, "account/sessions", &fields([]))
        .await
        .json(200)
}

async fn is_signed_in(server: &TestServer, cookie: &str) -> bool {
    call(server, cookie, "account/current", &fields([]))
        .await
        .status
        == 200
}

#[tokio::test]
async fn a_browser_is_known_by_words_and_signed_out_from_another() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let (first, second) = (
        sign_in(&server, FIREFOX).await,
        sign_in(&server, "curl/8.5.0").await,
    );
    let seen = sessions(&server, &first).await;
    assert_eq!(seen.len(), 3);
    let this = seen
        .iter()
        .find(|session| session.is_this)
        .expect("this one");
    assert_eq!(this.device, "Firefox on Linux");
    assert_eq!(this.address.as_deref(), Some("127.0.0.1"));
    assert!(this.last_seen_at.is_some());
    let other = seen
        .iter()
        .find(|s| s.device == "An unknown device" && s.address.is_some());
    let other = other.expect("the other one");
    let mut socket = server
        .agent_socket(
            &crate::common::Owner {
                cookie: second.clone(),
                ..owner.clone()
            },
            owner.first_store,
            &[],
        )
        .await;
    socket.ready().await;

    let end = fields([("id", other.id.as_str())]);
    assert_eq!(
        call(&server, &first, "account/end-session", &end)
            .await
            .status,
        200
    );
    socket.ended().await;
    assert!(!is_signed_in(&server, &second).await);
    assert!(is_signed_in(&server, &first).await);
    // It is gone, and nobody else's can be named.
    assert_eq!(
        call(&server, &first, "account/end-session", &end)
            .await
            .status,
        404
    );
    let eva = server.add_owner("Eva", "eva@example.com").await;
    let mine = fields([("id", this.id.as_str())]);
    assert_eq!(
        call(&server, &eva.cookie, "account/end-session", &mine)
            .await
            .status,
        404
    );

    let all = call(&server, &first, "account/end-other-sessions", &fields([])).await;
    assert_eq!(all.status, 200);
    assert_eq!(sessions(&server, &first).await.len(), 1);
    assert!(!is_signed_in(&server, &owner.cookie).await);
    assert!(is_signed_in(&server, &eva.cookie).await);
    server.finish().await;
}

#[tokio::test]
async fn a_new_name_is_everywhere_at_once() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    assert!(is_signed_in(&server, &tom.cookie).await);
    let form = fields([("name", " Tom Berg "), ("signature", "")]);
    assert_eq!(
        call(&server, &tom.cookie, "account/rename", &form)
            .await
            .status,
        200
    );
    let seen = team(&server, &owner, shop.id).await;
    assert!(seen.members.iter().any(|member| member.name == "Tom Berg"));
    let account = call(&server, &tom.cookie, "account/current", &fields([])).await;
    assert!(account.body.contains("Tom Berg"));
    for wrong in ["", &"x".repeat(81)] {
        let form = fields([("name", wrong), ("signature", "")]);
        assert_eq!(
            call(&server, &tom.cookie, "account/rename", &form)
                .await
                .status,
            422
        );
    }
    server.finish().await;
}

#[tokio::test]
async fn who_is_signed_in_gets_no_sign_in_form() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let shown = page(&server, "", "/sign-in").await;
    assert_eq!(shown.status, 200);
    for (path, leads_to) in [
        ("/sign-in", "/"),
        ("/sign-in?next=/account", "/account"),
        ("/sign-in?next=https://evil.test", "/"),
    ] {
        let reply = page(&server, &owner.cookie, path).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (302, leads_to),
            "{path}"
        );
    }
    server.finish().await;
}
