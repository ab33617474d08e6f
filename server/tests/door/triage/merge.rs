//! Two conversations of one shopper become one, and two again.

use super::{act, counts, ids, messages, shown};
use crate::common::{
    Owner, Reply, Shop, Shopper, Socket, TestServer, database,
    people::{new_message, start_request},
    within,
};
use crate::forms::{call, fields, page};
use crate::webhooks::receiver::Receiver;
use backend::{conversations, search, webhooks};
use domain::{
    conversation::Status,
    events::ServerEvent,
    ids::{ConversationId, MessageId, WebhookId},
    inbox::{ConversationSummary, Tab, Thread},
    message::{Message, MessageKind, Sender},
    problem::{Code, Problem},
    search::Search,
    webhook::{NewWebhook, WebhookEvent},
    widget_api::{ConversationStarted, NewMessage},
};
use serde_json::{Value, json};

/// A shopper with two conversations; the older has one message, the newer two.
struct Two {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    older: Shopper,
    newer: Shopper,
}

/// Another conversation of somebody, with the same token.
async fn another(server: &TestServer, shop: &Shop, shopper: &Shopper) -> Shopper {
    let start = server
        .http
        .post(server.url(&format!("/widget/v1/stores/{}/conversations", shop.key)))
        .bearer_auth(&shopper.token)
        .json(&start_request());
    let started: ConversationStarted = Reply::to(start).await.json(201);
    Shopper {
        conversation: started.conversation.id,
        ..shopper.clone()
    }
}

impl Two {
    async fn new() -> Self {
        Self::on(TestServer::with().without_rate_limits().start().await).await
    }

    async fn on(server: TestServer) -> Self {
        let (owner, shop) = server.owner_with_shop().await;
        let older = server.shopper(&shop).await;
        older.send("Is the lamp in stock?").await;
        let newer = another(&server, &shop, &older).await;
        newer.send("Hello again").await;
        newer.send("And in green?").await;
        server.idle().await;
        Self {
            server,
            owner,
            shop,
            older,
            newer,
        }
    }

    async fn act(&self, id: ConversationId, what: &str, other: ConversationId) -> Reply {
        let action = (format!("action[{what}]"), other.to_string());
        let action = (action.0.as_str(), action.1.as_str());
        act(&self.server, &self.owner, &self.shop, id, action).await
    }

    async fn merge(&self) -> ConversationSummary {
        let (older, newer) = (self.older.conversation, self.newer.conversation);
        self.act(newer, "merge", older).await.json(200)
    }

    async fn unmerge(&self) -> ConversationSummary {
        let (older, newer) = (self.older.conversation, self.newer.conversation);
        self.act(older, "unmerge", newer).await.json(200)
    }

    async fn all(&self, shopper: &Shopper) -> Vec<Message> {
        messages(&self.server, &self.shop, shopper.conversation).await
    }

    /// The shopper's part of it, by number.
    async fn said(&self, shopper: &Shopper) -> Vec<(i64, String)> {
        let all = self.all(shopper).await;
        let said = all.into_iter().filter(|m| m.sender != Sender::Note);
        said.map(|m| (m.seq, m.body)).collect()
    }

    async fn reply(&self, shopper: &Shopper, body: &str) -> Message {
        let (ctx, who) = (&self.server.ctx, &self.shop.member);
        let reply = new_message(body);
        let replied = conversations::reply(ctx, who, shopper.conversation, reply, None).await;
        replied.expect("a reply").0
    }

    /// As if it had been merged long ago.
    async fn grow_old(&self) {
        for sql in [
            "UPDATE merges SET merged_at = merged_at - 600001",
            "UPDATE conversations SET merged_at = merged_at - 600001",
        ] {
            database::write(&self.server.ctx, sql).await;
        }
    }
}

fn bodies(messages: &[Message]) -> Vec<(i64, &str)> {
    let bodies = messages.iter().map(|m| (m.seq, m.body.as_str()));
    bodies.collect()
}

