//! Conversations that are given to somebody by the store's rule.

use crate::common::{Owner, Shop, Shopper, TestServer, people::new_message};
use crate::forms::{call, fields, section_fields};
use crate::presence::{open_page, say};
use crate::team::add;
use crate::webhooks::receiver::Receiver;
use backend::{Ctx, assignment, conversations, orders, settings, team, webhooks};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, UserId, WebhookId},
    inbox::Triage,
    message::{Message, MessageKind, Sender},
    presence::OFFLINE_AFTER,
    problem::Problem,
    role::Role,
    settings::{Assignment, AssignmentRule, SectionName, StoredSettings},
    webhook::{NewWebhook, WebhookEvent},
};
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A shop with turns, and people of its team who have its pages open. Its owner has not.
async fn turns(server: &TestServer, limit: u32, names: &[&str]) -> (Owner, Shop, Vec<Owner>) {
    let owner = server.sign_up().await;
    let shop = server
        .open_shop(&owner, "Lamps & Light", |settings| {
            settings.assignment = Assignment {
                rule: AssignmentRule::RoundRobin,
                limit_per_person: limit,
            };
        })
        .await;
    let mut people = Vec::new();
    for name in names {
        let person = add(server, &shop, name, Role::Agent).await;
        open_page(server, &person, shop.id).await;
        people.push(person);
    }
    (owner, shop, people)
}

/// A shopper who needs a person.
async fn waiting(server: &TestServer, shop: &Shop) -> Shopper {
    let shopper = server.shopper(shop).await;
    shopper.send("Do you have this in blue?").await;
    server.idle().await;
    shopper
}

/// Whose it is, after whoever gives has looked.
async fn whose(server: &TestServer, shop: &Shop, shopper: &Shopper) -> Option<UserId> {
    assignment::give(&server.ctx).await.expect("a database");
    let row = conversations::get(&server.ctx, &shop.member, shopper.conversation).await;
    row.expect("a row").assignee_id
}

async fn triage(server: &TestServer, shop: &Shop, shopper: &Shopper, action: Triage) {
    let id = shopper.conversation;
    let done = conversations::triage(&server.ctx, &shop.member, id, action).await;
    done.expect("done");
}

async fn messages(server: &TestServer, shop: &Shop, id: ConversationId) -> Vec<Message> {
    let page = conversations::messages_page(&server.ctx, &shop.member, id, 0, 100).await;
    page.expect("messages").items
}

#[tokio::test]
async fn whoever_was_given_one_longest_ago_is_next() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom", "Mia", "Kim"]).await;
    let [tom, mia, kim] = [0, 1, 2].map(|at| Some(people[at].user.id));
    let mut given = Vec::new();
    for _ in 0..5 {
        let shopper = waiting(&server, &shop).await;
        given.push(whose(&server, &shop, &shopper).await);
    }
    assert_eq!(given, [tom, mia, kim, tom, mia]);
    // Who is given one by hand has had their turn.
    let by_hand = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &by_hand).await, kim);
    triage(&server, &shop, &by_hand, Triage::Assign(people[0].user.id)).await;
    let next = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &next).await, mia);
    server.finish().await;
}

#[tokio::test]
async fn who_waits_longest_is_given_first_once_somebody_comes() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom"]).await;
    let tom = &people[0];
    assert_eq!(say(&server, tom, true).await.status, 200);
    let first = waiting(&server, &shop).await;
    let second = waiting(&server, &shop).await;
    for shopper in [&first, &second] {
        assert_eq!(whose(&server, &shop, shopper).await, None);
    }
    let mia = add(&server, &shop, "Mia", Role::Agent).await;
    assert_eq!(whose(&server, &shop, &first).await, None, "she is offline");
    let mut page = server.agent_socket(&mia, shop.id, &[]).await;
    page.ready().await;
    // Nobody has to ask for it.
    let given = page
        .until(|event| match event {
            ServerEvent::Conversation(row) if row.assignee_id.is_some() => Some(row),
            _ => None,
        })
        .await;
    assert_eq!(
        (given.id, given.assignee_id),
        (first.conversation, Some(mia.user.id))
    );
    assert_eq!(whose(&server, &shop, &second).await, Some(mia.user.id));
    // Who goes away keeps what they have, and gets no more.
    assert_eq!(say(&server, &mia, true).await.status, 200);
    assert_eq!(whose(&server, &shop, &second).await, Some(mia.user.id));
    let third = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &third).await, None);
    assert_eq!(say(&server, tom, false).await.status, 200);
    assert_eq!(whose(&server, &shop, &third).await, Some(tom.user.id));
    server.finish().await;
}

