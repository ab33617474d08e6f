//! Nobody reaches into another store, by whichever door; and agents change no
//! settings.

mod server_functions;
mod sockets;

use crate::common::{
    Owner, Reply, Shop, Shopper, TestServer, database,
    people::{new_message, start_request},
};
use crate::forms::{Fields, call, fields, page};
use crate::identity;
use crate::shops::medusa::Medusa;
use crate::webhooks::receiver::Receiver;
use backend::{api_keys, canned, orders::connect, tags, team, webhooks};
use domain::{
    api_key::{NewApiKey, Scope},
    canned::CannedDraft,
    faq::{FaqCategory, FaqItem},
    ids::{
        ApiKeyId, CannedResponseId, ConversationId, FaqCategoryId, FaqItemId, IdentitySecretId,
        InvitationId, JobId, OrderSourceId, StoreId, TagId, UserId, WebhookDeliveryId, WebhookId,
    },
    role::Role,
    tag::{Tag, TagColour},
    team::NewInvitation,
    webhook::{NewWebhook, WebhookEvent},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Column, Row};
use std::{collections::BTreeSet, net::SocketAddr};

/// What a call may name.
#[derive(Clone, Copy, PartialEq)]
struct Ids {
    store: StoreId,
    conversation: ConversationId,
    category: FaqCategoryId,
    item: FaqItemId,
    canned: CannedResponseId,
    secret: IdentitySecretId,
    key: ApiKeyId,
    /// Of failed jobs, where a test has made them.
    retried_job: JobId,
    discarded_job: JobId,
    source: OrderSourceId,
    webhook: WebhookId,
    delivery: WebhookDeliveryId,
    tag: TagId,
    /// Agents of the team; the second is taken out of it.
    colleague: UserId,
    leaver: UserId,
    invitation: InvitationId,
    /// Where its shop is.
    shop: SocketAddr,
}

/// A store with something of every kind in it.
struct Tenant {
    owner: Owner,
    shop: Shop,
    shopper: Shopper,
    /// What its storefront signs with.
    identity_secret: String,
    ids: Ids,
    _medusa: Medusa,
    _receiver: Receiver,
}

async fn tenant(server: &TestServer, name: &str) -> Tenant {
    let owner = server.add_owner(name, &format!("{name}@example.com")).await;
    let shop = server.open_shop(&owner, name, |_| {}).await;
    let store = shop.id.to_string();
    let of_store = |more: Fields| [fields([("store", store.as_str())]), more].concat();
    let made = call(
        server,
        &owner.cookie,
        "faq/create-category",
        &of_store(fields([("name", "Returns")])),
    )
    .await;
    let category = made.json::<FaqCategory>(200).id;
    let item = fields([
        ("draft[category_id]", category.to_string().as_str()),
        ("draft[question]", "How do I return an item?"),
        ("draft[answer]", "Print the label."),
    ]);
    let made = call(server, &owner.cookie, "faq/add-item", &of_store(item)).await;
    let item = made.json::<FaqItem>(200).id;
    let canned = CannedDraft {
        keyword: "refund".into(),
        title: "Refund".into(),
        text: format!("A secret of {name}"),
        category: None,
        mine: false,
    };
    let id = CannedResponseId::generate();
    let canned = canned::create(&server.ctx, &shop.member, id, canned).await;
    let canned = canned.expect("a canned response").0.id;
    let made = backend::identity::make_secret(&server.ctx, &shop.member).await;
    let made = made.expect("a secret");
    let receiver = Receiver::start().await;
    let new = NewWebhook {
        id: WebhookId::generate(),
        address: receiver.address.clone(),
        events: vec![WebhookEvent::ConversationCreated],
    };
    let webhook = webhooks::create(&server.ctx, &shop.member, new).await;
    let webhook = webhook.expect("a webhook").0.webhook.id;
    let shopper = server.shopper(&shop).await;
    let told = webhooks::deliveries(&server.ctx, &shop.member, webhook, None, 1).await;
    let delivery = told.expect("a log").items[0].id;
    shopper.send(&format!("A secret of {name}")).await;
    let id = shop.id;
    let insert = format!(
        "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments)
         VALUES ('{id}', '{id}', '1001', '{name}@example.com', 'shipped', 'paid', 'USD', 100, 1, '[]', '[]')"
    );
    database::write(&server.ctx, insert).await;
    let tag = Tag {
        id: TagId::generate(),
        name: format!("Tag of {name}"),
        colour: TagColour::Red,
    };
    let tagged = tags::create(&server.ctx, &shop.member, tag).await;
    let tag = tagged.expect("a tag").0.id;
    let colleague = agent(server, id, &format!("Colleague of {name}")).await;
    let leaver = agent(server, id, &format!("Leaver of {name}")).await;
    let invited = NewInvitation {
        id: InvitationId::generate(),
        role: Role::Agent,
        email: None,
    };
    let invitation = invited.id;
    let invited = team::invitations::invite(&server.ctx, &shop.member, invited).await;
    invited.expect("an invitation");
    let medusa = Medusa::start().await;
    let connected = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
    let (source, _) = connected.expect("connected");
    let conversation = shopper.conversation;
    let new = NewApiKey {
        name: name.to_owned(),
        scopes: Scope::ALL.to_vec(),
    };
    let key = api_keys::create(&server.ctx, &shop.member, new).await;
    Tenant {
        owner,
        shopper,
        identity_secret: made.secret,
        ids: Ids {
            store: shop.id,
            conversation,
            category,
            item,
            canned,
            secret: made.secrets[0].id,
            key: key.expect("a key").key.id,
            retried_job: JobId::generate(),
            discarded_job: JobId::generate(),
            source: source.id,
            webhook,
            delivery,
            tag,
            colleague,
            leaver,
            invitation,
            shop: medusa.addr,
        },
        shop,
        _medusa: medusa,
        _receiver: receiver,
    }
}

