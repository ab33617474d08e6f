//! Conversations, their messages, and who wrote them.

use super::Api;
use crate::{
    common::{Reply, Shopper, people::start_request},
    identity::token,
};
use domain::{
    api_key::Scope,
    conversation::Status,
    ids::{ConversationId, MessageId, TagId, UserId},
    inbox::{ConversationSummary, VisitorProfile},
    message::{Message, Sender},
    problem::Code,
    widget_api::{ConversationStarted, StartConversation},
};
use reqwest::Method;
use serde_json::{Value, json};

async fn conversation(api: &Api, body: &str) -> ConversationId {
    let shopper = api.server.shopper(&api.shop).await;
    shopper.send(body).await;
    shopper.conversation
}

fn ids(rows: &[ConversationSummary]) -> Vec<ConversationId> {
    rows.iter().map(|row| row.id).collect()
}

/// The conversations that a query finds.
async fn found(api: &Api, query: &str) -> Vec<ConversationId> {
    let page: Value = api.get(&format!("/conversations?{query}")).await.json(200);
    let rows: Vec<ConversationSummary> =
        serde_json::from_value(page["items"].clone()).expect("rows");
    ids(&rows)
}

#[tokio::test]
async fn pages_hold_every_conversation_once_whatever_happens_meanwhile() {
    let api = Api::start().await;
    let mut all = Vec::new();
    for at in 0..5 {
        all.push(conversation(&api, &format!("Question {at}")).await);
    }
    all.sort_unstable();
    all.reverse();
    let rows: Vec<ConversationSummary> = api.all("/conversations").await;
    assert_eq!(ids(&rows), all);

    let first: Value = api.get("/conversations?limit=2").await.json(200);
    // What is behind the page comes to the front of the inbox.
    let reply = json!({"id": MessageId::generate(), "body": "An answer"});
    let path = format!("/conversations/{}/messages", all[4]);
    assert_eq!(api.post(&path, &reply).await.status, 201);
    let next = first["next"].as_str().expect("another page");
    let rest: Value = api
        .get(&format!("/conversations?after={next}"))
        .await
        .json(200);
    let rest: Vec<ConversationSummary> =
        serde_json::from_value(rest["items"].clone()).expect("rows");
    assert_eq!(ids(&rest), all[2..]);
    api.server.finish().await;
}

#[tokio::test]
async fn filters_let_through_what_fits_all_of_them() {
    let api = Api::start().await;
    let resolved = conversation(&api, "Thanks").await;
    let open = conversation(&api, "Hello").await;
    let path = format!("/conversations/{resolved}/resolve");
    let after: Value = api.post(&path, &json!({})).await.json(200);
    assert_eq!(after["status"], "resolved");
    for (query, expected) in [
        ("status=resolved", vec![resolved]),
        ("status=open", vec![open]),
        ("unread=true", vec![open]),
        ("unread=false&status=resolved", vec![resolved]),
        ("needs_human=true", vec![]),
        ("status=snoozed", vec![]),
    ] {
        assert_eq!(found(&api, query).await, expected, "{query}");
    }
    api.server.finish().await;
}

#[tokio::test]
async fn a_program_merges_two_conversations_is_led_on_and_takes_it_back() {
    let api = Api::start().await;
    let shopper = api.server.shopper(&api.shop).await;
    shopper.send("Is it in stock?").await;
    let start = api
        .server
        .http
        .post(
            api.server
                .url(&format!("/widget/v1/stores/{}/conversations", api.shop.key)),
        )
        .bearer_auth(&shopper.token)
        .json(&start_request());
    let started: ConversationStarted = Reply::to(start).await.json(201);
    let (older, newer) = (shopper.conversation, started.conversation.id);
    let shopper = Shopper {
        conversation: newer,
        ..shopper
    };
    shopper.send("In green").await;
    let reply = json!({"id": MessageId::generate(), "body": "It is"});
    let path = format!("/conversations/{newer}/messages");
    assert_eq!(api.post(&path, &reply).await.status, 201);

    let from = json!({"from": newer});
    for _ in 0..2 {
        let merged: Value = api
            .post(&format!("/conversations/{older}/merge"), &from)
            .await
            .json(200);
        assert_eq!(merged["id"], json!(older));
    }
    assert_eq!(found(&api, "limit=10").await, [older]);
    // Whatever is asked of the newer one says where it is; so does a reply whose answer was lost.
    let asked = [
        (Method::GET, String::new(), None),
        (Method::GET, "/messages".to_owned(), None),
        (Method::POST, "/messages".to_owned(), Some(reply.clone())),
        (Method::POST, "/resolve".to_owned(), None),
        (Method::POST, "/read".to_owned(), None),
        (
            Method::POST,
            "/assign".to_owned(),
            Some(json!({"assignee_id": null})),
        ),
        (
            Method::POST,
            "/spam".to_owned(),
            Some(json!({"spam": true})),
        ),
        (
            Method::POST,
            "/block".to_owned(),
            Some(json!({"blocked": true})),
        ),
    ];
    for (method, rest, body) in asked {
        let path = format!("/conversations/{newer}{rest}");
        let reply = api
            .call_with(Some(&api.key.token), method, &path, body.as_ref())
            .await;
        let problem = reply.problem(410);
        assert!(problem.is(Code::ConversationMerged), "{problem:?}");
        assert_eq!(problem.merged_into.as_deref(), Some(&older));
    }
    let first: Message = api
        .post(&format!("/conversations/{older}/messages"), &reply)
        .await
        .json(200);
    assert_eq!((first.conversation_id, first.seq), (older, 4));

    let parted: Value = api
        .post(&format!("/conversations/{older}/unmerge"), &from)
        .await
        .json(200);
    assert_eq!(parted["id"], json!(older));
    let row: ConversationSummary = api.get(&format!("/conversations/{newer}")).await.json(200);
    assert_eq!(row.last_seq, 2);
    api.server.finish().await;
}