#[tokio::test]
async fn the_older_takes_the_newers_messages_and_gives_them_back() {
    let two = Two::new().await;
    let (server, shop) = (&two.server, &two.shop);
    let before = (two.all(&two.older).await, two.all(&two.newer).await);
    let tab = ids(&shown(server, shop, Tab::Open).await);
    assert_eq!(tab, [two.newer.conversation, two.older.conversation]);

    let merged = two.merge().await;
    assert_eq!(
        (merged.id, merged.last_seq, merged.unread),
        (two.older.conversation, 4, 3)
    );
    let all = two.all(&two.older).await;
    let seqs: Vec<_> = all.iter().map(|m| m.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
    let event = &all[1];
    assert_eq!(
        (event.kind, event.sender),
        (MessageKind::Merged, Sender::Note)
    );
    assert!(event.body.contains("Ada Olsen merged"), "{}", event.body);
    for (was, is) in before.1.iter().zip(&all[2..]) {
        assert_eq!(
            (was.id, was.created_at, &was.body),
            (is.id, is.created_at, &is.body)
        );
    }
    assert_eq!(
        ids(&shown(server, shop, Tab::All).await),
        [two.older.conversation]
    );
    let now = counts(server, shop).await;
    assert_eq!((now.open, now.unread), (1, 1));
    let look = Search {
        q: "green".to_owned(),
        ..Search::default()
    };
    within("the index", async {
        loop {
            let found = search::find(&server.ctx, &shop.member, look.clone(), None).await;
            let found: Vec<_> = found.expect("found").items;
            let at: Vec<_> = found.iter().map(|hit| hit.conversation.id).collect();
            if at == [two.older.conversation] {
                break;
            }
            assert!(at.is_empty(), "{found:#?}");
        }
    })
    .await;
    // Once more, from either side, changes nothing.
    two.act(two.older.conversation, "merge", two.newer.conversation)
        .await
        .json::<ConversationSummary>(200);
    assert_eq!(two.all(&two.older).await, all);

    let parted = two.unmerge().await;
    assert_eq!((parted.id, parted.unread), (two.older.conversation, 1));
    assert_eq!(two.all(&two.newer).await, before.1);
    let older = two.all(&two.older).await;
    assert_eq!(older[..1], before.0[..]);
    let kinds: Vec<_> = older[1..].iter().map(|m| (m.seq, m.kind)).collect();
    assert_eq!(
        kinds,
        [(2, MessageKind::Merged), (5, MessageKind::Unmerged)]
    );
    assert_eq!(ids(&shown(server, shop, Tab::Open).await), tab);
    two.unmerge().await;
    assert_eq!(two.all(&two.older).await, older);
    two.server.finish().await;
}

#[tokio::test]
async fn what_leads_to_the_newer_leads_to_the_older_at_the_message() {
    let two = Two::new().await;
    let (server, cookie) = (&two.server, &two.owner.cookie);
    let (store, older, newer) = (two.shop.id, two.older.conversation, two.newer.conversation);
    let message = two.all(&two.newer).await[0].id;
    two.merge().await;
    let reply = page(
        server,
        cookie,
        &format!("/stores/{store}/inbox/{newer}?message={message}"),
    )
    .await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    let to = format!("/stores/{store}/inbox/{older}?message={message}");
    assert_eq!(reply.header("location"), to);
    let named = fields([
        ("store", store.to_string().as_str()),
        ("conversation", newer.to_string().as_str()),
        ("message", message.to_string().as_str()),
    ]);
    let thread: Thread = call(server, cookie, "inbox/thread-at", &named)
        .await
        .json(200);
    assert_eq!(thread.conversation.id, older);
    assert!(thread.messages.iter().any(|m| m.id == message));
    // What else is done to it is refused, except for what was being written.
    let refused: Problem = act(server, &two.owner, &two.shop, newer, ("action", "resolve"))
        .await
        .json(410);
    assert!(refused.is(Code::ConversationMerged));
    assert_eq!(refused.merged_into.as_deref(), Some(&older));
    let reply = two.reply(&two.newer, "We have it in green").await;
    assert_eq!((reply.conversation_id, reply.seq), (older, 5));
    two.server.finish().await;
}

#[tokio::test]
async fn the_newers_chat_goes_on_and_loses_and_doubles_nothing() {
    let two = Two::new().await;
    let newer = &two.newer;
    // Its reply was lost on the way.
    let lost = new_message("Still there?");
    newer.post_message(&lost).await.json::<Message>(201);
    two.merge().await;
    let again: Message = newer.post_message(&lost).await.json(200);
    assert_eq!((again.conversation_id, again.seq), (newer.conversation, 3));

    // It goes on under its own numbers, and so does what it hasn't seen.
    let next: Message = newer.post_message(&new_message("Anybody?")).await.json(201);
    assert_eq!((next.conversation_id, next.seq), (newer.conversation, 4));
    let history = newer.history(1).await;
    assert_eq!(
        bodies(&history.messages),
        [(2, "And in green?"), (3, "Still there?"), (4, "Anybody?")]
    );
    assert_eq!((history.last_seq, history.conversation.last_seq), (4, 4));
    assert_eq!(history.conversation.id, newer.conversation);
    assert_eq!(history.merged_into, None, "it can still be taken back");
    let stored = two.said(&two.older).await;
    assert_eq!(
        stored.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        [1, 3, 4, 5, 6]
    );
    // The older one's chat sees the same under its numbers.
    let elsewhere = two.older.history(0).await;
    assert_eq!(elsewhere.last_seq, 6);
    assert_eq!(elsewhere.messages.len(), 5);

    two.reply(&two.older, "Yes").await;
    newer.post("/read", &json!({"seq": 5})).await;
    let read = newer.conversation().await;
    assert_eq!((read.visitor_read_seq, read.agent_read_seq), (5, 5));
    newer.post("/human", &json!({})).await.json::<Value>(200);
    assert!(newer.conversation().await.needs_human);

    // What was written since stays, whoever asks for it again.
    two.unmerge().await;
    let again: Message = newer
        .post_message(&NewMessage::text(next.id, "Anybody?"))
        .await
        .json(200);
    assert_eq!((again.conversation_id, again.seq), (newer.conversation, 4));
    let again: Message = two.older.post_message(&lost).await.json(200);
    assert_eq!(again.conversation_id, two.older.conversation);
    let new: Message = newer.post_message(&new_message("Thanks")).await.json(201);
    assert!(
        new.seq > 6,
        "a number that was told is given to nothing else"
    );
    assert_eq!(
        two.said(&two.newer).await,
        [
            (1, "Hello again".to_owned()),
            (2, "And in green?".to_owned()),
            (3, "Still there?".to_owned()),
            (new.seq, "Thanks".to_owned())
        ]
    );
    let older: Vec<_> = two
        .said(&two.older)
        .await
        .into_iter()
        .map(|said| said.1)
        .collect();
    assert_eq!(older[..3], ["Is the lamp in stock?", "Anybody?", "Yes"]);
    two.server.finish().await;
}

#[tokio::test]
async fn a_start_whose_reply_was_lost_finds_what_it_has_become() {
    let two = Two::new().await;
    let mut start = start_request();
    start.message = Some(new_message("Is it waterproof?"));
    let begun: ConversationStarted = Reply::to(
        two.server
            .http
            .post(
                two.server
                    .url(&format!("/widget/v1/stores/{}/conversations", two.shop.key)),
            )
            .bearer_auth(&two.older.token)
            .json(&start),
    )
    .await
    .json(201);
    let id = begun.conversation.id;
    two.act(id, "merge", two.older.conversation)
        .await
        .json::<ConversationSummary>(200);
    let again: ConversationStarted = two
        .server
        .start_conversation(&two.shop.key, &start)
        .await
        .json(200);
    assert_eq!(again.conversation.id, id);
    assert_eq!(bodies(&again.messages), [(1, "Is it waterproof?")]);
    let chat = Shopper {
        token: again.token,
        conversation: id,
        ..two.older.clone()
    };
    assert_eq!(chat.history(0).await.last_seq, 1);
    two.server.finish().await;
}

/// The next number that a socket accounts for, in `shopper`'s conversation.
async fn next(socket: &mut Socket, shopper: &Shopper) -> i64 {
    let (id, seq) = socket.position().await;
    assert_eq!(id, shopper.conversation);
    seq
}

#[tokio::test]
async fn open_sockets_go_on_without_a_gap_there_and_back() {
    let two = Two::new().await;
    let (older, newer) = (&two.older, &two.newer);
    let mut chat = newer.socket(2).await;
    chat.ready().await;
    let mut elsewhere = older.socket(1).await;
    elsewhere.ready().await;
    let cursors = [(older.conversation, 1)];
    let mut agent = two
        .server
        .agent_socket(&two.owner, two.shop.id, &cursors)
        .await;
    agent.ready().await;
    two.merge().await;
    for seq in 2..=4 {
        assert_eq!(next(&mut elsewhere, older).await, seq);
        assert_eq!(next(&mut agent, older).await, seq);
    }
    two.reply(older, "Yes, in green").await;
    let told = chat.message().await;
    assert_eq!(
        (told.conversation_id, told.seq, &*told.body),
        (newer.conversation, 3, "Yes, in green")
    );
    assert_eq!(next(&mut elsewhere, older).await, 5);
    newer.send("Fine").await;
    assert_eq!(next(&mut chat, newer).await, 4);
    assert_eq!(next(&mut elsewhere, older).await, 6);
    // Who reads and who types is told by the chat's own id.
    chat.send_json(&json!({"typing": {"conversation_id": newer.conversation}}))
        .await;
    agent
        .until(|event| match event {
            ServerEvent::Typing(typing) => {
                assert_eq!(typing.conversation_id, older.conversation);
                Some(())
            }
            _ => None,
        })
        .await;
    conversations::mark_all_read(&two.server.ctx, &two.shop.member, older.conversation)
        .await
        .expect("read");
    let read = chat
        .until(|event| match event {
            ServerEvent::Read(read) if read.seq == 4 => Some(read),
            _ => None,
        })
        .await;
    assert_eq!(read.conversation_id, newer.conversation);
    // Whoever was cut off resumes by what they know.
    let mut resumed = newer.socket(1).await;
    let replayed: Vec<_> = resumed
        .ready()
        .await
        .into_iter()
        .filter_map(|event| match event {
            ServerEvent::Message(message) => Some(message.seq),
            _ => None,
        })
        .collect();
    assert_eq!(replayed, [2, 3, 4]);

    two.unmerge().await;
    // A number that its chat was told before is given to nothing else.
    let said = two.reply(newer, "In this one").await;
    assert_eq!(said.seq, 5);
    for socket in [&mut chat, &mut resumed] {
        let told = socket.message().await;
        assert_eq!((told.conversation_id, told.seq), (newer.conversation, 5));
    }
    two.reply(older, "In the other").await;
    let told = elsewhere.message().await;
    assert_eq!(told.body, "In the other");
    two.server.finish().await;
}

#[tokio::test]
async fn after_ten_minutes_it_is_for_good_and_the_chat_moves() {
    let two = Two::new().await;
    two.merge().await;
    two.grow_old().await;
    let refused: Problem = two
        .act(two.older.conversation, "unmerge", two.newer.conversation)
        .await
        .json(409);
    assert!(refused.is(Code::MergeFinal), "{refused:?}");
    assert_eq!(
        two.newer.history(0).await.merged_into,
        Some(two.older.conversation)
    );
    assert_eq!(two.older.history(0).await.merged_into, None);
    two.newer.send("One more").await;
    assert_eq!(two.said(&two.older).await.len(), 4);
    // What would take it back is kept no longer than it can be.
    let third = another(&two.server, &two.shop, &two.older).await;
    third.send("Hm").await;
    two.act(two.older.conversation, "merge", third.conversation)
        .await
        .json::<ConversationSummary>(200);
    let kept = "SELECT COUNT(*) AS n FROM merges WHERE kept IS NOT NULL";
    assert_eq!(database::count(&two.server.ctx, kept.to_owned()).await, 1);
    two.server.finish().await;
}

#[tokio::test]
async fn the_last_merge_is_taken_back_first() {
    let two = Two::new().await;
    let third = another(&two.server, &two.shop, &two.older).await;
    third.send("A third").await;
    let (older, newer) = (two.older.conversation, two.newer.conversation);
    two.merge().await;
    two.act(older, "merge", third.conversation)
        .await
        .json::<ConversationSummary>(200);
    let refused: Problem = two.act(older, "unmerge", newer).await.json(422);
    assert!(refused.detail.contains("take that back first"));
    for other in [third.conversation, newer] {
        two.act(older, "unmerge", other)
            .await
            .json::<ConversationSummary>(200);
    }
    assert_eq!(two.said(&two.older).await.len(), 1);
    assert_eq!(two.said(&two.newer).await.len(), 2);
    assert_eq!(two.said(&third).await.len(), 1);
    two.server.finish().await;
}

#[tokio::test]
async fn only_one_shoppers_are_merged_and_no_spam_with_what_is_none() {
    let two = Two::new().await;
    let (server, shop) = (&two.server, &two.shop);
    // Somebody who has typed the same address.
    let mut request = start_request();
    request.visitor.email = Some("jane@example.com".to_owned());
    let jane = server.shopper_with(shop, &request).await;
    jane.send("Hello").await;
    let mut request = start_request();
    request.visitor.email = Some("jane@example.com".to_owned());
    let other = server.shopper_with(shop, &request).await;
    other.send("Hello").await;
    let refused: Problem = two
        .act(jane.conversation, "merge", other.conversation)
        .await
        .json(422);
    assert_eq!(refused.field.as_deref(), Some("from"));
    let (older, newer) = (two.older.conversation, two.newer.conversation);
    two.act(older, "merge", older).await.json::<Problem>(422);
    two.act(older, "unmerge", newer).await.json::<Problem>(422);
    act(server, &two.owner, shop, newer, ("action", "spam"))
        .await
        .json::<ConversationSummary>(200);
    two.act(older, "merge", newer).await.json::<Problem>(422);
    two.act(older, "merge", ConversationId::generate())
        .await
        .json::<Problem>(404);

    let theirs = server.add_owner("Tom", "tom@example.com").await;
    let their_shop = server.open_shop(&theirs, "Theirs", |_| {}).await;
    let foreign = server.shopper(&their_shop).await;
    foreign.send("A secret").await;
    for what in ["merge", "unmerge"] {
        two.act(older, what, foreign.conversation)
            .await
            .json::<Problem>(404);
        two.act(foreign.conversation, what, older)
            .await
            .json::<Problem>(404);
    }
    let body = json!({"id": MessageId::generate(), "body": "Let me in"});
    let stranger = Shopper {
        token: foreign.token.clone(),
        ..two.newer.clone()
    };
    two.unmerge_spam().await;
    two.merge().await;
    stranger.post("/messages", &body).await.problem(404);
    stranger.get("?after_seq=0").await.problem(404);
    two.server.finish().await;
}

impl Two {
    async fn unmerge_spam(&self) {
        act(
            &self.server,
            &self.owner,
            &self.shop,
            self.newer.conversation,
            ("action", "not_spam"),
        )
        .await
        .json::<ConversationSummary>(200);
    }
}

#[tokio::test]
async fn whoever_is_first_wins_and_nothing_leads_in_a_circle() {
    let two = Two::new().await;
    let third = another(&two.server, &two.shop, &two.older).await;
    third.send("A third").await;
    two.server.idle().await;
    let (a, b, c) = (
        two.older.conversation,
        two.newer.conversation,
        third.conversation,
    );
    for _ in 0..5 {
        let (ab, bc, ca, again) = tokio::join!(
            two.act(a, "merge", b),
            two.act(b, "merge", c),
            two.act(c, "merge", a),
            two.act(b, "merge", a),
        );
        for reply in [&ab, &bc, &ca, &again] {
            assert!(
                matches!(reply.status, 200 | 410),
                "{}: {}",
                reply.status,
                reply.body
            );
        }
        let all = two.all(&two.older).await;
        let said = all.iter().filter(|m| m.sender == Sender::Customer).count();
        let left = messages_left(&two, &[b, c]).await;
        assert_eq!(said + left, 4, "{all:#?}");
        // Everything is where it leads to.
        for shopper in [&two.newer, &third] {
            let history = shopper.history(0).await;
            assert_eq!(history.messages[0].seq, 1);
        }
        for (one, other) in [(a, b), (a, c), (b, c)] {
            let undone = two.act(one, "unmerge", other).await;
            assert!(matches!(undone.status, 200 | 410 | 422), "{}", undone.body);
        }
        for (one, other) in [(b, c), (a, c), (a, b)] {
            two.act(one, "unmerge", other).await;
        }
    }
    let tab = ids(&shown(&two.server, &two.shop, Tab::Open).await);
    assert_eq!(tab.len(), 3);
    two.server.finish().await;
}

async fn messages_left(two: &Two, ids: &[ConversationId]) -> usize {
    let mut left = 0;
    for id in ids {
        let page =
            conversations::messages_page(&two.server.ctx, &two.shop.member, *id, 0, 100).await;
        if let Ok(page) = page {
            left += page
                .items
                .iter()
                .filter(|m| m.sender == Sender::Customer)
                .count();
        }
    }
    left
}

#[tokio::test]
async fn a_shopper_who_writes_meanwhile_is_heard_once() {
    let two = Two::new().await;
    let writing = async {
        for at in 0..40 {
            let message = new_message(format!("Message {at}"));
            let reply = two.newer.post_message(&message).await;
            let first: Message = reply.json(reply.status);
            assert_eq!(first.conversation_id, two.newer.conversation);
            let again: Message = two.newer.post_message(&message).await.json(200);
            assert_eq!(again.id, message.id);
        }
    };
    let merging = async {
        for _ in 0..6 {
            two.merge().await;
            two.unmerge().await;
        }
        two.merge().await;
    };
    let mut chat = two.newer.socket(2).await;
    chat.ready().await;
    tokio::join!(writing, merging);
    let all: Vec<_> = two.said(&two.older).await;
    let written: Vec<_> = all
        .iter()
        .filter(|(_, body)| body.starts_with("Message "))
        .collect();
    let mut seqs: Vec<_> = all.iter().map(|(seq, _)| *seq).collect();
    seqs.dedup();
    assert_eq!((written.len(), seqs.len()), (40, all.len()), "{all:#?}");
    // The chat has heard every one that is in its conversation's part, each once.
    let history = two.newer.history(0).await;
    let expected = history.messages.iter().filter(|m| m.seq > 2).count();
    let mut heard = std::collections::HashSet::new();
    while heard.len() < expected {
        let message = chat.message().await;
        assert!(heard.insert(message.id), "twice: {message:?}");
    }
    two.server.finish().await;
}

#[tokio::test]
async fn a_question_that_waits_for_the_ai_is_answered_where_it_is() {
    let server = TestServer::with()
        .demo()
        .without_rate_limits()
        .start()
        .await;
    let owner = server.demo_owner().await;
    let shop = server.shop(&owner, owner.first_store).await;
    for _ in 0..5 {
        let older = server.shopper(&shop).await;
        older.send("Good morning").await;
        let newer = another(&server, &shop, &older).await;
        newer.send("How do I return an item?").await;
        let merged = conversations::merge(
            &server.ctx,
            &shop.member,
            older.conversation,
            newer.conversation,
        )
        .await;
        merged.expect("merged");
        server.idle().await;
        let all = messages(&server, &shop, older.conversation).await;
        let answers = all.iter().filter(|m| m.sender == Sender::Ai).count();
        assert_eq!(answers, 1, "{all:#?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn what_both_were_like_is_together() {
    let two = Two::new().await;
    let (ctx, who) = (&two.server.ctx, &two.shop.member);
    let (older, newer) = (two.older.conversation, two.newer.conversation);
    conversations::resolve(ctx, who, older)
        .await
        .expect("resolved");
    let me = who.user().map(|user| user.id);
    conversations::assign(ctx, who, newer, me)
        .await
        .expect("assigned");
    for (id, body) in [(older, "Dear Jane"), (newer, "Hello Jane")] {
        conversations::keep_draft(ctx, who, id, false, body.to_owned())
            .await
            .expect("kept");
    }
    let merged = two.merge().await;
    assert_eq!((merged.status, merged.assignee_id), (Status::Open, me));
    assert!(merged.waiting_since.is_some());
    let thread = conversations::thread(ctx, who, newer, None)
        .await
        .expect("a thread");
    assert_eq!(thread.drafts.reply, "Dear Jane\n\nHello Jane");
    // Of a page that is left at the newer one.
    conversations::keep_draft(ctx, who, newer, false, "Hello Jane, welcome".to_owned())
        .await
        .expect("kept");
    let thread = conversations::thread(ctx, who, older, None)
        .await
        .expect("a thread");
    assert!(thread.drafts.reply.contains("Dear Jane"));
    assert!(thread.drafts.reply.contains("welcome"));
    let parted = two.unmerge().await;
    assert_eq!(
        (parted.status, parted.assignee_id),
        (Status::Resolved, None)
    );
    let thread = conversations::thread(ctx, who, newer, None)
        .await
        .expect("a thread");
    assert_eq!(thread.drafts.reply, "Hello Jane");
    two.server.finish().await;
}

#[tokio::test]
async fn programs_are_told_and_a_deleted_one_takes_what_it_has_taken() {
    let two = Two::new().await;
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![
            WebhookEvent::ConversationMerged,
            WebhookEvent::ConversationUnmerged,
            WebhookEvent::ConversationReopened,
        ],
    };
    webhooks::create(&two.server.ctx, &two.shop.member, new)
        .await
        .expect("a webhook");
    two.merge().await;
    two.unmerge().await;
    two.merge().await;
    two.server.idle().await;
    let mut told = receiver.events();
    told.sort();
    assert_eq!(
        told,
        [
            "conversation.merged",
            "conversation.merged",
            "conversation.unmerged"
        ]
    );
    let body = receiver.told()[0].body.clone();
    assert_eq!(body["conversation"]["id"], json!(two.older.conversation));
    assert_eq!(
        body["message"]["data"]["merged"]["id"],
        json!(two.newer.conversation)
    );

    let delete = async |shopper: &Shopper, status: u16| {
        let form = fields([
            ("store", two.shop.id.to_string().as_str()),
            ("conversation", shopper.conversation.to_string().as_str()),
        ]);
        let reply = call(&two.server, &two.owner.cookie, "inbox/delete", &form).await;
        assert_eq!(reply.status, status, "{}", reply.body);
    };
    delete(&two.newer, 410).await;
    delete(&two.older, 200).await;
    for table in [
        "conversations",
        "messages",
        "merges",
        "visitors",
        "visitor_tokens",
    ] {
        assert_eq!(database::rows(&two.server.ctx, table).await, 0, "{table}");
    }
    let page = page(
        &two.server,
        &two.owner.cookie,
        &format!("/stores/{}/inbox/{}", two.shop.id, two.newer.conversation),
    )
    .await;
    assert_eq!(page.status, 404);
    two.server.finish().await;
}
