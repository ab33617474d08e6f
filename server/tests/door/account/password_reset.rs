//! A forgotten password.

use super::{MINUTE, first_step, is_signed_in, set_up};
use crate::{
    alarms::mails::sent,
    common::{Reply, TestServer, database, people::PASSWORD},
    forms::{call, fields, page, request, send_form},
};
use backend::auth;
use domain::problem::{Code, Problem};
use futures::future::join_all;

const EMAIL: &str = "ada@example.com";
const NEW: &str = "another good password";

async fn ask(server: &TestServer, email: &str) -> Reply {
    call(
        server,
        "",
        "account/forgot-password",
        &fields([("email", email)]),
    )
    .await
}

async fn reset(server: &TestServer, token: &str, password: &str) -> Reply {
    let form = fields([("token", token), ("password", password)]);
    call(server, "", "account/reset-password", &form).await
}

/// The tokens of the links that were mailed.
fn mailed(server: &TestServer) -> Vec<String> {
    let token = |mail: &String| {
        let (_, rest) = mail.split_once("/reset-password/")?;
        Some(rest.split_whitespace().next()?.to_owned())
    };
    sent(server).iter().filter_map(token).collect()
}

#[track_caller]
fn assert_code(reply: &Reply, code: Code) {
    let problem: Problem = reply.json(code.status());
    assert!(problem.is(code), "{problem:?}");
}

#[tokio::test]
async fn a_link_is_mailed_and_sets_a_password_once() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    let shown = page(&server, "", "/forgot-password").await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("Send the link"), "{}", shown.body);
    let form = fields([("email", " Ada@Example.com ")]);
    let asked = send_form(
        &server,
        "",
        "account/forgot-password",
        &form,
        "/forgot-password",
    )
    .await;
    assert_eq!(
        (asked.status, asked.header("location")),
        (302, "/forgot-password?sent")
    );
    let shown = page(&server, "", "/forgot-password?sent").await;
    assert!(
        shown.body.contains("Look into your mails"),
        "{}",
        shown.body
    );
    server.idle().await;
    let mail = sent(&server).remove(0);
    assert!(mail.contains("To: ada@example.com"), "{mail}");
    let token = mailed(&server).remove(0);

    let path = format!("/reset-password/{token}");
    for _ in 0..2 {
        let shown = page(&server, "", &path).await;
        assert_eq!(shown.status, 200);
        assert_eq!(shown.header("cache-control"), "no-store");
        assert!(shown.body.contains(EMAIL), "{}", shown.body);
    }
    for short in ["", "short", &"x".repeat(201)] {
        assert_code(&reset(&server, &token, short).await, Code::Invalid);
    }
    assert!(is_signed_in(&server, &owner.cookie).await);
    let form = fields([("token", token.as_str()), ("password", NEW)]);
    let done = send_form(&server, "", "account/reset-password", &form, &path).await;
    assert_eq!(
        (done.status, done.header("location")),
        (302, "/reset-password")
    );
    assert_eq!(page(&server, "", "/reset-password").await.status, 200);
    assert!(!is_signed_in(&server, &owner.cookie).await);
    server.sign_in(EMAIL, NEW).await;
    let old = fields([("email", EMAIL), ("password", PASSWORD)]);
    assert_code(
        &call(&server, "", "account/sign-in", &old).await,
        Code::Unauthorized,
    );

    assert_code(&reset(&server, &token, NEW).await, Code::NotFound);
    assert_eq!(page(&server, "", &path).await.status, 404);
    server.idle().await;
    let told = sent(&server)
        .iter()
        .any(|mail| mail.contains("Subject: Your password was changed"));
    assert!(told);
    server.finish().await;
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let server = TestServer::with().mails_are_read().start().await;
    server.sign_up().await;
    let (known, unknown) = (
        ask(&server, EMAIL).await,
        ask(&server, "eve@example.com").await,
    );
    assert_eq!(
        (known.status, known.body.as_str(), known.header("location")),
        (
            unknown.status,
            unknown.body.as_str(),
            unknown.header("location")
        )
    );
    // What is done before the answer is the same as well: a job, which stores no address.
    server.idle().await;
    assert_eq!(sent(&server).len(), 1);
    assert_eq!(database::rows(&server.ctx, "password_resets").await, 1);
    // So are the limits, and refusals.
    let mut statuses = Vec::new();
    for email in [EMAIL, "eve@example.com"] {
        for _ in 0..3 {
            statuses.push(ask(&server, email).await.status);
        }
    }
    assert_eq!(statuses, [200, 200, 429, 200, 200, 429]);
    for wrong in ["ada", &"a@b.de".repeat(10_000)] {
        assert_code(&ask(&server, wrong).await, Code::Invalid);
    }
    server.finish().await;
}

