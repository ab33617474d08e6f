//! Shoppers who wait longer than promised: who is told, how often, and what ends it.

pub mod mails;
mod pushes;
mod survive;

use crate::common::{Owner, Shop, Shopper, TestServer, database, people::new_message};
use crate::forms::{Fields, call, fields, section_fields};
use backend::{alarms, conversations};
use domain::{
    UnixMillis,
    conversation::Status,
    events::{Noun, ServerEvent},
    ids::ConversationId,
    inbox::{InboxCounts, Triage},
    problem::Problem,
    settings::Chat,
    waiting::LATE_MAX,
    widget_api::{ConversationStarted, StartConversation},
};
use serde_json::{Value, json};

const MINUTE: UnixMillis = 60_000;
/// What is promised here, in minutes.
const PROMISE: u32 = 30;

/// A shop that has promised something.
async fn promising(server: &TestServer) -> (Owner, Shop) {
    let owner = server.sign_up().await;
    let shop = server
        .open_shop(&owner, "Lamps & Light", |settings| {
            settings.chat.response_promise_minutes = Some(PROMISE);
        })
        .await;
    (owner, shop)
}

/// A shopper who waits for an answer.
async fn waiting(server: &TestServer, shop: &Shop) -> Shopper {
    let start = StartConversation {
        message: Some(new_message("Do you have this in blue?")),
        ..crate::common::people::start_request()
    };
    let shopper = server.shopper_with(shop, &start).await;
    server.idle().await;
    shopper
}

/// So many minutes pass, and somebody looks who waits too long.
async fn pass(server: &TestServer, minutes: UnixMillis) {
    server.ctx.clock().advance(minutes * MINUTE);
    alarms::raise(&server.ctx).await.expect("a database");
    server.idle().await;
}

/// The promise is over.
async fn pass_promise(server: &TestServer) {
    pass(server, UnixMillis::from(PROMISE)).await;
}

/// What every page of the store is told.
async fn counts(server: &TestServer, owner: &Owner, shop: &Shop) -> InboxCounts {
    let form = fields([("store", shop.id.to_string().as_str())]);
    call(server, &owner.cookie, "inbox/counts", &form)
        .await
        .json(200)
}

/// Whose alarms stand.
async fn late(server: &TestServer, owner: &Owner, shop: &Shop) -> Vec<ConversationId> {
    let late = counts(server, owner, shop).await.late;
    late.into_iter().map(|late| late.conversation).collect()
}

async fn triage(server: &TestServer, shop: &Shop, shopper: &Shopper, action: Triage) {
    let id = shopper.conversation;
    let done = conversations::triage(&server.ctx, &shop.member, id, action).await;
    done.expect("done");
}

async fn reply(server: &TestServer, shop: &Shop, shopper: &Shopper) {
    let reply = new_message("Yes, we do.");
    conversations::reply(&server.ctx, &shop.member, shopper.conversation, reply, None)
        .await
        .expect("a reply");
}

#[tokio::test]
async fn a_wait_that_is_longer_than_promised_is_told_to_every_page_of_its_store() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let mut start = crate::common::people::start_request();
    start.visitor.name = Some("Jane Roe".to_owned());
    start.message = Some(new_message("Do you have this in blue?"));
    let jane = server.shopper_with(&shop, &start).await;
    pass(&server, i64::from(PROMISE) - 1).await;
    let before = counts(&server, &owner, &shop).await;
    assert_eq!(
        (before.promise_minutes, before.late),
        (Some(PROMISE), vec![])
    );

    let mut inbox = server.agent_socket(&owner, shop.id, &[]).await;
    inbox.ready().await;
    pass(&server, 1).await;
    inbox
        .until(|event| event.is_change_of(Noun::Waits).then_some(()))
        .await;
    let now = counts(&server, &owner, &shop).await;
    let row = conversations::get(&server.ctx, &shop.member, jane.conversation).await;
    let since = row.expect("a row").waiting_since;
    assert_eq!(now.late.len(), 1);
    assert_eq!(now.late[0].conversation, jane.conversation);
    assert_eq!(now.late[0].name, "Jane Roe");
    assert_eq!(Some(now.late[0].since), since);
    server.finish().await;
}

