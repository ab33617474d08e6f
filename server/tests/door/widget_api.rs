//! What shoppers' widgets ask of `/widget/v1`: answers, retries, refusals.

mod attachments;
mod pages;
mod tokens;

use crate::common::{
    Reply, Shop, Shopper, TestServer, database,
    people::{new_message, start_request},
    socket::position,
};
use backend::conversations;
use domain::{
    conversation::{Conversation, Status},
    message::{Message, MessageKind, Sender},
    settings::DEFAULT_GREETING,
    texts,
    widget_api::{
        Config, ConversationStarted, History, ReadUpTo, StartConversation, VisitorDetails,
    },
};

fn seqs(messages: &[Message]) -> Vec<i64> {
    messages.iter().map(|message| message.seq).collect()
}

async fn config(server: &TestServer, shop: &Shop, headers: &[(&str, &str)]) -> Reply {
    let mut request = server
        .http
        .get(server.url(&format!("/widget/v1/stores/{}/config", shop.key)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Reply::to(request).await
}

#[tokio::test]
async fn the_config_is_cached_for_a_minute_and_then_asked_for_by_its_tag() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let shop = server
        .open_shop(&owner, "Lamps & Light", |settings| {
            settings.chat.greeting = "<b>Hi</b> 👋".to_owned()
        })
        .await;

    let first = config(&server, &shop, &[]).await;
    assert_eq!(first.header("cache-control"), "public, max-age=60");
    let told: Config = first.json(200);
    assert!(told.enabled);
    assert_eq!(
        (told.store_name.as_str(), told.greeting.as_str()),
        ("Lamps & Light", "<b>Hi</b> 👋")
    );

    let tag = first.header("etag").to_owned();
    let unchanged = config(&server, &shop, &[("if-none-match", &tag)]).await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""));
    assert_eq!(unchanged.header("cache-control"), "public, max-age=60");
    assert_eq!(unchanged.header("etag"), tag);

    server
        .set_up(&shop, |settings| {
            settings.chat.greeting = "Good day".to_owned()
        })
        .await;
    let changed = config(&server, &shop, &[("if-none-match", &tag)]).await;
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.json::<Config>(200).greeting, "Good day");

    // Loading a page leaves no trace.
    assert_eq!(database::rows(&server.ctx, "visitors").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn the_config_has_the_texts_of_the_language_that_is_asked_for() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let asked_in = async |query: &str, known: &str| {
        let path = format!("/widget/v1/stores/{}/config{query}", shop.key);
        let request = server.http.get(server.url(&path));
        Reply::to(request.header("if-none-match", known)).await
    };
    let english = asked_in("", "").await;
    let told: Config = english.json(200);
    assert_eq!((told.locale.as_str(), told.texts.send()), ("en", "Send"));

    let german = asked_in("?locale=de-AT", "").await;
    assert_eq!(german.header("cache-control"), "public, max-age=60");
    let told: Config = german.json(200);
    assert_eq!((told.locale.as_str(), told.texts.send()), ("de", "Senden"));
    assert_eq!(told.texts, texts::of("de").widget);

    let (english, german) = (english.header("etag"), german.header("etag"));
    assert_ne!(english, german);
    assert_eq!(asked_in("?locale=de-AT", german).await.status, 304);
    assert_eq!(asked_in("?locale=de-AT", english).await.status, 200);
    for unknown in [
        "?locale=",
        "?locale=xx-YY",
        "?locale=%00%F0%9F%91%8B",
        "?lang=de",
    ] {
        assert_eq!(asked_in(unknown, english).await.status, 304, "{unknown}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_widget_that_is_switched_off_tells_nothing() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    server
        .set_up(&shop, |settings| {
            settings.chat.enabled = false;
            settings.chat.greeting = "Secret greeting".to_owned();
            settings.chat.response_time = "Secret hours".to_owned();
        })
        .await;
    let told = config(&server, &shop, &[]).await;
    assert!(
        !told.body.contains("Secret") && !told.body.contains("Lamps"),
        "{}",
        told.body
    );
    let told: Config = told.json(200);
    assert!(!told.enabled);
    assert_eq!(
        (told.store_name.as_str(), told.greeting.as_str()),
        ("", DEFAULT_GREETING)
    );

    let refused = server.start_conversation(&shop.key, &start_request()).await;
    assert_eq!(refused.problem(403).kind, "/problems/forbidden");
    let unknown = server.get("/widget/v1/stores/no-such-key/config").await;
    assert_eq!(unknown.problem(404).kind, "/problems/not-found");
    server.finish().await;
}

fn start_with(body: &str) -> StartConversation {
    StartConversation {
        message: Some(new_message(body)),
        ..start_request()
    }
}

#[tokio::test]
async fn a_start_that_is_retried_changes_nothing() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let request = start_with("Do you ship to Norway?");
    let first: ConversationStarted = server
        .start_conversation(&shop.key, &request)
        .await
        .json(201);
    assert_eq!(first.conversation.id, request.id);
    assert_eq!(first.conversation.last_seq, 1);
    assert_eq!(
        first.messages.first().map(|message| message.id),
        request.message.as_ref().map(|m| m.id)
    );
    server.idle().await;

    let path = server.url(&format!("/widget/v1/stores/{}/conversations", shop.key));
    let again = server
        .http
        .post(path)
        .bearer_auth(&first.token)
        .json(&request);
    let again: ConversationStarted = Reply::to(again).await.json(200);
    assert_eq!(again, first);

    // The first reply was lost, and with it the token: the retry gets another
    // one that opens the same conversation, and the first goes on to work.
    let without_token: ConversationStarted = server
        .start_conversation(&shop.key, &request)
        .await
        .json(200);
    assert_eq!(without_token.conversation, first.conversation);
    assert_eq!(without_token.messages, first.messages);
    for token in [&first.token, &without_token.token] {
        let shopper = Shopper {
            http: server.http.clone(),
            addr: server.addr,
            token: token.clone(),
            conversation: request.id,
        };
        assert_eq!(seqs(&shopper.history(0).await.messages), [1]);
    }

    // The same id with another body is not a retry.
    let stolen = StartConversation {
        id: request.id,
        ..start_with("Somebody else")
    };
    let conflict = server
        .start_conversation(&shop.key, &stolen)
        .await
        .problem(409);
    assert_eq!(conflict.kind, "/problems/started-by-other");

    for (table, rows) in [("conversations", 1), ("visitors", 1), ("messages", 1)] {
        assert_eq!(database::rows(&server.ctx, table).await, rows, "{table}");
    }
    server.finish().await;
}

#[tokio::test]
async fn whoever_holds_its_token_may_repeat_a_start_whenever() {
    const MONTH: i64 = 30 * 24 * 60 * 60 * 1000;
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let stranger = server.shopper(&shop).await;
    let request = start_with("Do you ship to Norway?");
    let first: ConversationStarted = server
        .start_conversation(&shop.key, &request)
        .await
        .json(201);
    server.idle().await;
    server.ctx.clock().advance(MONTH);

    let again = async |token: &str, request: &StartConversation| {
        let path = server.url(&format!("/widget/v1/stores/{}/conversations", shop.key));
        Reply::to(server.http.post(path).bearer_auth(token).json(request)).await
    };
    let repeated: ConversationStarted = again(&first.token, &request).await.json(200);
    assert_eq!(repeated, first);
    // Somebody else can't, nor can another message take its place.
    again(&stranger.token, &request).await.problem(409);
    server
        .start_conversation(&shop.key, &request)
        .await
        .problem(409);
    let another = StartConversation {
        id: request.id,
        ..start_with("Do you ship to Sweden?")
    };
    again(&first.token, &another).await.problem(409);
    server.finish().await;
}

#[tokio::test]
async fn a_known_shopper_starts_again_under_the_same_token() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let request = start_request();
    let path = server.url(&format!("/widget/v1/stores/{}/conversations", shop.key));
    let second = server
        .http
        .post(path)
        .bearer_auth(&shopper.token)
        .json(&request);
    let second: ConversationStarted = Reply::to(second).await.json(201);
    assert_eq!(second.token, shopper.token);
    assert_eq!(database::rows(&server.ctx, "visitors").await, 1);

    // Conversations that start with a message's id of another one don't.
    let sent = shopper.send("Hello").await;
    let mut reused = start_with("Hello");
    reused.message.as_mut().expect("a message").id = sent.id;
    server
        .start_conversation(&shop.key, &reused)
        .await
        .problem(409);
    assert_eq!(database::rows(&server.ctx, "conversations").await, 2);
    server.finish().await;
}

