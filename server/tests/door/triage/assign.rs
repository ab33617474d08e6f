//! Whose a conversation is.

use super::{act, ids, messages};
use crate::common::{Owner, Shop, Shopper, TestServer, database};
use crate::forms::{call, fields};
use crate::webhooks::receiver::Receiver;
use backend::{conversations, stores, webhooks};
use domain::{
    ids::{ConversationId, UserId, WebhookId},
    inbox::{ConversationSummary, InboxPage, InboxView, Tab, Who},
    message::{MessageKind, Sender},
    problem::Problem,
    webhook::{NewWebhook, WebhookEvent},
};

/// A shop with two in its team, the second an agent, and a conversation.
async fn team(server: &TestServer) -> (Owner, Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let agent = server.add_owner("Tom Berg", "tom@example.com").await;
    let (store, user) = (shop.id, agent.user.id);
    database::write(
        &server.ctx,
        format!("INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')"),
    )
    .await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    (owner, agent, shop, shopper)
}

async fn assign(
    server: &TestServer,
    by: &Owner,
    shop: &Shop,
    id: ConversationId,
    user: UserId,
) -> ConversationSummary {
    let user = user.to_string();
    let reply = act(server, by, shop, id, ("action[assign]", user.as_str())).await;
    reply.json(200)
}

/// What somebody sees of their inbox.
async fn seen(server: &TestServer, by: &Owner, shop: &Shop, who: &str) -> InboxPage {
    let store = shop.id.to_string();
    let mut form = fields([("store", store.as_str()), ("view[tab]", "open")]);
    if !who.is_empty() {
        form.extend(fields([("view[who]", who)]));
    }
    call(server, &by.cookie, "inbox/list", &form)
        .await
        .json(200)
}

#[tokio::test]
async fn everybody_sees_whose_a_conversation_is_and_finds_their_own() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let other = server.shopper(&shop).await;
    other.send("Another").await;
    let (id, free) = (shopper.conversation, other.conversation);
    let row = assign(&server, &owner, &shop, id, agent.user.id).await;
    assert_eq!(row.assignee_id, Some(agent.user.id));

    let page = seen(&server, &agent, &shop, "me").await;
    assert_eq!(ids(&page.rows), [id]);
    assert_eq!(page.desk.me, agent.user.id);
    let names: Vec<_> = page
        .desk
        .team
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    assert_eq!(names, [owner.user.name.as_str(), "Tom Berg"]);
    assert_eq!(page.desk.name_of(agent.user.id), "Tom Berg");
    assert_eq!(ids(&seen(&server, &owner, &shop, "me").await.rows), []);
    assert_eq!(
        ids(&seen(&server, &owner, &shop, "none").await.rows),
        [free]
    );
    assert_eq!(
        ids(&seen(&server, &owner, &shop, "").await.rows),
        [free, id]
    );

    act(&server, &agent, &shop, id, ("action", "unassign"))
        .await
        .json::<ConversationSummary>(200);
    assert_eq!(
        ids(&seen(&server, &owner, &shop, "none").await.rows),
        [free, id]
    );
    server.finish().await;
}

#[tokio::test]
async fn the_thread_says_who_has_given_it_to_whom_and_the_shopper_sees_nothing() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let id = shopper.conversation;
    assign(&server, &owner, &shop, id, agent.user.id).await;
    let again = assign(&server, &owner, &shop, id, agent.user.id).await;
    assert_eq!(again.last_seq, 2, "it was his already");
    assign(&server, &owner, &shop, id, owner.user.id).await;
    act(&server, &owner, &shop, id, ("action", "unassign"))
        .await
        .json::<ConversationSummary>(200);
    let events = messages(&server, &shop, id).await.split_off(1);
    let name = &owner.user.name;
    let said: Vec<_> = events.iter().map(|event| event.body.clone()).collect();
    assert_eq!(
        said,
        [
            format!("{name} assigned this conversation to Tom Berg"),
            format!("{name} took this conversation"),
            format!("{name} assigned this conversation to nobody"),
        ]
    );
    for event in events {
        assert_eq!(
            (event.kind, event.sender),
            (MessageKind::Assigned, Sender::Note)
        );
    }
    let history = shopper.history(0).await;
    assert_eq!(history.messages.len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn who_is_not_in_the_team_gets_no_conversation() {
    let server = TestServer::start().await;
    let (owner, _, shop, shopper) = team(&server).await;
    let stranger = server.add_owner("Eve", "eve@example.com").await;
    for user in [stranger.user.id, UserId::generate()] {
        let user = user.to_string();
        let reply = act(
            &server,
            &owner,
            &shop,
            shopper.conversation,
            ("action[assign]", user.as_str()),
        )
        .await;
        assert_eq!(
            reply.json::<Problem>(422).field.as_deref(),
            Some("assignee_id")
        );
    }
    let row = conversations::get(&server.ctx, &shop.member, shopper.conversation).await;
    assert_eq!(row.expect("a row").assignee_id, None);
    server.finish().await;
}

#[tokio::test]
async fn what_the_shopper_writes_changes_nothing_of_whose_it_is() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let id = shopper.conversation;
    assign(&server, &owner, &shop, id, agent.user.id).await;
    conversations::resolve(&server.ctx, &shop.member, id)
        .await
        .expect("resolved");
    shopper.send("One more thing").await;
    let view = InboxView {
        tab: Tab::Open,
        who: Some(Who::Me),
        ..InboxView::default()
    };
    let member = stores::member(&server.ctx, &agent.user, shop.id)
        .await
        .expect("a member");
    let page = conversations::list(&server.ctx, &member, view, None)
        .await
        .expect("a page");
    assert_eq!(ids(&page.rows), [id]);
    server.finish().await;
}

#[tokio::test]
async fn webhooks_are_told_of_an_assignment() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![WebhookEvent::ConversationAssigned],
    };
    webhooks::create(&server.ctx, &shop.member, new)
        .await
        .expect("a webhook");
    assign(&server, &owner, &shop, shopper.conversation, agent.user.id).await;
    server.idle().await;
    let told = receiver.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].event(), "conversation.assigned");
    assert_eq!(
        told[0].body["conversation"]["assignee_id"],
        agent.user.id.to_string()
    );
    assert!(told[0].body["message"].is_null());
    server.finish().await;
}
