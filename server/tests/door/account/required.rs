//! A store that requires a second factor of everybody in its team.

use super::{App, TWO_FACTOR, cookies_after, recovery_codes, set_up};
use crate::{
    common::{Owner, Reply, Shop, TestServer, people::PASSWORD},
    forms::{call, fields, page, send_form},
    team::add,
};
use domain::{
    problem::{Code, Problem},
    role::Role,
    team::Team,
};

async fn require(server: &TestServer, by: &Owner, shop: &Shop, required: bool) -> Reply {
    let (store, required) = (shop.id.to_string(), required.to_string());
    let form = fields([("store", store.as_str()), ("required", required.as_str())]);
    call(server, &by.cookie, "team/require-two-factor", &form).await
}

async fn of_store(server: &TestServer, by: &Owner, shop: &Shop, what: &str) -> Reply {
    let store = shop.id.to_string();
    call(
        server,
        &by.cookie,
        what,
        &fields([("store", store.as_str())]),
    )
    .await
}

#[track_caller]
fn assert_code(reply: &Reply, code: Code) {
    let problem: Problem = reply.json(code.status());
    assert!(problem.is(code), "{problem:?}");
}

#[tokio::test]
async fn who_has_none_is_led_to_setting_it_up_and_back() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    assert_eq!(
        of_store(&server, &tom, &shop, "team/list").await.status,
        200
    );
    let mut socket = server.agent_socket(&tom, shop.id, &[]).await;
    socket.ready().await;

    // Nobody requires what they don't have.
    assert_code(
        &require(&server, &owner, &shop, true).await,
        Code::OwnTwoFactorFirst,
    );
    set_up(&server, &owner).await;
    assert_eq!(require(&server, &owner, &shop, true).await.status, 200);
    let seen: Team = of_store(&server, &owner, &shop, "team/list")
        .await
        .json(200);
    assert!(seen.requires_two_factor);
    let with: Vec<_> = seen
        .members
        .iter()
        .map(|m| (m.name.as_str(), m.two_factor))
        .collect();
    assert_eq!(with, [("Ada Olsen", true), ("Tom", false)]);

    // At once: on the socket that is open, in calls, files, and pages.
    let (problem, _) = socket.refusal().await;
    assert!(problem.is(Code::TwoFactorNeeded), "{problem:?}");
    for what in [
        "team/list",
        "inbox/counts",
        "stores/overview",
        "widget/settings",
    ] {
        assert_code(
            &of_store(&server, &tom, &shop, what).await,
            Code::TwoFactorNeeded,
        );
    }
    let export = server
        .http
        .get(server.url(&format!(
            "/api/app/stores/{}/orders/export?format=csv",
            shop.id
        )))
        .header("cookie", &tom.cookie);
    assert_eq!(Reply::to(export).await.status, 403);
    let mut refused = server.agent_socket(&tom, shop.id, &[]).await;
    let (problem, _) = refused.refusal().await;
    assert!(problem.is(Code::TwoFactorNeeded), "{problem:?}");
    for room in ["", "/inbox", "/team", "/orders"] {
        let path = format!("/stores/{}{room}", shop.id);
        let reply = page(&server, &tom.cookie, &path).await;
        let leads_to = format!("{TWO_FACTOR}?next={path}");
        assert_eq!(
            (reply.status, reply.header("location")),
            (302, leads_to.as_str())
        );
        assert!(!reply.body.contains("Ada Olsen"), "{path}: {}", reply.body);
    }
    // Their own store, and their account, are as before.
    let own = page(
        &server,
        &tom.cookie,
        &format!("/stores/{}", tom.first_store),
    )
    .await;
    assert_eq!(own.status, 200);

    let inbox = format!("/stores/{}/inbox", shop.id);
    let from = format!("{TWO_FACTOR}?next={inbox}");
    let shown = page(&server, &tom.cookie, &from).await;
    assert!(
        shown.body.contains("Lamps &amp; Light requires it"),
        "{}",
        shown.body
    );
    let form = fields([("password", PASSWORD), ("next", inbox.as_str())]);
    let begun = send_form(
        &server,
        &tom.cookie,
        "account/two-factor/begin",
        &form,
        &from,
    )
    .await;
    assert_eq!(begun.header("location"), from);
    let app = App::scanning(&page(&server, &tom.cookie, &from).await);
    let code = app.code(&server, 0);
    let form = fields([("code", code.as_str()), ("next", inbox.as_str())]);
    let confirmed = send_form(
        &server,
        &tom.cookie,
        "account/two-factor/confirm",
        &form,
        &from,
    )
    .await;
    let cookies = cookies_after(&tom.cookie, &confirmed);
    let shown = page(&server, &cookies, confirmed.header("location")).await;
    assert_eq!(recovery_codes(&shown).len(), 10, "{}", shown.body);
    let form = fields([("next", inbox.as_str())]);
    let kept = send_form(
        &server,
        &cookies,
        "account/two-factor/codes-kept",
        &form,
        &from,
    )
    .await;
    assert_eq!(kept.header("location"), inbox);
    assert_eq!(page(&server, &tom.cookie, &inbox).await.status, 200);
    server.finish().await;
}

#[tokio::test]
async fn who_switches_it_off_is_out_until_it_is_not_required() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Admin).await;
    set_up(&server, &owner).await;
    let (app, _) = set_up(&server, &tom).await;
    assert_eq!(require(&server, &tom, &shop, true).await.status, 200);
    let form = fields([
        ("password", PASSWORD),
        ("code", app.fresh_code(&server).as_str()),
    ]);
    let off = call(&server, &tom.cookie, "account/two-factor/switch-off", &form).await;
    assert_eq!(off.status, 200, "{off:?}");
    assert_code(
        &require(&server, &tom, &shop, false).await,
        Code::TwoFactorNeeded,
    );
    assert_eq!(require(&server, &owner, &shop, false).await.status, 200);
    assert_eq!(
        of_store(&server, &tom, &shop, "team/list").await.status,
        200
    );
    server.finish().await;
}

#[tokio::test]
async fn agents_require_nothing() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    set_up(&server, &tom).await;
    assert_code(&require(&server, &tom, &shop, true).await, Code::Forbidden);
    server.finish().await;
}