/// Adds somebody to the team who never signs in.
async fn agent(server: &TestServer, store: StoreId, name: &str) -> UserId {
    let user = UserId::generate();
    for insert in [
        format!(
            "INSERT INTO users (id, email, name, password_hash, created_at)
             VALUES ('{user}', '{user}@example.com', '{name}', 'none', 1)"
        ),
        format!(
            "INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')"
        ),
    ] {
        database::write(&server.ctx, insert).await;
    }
    user
}

/// A store of mine, and another.
async fn two_tenants(server: &TestServer) -> (Tenant, Tenant) {
    (tenant(server, "mine").await, tenant(server, "theirs").await)
}

/// Every row that belongs to `store`, in words.
async fn rows_of(server: &TestServer, store: StoreId) -> BTreeSet<String> {
    server.idle().await;
    let mut found = BTreeSet::new();
    let mut connection = server.ctx.db().read().await.expect("a connection");
    for table in [
        "memberships",
        "visitors",
        "visitor_tokens",
        "conversations",
        "conversation_tags",
        "merges",
        "tags",
        "messages",
        "attachments",
        "jobs",
        "faq_categories",
        "faq_items",
        "faq_embeddings",
        "canned_responses",
        "unanswered_questions",
        "orders",
        "order_sources",
        "store_settings",
        "identity_secrets",
        "api_keys",
        "email_codes",
        "webhooks",
        "webhook_deliveries",
        "invitations",
        "stores",
    ] {
        let key = if table == "stores" { "id" } else { "store_id" };
        let sql = AssertSqlSafe(format!("SELECT * FROM {table} WHERE {key} = '{store}'"));
        for row in sqlx::query(sql)
            .fetch_all(&mut *connection)
            .await
            .expect("rows")
        {
            let mut words = vec![table.to_owned()];
            for column in row.columns() {
                let at = column.ordinal();
                let text = row
                    .try_get::<Option<String>, _>(at)
                    .map(|text| format!("{text:?}"));
                let number = || {
                    row.try_get::<Option<i64>, _>(at)
                        .map(|number| format!("{number:?}"))
                };
                let bytes = || {
                    row.try_get::<Option<Vec<u8>>, _>(at)
                        .map(|bytes| format!("{bytes:?}"))
                };
                words.push(
                    text.or_else(|_| number())
                        .or_else(|_| bytes())
                        .expect("a known type"),
                );
            }
            found.insert(words.join(" | "));
        }
    }
    assert!(found.len() >= 8, "{found:#?}");
    found
}

