//! Setting it up, signing in with it, and losing it.

use super::{
    App, MINUTE, TWO_FACTOR, cookies_after, first_step, is_signed_in, recovery_codes, second_step,
    set_up,
};
use crate::{
    alarms::mails::sent,
    common::{Reply, TestServer, database, people::PASSWORD},
    forms::{call, fields, page, request, send_form},
};
use backend::auth::{self, SESSION_COOKIE};
use domain::problem::{Code, Problem};
use futures::future::join_all;

const EMAIL: &str = "ada@example.com";

#[track_caller]
fn assert_code(reply: &Reply, code: Code) {
    let problem: Problem = reply.json(code.status());
    assert!(problem.is(code), "{problem:?}");
}

#[tokio::test]
async fn it_is_set_up_by_plain_forms_and_ends_other_sessions() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    let other = server.sign_in(EMAIL, PASSWORD).await;
    let shown = page(&server, &owner.cookie, TWO_FACTOR).await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("cache-control"), "no-store");
    assert!(shown.body.contains("Set it up"), "{}", shown.body);
    assert!(!shown.body.contains("wasm"), "{}", shown.body);

    let wrong = fields([("password", "not my password")]);
    let path = "account/two-factor/begin";
    assert_code(
        &call(&server, &owner.cookie, path, &wrong).await,
        Code::Invalid,
    );
    let refused = send_form(&server, &owner.cookie, path, &wrong, TWO_FACTOR).await;
    let back = refused.header("location").to_owned();
    let (_, back) = back.split_at(server.url("").len());
    let shown = page(&server, &owner.cookie, back).await;
    assert!(
        shown.body.contains("not your current password"),
        "{}",
        shown.body
    );

    let right = fields([("password", PASSWORD)]);
    call(&server, &owner.cookie, path, &right).await;
    let shown = page(&server, &owner.cookie, TWO_FACTOR).await;
    assert!(shown.body.contains("class=\"qr-code\""), "{}", shown.body);
    let app = App::scanning(&shown);
    let path = "account/two-factor/confirm";
    for code in [app.wrong_code(&server), String::new(), "1".repeat(100_000)] {
        let form = fields([("code", code.as_str())]);
        assert_code(
            &call(&server, &owner.cookie, path, &form).await,
            Code::Invalid,
        );
    }
    // Nothing of it counts until a code was right.
    assert!(is_signed_in(&server, &other.cookie).await);
    server.sign_in(EMAIL, PASSWORD).await;

    let form = fields([("code", app.code(&server, 0).as_str())]);
    let confirmed = send_form(&server, &owner.cookie, path, &form, TWO_FACTOR).await;
    let cookies = cookies_after(&owner.cookie, &confirmed);
    for _ in 0..2 {
        let shown = page(&server, &cookies, TWO_FACTOR).await;
        let codes = recovery_codes(&shown);
        assert_eq!(codes.len(), 10, "{}", shown.body);
    }
    assert!(is_signed_in(&server, &owner.cookie).await);
    assert!(!is_signed_in(&server, &other.cookie).await);
    let kept = send_form(
        &server,
        &cookies,
        "account/two-factor/codes-kept",
        &fields([]),
        TWO_FACTOR,
    )
    .await;
    let shown = page(&server, &cookies_after(&cookies, &kept), TWO_FACTOR).await;
    assert!(recovery_codes(&shown).is_empty());
    assert!(
        shown.body.contains("10 recovery codes are left"),
        "{}",
        shown.body
    );
    server.ctx.clock().advance(11 * MINUTE);
    assert!(recovery_codes(&page(&server, &cookies, TWO_FACTOR).await).is_empty());

    assert_code(
        &call(&server, &owner.cookie, "account/two-factor/begin", &right).await,
        Code::TwoFactorOn,
    );
    server.idle().await;
    let mails = sent(&server);
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(
        mails[0].contains("Subject: Two-factor sign-in is on"),
        "{}",
        mails[0]
    );
    server.finish().await;
}