#[tokio::test]
async fn a_program_marks_spam_blocks_its_visitor_and_finds_it_by_that() {
    let api = Api::start().await;
    let junk = conversation(&api, "Cheap watches").await;
    let free = conversation(&api, "Hello").await;
    let path = format!("/conversations/{junk}");
    let marked: Value = api
        .post(&format!("{path}/spam"), &json!({"spam": true}))
        .await
        .json(200);
    assert_eq!(
        marked,
        json!({"id": junk, "status": "resolved", "spam": true})
    );
    assert_eq!(found(&api, "spam=true").await, [junk]);
    assert_eq!(found(&api, "spam=false").await, [free]);
    api.post(&format!("{path}/block"), &json!({"blocked": true}))
        .await
        .json::<Value>(200);
    let row: Value = api.get(&path).await.json(200);
    assert_eq!(row["visitor"]["blocked"], true);
    let after: Value = api
        .post(&format!("{path}/block"), &json!({"blocked": false}))
        .await
        .json(200);
    assert_eq!(after, json!({"id": junk, "status": "open"}));
    let read: Value = api
        .post(&format!("/conversations/{free}/read"), &json!({}))
        .await
        .json(200);
    assert_eq!(read["id"], json!(free));
    assert_eq!(found(&api, "unread=true").await, []);
    api.server.finish().await;
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_refused() {
    let api = Api::start().await;
    for (query, status) in [
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=many", 400),
        ("after=there", 422),
        ("status=lost", 400),
        ("needs_human=perhaps", 400),
    ] {
        api.get(&format!("/conversations?{query}"))
            .await
            .problem(status);
    }
    api.server.finish().await;
}

#[tokio::test]
async fn a_reply_carries_the_keys_name_and_reaches_the_shopper() {
    let api = Api::start().await;
    let shopper = api.server.shopper(&api.shop).await;
    shopper.send("Hello").await;
    let path = format!("/conversations/{}/messages", shopper.conversation);
    let reply = json!({"id": MessageId::generate(), "body": " Good morning "});
    let stored: Message = api.post(&path, &reply).await.json(201);
    assert_eq!(
        (stored.sender, stored.body.as_str()),
        (Sender::Agent, "Good morning")
    );
    assert_eq!(stored.agent_name.as_deref(), Some("Back office"));
    let history = shopper.history(1).await;
    assert_eq!(
        history.messages[0].agent_name.as_deref(),
        Some("Back office")
    );
    api.server.finish().await;
}

#[tokio::test]
async fn a_reply_that_is_sent_again_is_the_first_one() {
    let api = Api::start().await;
    let id = conversation(&api, "Hello").await;
    let path = format!("/conversations/{id}/messages");
    let message_id = MessageId::generate();
    let reply = json!({"id": message_id, "body": "Good morning"});
    let first: Message = api.post(&path, &reply).await.json(201);
    let again: Message = api.post(&path, &reply).await.json(200);
    assert_eq!((again.id, again.seq), (first.id, first.seq));
    let note = json!({"id": message_id, "body": "Good morning", "note": true});
    api.post(&path, &note).await.problem(409);
    api.server.finish().await;
}

#[tokio::test]
async fn a_reply_may_be_from_a_person_of_the_team_and_from_nobody_else() {
    let api = Api::start().await;
    let id = conversation(&api, "Hello").await;
    let path = format!("/conversations/{id}/messages");
    let by = |agent: UserId| json!({"id": MessageId::generate(), "body": "Hi", "as": agent});
    let stored: Message = api.post(&path, &by(api.owner.user.id)).await.json(201);
    assert_eq!(stored.agent_name.as_deref(), Some("Ada Olsen"));
    let seen: ConversationSummary = api.get(&format!("/conversations/{id}")).await.json(200);
    assert_eq!(seen.last_author_id, Some(api.owner.user.id));
    let stranger = api
        .server
        .add_owner("stranger", "stranger@example.com")
        .await;
    let refused = api.post(&path, &by(stranger.user.id)).await.problem(422);
    assert_eq!(refused.field.as_deref(), Some("as"));
    api.server.finish().await;
}

#[tokio::test]
async fn a_note_is_for_the_team_only_and_changes_nothing() {
    let api = Api::start().await;
    let shopper = api.server.shopper(&api.shop).await;
    shopper.send("Hello").await;
    let id = shopper.conversation;
    let note = json!({"id": MessageId::generate(), "body": "A regular", "note": true});
    let path = format!("/conversations/{id}/messages");
    let stored: Message = api.post(&path, &note).await.json(201);
    assert_eq!(stored.sender, Sender::Note);
    let seen: ConversationSummary = api.get(&format!("/conversations/{id}")).await.json(200);
    assert_eq!((seen.unread, seen.ai_active), (1, true));
    assert_eq!(seen.last_excerpt, "Hello");
    let history = shopper.history(0).await;
    assert!(!format!("{history:?}").contains("A regular"));
    let messages: Vec<Message> = api.all(&path).await;
    assert_eq!(
        messages.last().map(|last| last.body.as_str()),
        Some("A regular")
    );
    api.server.finish().await;
}

#[tokio::test]
async fn messages_come_in_order_and_each_once() {
    let api = Api::start().await;
    let shopper = api.server.shopper(&api.shop).await;
    for at in 1..=5 {
        shopper.send(&format!("Message {at}")).await;
    }
    let path = format!("/conversations/{}/messages", shopper.conversation);
    let messages: Vec<Message> = api.all(&path).await;
    let seqs: Vec<_> = messages.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5]);
    api.server.finish().await;
}

