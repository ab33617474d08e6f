//! Search in a store's conversations.

use crate::common::{Owner, Shop, Shopper, TestServer, database, people::new_message};
use crate::forms::{call, fields};
use backend::{api_keys, conversations, search::index::catch_up, tags};
use domain::{
    api_key::{NewApiKey, Scope},
    ids::{ConversationId, MessageId, TagId},
    inbox::Thread,
    message::{Message, Sender},
    problem::Problem,
    search::{FoundIn, Part, SearchHit, SearchPage},
    tag::{Tag, TagColour},
    widget_api::VisitorDetails,
};
use serde_json::Value;

/// A shop with a key that reads conversations.
struct Desk {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    token: String,
}

impl Desk {
    async fn start() -> Self {
        let server = TestServer::with().without_rate_limits().start().await;
        let (owner, shop) = server.owner_with_shop().await;
        Self::of(server, owner, shop).await
    }

    async fn of(server: TestServer, owner: Owner, shop: Shop) -> Self {
        let token = token(&server, &shop).await;
        Self {
            server,
            owner,
            shop,
            token,
        }
    }

    /// Searches as a program does, once everything is indexed.
    async fn search(&self, pairs: &[(&str, &str)]) -> SearchPage {
        catch_up(&self.server.ctx).await.expect("an index");
        let reply = self.get("/search", &self.token, pairs).await;
        reply.json(200)
    }

    async fn get(&self, path: &str, token: &str, pairs: &[(&str, &str)]) -> crate::common::Reply {
        let mut url =
            reqwest::Url::parse(&self.server.url(&format!("/api/v1{path}"))).expect("an address");
        url.query_pairs_mut().extend_pairs(pairs);
        crate::common::Reply::to(self.server.http.get(url).bearer_auth(token)).await
    }

    /// The conversations in which `q` finds something, the best first.
    async fn found(&self, q: &str) -> Vec<ConversationId> {
        let page = self.search(&[("q", q)]).await;
        page.items.iter().map(|hit| hit.conversation.id).collect()
    }

    /// A shopper who has said who they are, and one message.
    async fn shopper(&self, name: &str, email: &str, body: &str) -> Shopper {
        let request = domain::widget_api::StartConversation {
            visitor: VisitorDetails {
                name: Some(name.to_owned()),
                email: Some(email.to_owned()),
                ..VisitorDetails::default()
            },
            ..crate::common::people::start_request()
        };
        let shopper = self.server.shopper_with(&self.shop, &request).await;
        shopper.send(body).await;
        shopper
    }

    /// A shopper of whom nothing is known.
    async fn somebody(&self, body: &str) -> Shopper {
        let shopper = self.server.shopper(&self.shop).await;
        shopper.send(body).await;
        shopper
    }

    async fn order(&self, number: &str, email: &str) {
        let id = MessageId::generate();
        let store = self.shop.id;
        let insert = format!(
            "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments)
             VALUES ('{store}', '{id}', '{number}', '{email}', 'shipped', 'paid', 'USD', 100, 1, '[]', '[]')"
        );
        database::write(&self.server.ctx, insert).await;
    }
}

async fn token(server: &TestServer, shop: &Shop) -> String {
    let new = NewApiKey {
        name: "Search".to_owned(),
        scopes: vec![Scope::ConversationsRead],
    };
    api_keys::create(&server.ctx, &shop.member, new)
        .await
        .expect("a key")
        .token
}

fn marked(parts: &[Part]) -> String {
    let parts = parts.iter().map(|part| match part.mark {
        true => format!("[{}]", part.text),
        false => part.text.clone(),
    });
    parts.collect()
}

fn extracts(hit: &SearchHit) -> Vec<String> {
    hit.messages
        .iter()
        .map(|message| marked(&message.extract))
        .collect()
}

