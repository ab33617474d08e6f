//! The push messages: to which browsers, what they say, and what ends them.

mod service;

use super::{MINUTE, PROMISE, pass, pass_promise, promising, reply, triage, waiting};
use crate::common::{Owner, Reply, TestServer, database, people::PASSWORD};
use crate::forms::call;
use crate::team::add;
use domain::{
    account::Account,
    inbox::Triage,
    notifications::time_of_day,
    problem::Problem,
    push::{SUBSCRIPTIONS_MAX, Tried},
    role::Role,
};
use service::{Browser, PushService};

/// Subscribes as the account page does.
async fn subscribe(server: &TestServer, who: &Owner, browser: &Browser) -> Reply {
    let [endpoint, p256dh, auth] = browser.gives();
    let form = [("endpoint", endpoint), ("p256dh", p256dh), ("auth", auth)];
    call(server, &who.cookie, "account/push/subscribe", &form).await
}

async fn told(server: &TestServer, who: &Owner, service: &PushService) -> Browser {
    let browser = service.browser();
    let reply = subscribe(server, who, &browser).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    browser
}

async fn is_told_here(server: &TestServer, who: &Owner) -> bool {
    let account: Account = call(server, &who.cookie, "account/current", &[("", "")])
        .await
        .json(200);
    account.pushed_here
}

const NOTHING: [(&str, &str); 0] = [];

/// Lets what was put off go out.
async fn time_comes(server: &TestServer) {
    database::make_due(&server.ctx, "alarm_push").await;
    server.idle().await;
}

#[tokio::test]
async fn a_wait_that_is_too_long_reaches_every_browser_of_the_team_once() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let (mine, toms) = (
        told(&server, &owner, &service).await,
        told(&server, &tom, &service).await,
    );
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    for browser in [&mine, &toms] {
        let [message] = &service.messages(browser)[..] else {
            panic!("one message")
        };
        assert!(message.title.ends_with("has waited longer than promised"));
        assert_eq!(message.body, "Lamps & Light");
        let path = format!("/stores/{}/inbox/{}", shop.id, shopper.conversation);
        assert!(message.url.starts_with(&path), "{}", message.url);
    }
    pass(&server, 30).await;
    assert_eq!(service.messages(&mine).len(), 1);
    assert_eq!(database::rows(&server.ctx, "alarm_pushes").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_push_service_sees_who_asks_and_nothing_of_what_is_said() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    told(&server, &owner, &service).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    let [asked] = &service.asked()[..] else {
        panic!("one request")
    };
    let body = String::from_utf8_lossy(&asked.body);
    assert!(!body.contains("waited") && !body.contains("Lamps"));
    assert_eq!(asked.headers["content-encoding"], "aes128gcm");
    assert_eq!(asked.headers["urgency"], "high");
    assert_eq!(asked.headers["ttl"], "3600");
    let topic = asked.headers["topic"].to_str().expect("text");
    assert!(topic.len() <= 32 && topic.chars().all(|c| c.is_ascii_alphanumeric()));
    let key: String = call(&server, &owner.cookie, "account/push/key", &NOTHING)
        .await
        .json(200);
    service.assert_signed_by(asked, &key);
    server.finish().await;
}