#[tokio::test]
async fn links_are_asked_for_ten_times_from_one_address() {
    let server = TestServer::with()
        .mails_are_read()
        .trust_proxy()
        .start()
        .await;
    server.sign_up().await;
    let from = async |address: &str, n: usize| {
        let form = fields([("email", format!("nobody-{n}@example.com").as_str())]);
        let request = request(&server, "", "account/forgot-password", &form)
            .header("accept", "application/json")
            .header("x-forwarded-for", address);
        Reply::to(request).await.status
    };
    for n in 0..10 {
        assert_eq!(from("203.0.113.1", n).await, 200, "{n}");
    }
    assert_eq!(from("203.0.113.1", 10).await, 429);
    assert_eq!(from("203.0.113.2", 11).await, 200);
    let mut statuses = Vec::new();
    for n in 0..31 {
        statuses.push(reset(&server, &format!("guess-{n}"), NEW).await.status);
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    server.finish().await;
}

#[tokio::test]
async fn a_link_ends_with_its_hour_and_with_another_password() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    ask(&server, EMAIL).await;
    server.idle().await;
    let late = mailed(&server).remove(0);
    server.ctx.clock().advance(60 * MINUTE);
    assert_code(&reset(&server, &late, NEW).await, Code::NotFound);

    ask(&server, EMAIL).await;
    server.idle().await;
    let before = mailed(&server).pop().expect("another link");
    let form = fields([("current", PASSWORD), ("new", NEW)]);
    call(&server, &owner.cookie, "account/change-password", &form).await;
    assert_code(&reset(&server, &before, PASSWORD).await, Code::NotFound);
    for nonsense in ["", "nonsense", &"x".repeat(100_000)] {
        assert_code(&reset(&server, nonsense, NEW).await, Code::NotFound);
    }
    server.finish().await;
}

#[tokio::test]
async fn of_several_who_use_a_link_at_once_one_does() {
    let server = TestServer::with().mails_are_read().start().await;
    server.sign_up().await;
    ask(&server, EMAIL).await;
    server.idle().await;
    let token = mailed(&server).remove(0);
    let tries = (0..4).map(|_| reset(&server, &token, NEW));
    let replies = join_all(tries).await;
    let done = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(done, 1, "{replies:?}");
    server.finish().await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_afterwards() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    set_up(&server, &owner).await;
    ask(&server, EMAIL).await;
    server.idle().await;
    let token = mailed(&server).remove(0);
    let done = reset(&server, &token, NEW).await;
    assert_eq!(done.status, 200, "{done:?}");
    first_step(&server, EMAIL, NEW).await;
    server.finish().await;
}

#[tokio::test]
async fn where_no_mail_is_read_the_page_says_whom_to_ask() {
    let server = TestServer::start().await;
    server.sign_up().await;
    let shown = page(&server, "", "/forgot-password").await;
    for text in ["sends no mails yet", "shopdesk user reset-password"] {
        assert!(shown.body.contains(text), "{}", shown.body);
    }
    assert!(!shown.body.contains("<form"), "{}", shown.body);
    assert_eq!(ask(&server, EMAIL).await.status, 200);
    server.idle().await;
    assert_eq!(sent(&server).len(), 0);
    let link = auth::reset::link_for(&server.ctx, EMAIL)
        .await
        .expect("a link");
    let (_, token) = link.split_once("/reset-password/").expect("a link");
    assert_eq!(reset(&server, token, NEW).await.status, 200);
    server.sign_in(EMAIL, NEW).await;
    server.finish().await;
}

#[tokio::test]
async fn the_demos_account_which_everybody_shares_gets_no_link() {
    let server = TestServer::with()
        .demo()
        .trust_proxy()
        .mails_are_read()
        .start()
        .await;
    ask(&server, backend::demo::EMAIL).await;
    server.idle().await;
    assert_eq!(database::rows(&server.ctx, "password_resets").await, 0);
    server.finish().await;
}