#[tokio::test]
async fn a_conversation_that_is_resolved_opens_again() {
    let api = Api::start().await;
    let id = conversation(&api, "Hello").await;
    for (verb, status) in [
        ("resolve", Status::Resolved),
        ("resolve", Status::Resolved),
        ("reopen", Status::Open),
    ] {
        let path = format!("/conversations/{id}/{verb}");
        let after = api.post(&path, &json!({})).await;
        // Whoever may only write is not told who it is with.
        assert!(!after.body.contains("visitor"), "{}", after.body);
        let after: Value = after.json(200);
        assert_eq!(after["status"], status.as_str());
    }
    let messages: Vec<Message> = api.all(&format!("/conversations/{id}/messages")).await;
    assert_eq!(messages.len(), 3, "the second time changed nothing");
    assert!(
        messages[1].body.contains("Back office"),
        "{}",
        messages[1].body
    );
    api.server.finish().await;
}

#[tokio::test]
async fn a_program_snoozes_a_conversation_and_finds_it_by_that() {
    let api = Api::start().await;
    let id = conversation(&api, "Hello").await;
    let until = api.server.ctx.now() + 3_600_000;
    let path = format!("/conversations/{id}/snooze");
    let after: Value = api.post(&path, &json!({ "until": until })).await.json(200);
    assert_eq!(
        after,
        json!({"id": id, "status": "snoozed", "snoozed_until": until})
    );
    assert_eq!(found(&api, "status=snoozed").await, [id]);
    for body in [json!({}), json!({"until": "tomorrow"})] {
        assert!([400, 422].contains(&api.post(&path, &body).await.status));
    }
    api.post(&path, &json!({ "until": 1 })).await.problem(422);
    let path = format!("/conversations/{id}/reopen");
    let after: Value = api.post(&path, &json!({})).await.json(200);
    assert_eq!(after, json!({"id": id, "status": "open"}));
    api.server.finish().await;
}