#[tokio::test]
async fn messages_are_numbered_and_a_retry_returns_the_first_result() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let (shopper, other) = (server.shopper(&shop).await, server.shopper(&shop).await);

    let mut sent = Vec::new();
    for body in ["one", "two", "three"] {
        let message = new_message(body);
        let stored: Message = shopper.post_message(&message).await.json(201);
        assert_eq!(
            (stored.id, stored.body.as_str(), stored.sender),
            (message.id, body, Sender::Customer)
        );
        sent.push(stored);
    }
    assert_eq!(seqs(&sent), [1, 2, 3]);

    let mut retry = new_message("another text under the same id");
    retry.id = sent[1].id;
    let again: Message = shopper.post_message(&retry).await.json(200);
    assert_eq!(again, sent[1]);
    // Another conversation can't have it, whoever's it is.
    other.post_message(&retry).await.problem(409);

    assert_eq!(shopper.history(0).await.messages, sent);
    assert!(other.history(0).await.messages.is_empty());
    server.finish().await;
}

#[tokio::test]
async fn history_comes_in_pages_that_join_up() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    for number in 1..=7 {
        shopper.send(&format!("number {number}")).await;
    }
    let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, 0);
    loop {
        let page: History = shopper
            .get(&format!("?after_seq={cursor}&limit=3"))
            .await
            .json(200);
        seen.extend(seqs(&page.messages));
        pages += 1;
        cursor = page.last_seq;
        if cursor >= page.conversation.last_seq {
            break;
        }
    }
    assert_eq!((seen, pages), ((1..=7).collect(), 3));
    let default: History = shopper.get("").await.json(200);
    assert_eq!((default.messages.len(), default.last_seq), (7, 7));
    server.finish().await;
}