#[tokio::test]
async fn whoever_has_left_their_pages_is_given_nothing() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom", "Mia"]).await;
    server.ctx.clock().advance(OFFLINE_AFTER);
    open_page(&server, &people[1], shop.id).await;
    for _ in 0..2 {
        let shopper = waiting(&server, &shop).await;
        let mia = Some(people[1].user.id);
        assert_eq!(whose(&server, &shop, &shopper).await, mia);
    }
    server.finish().await;
}

#[tokio::test]
async fn nobody_gets_more_than_the_limit_until_something_is_done() {
    let server = TestServer::start().await;
    let (owner, shop, people) = turns(&server, 1, &["Tom", "Mia"]).await;
    let [tom, mia] = [0, 1].map(|at| Some(people[at].user.id));
    let first = waiting(&server, &shop).await;
    let second = waiting(&server, &shop).await;
    let third = waiting(&server, &shop).await;
    let fourth = waiting(&server, &shop).await;
    let fifth = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &first).await, tom);
    assert_eq!(whose(&server, &shop, &second).await, mia);
    assert_eq!(whose(&server, &shop, &third).await, None);
    // What is resolved, snoozed or spam is nothing to do for now.
    triage(&server, &shop, &second, Triage::Resolve).await;
    assert_eq!(whose(&server, &shop, &third).await, mia);
    let later = server.ctx.now() + 60 * 60_000;
    triage(&server, &shop, &first, Triage::Snooze(later)).await;
    assert_eq!(whose(&server, &shop, &fourth).await, tom);
    assert_eq!(whose(&server, &shop, &fifth).await, None);
    triage(&server, &shop, &third, Triage::Spam).await;
    assert_eq!(whose(&server, &shop, &fifth).await, mia);
    // By hand anybody can be given more.
    triage(&server, &shop, &fifth, Triage::Assign(people[0].user.id)).await;
    assert_eq!(whose(&server, &shop, &fifth).await, tom);

    // A limit that is raised is followed at once.
    let sixth = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &sixth).await, mia);
    let seventh = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &seventh).await, None);
    server
        .set_up(&shop, |settings| settings.assignment.limit_per_person = 3)
        .await;
    assert!(whose(&server, &shop, &seventh).await.is_some());
    drop(owner);
    server.finish().await;
}

#[tokio::test]
async fn by_hand_nothing_is_given() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom"]).await;
    server
        .set_up(&shop, |settings| {
            settings.assignment.rule = AssignmentRule::ByHand;
        })
        .await;
    let shopper = waiting(&server, &shop).await;
    assert_eq!(whose(&server, &shop, &shopper).await, None);
    // What waits by then is given when the rule begins.
    server
        .set_up(&shop, |settings| {
            settings.assignment.rule = AssignmentRule::RoundRobin;
        })
        .await;
    let tom = Some(people[0].user.id);
    assert_eq!(whose(&server, &shop, &shopper).await, tom);
    server.finish().await;
}