#[tokio::test]
async fn a_set_up_ends_with_its_hour() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let form = fields([("password", PASSWORD)]);
    call(&server, &owner.cookie, "account/two-factor/begin", &form).await;
    let app = App::scanning(&page(&server, &owner.cookie, TWO_FACTOR).await);
    server.ctx.clock().advance(60 * MINUTE);
    let form = fields([("code", app.code(&server, 0).as_str())]);
    let late = call(&server, &owner.cookie, "account/two-factor/confirm", &form).await;
    assert_code(&late, Code::SetUpEnded);
    let shown = page(&server, &owner.cookie, TWO_FACTOR).await;
    assert!(shown.body.contains("Set it up"), "{}", shown.body);
    server.finish().await;
}

#[tokio::test]
async fn signing_in_takes_a_code_with_and_without_script_and_leads_on() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let (app, _) = set_up(&server, &owner).await;
    let form = fields([
        ("email", EMAIL),
        ("password", PASSWORD),
        ("next", "/account?x=1"),
    ]);
    for by_script in [true, false] {
        let first = if by_script {
            call(&server, "", "account/sign-in", &form).await
        } else {
            send_form(&server, "", "account/sign-in", &form, "/sign-in").await
        };
        let second = first.header("location").to_owned();
        assert_eq!(second, "/sign-in/code?next=/account%3Fx%3D1");
        let cookies = cookies_after("", &first);
        assert!(!is_signed_in(&server, &cookies).await);
        let shown = page(&server, &cookies, &second).await;
        assert_eq!(shown.status, 200);
        assert!(
            shown.body.contains("value=\"/account?x=1\""),
            "{}",
            shown.body
        );
        let code = app.fresh_code(&server);
        let form = fields([("code", code.as_str()), ("next", "/account?x=1")]);
        let done = if by_script {
            call(&server, &cookies, "account/sign-in-code", &form).await
        } else {
            send_form(&server, &cookies, "account/sign-in-code", &form, &second).await
        };
        assert_eq!(done.header("location"), "/account?x=1");
        let cookies = cookies_after(&cookies, &done);
        assert!(is_signed_in(&server, &cookies).await);
        assert!(!cookies.contains("shopdesk_sign_in"), "{cookies}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_wrong_code_and_a_used_one_are_refused_alike() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let (app, codes) = set_up(&server, &owner).await;
    let cookies = first_step(&server, EMAIL, PASSWORD).await;
    let (used, spent) = (app.fresh_code(&server), codes[0].clone());
    assert_eq!(second_step(&server, &cookies, &used).await.status, 200);
    assert_eq!(second_step(&server, &cookies, &spent).await.status, 200);
    // Of the step before: it was right when it was shown, and a later one was used.
    let earlier = app.code(&server, -1);
    let never = "aaaa-bbbb-cccc-dddd".to_owned();
    let wrong = app.wrong_code(&server);
    let mut said = Vec::new();
    for code in [used, spent, earlier, never, wrong, "x".repeat(10_000)] {
        let reply = second_step(&server, &cookies, &code).await;
        assert_code(&reply, Code::Unauthorized);
        assert!(reply.headers.get("set-cookie").is_none());
        said.push(reply.body);
    }
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    server.finish().await;
}

#[tokio::test]
async fn two_who_send_one_code_at_once_are_one_too_many() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let (app, codes) = set_up(&server, &owner).await;
    let cookies = first_step(&server, EMAIL, PASSWORD).await;
    for code in [&app.fresh_code(&server), &codes[3]] {
        let tries = (0..4).map(|_| second_step(&server, &cookies, code));
        let replies = join_all(tries).await;
        let done = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(done, 1, "{code}");
    }
    server.finish().await;
}