#[tokio::test]
async fn no_page_shows_another_store() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    let (my_store, their_store) = (mine.ids.store, theirs.ids.store);
    let (mine_too, conversation) = (mine.ids.conversation, theirs.ids.conversation);
    for (path, own) in [
        (
            format!("/stores/{their_store}"),
            format!("/stores/{my_store}"),
        ),
        (
            format!("/stores/{their_store}/inbox"),
            format!("/stores/{my_store}/inbox"),
        ),
        (
            format!("/stores/{their_store}/inbox/{conversation}"),
            format!("/stores/{my_store}/inbox/{mine_too}"),
        ),
        (
            format!("/stores/{my_store}/inbox/{conversation}"),
            format!("/stores/{my_store}/inbox/{mine_too}"),
        ),
        (
            format!("/stores/{their_store}/widget"),
            format!("/stores/{my_store}/widget"),
        ),
        (
            format!("/stores/{their_store}/faq"),
            format!("/stores/{my_store}/faq"),
        ),
        (
            format!("/stores/{their_store}/canned-responses"),
            format!("/stores/{my_store}/canned-responses"),
        ),
        (
            format!("/stores/{their_store}/orders"),
            format!("/stores/{my_store}/orders"),
        ),
        (
            format!("/stores/{their_store}/api-keys"),
            format!("/stores/{my_store}/api-keys"),
        ),
        (
            format!("/stores/{their_store}/webhooks"),
            format!("/stores/{my_store}/webhooks"),
        ),
        (
            format!("/stores/{their_store}/team"),
            format!("/stores/{my_store}/team"),
        ),
        (
            format!("/stores/{their_store}/orders/1001"),
            format!("/stores/{my_store}/orders/1001"),
        ),
    ] {
        let reply = page(&server, &mine.owner.cookie, &path).await;
        assert_eq!(reply.status, 404, "{path}");
        for secret in [
            "A secret of theirs",
            "theirs@example.com",
            theirs.shop.key.as_str(),
        ] {
            assert!(!reply.body.contains(secret), "{path} shows {secret}");
        }
        assert_eq!(
            page(&server, &mine.owner.cookie, &own).await.status,
            200,
            "{own}"
        );
    }
    assert_eq!(rows_of(&server, their_store).await, before);
    server.finish().await;
}