#[tokio::test]
async fn of_more_than_are_told_of_the_one_who_began_to_wait_last_is_news() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop) = promising(&server).await;
    let mut last = None;
    for n in 1..=LATE_MAX + 1 {
        server.ctx.clock().advance(1);
        last = Some(waiting(&server, &shop).await.conversation);
        if n == LATE_MAX - 1 {
            pass_promise(&server).await;
            assert_eq!(counts(&server, &owner, &shop).await.newest_late, None);
        }
    }
    pass_promise(&server).await;
    let counts = counts(&server, &owner, &shop).await;
    assert_eq!(counts.late.len(), LATE_MAX);
    let told: Vec<_> = counts.late.iter().map(|late| late.conversation).collect();
    assert!(!told.contains(&last.expect("a shopper")));
    assert_eq!(counts.newest_late.map(|late| late.conversation), last);
    server.finish().await;
}

#[tokio::test]
async fn the_server_looks_by_itself() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let shopper = waiting(&server, &shop).await;
    let mut inbox = server.agent_socket(&owner, shop.id, &[]).await;
    inbox.ready().await;
    server.ctx.clock().advance(i64::from(PROMISE) * MINUTE);
    inbox
        .until(|event| event.is_change_of(Noun::Waits).then_some(()))
        .await;
    assert_eq!(late(&server, &owner, &shop).await, [shopper.conversation]);
    server.finish().await;
}

#[tokio::test]
async fn an_answer_ends_an_alarm_and_who_waits_again_raises_another() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(late(&server, &owner, &shop).await, [shopper.conversation]);
    // More of the same wait.
    shopper.send("Hello?").await;
    pass(&server, 1).await;
    assert_eq!(late(&server, &owner, &shop).await, [shopper.conversation]);

    reply(&server, &shop, &shopper).await;
    assert_eq!(late(&server, &owner, &shop).await, []);
    shopper.send("And in green?").await;
    server.idle().await;
    pass(&server, i64::from(PROMISE) - 1).await;
    assert_eq!(late(&server, &owner, &shop).await, []);
    pass(&server, 1).await;
    assert_eq!(late(&server, &owner, &shop).await, [shopper.conversation]);
    server.finish().await;
}

#[tokio::test]
async fn an_answer_of_the_ai_ends_a_wait_unless_a_person_is_needed() {
    let server = TestServer::with().demo().start().await;
    let owner = server.demo_owner().await;
    let shop = server.shop(&owner, owner.first_store).await;
    server
        .set_up(&shop, |settings| {
            settings.chat.response_promise_minutes = Some(PROMISE);
        })
        .await;
    let (answered, needs_person) = (server.shopper(&shop).await, server.shopper(&shop).await);
    for shopper in [&answered, &needs_person] {
        shopper.send("Where is my order #1001?").await;
    }
    server.idle().await;
    needs_person
        .post("/human", &json!({}))
        .await
        .json::<Value>(200);
    pass_promise(&server).await;
    let late = late(&server, &owner, &shop).await;
    assert!(!late.contains(&answered.conversation));
    assert!(late.contains(&needs_person.conversation));
    server.finish().await;
}

#[tokio::test]
async fn what_is_nobodys_to_answer_now_raises_no_alarm() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let until = server.ctx.now() + 100 * MINUTE;
    for action in [
        Triage::Resolve,
        Triage::Snooze(until),
        Triage::Spam,
        Triage::Block,
    ] {
        let shopper = waiting(&server, &shop).await;
        triage(&server, &shop, &shopper, action).await;
        if matches!(action, Triage::Spam | Triage::Block) {
            shopper.send("Buy cheap watches").await;
        }
    }
    server.idle().await;
    pass_promise(&server).await;
    assert_eq!(late(&server, &owner, &shop).await, []);
    assert_eq!(mails::sent(&server).len(), 0);
    server.finish().await;
}

#[tokio::test]
async fn what_is_put_off_after_its_alarm_has_none_until_it_is_back() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    let until = server.ctx.now() + 100 * MINUTE;
    triage(&server, &shop, &shopper, Triage::Snooze(until)).await;
    assert_eq!(late(&server, &owner, &shop).await, []);
    triage(&server, &shop, &shopper, Triage::Reopen).await;
    assert_eq!(late(&server, &owner, &shop).await, [shopper.conversation]);
    let row = conversations::get(&server.ctx, &shop.member, shopper.conversation).await;
    assert_eq!(row.expect("a row").status, Status::Open);
    server.finish().await;
}