#[tokio::test]
async fn the_second_step_needs_the_first_which_ends_with_its_time_and_the_password() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let (app, _) = set_up(&server, &owner).await;
    let shown = page(&server, "", "/sign-in/code?next=/account").await;
    assert_eq!(
        (shown.status, shown.header("location")),
        (302, "/sign-in?next=/account")
    );
    let code = app.fresh_code(&server);
    for cookies in ["", "shopdesk_sign_in=made-up", owner.cookie.as_str()] {
        assert_code(
            &second_step(&server, cookies, &code).await,
            Code::Unauthorized,
        );
    }
    let late = first_step(&server, EMAIL, PASSWORD).await;
    server.ctx.clock().advance(10 * MINUTE);
    assert_code(
        &second_step(&server, &late, &app.code(&server, 0)).await,
        Code::Unauthorized,
    );

    let before = first_step(&server, EMAIL, PASSWORD).await;
    let form = fields([("current", PASSWORD), ("new", "another good password")]);
    call(&server, &owner.cookie, "account/change-password", &form).await;
    let reply = second_step(&server, &before, &app.fresh_code(&server)).await;
    assert_code(&reply, Code::Unauthorized);
    server.finish().await;
}

#[tokio::test]
async fn codes_are_tried_ten_times_wherever_from_and_the_owners_device_goes_on() {
    let server = TestServer::with().trust_proxy().start().await;
    let owner = server.sign_up().await;
    let (app, _) = set_up(&server, &owner).await;
    let cookies = first_step(&server, EMAIL, PASSWORD).await;
    let done = second_step(&server, &cookies, &app.fresh_code(&server)).await;
    let device = cookies_after("", &done);
    let device = device
        .split("; ")
        .find(|pair| pair.starts_with(auth::DEVICE_COOKIE));
    let device = device.expect("a known device").to_owned();

    let mut statuses = Vec::new();
    for n in 0..12 {
        let form = fields([("code", app.wrong_code(&server).as_str())]);
        let request = request(&server, &cookies, "account/sign-in-code", &form)
            .header("accept", "application/json")
            .header("x-forwarded-for", format!("203.0.113.{n}"));
        statuses.push(Reply::to(request).await.status);
    }
    // One of the ten was the right code above.
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        9,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 429).count(),
        3,
        "{statuses:?}"
    );
    let known = format!("{cookies}; {device}");
    let done = second_step(&server, &known, &app.fresh_code(&server)).await;
    assert_eq!(done.status, 200, "{done:?}");
    server.finish().await;
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_the_owner_is_told() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    let (_, codes) = set_up(&server, &owner).await;
    let cookies = first_step(&server, EMAIL, PASSWORD).await;
    let typed = codes[4].to_uppercase().replace('-', " ");
    let done = second_step(&server, &cookies, &typed).await;
    assert_eq!(done.status, 200, "{done:?}");
    let shown = page(&server, &cookies_after("", &done), TWO_FACTOR).await;
    assert!(
        shown.body.contains("9 recovery codes are left"),
        "{}",
        shown.body
    );
    server.idle().await;
    let told = sent(&server)
        .into_iter()
        .any(|mail| mail.contains("9 are left"));
    assert!(told);
    server.finish().await;
}

