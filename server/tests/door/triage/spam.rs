//! Spam, blocked visitors, and deleting.

use super::{act, counts, ids, messages, shown};
use crate::common::{Owner, Shop, Shopper, TestServer, database};
use crate::forms::{call, fields};
use crate::webhooks::receiver::Receiver;
use backend::{conversations, webhooks};
use domain::{
    conversation::Status,
    ids::WebhookId,
    inbox::{ConversationSummary, Tab},
    message::{MessageKind, Sender},
    problem::Problem,
    webhook::{NewWebhook, WebhookEvent},
    widget_api::ConversationStarted,
};
use serde_json::{Value, json};

async fn begun(server: &TestServer) -> (Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Buy cheap watches").await;
    (owner, shop, shopper)
}

async fn row(server: &TestServer, shop: &Shop, shopper: &Shopper) -> ConversationSummary {
    let row = conversations::get(&server.ctx, &shop.member, shopper.conversation).await;
    row.expect("a row")
}

async fn done(
    server: &TestServer,
    owner: &Owner,
    shop: &Shop,
    shopper: &Shopper,
    what: &str,
) -> ConversationSummary {
    act(server, owner, shop, shopper.conversation, ("action", what))
        .await
        .json(200)
}

#[tokio::test]
async fn spam_is_apart_and_stays_there_whatever_its_shopper_writes() {
    let server = TestServer::with().demo().start().await;
    let owner = server.demo_owner().await;
    let shop = server.shop(&owner, owner.first_store).await;
    let before = counts(&server, &shop).await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Buy cheap watches").await;
    server.idle().await;
    let marked = done(&server, &owner, &shop, &shopper, "spam").await;
    assert!(marked.spam);
    let id = shopper.conversation;

    let count = messages(&server, &shop, id).await.len();
    shopper.send("How do I return an item?").await;
    shopper.post("/human", &json!({})).await.json::<Value>(200);
    server.idle().await;
    let all = messages(&server, &shop, id).await;
    assert_eq!(all.len(), count + 1, "the AI is silent: {all:#?}");
    let now = row(&server, &shop, &shopper).await;
    assert_eq!(
        (now.status, now.unread, now.needs_human, now.waiting_since),
        (Status::Resolved, 0, false, None)
    );
    for tab in Tab::SHOWN {
        assert!(
            !ids(&shown(&server, &shop, tab).await).contains(&id),
            "{tab:?}"
        );
    }
    assert_eq!(ids(&shown(&server, &shop, Tab::Spam).await), [id]);
    assert_eq!(counts(&server, &shop).await, before);
    // Its shopper knows nothing of it.
    let theirs = shopper.conversation().await;
    assert_eq!(theirs.status, Status::Open);
    let history = shopper.history(0).await.messages;
    assert!(
        history
            .iter()
            .all(|message| message.kind != MessageKind::Spam)
    );

    let back = done(&server, &owner, &shop, &shopper, "not_spam").await;
    assert_eq!(
        (back.spam, back.status, back.ai_active),
        (false, Status::Open, true)
    );
    shopper.send("How do I return an item?").await;
    server.idle().await;
    assert!(row(&server, &shop, &shopper).await.ai_handled);
    server.finish().await;
}

#[tokio::test]
async fn who_is_blocked_is_told_once_a_conversation_and_disturbs_nobody() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let blocked = done(&server, &owner, &shop, &shopper, "block").await;
    assert!(blocked.visitor.blocked && blocked.spam);
    shopper.send("Really cheap").await;
    shopper.send("Hello?").await;
    let declined = |messages: &[domain::message::Message]| {
        let declined = messages
            .iter()
            .filter(|message| message.kind == MessageKind::Declined);
        declined.cloned().collect::<Vec<_>>()
    };
    let told = declined(&shopper.history(0).await.messages);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].sender, Sender::System);
    assert!(told[0].body.contains("nobody answers"), "{}", told[0].body);

    // With the same token, another conversation.
    let mut request = crate::common::people::start_request();
    request.message = Some(crate::common::people::new_message("And now?"));
    let start = server
        .http
        .post(server.url(&format!("/widget/v1/stores/{}/conversations", shop.key)))
        .header("authorization", format!("Bearer {}", shopper.token))
        .json(&request);
    let started: ConversationStarted = crate::common::Reply::to(start).await.json(201);
    assert_eq!(declined(&started.messages).len(), 1);
    let spam = ids(&shown(&server, &shop, Tab::Spam).await);
    assert_eq!(spam, [request.id, shopper.conversation]);
    let now = counts(&server, &shop).await;
    assert_eq!((now.open, now.unread, now.of(Tab::All)), (0, 0, 0));

    let free = done(&server, &owner, &shop, &shopper, "unblock").await;
    assert!(!free.visitor.blocked && !free.spam);
    shopper.send("Thank you").await;
    assert_eq!(row(&server, &shop, &shopper).await.unread, 1);
    server.finish().await;
}

#[tokio::test]
async fn to_mark_spam_is_not_to_resolve_for_programs_that_are_told() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![
            WebhookEvent::ConversationResolved,
            WebhookEvent::ConversationReopened,
        ],
    };
    webhooks::create(&server.ctx, &shop.member, new)
        .await
        .expect("a webhook");
    done(&server, &owner, &shop, &shopper, "spam").await;
    shopper.send("Hello?").await;
    done(&server, &owner, &shop, &shopper, "not_spam").await;
    done(&server, &owner, &shop, &shopper, "resolve").await;
    server.idle().await;
    let told = receiver.told();
    let told: Vec<_> = told.iter().map(|told| told.event()).collect();
    assert_eq!(told, ["conversation.resolved"]);
    server.finish().await;
}

#[tokio::test]
async fn a_deleted_conversation_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let other = server.shopper(&shop).await;
    other.send("Hello").await;
    conversations::keep_draft(
        &server.ctx,
        &shop.member,
        shopper.conversation,
        false,
        "No".to_owned(),
    )
    .await
    .expect("kept");
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
    ]);
    call(&server, &owner.cookie, "inbox/delete", &form)
        .await
        .json::<()>(200);
    for (table, left) in [
        ("conversations", 1),
        ("messages", 1),
        ("visitors", 1),
        ("visitor_tokens", 1),
        ("drafts", 0),
    ] {
        assert_eq!(database::rows(&server.ctx, table).await, left, "{table}");
    }
    assert_eq!(
        ids(&shown(&server, &shop, Tab::All).await),
        [other.conversation]
    );
    call(&server, &owner.cookie, "inbox/delete", &form)
        .await
        .json::<Problem>(404);
    let refused = shopper
        .post_message(&crate::common::people::new_message("Still there?"))
        .await;
    refused.problem(401);
    server.finish().await;
}