#[tokio::test]
async fn a_page_of_long_messages_ends_early_and_the_next_goes_on() {
    const MESSAGES: i64 = 60;
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let body = "🧺".repeat(domain::message::BODY_MAX);
    for _ in 0..MESSAGES {
        shopper.send(&body).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), 0);
    while cursor < MESSAGES {
        let page = shopper.get(&format!("?after_seq={cursor}&limit=200")).await;
        let page: History = page.json(200);
        let bytes: usize = page.messages.iter().map(|message| message.body.len()).sum();
        assert!(bytes < 1_100_000, "{bytes} bytes");
        assert_eq!(page.conversation.last_seq, MESSAGES);
        seen.extend(seqs(&page.messages));
        cursor = page.last_seq;
    }
    let all: Vec<_> = (1..=MESSAGES).collect();
    assert_eq!(seen, all);
    // Neither side of a socket takes a short page for the end.
    let mut sockets = [
        shopper.socket(0).await,
        server
            .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
            .await,
    ];
    for socket in &mut sockets {
        let events = socket.ready().await;
        let sent = events.iter().filter_map(position).map(|(_, seq)| seq);
        assert_eq!(sent.collect::<Vec<_>>(), all);
    }
    server.finish().await;
}

#[tokio::test]
async fn a_note_stays_inside_but_its_number_is_accounted_for() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("one").await;
    server.idle().await;
    conversations::set_ai_active(&server.ctx, &shop.member, shopper.conversation, false)
        .await
        .expect("a note");

    let history = shopper.history(0).await;
    assert_eq!((seqs(&history.messages), history.last_seq), (vec![1], 2));
    assert_eq!(history.conversation.last_seq, 2);
    // A page that holds nothing but the note still gets the reader on.
    let only_note: History = shopper.get("?after_seq=1&limit=1").await.json(200);
    assert_eq!((seqs(&only_note.messages), only_note.last_seq), (vec![], 2));
    shopper.send("three").await;
    assert_eq!(seqs(&shopper.history(1).await.messages), [3]);

    let thread = conversations::thread(&server.ctx, &shop.member, shopper.conversation, None)
        .await
        .expect("a thread");
    assert_eq!(seqs(&thread.messages), [1, 2, 3]);
    assert_eq!(thread.messages[1].sender, Sender::Note);
    server.finish().await;
}

