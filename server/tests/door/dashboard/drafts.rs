//! What an agent has typed and not sent, and notes for the team.

use crate::common::{Owner, Shop, Shopper, TestServer, database};
use crate::forms::{call, fields};
use domain::{
    ids::MessageId,
    inbox::{Drafts, Thread},
    message::{BODY_MAX, Message, Sender},
    problem::Problem,
};

async fn begun(server: &TestServer) -> (Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Do you ship to Norway?").await;
    (owner, shop, shopper)
}

async fn open(server: &TestServer, by: &Owner, shop: &Shop, shopper: &Shopper) -> Thread {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
    ]);
    call(server, &by.cookie, "inbox/thread", &form)
        .await
        .json(200)
}

async fn keep(
    server: &TestServer,
    by: &Owner,
    shop: &Shop,
    shopper: &Shopper,
    (is_note, body): (bool, &str),
) -> crate::common::Reply {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
        ("is_note", if is_note { "true" } else { "false" }),
        ("body", body),
    ]);
    call(server, &by.cookie, "inbox/keep-draft", &form).await
}

#[tokio::test]
async fn a_draft_is_found_again_on_another_device_by_its_author_alone() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let other = server.add_owner("Tom Berg", "tom@example.com").await;
    let (store, user) = (shop.id, other.user.id);
    database::write(
        &server.ctx,
        format!(
            "INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')"
        ),
    )
    .await;
    for (is_note, body) in [(false, "We"), (false, "We do, "), (true, "Ask Tom")] {
        keep(&server, &owner, &shop, &shopper, (is_note, body))
            .await
            .json::<()>(200);
    }
    let expected = Drafts {
        reply: "We do, ".to_owned(),
        note: "Ask Tom".to_owned(),
    };
    assert_eq!(
        open(&server, &owner, &shop, &shopper).await.drafts,
        expected
    );
    assert_eq!(
        open(&server, &other, &shop, &shopper).await.drafts,
        Drafts::default()
    );
    for is_note in [false, true] {
        keep(&server, &owner, &shop, &shopper, (is_note, ""))
            .await
            .json::<()>(200);
    }
    assert_eq!(database::rows(&server.ctx, "drafts").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_draft_may_be_too_long_to_send_but_not_without_bound() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let long = "ü".repeat(2 * BODY_MAX);
    keep(&server, &owner, &shop, &shopper, (false, &long))
        .await
        .json::<()>(200);
    let refused = keep(
        &server,
        &owner,
        &shop,
        &shopper,
        (false, &format!("{long}!")),
    )
    .await;
    assert_eq!(refused.json::<Problem>(422).field.as_deref(), Some("body"));
    let kept = open(&server, &owner, &shop, &shopper).await.drafts.reply;
    assert_eq!(kept, long);
    server.finish().await;
}

#[tokio::test]
async fn a_note_is_the_team_s_alone_and_changes_nothing_for_the_shopper() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
        ("id", MessageId::generate().to_string().as_str()),
        ("body", "Ask Tom first"),
        ("is_note", "true"),
    ]);
    let note: Message = call(&server, &owner.cookie, "inbox/reply", &form)
        .await
        .json(200);
    assert_eq!(
        (note.sender, note.body.as_str()),
        (Sender::Note, "Ask Tom first")
    );
    let again: Message = call(&server, &owner.cookie, "inbox/reply", &form)
        .await
        .json(200);
    assert_eq!(again.id, note.id);
    let thread = open(&server, &owner, &shop, &shopper).await;
    assert_eq!(thread.messages.len(), 2);
    assert!(thread.conversation.waiting_since.is_some());
    assert!(thread.conversation.ai_active);
    assert_eq!(shopper.history(0).await.messages.len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn a_reply_that_says_nothing_is_refused_as_the_sender_s_mistake() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    for body in ["", " \n ", "nul \u{0}"] {
        let form = fields([
            ("store", shop.id.to_string().as_str()),
            ("conversation", shopper.conversation.to_string().as_str()),
            ("id", MessageId::generate().to_string().as_str()),
            ("body", body),
        ]);
        let reply = call(&server, &owner.cookie, "inbox/reply", &form).await;
        let problem: Problem = reply.json(422);
        assert_eq!(problem.field.as_deref(), Some("body"), "{body:?}");
    }
    server.finish().await;
}