#[tokio::test]
async fn a_store_that_promises_nothing_alarms_nobody() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let other = server.open_shop(&owner, "Chairs", |_| {}).await;
    let (ours, theirs) = (
        waiting(&server, &shop).await,
        waiting(&server, &other).await,
    );
    pass_promise(&server).await;
    assert_eq!(late(&server, &owner, &shop).await, [ours.conversation]);
    let now = counts(&server, &owner, &other).await;
    assert_eq!((now.promise_minutes, now.late), (None, vec![]));
    // Whoever promises something owes it to those who wait already.
    let mut inbox = server.agent_socket(&owner, other.id, &[]).await;
    inbox.ready().await;
    server
        .set_up(&other, |settings| {
            settings.chat.response_promise_minutes = Some(PROMISE);
        })
        .await;
    inbox
        .until(|event| event.is_change_of(Noun::Waits).then_some(()))
        .await;
    pass(&server, 0).await;
    assert_eq!(late(&server, &owner, &other).await, [theirs.conversation]);
    server
        .set_up(&other, |settings| {
            settings.chat.response_promise_minutes = None;
        })
        .await;
    assert_eq!(late(&server, &owner, &other).await, []);
    database::make_due(&server.ctx, "alarm_mail").await;
    server.finish().await;
}

#[tokio::test]
async fn an_agent_of_another_store_hears_of_no_alarm() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    let other = server.add_owner("Eva", "eva@example.com").await;
    waiting(&server, &shop).await;
    let mut inbox = server.agent_socket(&other, other.first_store, &[]).await;
    inbox.ready().await;
    pass_promise(&server).await;
    inbox.settled().await;
    let form = fields([("store", shop.id.to_string().as_str())]);
    let refused = call(&server, &other.cookie, "inbox/counts", &form).await;
    assert_eq!(refused.status, 404);
    // What comes next is about her own store: nothing came before.
    let theirs = server.shop(&other, other.first_store).await;
    server
        .set_up(&theirs, |settings| settings.chat.enabled = true)
        .await;
    // That she came, and that her page wasn't heard of for so long, is hers as well.
    let is_other = |event: &ServerEvent| !matches!(event, ServerEvent::Presence(_));
    let first = inbox.until(|event| Some(event).filter(is_other)).await;
    assert_eq!(first, ServerEvent::changed(Noun::Waits));
    let to_her = |mail: &String| mail.contains("To: eva@example.com");
    assert!(!mails::sent(&server).iter().any(to_her));
    server.finish().await;
}

/// The section as the dashboard sends it.
fn promise_form(shop: &Shop, promise: &str, version: i64) -> Fields {
    let chat = Chat {
        enabled: true,
        ..Chat::default()
    };
    let mut form = section_fields(chat, version);
    form.extend(fields([
        ("store", shop.id.to_string().as_str()),
        ("section[chat][response_promise_minutes]", promise),
    ]));
    form
}

#[tokio::test]
async fn a_promise_is_saved_from_the_dashboard_and_refused_out_of_its_range() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    for wrong in ["0", "10081"] {
        let form = promise_form(&shop, wrong, 1);
        let refused = call(&server, &owner.cookie, "widget/save", &form).await;
        let problem: Problem = refused.json(422);
        assert_eq!(problem.field.as_deref(), Some("response_promise_minutes"));
    }
    for (version, promise, expected) in [(1, "45", Some(45)), (2, "", None)] {
        let form = promise_form(&shop, promise, version);
        let saved = call(&server, &owner.cookie, "widget/save", &form).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let now = counts(&server, &owner, &shop).await;
        assert_eq!(now.promise_minutes, expected);
    }
    server.finish().await;
}

#[tokio::test]
async fn shoppers_are_told_nothing_of_the_promise() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    let config = server
        .get(&format!("/widget/v1/stores/{}/config", shop.key))
        .await;
    assert!(!config.body.contains("response_promise"), "{}", config.body);
    let start = server
        .start_conversation(&shop.key, &crate::common::people::start_request())
        .await;
    start.json::<ConversationStarted>(201);
    assert!(!start.body.contains("response_promise"), "{}", start.body);
    server.finish().await;
}