#[tokio::test]
async fn what_the_ai_answers_is_nobodys_until_a_person_is_needed() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom"]).await;
    server
        .set_up(&shop, |settings| settings.ai.enabled = true)
        .await;
    let tom = Some(people[0].user.id);
    let order = json!({
        "number": "1001", "email": "jane@example.com", "status": "shipped", "payment_status": "paid",
        "currency": "EUR", "total_minor": 4_200, "placed_at": 1_795_000_000_000_i64,
        "items": [], "shipments": [],
    });
    let order = serde_json::from_value(order).expect("an order");
    let put = orders::put(&server.ctx, &shop.member, order).await;
    put.expect("an order");
    // By rule it asks for the order's number.
    let shopper = server.shopper(&shop).await;
    shopper.send("Where is my order?").await;
    server.idle().await;
    assert_eq!(shopper.history(0).await.messages.len(), 2);
    assert_eq!(whose(&server, &shop, &shopper).await, None);
    shopper.post("/human", &json!({})).await.json::<Value>(200);
    assert_eq!(whose(&server, &shop, &shopper).await, tom);

    // It finds nothing to say.
    let silent = waiting(&server, &shop).await;
    assert_eq!(silent.history(0).await.messages.len(), 1);
    assert_eq!(whose(&server, &shop, &silent).await, tom);

    // A person has answered, and the shopper writes again.
    let other = server.shopper(&shop).await;
    let hello = new_message("Hello, I am Ada.");
    conversations::reply(&server.ctx, &shop.member, other.conversation, hello, None)
        .await
        .expect("a reply");
    assert_eq!(whose(&server, &shop, &other).await, None, "nobody waits");
    other.send("One more thing").await;
    server.idle().await;
    assert_eq!(whose(&server, &shop, &other).await, tom);
    server.finish().await;
}

#[tokio::test]
async fn the_ai_is_waited_for_while_it_works() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom"]).await;
    let shopper = server.shopper(&shop).await;
    let (store, id) = (shop.id, shopper.conversation);
    // A job that nobody takes on stands in the conversation's lane.
    let job = format!(
        "INSERT INTO jobs (store_id, id, kind, payload, lane, state, run_at, attempts, lease_until, created_at)
         VALUES ('{store}', '{id}', 'of a newer server', '{{}}', '{id}', 'later', 9000000000000, 0, 0, 0)"
    );
    crate::common::database::write(&server.ctx, job).await;
    shopper.send("Do you have this in blue?").await;
    assert_eq!(whose(&server, &shop, &shopper).await, None);
    let ended = format!("DELETE FROM jobs WHERE store_id = '{store}' AND id = '{id}'");
    crate::common::database::write(&server.ctx, ended).await;
    let tom = Some(people[0].user.id);
    assert_eq!(whose(&server, &shop, &shopper).await, tom);
    server.finish().await;
}

#[tokio::test]
async fn the_thread_says_that_the_rule_did_it_and_webhooks_are_told() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom"]).await;
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![WebhookEvent::ConversationAssigned],
    };
    webhooks::create(&server.ctx, &shop.member, new)
        .await
        .expect("a webhook");
    let shopper = waiting(&server, &shop).await;
    let tom = people[0].user.id;
    assert_eq!(whose(&server, &shop, &shopper).await, Some(tom));
    server.idle().await;
    let event = messages(&server, &shop, shopper.conversation)
        .await
        .remove(1);
    assert_eq!(
        (event.kind, event.sender),
        (MessageKind::Assigned, Sender::Note)
    );
    assert_eq!(event.body, "Round robin assigned this conversation to Tom");
    let data = event.data.expect("data");
    assert_eq!(data.rule, Some(AssignmentRule::RoundRobin));
    assert_eq!(data.assignee.as_deref(), Some("Tom"));
    assert_eq!(event.agent_name, None);
    let told = receiver.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].body["conversation"]["assignee_id"], tom.to_string());
    assert_eq!(shopper.history(0).await.messages.len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn what_somebody_had_who_leaves_the_team_is_given_again() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom", "Mia"]).await;
    let shopper = waiting(&server, &shop).await;
    let [tom, mia] = [0, 1].map(|at| people[at].user.id);
    assert_eq!(whose(&server, &shop, &shopper).await, Some(tom));
    team::remove(&server.ctx, &shop.member, tom)
        .await
        .expect("removed");
    server.idle().await;
    assert_eq!(whose(&server, &shop, &shopper).await, Some(mia));
    server.finish().await;
}

