//! Tags: made, changed, merged, deleted, and put on conversations.

use super::{act, ids, messages};
use crate::common::{Owner, Reply, Shop, Shopper, TestServer, database};
use crate::forms::{call, fields};
use crate::webhooks::receiver::Receiver;
use backend::{conversations, tags, webhooks};
use domain::{
    ids::{ConversationId, TagId, WebhookId},
    inbox::{ConversationSummary, InboxPage},
    message::{MessageKind, Sender},
    problem::Problem,
    tag::{TAGS_OF_CONVERSATION_MAX, Tag, TagColour},
    webhook::{NewWebhook, WebhookEvent},
};

async fn begun(server: &TestServer) -> (Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    (owner, shop, shopper)
}

fn new(name: &str) -> Tag {
    Tag {
        id: TagId::generate(),
        name: name.to_owned(),
        colour: TagColour::Green,
    }
}

async fn make(server: &TestServer, shop: &Shop, name: &str) -> TagId {
    let made = tags::create(&server.ctx, &shop.member, new(name)).await;
    made.expect("a tag").0.id
}

/// Calls a server function with a tag.
async fn send(server: &TestServer, by: &Owner, shop: &Shop, path: &str, tag: &Tag) -> Reply {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("tag[id]", tag.id.to_string().as_str()),
        ("tag[name]", tag.name.as_str()),
        ("tag[colour]", tag.colour.as_str()),
    ]);
    call(server, &by.cookie, path, &form).await
}

async fn put_on(server: &TestServer, shop: &Shop, id: ConversationId, tag: TagId) {
    let tagged = conversations::tag(&server.ctx, &shop.member, id, tag).await;
    assert!(tagged.expect("tagged").tags.contains(&tag));
}

async fn tags_of(server: &TestServer, shop: &Shop, id: ConversationId) -> Vec<TagId> {
    let row = conversations::get(&server.ctx, &shop.member, id).await;
    row.expect("a row").tags
}

async fn names(server: &TestServer, shop: &Shop) -> Vec<String> {
    let all = tags::list(&server.ctx, &shop.member).await.expect("tags");
    all.into_iter().map(|tag| tag.name).collect()
}

#[tokio::test]
async fn a_tag_is_made_once_and_its_name_is_its_own() {
    let server = TestServer::start().await;
    let (owner, shop, _) = begun(&server).await;
    let tag = new(" Refund ");
    let made: Tag = send(&server, &owner, &shop, "inbox/make-tag", &tag)
        .await
        .json(200);
    assert_eq!(
        (made.name.as_str(), made.colour),
        ("Refund", TagColour::Green)
    );
    let again: Tag = send(&server, &owner, &shop, "inbox/make-tag", &tag)
        .await
        .json(200);
    assert_eq!(again, made);
    let twin = send(&server, &owner, &shop, "inbox/make-tag", &new("REFUND")).await;
    assert_eq!(twin.json::<Problem>(422).field.as_deref(), Some("name"));
    let other = make(&server, &shop, "Gift").await;
    let renamed = Tag {
        id: other,
        ..new("refund")
    };
    let reply = send(&server, &owner, &shop, "inbox/change-tag", &renamed).await;
    assert_eq!(reply.json::<Problem>(422).field.as_deref(), Some("name"));
    let changed = Tag {
        id: made.id,
        name: "refunds".into(),
        colour: TagColour::Red,
    };
    let reply = send(&server, &owner, &shop, "inbox/change-tag", &changed).await;
    assert_eq!(reply.json::<Tag>(200), changed);
    assert_eq!(names(&server, &shop).await, ["Gift", "refunds"]);
    server.finish().await;
}