#[tokio::test]
async fn messages_and_notes_are_found_by_conversation_and_marked() {
    let desk = Desk::start().await;
    let lamp = desk.somebody("The blue lamp flickers").await;
    let other = desk.somebody("Do you ship a lamp to Norway?").await;
    let note = conversations::note(
        &desk.server.ctx,
        &desk.shop.member,
        lamp.conversation,
        new_message("Lamp: replace it"),
        None,
    );
    note.await.expect("a note");
    let page = desk.search(&[("q", "lamp")]).await;
    assert_eq!(page.items.len(), 2);
    assert!(page.next.is_none() && page.indexing.is_none());
    let of_lamp = page
        .items
        .iter()
        .find(|hit| hit.conversation.id == lamp.conversation);
    let of_lamp = of_lamp.expect("the conversation");
    assert_eq!(
        extracts(of_lamp),
        ["[Lamp]: replace it", "The blue [lamp] flickers"]
    );
    assert_eq!(of_lamp.messages[0].sender, Sender::Note);
    // All words must be there; the last one may go on.
    assert_eq!(desk.found("lamp norw").await, [other.conversation]);
    assert_eq!(desk.found("norw lamp").await, Vec::<ConversationId>::new());
    // A phrase comes before words that stand apart.
    let apart = desk.somebody("Is the lamp also made in blue?").await;
    assert_eq!(
        desk.found("blue lamp").await,
        [lamp.conversation, apart.conversation]
    );
    desk.server.finish().await;
}

#[tokio::test]
async fn accents_and_case_make_no_difference() {
    let desk = Desk::start().await;
    let shopper = desk.somebody("Die Übergröße Crème brûlée, ΣΊΣΥΦΟΣ").await;
    for q in [
        "ubergrosse",
        "ÜBERGRÖSSE",
        "creme brulee",
        "CRÈME",
        "cre\u{301}me",
        "σισυφος",
    ] {
        assert_eq!(desk.found(q).await, [shopper.conversation], "{q}");
    }
    desk.server.finish().await;
}

#[tokio::test]
async fn scripts_without_spaces_are_found_anywhere_in_a_text() {
    let desk = Desk::start().await;
    let japanese = desk
        .somebody("注文した商品がまだ届きません。東京都に住んでいます")
        .await;
    let chinese = desk.somebody("我的订单什么时候发货？").await;
    let thai = desk.somebody("สินค้ายังไม่ถึงเลยค่ะ").await;
    let korean = desk.somebody("주문한상품이 아직 도착하지 않았어요").await;
    for (q, shopper) in [
        ("届きません", &japanese),
        ("商品が", &japanese),
        ("京都", &japanese),
        ("京", &japanese),
        ("订单", &chinese),
        ("发货", &chinese),
        ("ยังไม่ถึง", &thai),
        ("สินค้า", &thai),
        ("상품", &korean),
    ] {
        assert_eq!(desk.found(q).await, [shopper.conversation], "{q}");
    }
    // Both pairs of characters are there, the three together are not.
    let other = desk.somebody("都合は京の都で").await;
    assert!(!desk.found("京都で").await.contains(&other.conversation));
    desk.server.finish().await;
}

