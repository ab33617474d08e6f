//! What can't be taken: refused with a reason that a person can act on, and
//! nothing stored. What looks odd but is fine: stored as it is, never executed.

mod at_random;

use crate::common::{
    Reply, Shop, Shopper, TestServer, database,
    people::{new_message, start_request},
};
use backend::conversations;
use domain::{
    ids::{ConversationId, MessageId},
    inbox::Tab,
    message::{BODY_MAX, Message},
    widget_api::{ConversationStarted, History},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A server with a shop and a shopper who has written once.
struct Room {
    server: TestServer,
    shop: Shop,
    shopper: Shopper,
}

impl Room {
    async fn new() -> Self {
        let server = TestServer::with().without_rate_limits().start().await;
        let (_, shop) = server.owner_with_shop().await;
        let shopper = server.shopper(&shop).await;
        shopper.send("Hello").await;
        server.idle().await;
        Self {
            server,
            shop,
            shopper,
        }
    }

    fn start_url(&self) -> String {
        self.server.url(&format!(
            "/widget/v1/stores/{}/conversations",
            self.shop.key
        ))
    }

    /// Starts a conversation with `body` as its first message.
    async fn start_with(&self, body: &str) -> Reply {
        let mut request = start_request();
        request.message = Some(new_message(body));
        self.server
            .start_conversation(&self.shop.key, &request)
            .await
    }

    /// Every door that takes JSON, each with a body that it takes.
    fn json_doors(&self) -> Vec<(RequestBuilder, Value)> {
        let post = |url| self.server.http.post(url).bearer_auth(&self.shopper.token);
        vec![
            (
                self.server.http.post(self.start_url()),
                json!(start_request()),
            ),
            (
                post(self.shopper.url("/messages")),
                json!(new_message("fine")),
            ),
            (post(self.shopper.url("/read")), json!({"seq": 1})),
            (
                post(self.shopper.url("/identify")),
                json!({"token": "a.b.c"}),
            ),
            (
                post(self.shopper.url("/code")),
                json!({"email": "jane@example.com"}),
            ),
            (
                post(self.shopper.url("/code/verify")),
                json!({"code": "123456"}),
            ),
        ]
    }

    /// Every door of a conversation, without a token.
    fn doors_of(&self, conversation: &str) -> Vec<RequestBuilder> {
        let url = |rest| {
            self.server
                .url(&format!("/widget/v1/conversations/{conversation}{rest}"))
        };
        vec![
            self.server.http.get(url("")),
            self.server
                .http
                .post(url("/messages"))
                .json(&new_message("fine")),
            self.server.http.post(url("/read")).json(&json!({"seq": 1})),
            self.server.http.post(url("/human")),
            self.server
                .http
                .post(url("/identify"))
                .json(&json!({"token": "a.b.c"})),
            self.server
                .http
                .post(url("/code"))
                .json(&json!({"email": "jane@example.com"})),
            self.server
                .http
                .post(url("/code/verify"))
                .json(&json!({"code": "123456"})),
        ]
    }

    async fn stored(&self) -> Vec<i64> {
        let mut counts = Vec::new();
        for table in [
            "visitors",
            "visitor_tokens",
            "conversations",
            "messages",
            "jobs",
        ] {
            counts.push(database::rows(&self.server.ctx, table).await);
        }
        counts
    }
}

/// Sends `body` as raw text that claims to be JSON.
fn raw(request: RequestBuilder, body: impl Into<String>) -> RequestBuilder {
    request
        .header("content-type", "application/json")
        .body(body.into())
}

#[tokio::test]
async fn odd_texts_are_taken_as_they_are() {
    let room = Room::new().await;
    let fine = [
        "x".repeat(BODY_MAX),
        "🧺".repeat(BODY_MAX),
        "שלום, איפה ההזמנה שלי? \u{202e}123\u{202c}".to_owned(),
        "مرحبا 👩‍👩‍👧‍👦 e\u{301}\u{327}\u{316}".to_owned(),
        "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        r#""; DROP TABLE messages; -- ' OR 1=1 {{7*7}} ${7*7} \u0000"#.to_owned(),
        "line one\nline two\r\n\ttabbed".to_owned(),
    ];
    for body in &fine {
        let message = new_message(body.clone());
        let stored: Message = room.shopper.post_message(&message).await.json(201);
        assert_eq!(&stored.body, body);
        let history: History = room.shopper.history(stored.seq - 1).await;
        assert_eq!(&history.messages[0].body, body);

        let reply = room.start_with(body).await;
        assert_eq!(reply.header("content-type"), "application/json");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        let started: ConversationStarted = reply.json(201);
        assert_eq!(&started.messages[0].body, body);
        room.server.idle().await;
    }
    assert_eq!(room.shopper.send("  trimmed \n").await.body, "trimmed");
    room.server.finish().await;
}

#[tokio::test]
async fn the_longest_text_is_taken_with_every_character_escaped() {
    let room = Room::new().await;
    let escaped = r"\ud83e\uddfa".repeat(BODY_MAX);
    let (door, _) = room.json_doors().swap_remove(1);
    let body = format!(r#"{{"id":"{}","body":"{escaped}"}}"#, MessageId::generate());
    let stored: Message = Reply::to(raw(door, body)).await.json(201);
    assert_eq!(stored.body.chars().count(), BODY_MAX);
    room.server.finish().await;
}

#[tokio::test]
async fn texts_that_cannot_be_stored_are_refused_with_a_reason() {
    let room = Room::new().await;
    let before = room.stored().await;
    let wrong = [
        String::new(),
        " \n\t\u{3000}".to_owned(),
        "x".repeat(BODY_MAX + 1),
        "🧺".repeat(BODY_MAX + 1),
        "nul \0".to_owned() + "in between",
        "bell \u{7} here".to_owned(),
        "escape \u{1b}[31m here".to_owned(),
        "delete \u{7f} here".to_owned(),
        "next line \u{85} here".to_owned(),
    ];
    for body in &wrong {
        let problem = room
            .shopper
            .post_message(&new_message(body.clone()))
            .await
            .problem(422);
        assert_eq!(problem.field.as_deref(), Some("body"), "{body:?}");
        room.start_with(body).await.problem(422);
    }
    assert_eq!(room.stored().await, before);
    room.server.finish().await;
}

#[tokio::test]
async fn what_a_page_tells_about_itself_is_stored_as_text() {
    let room = Room::new().await;
    let script = "<script>alert('x')</script>";
    let cases = [
        (
            "https://shop.example.com/?q=<script>",
            Some("https://shop.example.com/?q=<script>"),
        ),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("", None),
    ];
    for (url, kept) in cases {
        let request = json!({
            "id": ConversationId::generate(),
            "visitor": {"name": script, "email": "", "locale": script},
            "page": {"url": url, "title": script},
            "message": new_message("Hi"),
            "unknown": script,
        });
        let started: ConversationStarted =
            Reply::to(room.server.http.post(room.start_url()).json(&request))
                .await
                .json(201);
        let inbox =
            conversations::list(&room.server.ctx, &room.shop.member, Tab::Open.into(), None);
        let inbox = inbox.await.expect("an inbox");
        let row = inbox
            .rows
            .iter()
            .find(|row| row.id == started.conversation.id)
            .expect("its row");
        assert_eq!(row.visitor.name.as_deref(), Some(script));
        assert_eq!((&row.visitor.email, &row.visitor.locale), (&None, &None));
        assert_eq!(row.page_url.as_deref(), kept, "{url}");
        assert_eq!(row.page_title.as_deref(), Some(script), "{url}");
    }
    room.server.finish().await;
}

#[tokio::test]
async fn names_and_addresses_that_cannot_be_stored_are_refused_by_field() {
    let room = Room::new().await;
    let before = room.stored().await;
    for (field, visitor) in [
        ("name", json!({"name": "x".repeat(121)})),
        ("name", json!({"name": "nul \0"})),
        ("email", json!({"email": "no address"})),
        ("email", json!({"email": "<script>@example.com"})),
        (
            "email",
            json!({"email": "jane@example.com\r\nBcc: all@example.com"}),
        ),
    ] {
        let request = json!({"id": ConversationId::generate(), "visitor": visitor});
        let reply = Reply::to(room.server.http.post(room.start_url()).json(&request)).await;
        assert_eq!(
            reply.problem(422).field.as_deref(),
            Some(field),
            "{visitor}"
        );
    }
    assert_eq!(room.stored().await, before);
    room.server.finish().await;
}

#[tokio::test]
async fn wrong_ids_and_tokens_open_nothing() {
    let room = Room::new().await;
    let stranger = room.server.shopper(&room.shop).await;
    let own = room.shopper.conversation.to_string();
    let before = room.stored().await;
    let tokens = [
        (None, 401),
        (Some("Bearer"), 401),
        (Some("Bearer "), 401),
        (Some("Bearer wrong"), 401),
        (Some("Basic YTpi"), 401),
        (Some("Bearer ' OR '1'='1"), 401),
        (Some(&*format!("Bearer {}", "x".repeat(4_000))), 401),
        (Some(&*format!("Bearer {}", stranger.token)), 404),
    ]
    .map(|(value, status)| (value.map(str::to_owned), status));
    for (authorization, status) in tokens {
        for mut door in room.doors_of(&own) {
            if let Some(value) = &authorization {
                door = door.header("authorization", value);
            }
            Reply::to(door).await.problem(status);
        }
    }
    let unknown = ConversationId::generate().to_string();
    for id in [
        unknown.as_str(),
        "0",
        "not-an-id",
        "..%2f..",
        "%00",
        "%ff",
        &own[1..],
        &"a".repeat(2_000),
    ] {
        for door in room.doors_of(id) {
            let problem = Reply::to(door.bearer_auth(&room.shopper.token))
                .await
                .problem(404);
            assert_eq!(problem.kind, "/problems/not-found", "{id}");
        }
    }
    assert_eq!(room.stored().await, before);
    room.server.finish().await;
}

#[tokio::test]
async fn bodies_that_are_not_the_expected_json_are_refused() {
    let room = Room::new().await;
    let before = room.stored().await;
    for door in 0..room.json_doors().len() {
        let request = || room.json_doors().swap_remove(door).0;
        let body = room.json_doors().swap_remove(door).1.to_string();
        let deep = format!(r#"{{"unknown":{}"#, "[".repeat(100_000));
        for (text, status) in [
            ("", 400),
            ("{", 400),
            ("nonsense", 400),
            ("{\"id\":\"\u{0}\"}", 400),
            (&body[..body.len() - 1], 400),
            (&*format!("{body}{body}"), 400),
            (&deep, 400),
            ("null", 422),
            ("[]", 422),
            ("7", 422),
            ("{}", 422),
            (r#"{"id":7,"seq":"one"}"#, 422),
            (r#"{"id":"not-an-id","body":"x","seq":1e99}"#, 422),
            (r#"{"id":null,"body":["x"],"seq":1.5}"#, 422),
        ] {
            Reply::to(raw(request(), text)).await.problem(status);
        }
        let invalid_utf8 = request()
            .header("content-type", "application/json")
            .body(vec![b'"', 0xff, b'"']);
        Reply::to(invalid_utf8).await.problem(400);
        for content_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            let wrong = request()
                .header("content-type", content_type)
                .body(body.clone());
            Reply::to(wrong).await.problem(415);
        }
        Reply::to(request().body(body.clone())).await.problem(415);
        let padded = format!("{}{body}", " ".repeat(128 * 1024));
        Reply::to(raw(request(), padded)).await.problem(413);
    }
    assert_eq!(room.stored().await, before);
    room.server.finish().await;
}

#[tokio::test]
async fn shops_that_are_not_there_or_not_open_take_nothing() {
    let room = Room::new().await;
    for key in ["unknown", "%00", "%ff", "' OR 1=1 --", &"k".repeat(2_000)] {
        let path = format!("/widget/v1/stores/{key}");
        room.server
            .get(&format!("{path}/config"))
            .await
            .problem(404);
        room.server
            .post(&format!("{path}/conversations"), &start_request())
            .await
            .problem(404);
    }
    room.server
        .set_up(&room.shop, |settings| settings.chat.enabled = false)
        .await;
    let before = room.stored().await;
    room.server
        .start_conversation(&room.shop.key, &start_request())
        .await
        .problem(403);
    for door in room.doors_of(&room.shopper.conversation.to_string()) {
        Reply::to(door.bearer_auth(&room.shopper.token))
            .await
            .problem(403);
    }
    let mut socket = room.shopper.socket(0).await;
    assert_eq!(socket.refusal().await.0.status, 403);
    assert_eq!(room.stored().await, before);
    room.server.finish().await;
}

#[tokio::test]
async fn odd_pages_of_history_are_answered_or_refused() {
    let room = Room::new().await;
    for number in 2..=4 {
        room.shopper.send(&format!("number {number}")).await;
    }
    for (query, seqs) in [
        ("?after_seq=-1", vec![1, 2, 3, 4]),
        ("?after_seq=-9223372036854775808&limit=2", vec![1, 2]),
        ("?after_seq=9223372036854775807", vec![]),
        ("?after_seq=3&limit=0", vec![4]),
        ("?limit=-5", vec![1]),
        ("?limit=9223372036854775807", vec![1, 2, 3, 4]),
        ("?unknown=1", vec![1, 2, 3, 4]),
    ] {
        let history: History = room.shopper.get(query).await.json(200);
        assert_eq!(
            history
                .messages
                .iter()
                .map(|message| message.seq)
                .collect::<Vec<_>>(),
            seqs,
            "{query}"
        );
    }
    for query in [
        "?after_seq=x",
        "?after_seq=",
        "?after_seq=1.5",
        "?limit=9223372036854775808",
        "?after_seq=1&after_seq=2",
        "?limit=%00",
    ] {
        room.shopper.get(query).await.problem(400);
    }
    room.server.finish().await;
}

#[tokio::test]
async fn other_methods_and_addresses_are_refused() {
    let room = Room::new().await;
    let conversation = format!("/widget/v1/conversations/{}", room.shopper.conversation);
    let store = format!("/widget/v1/stores/{}", room.shop.key);
    for (path, taken) in [
        (format!("{store}/config"), Method::GET),
        (format!("{store}/conversations"), Method::POST),
        (conversation.clone(), Method::GET),
        (format!("{conversation}/messages"), Method::POST),
        (format!("{conversation}/read"), Method::POST),
        (format!("{conversation}/human"), Method::POST),
    ] {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if method != taken {
                let request = room
                    .server
                    .http
                    .request(method, room.server.url(&path))
                    .body("{}");
                let reply = Reply::to(request).await;
                assert_eq!(
                    reply.problem(405).kind,
                    "/problems/method-not-allowed",
                    "{path}"
                );
                assert!(reply.header("allow").contains(taken.as_str()), "{path}");
            }
        }
    }
    for path in ["/widget/v1/nothing", &format!("{conversation}/nothing")] {
        room.server.get(path).await.problem(404);
    }
    for path in ["/widget/v1/ws", "/ws"] {
        let origin = room.server.url("");
        let request = room.server.http.get(room.server.url(path));
        let plain = Reply::to(request.header("origin", origin)).await;
        assert_eq!(plain.problem(426).kind, "/problems/upgrade-required");
        let request = room.server.http.post(room.server.url(path));
        Reply::to(request).await.problem(405);
    }
    room.server.finish().await;
}