#[tokio::test]
async fn two_servers_at_once_give_each_conversation_once_and_keep_the_limit() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (_, shop, people) = turns(&server, 3, &["Tom", "Mia", "Kim"]).await;
    for person in &people {
        say(&server, person, true).await;
    }
    let mut shoppers = Vec::new();
    for _ in 0..12 {
        shoppers.push(waiting(&server, &shop).await);
    }
    let other = Ctx::connect(server.ctx.config().clone())
        .await
        .expect("a second server");
    for person in &people {
        open_page(&server, person, shop.id).await;
        say(&server, person, false).await;
    }
    let both = [&server.ctx, &other].into_iter().cycle();
    let given = both.take(6).map(assignment::give);
    for given in join_all(given).await {
        given.expect("a database");
    }
    let mut counts = BTreeMap::<_, usize>::new();
    for (at, shopper) in shoppers.iter().enumerate() {
        let whose = whose(&server, &shop, shopper).await;
        *counts.entry(whose).or_default() += 1;
        let events = messages(&server, &shop, shopper.conversation).await;
        // The nine who wait longest, each once.
        assert_eq!(whose.is_some(), at < 9, "{at}");
        assert_eq!(events.len(), if at < 9 { 2 } else { 1 });
    }
    for person in &people {
        assert_eq!(counts.get(&Some(person.user.id)), Some(&3));
    }
    other.db().close().await;
    server.finish().await;
}

#[tokio::test]
async fn messages_that_come_at_once_are_given_fairly() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom", "Mia"]).await;
    let shoppers = join_all((0..6).map(|_| server.shopper(&shop))).await;
    join_all(shoppers.iter().map(|shopper| shopper.send("Hello"))).await;
    server.idle().await;
    let mut counts = BTreeMap::<_, usize>::new();
    for shopper in &shoppers {
        let whose = whose(&server, &shop, shopper).await;
        *counts.entry(whose).or_default() += 1;
    }
    for person in &people {
        assert_eq!(counts.get(&Some(person.user.id)), Some(&3), "{counts:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn nobody_is_given_what_is_another_stores() {
    let server = TestServer::start().await;
    let (_, shop, people) = turns(&server, 0, &["Tom"]).await;
    say(&server, &people[0], true).await;
    // She is there, but in a store of her own; the rule is theirs as well.
    let eve = server.add_owner("Eve", "eve@example.com").await;
    let hers = server
        .open_shop(&eve, "Eve's", |settings| {
            settings.assignment.rule = AssignmentRule::RoundRobin;
        })
        .await;
    open_page(&server, &eve, hers.id).await;
    let (theirs, own) = (waiting(&server, &shop).await, waiting(&server, &hers).await);
    assert_eq!(whose(&server, &shop, &theirs).await, None);
    assert_eq!(whose(&server, &hers, &own).await, Some(eve.user.id));
    server.finish().await;
}

#[tokio::test]
async fn only_admins_change_the_rule_and_the_limit_is_checked() {
    let server = TestServer::start().await;
    let (owner, shop, people) = turns(&server, 0, &["Tom"]).await;
    let save = async |by: &Owner, limit: u32, version: i64| {
        let rule = Assignment {
            rule: AssignmentRule::RoundRobin,
            limit_per_person: limit,
        };
        let mut form = section_fields(rule, version);
        form.extend(fields([("store", shop.id.to_string().as_str())]));
        call(&server, &by.cookie, "widget/save", &form).await
    };
    assert_eq!(save(&people[0], 5, 1).await.status, 403);
    let wrong: Problem = save(&owner, 501, 1).await.json(422);
    assert_eq!(wrong.field.as_deref(), Some("limit_per_person"));
    assert_eq!(save(&owner, 500, 1).await.status, 200);
    // Somebody who is slower is told.
    let late: Problem = save(&owner, 7, 1).await.json(409);
    assert!(late.current.is_some());
    let stored: StoredSettings = settings::stored(&server.ctx, &shop.member)
        .await
        .expect("settings");
    assert_eq!(stored.settings.assignment.limit_per_person, 500);
    assert_eq!(stored.revision(SectionName::Assignment).version, 2);
    server.finish().await;
}