#[tokio::test]
async fn new_codes_and_switching_off_take_the_password_and_a_code() {
    let server = TestServer::with()
        .mails_are_read()
        .without_rate_limits()
        .start()
        .await;
    let owner = server.sign_up().await;
    let (app, old) = set_up(&server, &owner).await;
    for path in [
        "account/two-factor/new-codes",
        "account/two-factor/switch-off",
    ] {
        let code = app.fresh_code(&server);
        for (password, code, field) in [
            ("not my password", code.as_str(), "password"),
            (PASSWORD, "", "code"),
            (PASSWORD, &app.wrong_code(&server), "code"),
        ] {
            let form = fields([("password", password), ("code", code)]);
            let problem: Problem = call(&server, &owner.cookie, path, &form).await.json(422);
            assert_eq!(problem.field.as_deref(), Some(field), "{path}");
        }
    }
    let form = fields([("password", PASSWORD), ("code", old[0].as_str())]);
    let made = call(
        &server,
        &owner.cookie,
        "account/two-factor/new-codes",
        &form,
    )
    .await;
    let cookies = cookies_after(&owner.cookie, &made);
    let new = recovery_codes(&page(&server, &cookies, TWO_FACTOR).await);
    assert_eq!(new.len(), 10);
    assert!(new.iter().all(|code| !old.contains(code)));
    let waiting = first_step(&server, EMAIL, PASSWORD).await;
    assert_code(
        &second_step(&server, &waiting, &old[1]).await,
        Code::Unauthorized,
    );
    assert_eq!(second_step(&server, &waiting, &new[1]).await.status, 200);

    let form = fields([
        ("password", PASSWORD),
        ("code", app.fresh_code(&server).as_str()),
    ]);
    let off = call(
        &server,
        &owner.cookie,
        "account/two-factor/switch-off",
        &form,
    )
    .await;
    assert_eq!(off.status, 200, "{off:?}");
    server.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(database::rows(&server.ctx, "recovery_codes").await, 0);
    let again = call(
        &server,
        &owner.cookie,
        "account/two-factor/switch-off",
        &form,
    )
    .await;
    assert_code(&again, Code::TwoFactorOff);
    server.idle().await;
    let subjects: Vec<_> = sent(&server)
        .iter()
        .filter_map(|mail| {
            mail.lines()
                .find_map(|line| line.strip_prefix("Subject: "))
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(
        subjects,
        [
            "Two-factor sign-in is on",
            "Your recovery codes were replaced",
            "A recovery code was used to sign in",
            "Two-factor sign-in is off"
        ]
    );
    server.finish().await;
}

#[tokio::test]
async fn nobody_elses_pages_and_codes_are_of_any_use() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let eva = server.add_owner("Eva", "eva@example.com").await;
    let (app, codes) = set_up(&server, &owner).await;
    set_up(&server, &eva).await;
    // Eva's first step with Ada's codes.
    let cookies = first_step(&server, "eva@example.com", PASSWORD).await;
    for code in [app.fresh_code(&server), codes[0].clone()] {
        assert_code(
            &second_step(&server, &cookies, &code).await,
            Code::Unauthorized,
        );
    }
    // Ada's codes as the browser keeps them, in Eva's browser.
    let form = fields([("password", PASSWORD), ("code", codes[1].as_str())]);
    let made = call(
        &server,
        &owner.cookie,
        "account/two-factor/new-codes",
        &form,
    )
    .await;
    let moved = cookies_after("", &made);
    let shown = page(&server, &format!("{}; {moved}", eva.cookie), TWO_FACTOR).await;
    assert!(recovery_codes(&shown).is_empty());
    let stranger = page(&server, "", TWO_FACTOR).await;
    assert_eq!(
        stranger.header("location"),
        "/sign-in?next=/account/two-factor"
    );
    server.finish().await;
}

#[tokio::test]
async fn the_demos_account_which_everybody_shares_can_have_none() {
    let server = TestServer::with().demo().trust_proxy().start().await;
    let owner = server.demo_owner().await;
    let form = fields([("password", backend::demo::PASSWORD)]);
    let refused = call(&server, &owner.cookie, "account/two-factor/begin", &form).await;
    assert_code(&refused, Code::Forbidden);
    server.finish().await;
}

#[tokio::test]
async fn whoever_runs_the_server_can_switch_it_off() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    assert!(auth::two_factor::reset(&server.ctx, EMAIL).await.is_err());
    set_up(&server, &owner).await;
    auth::two_factor::reset(&server.ctx, "Ada@Example.com")
        .await
        .expect("it was on");
    assert!(!is_signed_in(&server, &owner.cookie).await);
    let again = server.sign_in(EMAIL, PASSWORD).await;
    assert!(again.cookie.starts_with(SESSION_COOKIE));
    server.idle().await;
    assert!(
        sent(&server)
            .iter()
            .any(|mail| mail.contains("Whoever runs this installation"))
    );
    server.finish().await;
}