/// A file of orders, and one of canned responses.
const FILES: [(&str, &str); 2] = [
    (
        "orders",
        r#"[{"number":"7","email":"","status":"shipped","payment_status":"paid","currency":"USD","total_minor":1,"placed_at":1}]"#,
    ),
    ("canned-responses", r#"[{"keyword":"7","text":"Seven"}]"#),
];

/// Calls a route of the dashboard's that takes in or gives out a file.
async fn file_call(
    server: &TestServer,
    cookie: &str,
    store: StoreId,
    (what, file): (&str, &'static str),
    is_import: bool,
) -> Reply {
    let path = format!("/api/app/stores/{store}/{what}");
    let request = if is_import {
        let url = server.url(&format!("{path}/import?step=apply_all"));
        server.http.post(url).body(file)
    } else {
        server
            .http
            .get(server.url(&format!("{path}/export?format=csv")))
    };
    Reply::to(request.header("cookie", cookie)).await
}

#[tokio::test]
async fn no_file_goes_into_another_store_or_comes_out_of_it() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    for (file, is_import) in FILES
        .into_iter()
        .flat_map(|file| [(file, true), (file, false)])
    {
        for (cookie, store, expected) in [
            (mine.owner.cookie.as_str(), theirs.ids.store, 404),
            (&mine.owner.cookie, StoreId::generate(), 404),
            ("", theirs.ids.store, 401),
            ("shopdesk_session=made-up", theirs.ids.store, 401),
        ] {
            let reply = file_call(&server, cookie, store, file, is_import).await;
            reply.problem(expected);
        }
        let reply = file_call(&server, &mine.owner.cookie, mine.ids.store, file, is_import).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert!(!reply.body.contains("theirs"));
    }
    assert_eq!(rows_of(&server, theirs.ids.store).await, before);
    server.finish().await;
}

#[tokio::test]
async fn agents_take_files_of_orders_out_and_none_in() {
    let server = TestServer::start().await;
    let store = tenant(&server, "store").await.ids.store;
    let agent = server.add_owner("agent", "agent@example.com").await;
    let user = agent.user.id;
    database::write(&server.ctx, format!("INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')")).await;
    file_call(&server, &agent.cookie, store, FILES[0], true)
        .await
        .problem(403);
    let export = file_call(&server, &agent.cookie, store, FILES[0], false).await;
    assert_eq!(export.status, 200);
    server.finish().await;
}

#[tokio::test]
async fn no_other_websites_page_sends_a_file() {
    let server = TestServer::start().await;
    let mine = tenant(&server, "mine").await;
    for (what, file) in FILES {
        let store = mine.ids.store;
        let url = format!("/api/app/stores/{store}/{what}/import?step=apply_all");
        let request = server
            .http
            .post(server.url(&url))
            .header("cookie", &mine.owner.cookie);
        let foreign = request.header("origin", "https://evil.test").body(file);
        Reply::to(foreign).await.problem(403);
    }
    server.finish().await;
}

/// Calls a route of the widget's, with a token or without.
async fn widget_call(
    server: &TestServer,
    token: Option<&str>,
    method: reqwest::Method,
    path: &str,
    body: Option<&serde_json::Value>,
) -> Reply {
    let url = server.url(&format!("/widget/v1{path}"));
    let mut request = server.http.request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    Reply::to(request).await
}

#[tokio::test]
async fn no_widget_route_takes_another_stores_token() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    let conversation = theirs.ids.conversation;
    let message = json!(new_message("Let me in"));
    let identity = json!({"token": identity::token(&mine.identity_secret, json!({}))});
    for (method, rest, body) in [
        (reqwest::Method::GET, "?after_seq=0", None),
        (reqwest::Method::POST, "/messages", Some(message)),
        (reqwest::Method::POST, "/read", Some(json!({"seq": 1}))),
        (reqwest::Method::POST, "/human", None),
        (reqwest::Method::POST, "/identify", Some(identity)),
        (
            reqwest::Method::POST,
            "/code",
            Some(json!({"email": "mine@example.com"})),
        ),
        (
            reqwest::Method::POST,
            "/code/verify",
            Some(json!({"code": "123456"})),
        ),
    ] {
        let path = format!("/conversations/{conversation}{rest}");
        for (token, expected) in [
            (Some(mine.shopper.token.as_str()), 404),
            (Some("made-up"), 401),
            (None, 401),
        ] {
            let reply = widget_call(&server, token, method.clone(), &path, body.as_ref()).await;
            reply.problem(expected);
            assert!(!reply.body.contains("secret"), "{path}: {}", reply.body);
        }
    }
    assert_eq!(rows_of(&server, theirs.ids.store).await, before);
    server.finish().await;
}

#[tokio::test]
async fn nobody_starts_a_conversation_that_another_store_has() {
    let server = TestServer::start().await;
    let (mine, theirs) = two_tenants(&server).await;
    let before = rows_of(&server, theirs.ids.store).await;
    let mut taken = start_request();
    taken.id = theirs.ids.conversation;
    taken.message = Some(new_message("What is in it?"));
    let taken = json!(taken);
    // Under their key, with my token or none; and under a key that nobody has.
    for (token, key, expected) in [
        (Some(mine.shopper.token.as_str()), &*theirs.shop.key, 409),
        (None, &theirs.shop.key, 409),
        (None, "unknown-key", 404),
    ] {
        let path = format!("/stores/{key}/conversations");
        widget_call(&server, token, reqwest::Method::POST, &path, Some(&taken))
            .await
            .problem(expected);
    }
    assert_eq!(rows_of(&server, theirs.ids.store).await, before);
    server.finish().await;
}

#[tokio::test]
async fn a_key_that_no_store_has_shows_no_config() {
    let server = TestServer::start().await;
    let reply = server.get("/widget/v1/stores/unknown-key/config").await;
    reply.problem(404);
    server.finish().await;
}