#[tokio::test]
async fn both_sides_see_what_the_other_has_read() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Is anybody there?").await;
    server.idle().await;
    let reply = new_message("Yes!");
    conversations::reply(&server.ctx, &shop.member, shopper.conversation, reply, None)
        .await
        .expect("a reply");

    let history = shopper.history(0).await;
    assert_eq!(history.conversation.agent_read_seq, 2);
    assert_eq!(
        history.messages[1].agent_name.as_ref(),
        Some(&owner.user.name)
    );
    assert!(history.messages[0].read_at.is_some() && history.messages[1].read_at.is_none());

    // Never backwards, never beyond the end.
    for (seq, read_up_to) in [(2, 2), (1, 2), (-5, 2), (i64::MAX, 2)] {
        assert_eq!(shopper.post("/read", &ReadUpTo { seq }).await.status, 204);
        assert_eq!(
            shopper.conversation().await.visitor_read_seq,
            read_up_to,
            "after {seq}"
        );
    }
    assert!(shopper.history(1).await.messages[0].read_at.is_some());
    server.finish().await;
}

#[tokio::test]
async fn asking_for_a_person_twice_is_asking_once() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let ask = async || -> Conversation {
        let request = shopper
            .http
            .post(shopper.url("/human"))
            .bearer_auth(&shopper.token);
        Reply::to(request).await.json(200)
    };
    let asked = ask().await;
    assert!(asked.needs_human);
    assert_eq!(ask().await, asked);
    let history = shopper.history(0).await;
    assert_eq!(
        history
            .messages
            .iter()
            .map(|message| message.sender)
            .collect::<Vec<_>>(),
        [Sender::System]
    );

    conversations::reply(
        &server.ctx,
        &shop.member,
        shopper.conversation,
        new_message("Here I am"),
        None,
    )
    .await
    .expect("a reply");
    assert!(!shopper.conversation().await.needs_human);
    assert!(ask().await.needs_human);
    server.finish().await;
}

#[tokio::test]
async fn a_shopper_reads_in_their_language_that_a_person_will_reply() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let shop = server
        .open_shop(&owner, "Lamps & Light", |settings| {
            settings.chat.response_time = "Wir antworten binnen einer Stunde".to_owned()
        })
        .await;
    let request = StartConversation {
        visitor: VisitorDetails {
            locale: Some("de-AT".to_owned()),
            ..VisitorDetails::default()
        },
        ..start_request()
    };
    let shopper = server.shopper_with(&shop, &request).await;
    let asked = shopper
        .http
        .post(shopper.url("/human"))
        .bearer_auth(&shopper.token);
    Reply::to(asked).await.json::<Conversation>(200);

    // What is sent is a fact; the chat words it by the texts of its config.
    let path = format!("/widget/v1/stores/{}/config?locale=de-AT", shop.key);
    let told: Config = server.get(&path).await.json(200);
    let history = shopper.history(0).await;
    let event = history.messages.last().expect("an event");
    assert_eq!(event.kind, MessageKind::HumanRequested);
    assert_eq!(
        told.texts.event(event).as_deref(),
        Some(
            "Ein Mensch aus unserem Team antwortet Ihnen hier. Wir antworten binnen einer Stunde. Sie können diese Seite verlassen und später wiederkommen."
        )
    );
    // Whoever has no texts can read it, too.
    assert!(
        event
            .body
            .starts_with("A person from our team will reply here.")
    );
    server.finish().await;
}

#[tokio::test]
async fn a_message_of_a_newer_server_is_read_by_its_body() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    server.idle().await;
    let newer = "UPDATE messages SET kind = 'return_request'";
    database::write(&server.ctx, newer).await;
    let history = shopper.history(0).await;
    let message = history.messages.last().expect("a message");
    assert_eq!(
        (message.kind, message.body.as_str()),
        (MessageKind::Unknown, "Hello")
    );
    server.finish().await;
}

#[tokio::test]
async fn a_message_opens_a_resolved_conversation_again() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Thanks").await;
    server.idle().await;
    conversations::resolve(&server.ctx, &shop.member, shopper.conversation)
        .await
        .expect("resolved");
    assert_eq!(shopper.conversation().await.status, Status::Resolved);
    assert_eq!(shopper.send("One more thing").await.seq, 3);
    assert_eq!(shopper.conversation().await.status, Status::Open);
    server.finish().await;
}
