//! Putting a conversation off: until when, and what brings it back.

use super::{act, counts, ids, messages, shown};
use crate::common::{Owner, Shop, Shopper, TestServer, database, people::new_message};
use crate::webhooks::receiver::Receiver;
use backend::{conversations, webhooks};
use domain::{
    UnixMillis,
    conversation::Status,
    events::ServerEvent,
    ids::WebhookId,
    inbox::{ConversationSummary, SNOOZE_MAX, Tab},
    message::{MessageKind, Sender},
    problem::Problem,
    webhook::{NewWebhook, WebhookEvent},
};

const HOUR: UnixMillis = 60 * 60_000;

/// A shop with a conversation that its shopper has begun.
async fn begun(server: &TestServer) -> (Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Do you have this in blue?").await;
    server.idle().await;
    (owner, shop, shopper)
}

async fn snooze(server: &TestServer, shop: &Shop, shopper: &Shopper, until: UnixMillis) {
    let id = shopper.conversation;
    let snoozed = conversations::snooze(&server.ctx, &shop.member, id, until).await;
    assert_eq!(snoozed.expect("snoozed").snoozed_until, Some(until));
}

async fn now(server: &TestServer, shop: &Shop, shopper: &Shopper) -> ConversationSummary {
    let id = shopper.conversation;
    let row = conversations::get(&server.ctx, &shop.member, id).await;
    row.expect("a row")
}

async fn waiting_jobs(server: &TestServer) -> i64 {
    let waiting = "SELECT COUNT(*) AS n FROM jobs WHERE kind = 'end_snooze'";
    database::count(&server.ctx, waiting.to_owned()).await
}

/// The time has come for the snooze until `until`.
async fn time_comes(server: &TestServer, until: UnixMillis) {
    let due = format!(
        "UPDATE jobs SET state = 'ready', run_at = 0
         WHERE kind = 'end_snooze' AND payload LIKE '%{until}%'"
    );
    database::write(&server.ctx, due).await;
    server.ctx.jobs().wake();
    server.idle().await;
}

#[tokio::test]
async fn a_snoozed_conversation_is_out_of_sight_until_its_time_comes() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let other = server.shopper(&shop).await;
    other.send("A later question").await;
    let id = shopper.conversation;
    let until = server.ctx.now() + HOUR;
    let reply = act(
        &server,
        &owner,
        &shop,
        id,
        ("action[snooze]", until.to_string().as_str()),
    )
    .await;
    let row: ConversationSummary = reply.json(200);
    assert_eq!(
        (row.status, row.snoozed_until),
        (Status::Snoozed, Some(until))
    );
    assert_eq!(
        ids(&shown(&server, &shop, Tab::Open).await),
        [other.conversation]
    );
    assert_eq!(ids(&shown(&server, &shop, Tab::Snoozed).await), [id]);
    assert_eq!(counts(&server, &shop).await.snoozed, 1);

    time_comes(&server, until).await;
    let row = now(&server, &shop, &shopper).await;
    assert_eq!((row.status, row.snoozed_until), (Status::Open, None));
    assert_eq!(row.last_excerpt, "Do you have this in blue?");
    // It comes back where it is seen.
    let open = ids(&shown(&server, &shop, Tab::Open).await);
    assert_eq!(open, [id, other.conversation]);
    let events: Vec<_> = messages(&server, &shop, id).await.split_off(1);
    assert_eq!(events[0].kind, MessageKind::Snoozed);
    assert_eq!(
        events[0].data.as_ref().and_then(|data| data.until),
        Some(until)
    );
    assert!(
        events[0].body.ends_with("snoozed this conversation"),
        "{}",
        events[0].body
    );
    assert_eq!(events[1].kind, MessageKind::Unsnoozed);
    assert_eq!(events[1].body, "This conversation is back from its snooze");
    assert_eq!(waiting_jobs(&server).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn the_clock_alone_brings_a_conversation_back() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let mut inbox = server.agent_socket(&owner, shop.id, &[]).await;
    inbox.ready().await;
    snooze(&server, &shop, &shopper, server.ctx.now() + 1_500).await;
    let back = |event| match event {
        ServerEvent::Conversation(row) if row.status == Status::Open && row.last_seq == 3 => {
            Some(row.id)
        }
        _ => None,
    };
    assert_eq!(inbox.until(back).await, shopper.conversation);
    server.finish().await;
}