#[tokio::test]
async fn a_tag_is_put_on_a_conversation_and_taken_off_it_and_the_shopper_sees_nothing() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let id = shopper.conversation;
    let (refund, gift) = (
        make(&server, &shop, "Refund").await,
        make(&server, &shop, "Gift").await,
    );
    for tag in [refund, gift, refund] {
        let tag = tag.to_string();
        let reply = act(&server, &owner, &shop, id, ("action[tag]", tag.as_str())).await;
        reply.json::<ConversationSummary>(200);
    }
    assert_eq!(tags_of(&server, &shop, id).await, [refund, gift]);
    // A message changes nothing of them, and its row has them.
    shopper.send("Hello?").await;
    let page = call(
        &server,
        &owner.cookie,
        "inbox/list",
        &fields([
            ("store", shop.id.to_string().as_str()),
            ("view[tab]", "open"),
            ("view[tag]", gift.to_string().as_str()),
        ]),
    )
    .await
    .json::<InboxPage>(200);
    assert_eq!(ids(&page.rows), [id]);
    assert_eq!(page.rows[0].tags, [refund, gift]);
    let known: Vec<_> = page.desk.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(known, ["Gift", "Refund"]);

    let tag = refund.to_string();
    act(&server, &owner, &shop, id, ("action[untag]", tag.as_str()))
        .await
        .json::<ConversationSummary>(200);
    assert_eq!(tags_of(&server, &shop, id).await, [gift]);
    let said: Vec<_> = messages(&server, &shop, id)
        .await
        .into_iter()
        .filter(|message| message.sender == Sender::Note)
        .map(|message| (message.kind, message.body))
        .collect();
    let name = &owner.user.name;
    assert_eq!(
        said,
        [
            (
                MessageKind::Tagged,
                format!("{name} added the tag “Refund”")
            ),
            (MessageKind::Tagged, format!("{name} added the tag “Gift”")),
            (
                MessageKind::Untagged,
                format!("{name} removed the tag “Refund”")
            ),
        ]
    );
    assert_eq!(shopper.history(0).await.messages.len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn merging_moves_a_tag_and_deleting_takes_it_off_everywhere() {
    let server = TestServer::start().await;
    let (owner, shop, shopper) = begun(&server).await;
    let other = server.shopper(&shop).await;
    other.send("Hi").await;
    let (both, one) = (shopper.conversation, other.conversation);
    let (refund, money) = (
        make(&server, &shop, "Refund").await,
        make(&server, &shop, "Money back").await,
    );
    for (id, tag) in [(both, refund), (both, money), (one, money)] {
        put_on(&server, &shop, id, tag).await;
    }
    let store = shop.id.to_string();
    let delete = async |tag: TagId, into: Option<TagId>| {
        let mut form = fields([("store", store.as_str()), ("tag", tag.to_string().as_str())]);
        if let Some(into) = into {
            form.extend(fields([("into", into.to_string().as_str())]));
        }
        call(&server, &owner.cookie, "inbox/delete-tag", &form).await
    };
    assert_eq!(delete(money, Some(money)).await.status, 422);
    assert_eq!(delete(money, Some(TagId::generate())).await.status, 404);
    delete(money, Some(refund)).await.json::<()>(200);
    for id in [both, one] {
        assert_eq!(tags_of(&server, &shop, id).await, [refund]);
    }
    delete(refund, None).await.json::<()>(200);
    assert_eq!(delete(refund, None).await.status, 404);
    for id in [both, one] {
        assert_eq!(tags_of(&server, &shop, id).await, []);
    }
    assert_eq!(database::rows(&server.ctx, "conversation_tags").await, 0);
    assert!(names(&server, &shop).await.is_empty());
    server.finish().await;
}

#[tokio::test]
async fn a_conversation_has_a_bounded_number_of_tags() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let id = shopper.conversation;
    for at in 0..TAGS_OF_CONVERSATION_MAX {
        let tag = make(&server, &shop, &format!("Tag {at}")).await;
        put_on(&server, &shop, id, tag).await;
    }
    let last = make(&server, &shop, "One more").await;
    let refused = conversations::tag(&server.ctx, &shop.member, id, last).await;
    assert!(matches!(refused, Err(backend::Error::Invalid(_))));
    assert_eq!(
        tags_of(&server, &shop, id).await.len(),
        TAGS_OF_CONVERSATION_MAX
    );
    server.finish().await;
}

#[tokio::test]
async fn webhooks_are_told_of_tags() {
    let server = TestServer::start().await;
    let (_, shop, shopper) = begun(&server).await;
    let receiver = Receiver::start().await;
    let webhook = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![WebhookEvent::ConversationTagged],
    };
    webhooks::create(&server.ctx, &shop.member, webhook)
        .await
        .expect("a webhook");
    let tag = make(&server, &shop, "Refund").await;
    put_on(&server, &shop, shopper.conversation, tag).await;
    server.idle().await;
    let told = receiver.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].event(), "conversation.tagged");
    assert_eq!(told[0].body["conversation"]["tags"][0], tag.to_string());
    server.finish().await;
}