#[tokio::test]
async fn names_emails_and_order_numbers_are_found_with_a_typing_error() {
    let desk = Desk::start().await;
    let john = desk
        .shopper("Jürgen Schmidt", "j.schmidt@example.com", "Hello")
        .await;
    desk.shopper("Maya Olsen", "maya@example.org", "Hello")
        .await;
    desk.order("SD-10427", "J.Schmidt@example.com").await;
    for (q, found_in, shown) in [
        ("jur", FoundIn::Name, "[Jürgen] Schmidt"),
        ("schm", FoundIn::Name, "Jürgen [Schm]idt"),
        ("Jurgen Schmdit", FoundIn::Name, "[Jürgen] [Schmidt]"),
        ("scmidt", FoundIn::Name, "Jürgen [Schmidt]"),
        ("SD-10427", FoundIn::Order, "[SD-10427]"),
        ("sd10427", FoundIn::Order, "[SD-10427]"),
        ("10427", FoundIn::Order, "SD-[10427]"),
        ("10472", FoundIn::Order, "SD-[10427]"),
    ] {
        let page = desk.search(&[("q", q)]).await;
        assert_eq!(page.items.len(), 1, "{q}: {page:?}");
        let hit = &page.items[0];
        assert_eq!(hit.conversation.id, john.conversation, "{q}");
        let name = hit
            .names
            .iter()
            .find(|name| name.found_in == found_in)
            .expect("a name");
        assert_eq!(marked(&name.parts), shown, "{q}");
    }
    let page = desk.search(&[("q", "j.schmidt@example.com")]).await;
    let name = &page.items[0]
        .names
        .iter()
        .find(|name| name.found_in == FoundIn::Email);
    assert!(name.is_some(), "{page:?}");
    // Names of now.
    let rename = format!(
        "UPDATE visitors SET name = 'Anna Weber' WHERE store_id = '{}' AND name LIKE '%Schmidt'",
        desk.shop.id
    );
    database::write(&desk.server.ctx, rename).await;
    assert_eq!(desk.found("anna weber").await, [john.conversation]);
    assert_eq!(desk.found("jurgen").await, Vec::<ConversationId>::new());
    desk.server.finish().await;
}

#[tokio::test]
async fn tags_are_found() {
    let desk = Desk::start().await;
    let shopper = desk.somebody("Hello").await;
    let tag = Tag {
        id: TagId::generate(),
        name: "Broken on arrival".into(),
        colour: TagColour::Red,
    };
    let tag = tags::create(&desk.server.ctx, &desk.shop.member, tag)
        .await
        .expect("a tag")
        .0;
    conversations::tag(
        &desk.server.ctx,
        &desk.shop.member,
        shopper.conversation,
        tag.id,
    )
    .await
    .expect("tagged");
    let page = desk.search(&[("q", "broken arr")]).await;
    assert_eq!(page.items[0].conversation.id, shopper.conversation);
    assert_eq!(
        marked(&page.items[0].names[0].parts),
        "[Broken] on [arr]ival"
    );
    desk.server.finish().await;
}

#[tokio::test]
async fn filters_combine() {
    let desk = Desk::start().await;
    let (ctx, member) = (desk.server.ctx.clone(), desk.shop.member.clone());
    let open = desk.somebody("Where is my parcel").await;
    let resolved = desk.somebody("My parcel has come").await;
    conversations::reply(
        &ctx,
        &member,
        open.conversation,
        new_message("Your parcel is on its way"),
        None,
    )
    .await
    .expect("a reply");
    conversations::resolve(&ctx, &member, resolved.conversation)
        .await
        .expect("resolved");
    let found = async |pairs: &[(&str, &str)]| {
        let page = desk.search(&[&[("q", "parcel")], pairs].concat()).await;
        page.items
            .iter()
            .map(|hit| hit.conversation.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&[("status", "open")]).await, [open.conversation]);
    assert_eq!(
        found(&[("status", "resolved")]).await,
        [resolved.conversation]
    );
    assert_eq!(found(&[("author", "team")]).await, [open.conversation]);
    assert_eq!(found(&[("author", "ai")]).await, []);
    assert_eq!(
        found(&[("author", "shopper"), ("status", "open")]).await,
        [open.conversation]
    );
    let old = format!(
        "UPDATE messages SET created_at = created_at - 864000000 WHERE store_id = '{}' AND conversation_id = '{}'",
        desk.shop.id, resolved.conversation
    );
    database::write(&ctx, old).await;
    let week_ago = (ctx.now() - 7 * 86_400_000).to_string();
    assert_eq!(found(&[("since", &week_ago)]).await, [open.conversation]);
    assert_eq!(found(&[]).await.len(), 2);
    desk.server.finish().await;
}