#[tokio::test]
async fn a_program_assigns_a_conversation_and_finds_it_by_that() {
    let api = Api::start().await;
    let assigned = conversation(&api, "Hello").await;
    let free = conversation(&api, "Anybody?").await;
    let user = api.owner.user.id;
    let path = format!("/conversations/{assigned}/assign");
    let after: Value = api
        .post(&path, &json!({"assignee_id": user}))
        .await
        .json(200);
    assert_eq!(
        after,
        json!({"id": assigned, "status": "open", "assignee_id": user})
    );
    for (query, expected) in [(user.to_string(), assigned), ("none".to_owned(), free)] {
        let query = format!("assignee_id={query}");
        assert_eq!(found(&api, &query).await, [expected], "{query}");
    }
    api.get("/conversations?assignee_id=me").await.problem(422);
    let stranger = json!({"assignee_id": UserId::generate()});
    api.post(&path, &stranger).await.problem(422);
    let after: Value = api
        .post(&path, &json!({"assignee_id": null}))
        .await
        .json(200);
    assert_eq!(after, json!({"id": assigned, "status": "open"}));
    api.server.finish().await;
}

#[tokio::test]
async fn a_program_makes_a_tag_puts_it_on_and_finds_conversations_by_it() {
    let api = Api::start().await;
    let tagged = conversation(&api, "Hello").await;
    conversation(&api, "Anybody?").await;
    let id = TagId::generate();
    let new = json!({"id": id, "name": "Refund", "colour": "amber"});
    assert_eq!(api.post("/tags", &new).await.json::<Value>(201), new);
    assert_eq!(api.post("/tags", &new).await.json::<Value>(200), new);
    let other = json!({"id": id, "name": "Another"});
    api.post("/tags", &other).await.problem(409);
    let path = format!("/conversations/{tagged}/tags");
    let after: Value = api.post(&path, &json!({"tag_id": id})).await.json(200);
    assert_eq!(after, json!({"id": tagged, "status": "open", "tags": [id]}));
    assert_eq!(found(&api, &format!("tag_id={id}")).await, [tagged]);
    let look = json!({"name": "Money back", "colour": "red"});
    let changed: Value = api.put(&format!("/tags/{id}"), &look).await.json(200);
    assert_eq!(changed["name"], "Money back");
    let all: Value = api.get("/tags").await.json(200);
    assert_eq!(all, json!({"items": [changed], "next": null}));
    let after: Value = api.delete(&format!("{path}/{id}")).await.json(200);
    assert_eq!(after, json!({"id": tagged, "status": "open"}));
    assert_eq!(api.delete(&format!("/tags/{id}")).await.status, 204);
    api.delete(&format!("/tags/{id}")).await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn a_visitor_is_what_they_told() {
    let api = Api::start().await;
    let mut request = start_request();
    request.visitor.name = Some("Jane".to_owned());
    request.visitor.email = Some("jane@example.com".to_owned());
    let shopper = api.server.shopper_with(&api.shop, &request).await;
    shopper.send("Hello").await;
    let path = format!("/conversations/{}", shopper.conversation);
    let seen: ConversationSummary = api.get(&path).await.json(200);
    let path = format!("/visitors/{}", seen.visitor.id);
    let profile: VisitorProfile = api.get(&path).await.json(200);
    assert_eq!(profile.visitor, seen.visitor);
    assert!(profile.created_at > 0);
    api.server.finish().await;
}

#[tokio::test]
async fn visitors_are_listed_newest_first_page_by_page_and_found_by_their_address() {
    let api = Api::start().await;
    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let mut ids = Vec::new();
    for (shop, name, email) in [
        (&api.shop, "Jane", "jane@example.com"),
        (&api.shop, "John", "john@example.com"),
        (&api.shop, "Jane's tablet", "jane@example.com"),
        (&other, "Elsewhere", "jane@example.com"),
    ] {
        let mut request = start_request();
        request.visitor.name = Some(name.to_owned());
        request.visitor.email = Some(email.to_owned());
        api.server
            .shopper_with(shop, &request)
            .await
            .send("Hello")
            .await;
    }
    let page = async |query: &str| -> (Vec<String>, Option<String>) {
        let answer: Value = api.get(&format!("/visitors?{query}")).await.json(200);
        let items = answer["items"].as_array().expect("a list");
        let name = |item: &Value| item["name"].as_str().expect("a name").to_owned();
        let next = answer["next"].as_str().map(str::to_owned);
        (items.iter().map(name).collect(), next)
    };
    let (first, next) = page("limit=2").await;
    assert_eq!(first, ["Jane's tablet", "John"]);
    ids.extend(next);
    let (second, next) = page(&format!("limit=2&after={}", ids[0])).await;
    assert_eq!((second, next), (vec!["Jane".to_owned()], None));
    let (theirs, _) = page("email=Jane%40example.com").await;
    assert_eq!(theirs, ["Jane's tablet", "Jane"]);
    assert!(page("email=nobody%40example.com").await.0.is_empty());
    assert!(page("customer_id=c-1").await.0.is_empty());
    for wrong in [
        "email=jane",
        "customer_id=%00",
        "customer_id=c-1&email=jane%40example.com",
        "limit=0",
        "after=1",
    ] {
        api.get(&format!("/visitors?{wrong}")).await.problem(422);
    }
    api.server.finish().await;
}

#[tokio::test]
async fn a_signed_in_customer_is_found_by_their_id() {
    let api = Api::start().await;
    let secret = backend::identity::make_secret(&api.server.ctx, &api.shop.member).await;
    let secret = secret.expect("a secret").secret;
    let request = StartConversation {
        identity: Some(token(&secret, json!({}))),
        ..start_request()
    };
    api.server.shopper_with(&api.shop, &request).await;
    api.server.shopper(&api.shop).await;
    let path = "/visitors?customer_id=cus_7";
    let page: Value = api.get(path).await.json(200);
    let [jane] = page["items"].as_array().expect("a list").as_slice() else {
        panic!("not one: {page}");
    };
    assert_eq!(jane["email"], "jane@example.com");
    assert_eq!(page["next"], Value::Null);
    let id = jane["id"].as_str().expect("an id");
    let after = api.get(&format!("{path}&after={id}")).await;
    assert_eq!(after.json::<Value>(200)["items"], json!([]));
    api.server.finish().await;
}

#[tokio::test]
async fn what_is_another_stores_does_not_exist() {
    let api = Api::start().await;
    let other = api.server.open_shop(&api.owner, "Other", |_| {}).await;
    let theirs = super::new_key(&api.server, &other, Scope::ALL).await;
    let id = conversation(&api, "A secret").await;
    let row: ConversationSummary = api.get(&format!("/conversations/{id}")).await.json(200);
    let tag = TagId::generate();
    let new = json!({"id": tag, "name": "A secret", "colour": "red"});
    assert_eq!(api.post("/tags", &new).await.status, 201);
    let reply = json!({"id": MessageId::generate(), "body": "Let me in"});
    for (method, path, body) in [
        (Method::GET, format!("/conversations/{id}"), None),
        (Method::GET, format!("/conversations/{id}/messages"), None),
        (
            Method::POST,
            format!("/conversations/{id}/messages"),
            Some(reply),
        ),
        (Method::POST, format!("/conversations/{id}/resolve"), None),
        (Method::POST, format!("/conversations/{id}/reopen"), None),
        (
            Method::POST,
            format!("/conversations/{id}/snooze"),
            Some(json!({"until": api.server.ctx.now() + 60_000})),
        ),
        (
            Method::POST,
            format!("/conversations/{id}/spam"),
            Some(json!({"spam": true})),
        ),
        (
            Method::POST,
            format!("/conversations/{id}/block"),
            Some(json!({"blocked": true})),
        ),
        (Method::POST, format!("/conversations/{id}/read"), None),
        (
            Method::POST,
            format!("/conversations/{id}/merge"),
            Some(json!({"from": ConversationId::generate()})),
        ),
        (
            Method::POST,
            format!("/conversations/{id}/unmerge"),
            Some(json!({"from": ConversationId::generate()})),
        ),
        (
            Method::POST,
            format!("/conversations/{id}/assign"),
            Some(json!({"assignee_id": null})),
        ),
        (
            Method::POST,
            format!("/conversations/{id}/tags"),
            Some(json!({"tag_id": tag})),
        ),
        (
            Method::DELETE,
            format!("/conversations/{id}/tags/{tag}"),
            None,
        ),
        (
            Method::PUT,
            format!("/tags/{tag}"),
            Some(json!({"name": "Mine now"})),
        ),
        (Method::DELETE, format!("/tags/{tag}"), None),
        (Method::GET, format!("/visitors/{}", row.visitor.id), None),
    ] {
        let reply = api
            .call_with(Some(&theirs.token), method, &path, body.as_ref())
            .await;
        reply.problem(404);
        assert!(!reply.body.contains("secret"));
    }
    let list = api
        .call_with(Some(&theirs.token), Method::GET, "/conversations", None)
        .await;
    assert_eq!(list.json::<Value>(200)["items"], json!([]));
    api.server.finish().await;
}