#[tokio::test]
async fn what_is_somebodys_reaches_their_browsers_alone() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (_, shop) = promising(&server).await;
    let mia = add(&server, &shop, "Mia", Role::Agent).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let mias = told(&server, &mia, &service).await;
    let toms = told(&server, &tom, &service).await;
    let shopper = waiting(&server, &shop).await;
    triage(&server, &shop, &shopper, Triage::Assign(tom.user.id)).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&mias).len(), 0);
    assert_eq!(service.messages(&toms).len(), 1);
    // Whoever is given it is told as well.
    pass(&server, 2).await;
    triage(&server, &shop, &shopper, Triage::Assign(mia.user.id)).await;
    server.idle().await;
    assert_eq!(service.messages(&mias).len(), 1);
    assert_eq!(service.messages(&toms).len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn what_comes_up_within_a_minute_goes_together() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let mine = told(&server, &owner, &service).await;
    waiting(&server, &shop).await;
    server.ctx.clock().advance(MINUTE / 4);
    let answered = waiting(&server, &shop).await;
    server.ctx.clock().advance(MINUTE / 4);
    for _ in 0..3 {
        waiting(&server, &shop).await;
    }
    server
        .ctx
        .clock()
        .advance(i64::from(PROMISE) * MINUTE - MINUTE / 2);
    pass(&server, 0).await;
    assert_eq!(service.messages(&mine).len(), 1);
    server.ctx.clock().advance(MINUTE / 2);
    pass(&server, 0).await;
    assert_eq!(service.messages(&mine).len(), 1);
    reply(&server, &shop, &answered).await;
    server.ctx.clock().advance(MINUTE);
    time_comes(&server).await;
    let messages = service.messages(&mine);
    assert_eq!(messages.len(), 2);
    assert_eq!(
        messages[1].title,
        "4 shoppers have waited longer than promised"
    );
    assert_eq!(messages[1].tag, messages[0].tag);
    server.finish().await;
}

#[tokio::test]
async fn who_is_answered_before_it_goes_out_is_not_told_of() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let mine = told(&server, &owner, &service).await;
    service.answers(503);
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    reply(&server, &shop, &shopper).await;
    service.answers(201);
    time_comes(&server).await;
    assert_eq!(service.messages(&mine).len(), 1);
    assert_eq!(database::rows(&server.ctx, "alarm_pushes").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_push_service_that_fails_is_tried_again_and_given_up_without_a_dead_job() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let mine = told(&server, &owner, &service).await;
    service.answers(500);
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    for _ in 0..15 {
        time_comes(&server).await;
    }
    assert_eq!(service.messages(&mine).len(), 13);
    assert_eq!(database::dead_jobs(&server.ctx).await, 0);
    assert_eq!(database::rows(&server.ctx, "alarm_pushes").await, 0);
    assert!(is_told_here(&server, &owner).await);
    server.finish().await;
}

#[tokio::test]
async fn a_browser_that_its_push_service_knows_no_more_is_forgotten() {
    for status in [404, 410] {
        let server = TestServer::start().await;
        let service = PushService::start().await;
        let (owner, shop) = promising(&server).await;
        told(&server, &owner, &service).await;
        assert!(is_told_here(&server, &owner).await);
        service.answers(status);
        waiting(&server, &shop).await;
        pass_promise(&server).await;
        assert!(!is_told_here(&server, &owner).await, "{status}");
        assert_eq!(database::rows(&server.ctx, "alarm_pushes").await, 0);
        server.finish().await;
    }
}

#[tokio::test]
async fn a_browser_whose_push_service_refuses_the_signature_is_kept() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let mine = told(&server, &owner, &service).await;
    service.answers(403);
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert!(is_told_here(&server, &owner).await);
    service.answers(201);
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&mine).len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn each_store_has_a_notification_of_its_own() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let other = server
        .open_shop(&owner, "Chairs", |settings| {
            settings.chat.response_promise_minutes = Some(PROMISE);
        })
        .await;
    let mine = told(&server, &owner, &service).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    waiting(&server, &other).await;
    pass_promise(&server).await;
    let messages = service.messages(&mine);
    assert_eq!(messages.len(), 2);
    assert_ne!(messages[0].tag, messages[1].tag);
    let asked = service.asked();
    assert_ne!(asked[0].headers["topic"], asked[1].headers["topic"]);
    server.finish().await;
}