#[tokio::test]
async fn every_result_comes_page_by_page() {
    let desk = Desk::start().await;
    let mut expected = Vec::new();
    for _ in 0..45 {
        expected.push(desk.somebody("needle").await.conversation);
    }
    let long = desk.somebody("needle").await;
    for n in 0..230 {
        let text = format!("needle {n}");
        conversations::note(
            &desk.server.ctx,
            &desk.shop.member,
            long.conversation,
            new_message(text),
            None,
        )
        .await
        .expect("a note");
    }
    expected.push(long.conversation);
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut pairs = vec![("q", "needle")];
        pairs.extend(after.as_deref().map(|after| ("after", after)));
        let page = desk.search(&pairs).await;
        seen.extend(page.items.iter().map(|hit| hit.conversation.id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    expected.sort();
    assert_eq!(seen, expected);
    desk.server.finish().await;
}

#[tokio::test]
async fn whatever_is_typed_is_text() {
    let desk = Desk::start().await;
    let shopper = desk
        .somebody("a NEAR b OR \"c\" tokens: 100% _x_ O'Brien")
        .await;
    for q in [
        "\"",
        "'",
        "*",
        "a*",
        "-a",
        "^a",
        "a OR b",
        "NEAR(a b)",
        "tokens:a",
        "{tokens} : a",
        "a AND NOT b",
        "a:* & !b",
        "'a' | 'b'",
        "a <-> b",
        "\\",
        "%",
        "_",
        "a\u{0}b",
        "\u{1b}[0m",
        "a'; DROP TABLE messages; --",
        "🙂",
        "\u{202e}abc",
        "((((((((",
        "a b c d e f g h i j k l m n o p",
        "100%",
        "o'brien",
    ] {
        desk.search(&[("q", q)]).await;
    }
    assert_eq!(desk.found("o'brien").await, [shopper.conversation]);
    assert_eq!(desk.found("a OR b").await, [shopper.conversation]);
    assert_eq!(desk.found("zzz OR a").await, []);
    let long = "x".repeat(201);
    let refused = desk.get("/search", &desk.token, &[("q", &long)]).await;
    assert_eq!(refused.json::<Problem>(422).field.as_deref(), Some("q"));
    let wrong = desk
        .get("/search", &desk.token, &[("q", "a"), ("after", "x")])
        .await;
    assert_eq!(wrong.json::<Problem>(422).field.as_deref(), Some("after"));
    let one_word = "ab".repeat(100);
    desk.somebody(&"ab".repeat(4_000)).await;
    assert_eq!(desk.found(&one_word).await.len(), 1);
    desk.server.finish().await;
}

#[tokio::test]
async fn nobody_finds_what_is_another_stores() {
    let desk = Desk::start().await;
    let mine = desk
        .shopper("Maya Olsen", "maya@example.com", "A secret lamp")
        .await;
    desk.order("70001", "maya@example.com").await;
    let theirs = desk.server.open_shop(&desk.owner, "Theirs", |_| {}).await;
    let other = token(&desk.server, &theirs).await;
    catch_up(&desk.server.ctx).await.expect("an index");
    for q in [
        "secret",
        "lamp",
        "maya",
        "maya@example.com",
        "70001",
        "Mayaa",
    ] {
        assert_eq!(desk.found(q).await, [mine.conversation], "{q}");
        let page: SearchPage = desk.get("/search", &other, &[("q", q)]).await.json(200);
        assert!(page.items.is_empty(), "{q}");
    }
    desk.server.finish().await;
}

#[tokio::test]
async fn what_is_erased_is_erased_from_the_index() {
    let desk = Desk::start().await;
    let shopper = desk
        .shopper("Maya Olsen", "maya@example.com", "A secret lamp")
        .await;
    desk.order("70001", "maya@example.com").await;
    assert_eq!(desk.found("secret").await, [shopper.conversation]);
    for table in ["visitors", "orders"] {
        database::write(
            &desk.server.ctx,
            format!("DELETE FROM {table} WHERE store_id = '{}'", desk.shop.id),
        )
        .await;
    }
    for table in ["messages", "search_messages", "search_names"] {
        assert_eq!(database::rows(&desk.server.ctx, table).await, 0, "{table}");
    }
    catch_up(&desk.server.ctx).await.expect("an index");
    for q in ["secret", "maya", "70001"] {
        assert_eq!(desk.found(q).await, [], "{q}");
    }
    for table in ["search_messages", "search_names", "search_waiting"] {
        assert_eq!(database::rows(&desk.server.ctx, table).await, 0, "{table}");
    }
    desk.server.finish().await;
}

#[tokio::test]
async fn what_is_written_is_found_without_anybody_asking_for_it() {
    let desk = Desk::start().await;
    let shopper = desk.somebody("An umbrella stand").await;
    let look = async {
        loop {
            let page: SearchPage = desk
                .get("/search", &desk.token, &[("q", "umbrella")])
                .await
                .json(200);
            if let Some(hit) = page.items.first() {
                return hit.conversation.id;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let found = crate::common::within("the message to be found", look).await;
    assert_eq!(found, shopper.conversation);
    desk.server.finish().await;
}

#[tokio::test]
async fn searching_very_fast_is_refused_for_a_moment() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("search[q]", "lamp"),
    ]);
    let search = async || call(&server, &owner.cookie, "inbox/search", &form).await;
    let mut refused = false;
    for _ in 0..200 {
        let reply = search().await;
        if reply.status == 429 {
            refused = true;
            break;
        }
    }
    assert!(refused);
    server.finish().await;
}

#[tokio::test]
async fn a_thread_opens_at_a_message() {
    let desk = Desk::start().await;
    let (ctx, member) = (desk.server.ctx.clone(), desk.shop.member.clone());
    let shopper = desk.somebody("Hello").await;
    let id = shopper.conversation;
    let mut ids = Vec::new();
    for n in 0..120 {
        let message = new_message(format!("Note {n}"));
        ids.push(message.id);
        conversations::note(&ctx, &member, id, message, None)
            .await
            .expect("a note");
    }
    let middle = ids[59];
    let path = format!("/conversations/{id}/messages");
    let page: Value = desk
        .get(
            &path,
            &desk.token,
            &[("around", &middle.to_string()), ("limit", "11")],
        )
        .await
        .json(200);
    let items: Vec<Message> = serde_json::from_value(page["items"].clone()).expect("messages");
    assert_eq!(items.len(), 11);
    assert_eq!(items[5].id, middle);
    // It goes on from there.
    let next = page["next"].as_str().expect("more");
    let page: Value = desk
        .get(&path, &desk.token, &[("after", next), ("limit", "1")])
        .await
        .json(200);
    assert_eq!(page["items"][0]["seq"], items[10].seq + 1);
    let both = desk
        .get(
            &path,
            &desk.token,
            &[("after", "1"), ("around", &middle.to_string())],
        )
        .await;
    assert_eq!(both.json::<Problem>(422).field.as_deref(), Some("around"));
    let other = desk.somebody("Hello").await;
    let theirs = format!("/conversations/{}/messages", other.conversation);
    desk.get(&theirs, &desk.token, &[("around", &middle.to_string())])
        .await
        .json::<Problem>(404);

    let thread_at = async |message: MessageId| -> Thread {
        let form = fields([
            ("store", desk.shop.id.to_string().as_str()),
            ("conversation", id.to_string().as_str()),
            ("message", message.to_string().as_str()),
        ]);
        call(&desk.server, &desk.owner.cookie, "inbox/thread-at", &form)
            .await
            .json(200)
    };
    let thread = thread_at(middle).await;
    assert!(thread.has_earlier && thread.messages.iter().any(|message| message.id == middle));
    assert_eq!(thread.messages.last().map(|last| last.seq), Some(121));
    // One that is gone: the conversation as usual.
    let thread = thread_at(MessageId::generate()).await;
    assert_eq!(thread.messages.last().map(|last| last.seq), Some(121));
    desk.server.finish().await;
}