#[tokio::test]
async fn its_shopper_brings_it_back_at_once_and_its_time_then_does_nothing() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let until = server.ctx.now() + HOUR;
    snooze(&server, &shop, &shopper, until).await;
    shopper.send("Or in green?").await;
    server.idle().await;
    let row = now(&server, &shop, &shopper).await;
    assert_eq!((row.status, row.snoozed_until), (Status::Open, None));
    let seq = row.last_seq;
    time_comes(&server, until).await;
    assert_eq!(now(&server, &shop, &shopper).await.last_seq, seq);
    assert_eq!(waiting_jobs(&server).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_snooze_that_was_ended_or_changed_never_ends_another() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let id = shopper.conversation;
    let (sooner, later) = (server.ctx.now() + HOUR, server.ctx.now() + 2 * HOUR);
    snooze(&server, &shop, &shopper, later).await;
    // A sooner time isn't held up by a later one, nor ended by it.
    snooze(&server, &shop, &shopper, sooner).await;
    time_comes(&server, later).await;
    assert_eq!(
        now(&server, &shop, &shopper).await.snoozed_until,
        Some(sooner)
    );
    act(&server, &owner, &shop, id, ("action", "reopen"))
        .await
        .json::<ConversationSummary>(200);
    let ended = messages(&server, &shop, id).await.pop().expect("an event");
    assert_eq!(
        (ended.kind, ended.sender),
        (MessageKind::Unsnoozed, Sender::Note)
    );
    assert!(ended.body.ends_with("ended the snooze"), "{}", ended.body);
    act(&server, &owner, &shop, id, ("action", "resolve"))
        .await
        .json::<ConversationSummary>(200);
    time_comes(&server, sooner).await;
    assert_eq!(now(&server, &shop, &shopper).await.status, Status::Resolved);
    assert_eq!(waiting_jobs(&server).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn the_same_time_again_after_a_snooze_was_ended_brings_it_back() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let (id, until) = (shopper.conversation, server.ctx.now() + HOUR);
    snooze(&server, &shop, &shopper, until).await;
    let before = now(&server, &shop, &shopper).await.last_seq;
    snooze(&server, &shop, &shopper, until).await;
    assert_eq!(
        now(&server, &shop, &shopper).await.last_seq,
        before,
        "nothing to change"
    );
    conversations::reopen(&server.ctx, &shop.member, id)
        .await
        .expect("ended");
    snooze(&server, &shop, &shopper, until).await;
    time_comes(&server, until).await;
    assert_eq!(now(&server, &shop, &shopper).await.status, Status::Open);
    server.finish().await;
}

#[tokio::test]
async fn a_time_that_is_past_or_too_far_is_refused() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let now_ms = server.ctx.now();
    for until in [
        i64::MIN,
        -1,
        0,
        now_ms - 1,
        now_ms + SNOOZE_MAX + HOUR,
        i64::MAX,
    ] {
        let reply = act(
            &server,
            &owner,
            &shop,
            shopper.conversation,
            ("action[snooze]", until.to_string().as_str()),
        )
        .await;
        assert_eq!(
            reply.json::<Problem>(422).field.as_deref(),
            Some("until"),
            "{until}"
        );
    }
    let row = now(&server, &shop, &shopper).await;
    assert_eq!((row.status, row.last_seq), (Status::Open, 1));
    server.finish().await;
}

#[tokio::test]
async fn its_shopper_sees_nothing_of_a_snooze() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let mut socket = shopper.socket(0).await;
    socket.ready().await;
    let until = server.ctx.now() + HOUR;
    snooze(&server, &shop, &shopper, until).await;
    assert_eq!(socket.position().await, (shopper.conversation, 2));
    conversations::reopen(&server.ctx, &shop.member, shopper.conversation)
        .await
        .expect("ended");
    assert_eq!(socket.position().await, (shopper.conversation, 3));
    snooze(&server, &shop, &shopper, until).await;
    let history = shopper.history(0).await;
    assert_eq!(history.conversation.status, Status::Open);
    assert_eq!(history.messages.len(), 1);
    time_comes(&server, until).await;
    server.finish().await;
}

#[tokio::test]
async fn a_reply_leaves_it_snoozed_and_a_wish_for_a_person_does_not() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let until = server.ctx.now() + HOUR;
    snooze(&server, &shop, &shopper, until).await;
    let reply = new_message("I'll ask on Monday.");
    conversations::reply(&server.ctx, &shop.member, shopper.conversation, reply, None)
        .await
        .expect("a reply");
    assert_eq!(
        now(&server, &shop, &shopper).await.snoozed_until,
        Some(until)
    );
    shopper.post("/human", &()).await;
    assert_eq!(now(&server, &shop, &shopper).await.status, Status::Open);
    time_comes(&server, until).await;
    server.finish().await;
}

#[tokio::test]
async fn webhooks_are_told_of_a_snooze_and_of_its_end() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![
            WebhookEvent::ConversationSnoozed,
            WebhookEvent::ConversationReopened,
        ],
    };
    webhooks::create(&server.ctx, &shop.member, new)
        .await
        .expect("a webhook");
    let until = server.ctx.now() + HOUR;
    snooze(&server, &shop, &shopper, until).await;
    server.idle().await;
    let told = receiver.told();
    assert_eq!(told[0].event(), "conversation.snoozed");
    assert_eq!(told[0].body["conversation"]["status"], "snoozed");
    assert_eq!(told[0].body["conversation"]["snoozed_until"], until);
    assert!(told[0].body["message"].is_null(), "the team's own matter");
    time_comes(&server, until).await;
    assert_eq!(
        receiver.events(),
        ["conversation.snoozed", "conversation.reopened"]
    );
    server.finish().await;
}