#[tokio::test]
async fn who_signs_out_hears_nothing_any_more() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let mine = told(&server, &owner, &service).await;
    call(&server, &owner.cookie, "account/sign-out", &NOTHING).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&mine).len(), 0);
    assert_eq!(database::rows(&server.ctx, "push_subscriptions").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn who_has_left_the_team_hears_nothing_of_it_any_more() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (_, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let toms = told(&server, &tom, &service).await;
    service.answers(503);
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&toms).len(), 1);
    backend::team::remove(&server.ctx, &shop.member, tom.user.id)
        .await
        .expect("removed");
    time_comes(&server).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&toms).len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn in_quiet_hours_no_browser_is_told() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let mine = told(&server, &owner, &service).await;
    let minute = u16::try_from(server.ctx.now() / MINUTE % (24 * 60)).expect("a minute");
    let until = (minute + 300) % (24 * 60);
    let quiet = [
        ("quiet_from", time_of_day(minute)),
        ("quiet_until", time_of_day(until)),
        ("time_zone", "UTC".to_owned()),
    ];
    let chosen = call(&server, &owner.cookie, "account/notifications", &quiet).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&mine).len(), 0);
    server.finish().await;
}

#[tokio::test]
async fn another_account_in_the_same_browser_takes_its_place() {
    let server = TestServer::start().await;
    let service = PushService::start().await;
    let (owner, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let shared = told(&server, &owner, &service).await;
    subscribe(&server, &tom, &shared).await;
    assert!(!is_told_here(&server, &owner).await);
    assert!(is_told_here(&server, &tom).await);
    let shopper = waiting(&server, &shop).await;
    triage(&server, &shop, &shopper, Triage::Assign(owner.user.id)).await;
    pass_promise(&server).await;
    assert_eq!(service.messages(&shared).len(), 0);
    server.finish().await;
}

#[tokio::test]
async fn a_test_message_says_how_it_went() {
    let server = TestServer::with().without_rate_limits().start().await;
    let service = PushService::start().await;
    let (owner, _) = promising(&server).await;
    let attempt = async || call(&server, &owner.cookie, "account/push/try", &NOTHING).await;
    assert_eq!(attempt().await.status, 404);
    let mine = told(&server, &owner, &service).await;
    for (status, expected) in [
        (201, Tried::Taken),
        (429, Tried::Unreachable),
        (400, Tried::Refused),
        (410, Tried::Gone),
    ] {
        service.answers(status);
        assert_eq!(attempt().await.json::<Tried>(200), expected, "{status}");
    }
    assert_eq!(service.messages(&mine)[0].url, "/account");
    assert!(!is_told_here(&server, &owner).await);
    server.finish().await;
}

#[tokio::test]
async fn no_address_inside_the_operators_network_is_subscribed() {
    let server = TestServer::with().without_rate_limits().start().await;
    let service = PushService::start().await;
    let (owner, _) = promising(&server).await;
    let browser = service.browser();
    let [_, p256dh, auth] = browser.gives();
    for endpoint in [
        "https://10.0.0.7/push",
        "https://[::1]/push",
        "https://169.254.169.254/latest",
        "http://push.example.com/1",
        "file:///etc/passwd",
        "https://user:word@push.example.com/1",
        "nonsense",
    ] {
        let form = [("endpoint", endpoint), ("p256dh", &p256dh), ("auth", &auth)];
        let refused = call(&server, &owner.cookie, "account/push/subscribe", &form).await;
        let problem: Problem = refused.json(422);
        assert_eq!(problem.field.as_deref(), Some("endpoint"), "{endpoint}");
    }
    let [endpoint, ..] = browser.gives();
    let form = [
        ("endpoint", endpoint.as_str()),
        ("p256dh", "AAAA"),
        ("auth", &auth),
    ];
    let refused = call(&server, &owner.cookie, "account/push/subscribe", &form).await;
    assert_eq!(refused.status, 422);
    assert_eq!(database::rows(&server.ctx, "push_subscriptions").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn of_one_persons_browsers_the_newest_are_told() {
    let server = TestServer::with().without_rate_limits().start().await;
    let service = PushService::start().await;
    promising(&server).await;
    let mut last = None;
    for _ in 0..=SUBSCRIPTIONS_MAX {
        let again = server.sign_in("ada@example.com", PASSWORD).await;
        told(&server, &again, &service).await;
        last = Some(again);
    }
    let stored = database::rows(&server.ctx, "push_subscriptions").await;
    assert_eq!(usize::try_from(stored), Ok(SUBSCRIPTIONS_MAX));
    assert!(is_told_here(&server, &last.expect("a session")).await);
    server.finish().await;
}
