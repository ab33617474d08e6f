//! Who is let in.

use super::{Api, new_key, orders::order};
use crate::common::{Reply, TestServer, client, executable::Home};
use backend::{api_keys, demo};
use domain::{
    api_key::Scope,
    ids::{
        CannedResponseId, ConversationId, FaqCategoryId, FaqItemId, InvitationId, MessageId, TagId,
        VisitorId, WebhookDeliveryId, WebhookId,
    },
    problem::Code,
    store::StoreProfile,
};
use reqwest::Method;
use serde_json::{Value, json};

/// Every operation, with a body that can be taken and the scope that it takes.
fn operations() -> Vec<(Method, String, Option<Value>, Scope)> {
    let (get, post) = (|| Method::GET, || Method::POST);
    let conversation = format!("/conversations/{}", ConversationId::generate());
    let category = format!("/faq/categories/{}", FaqCategoryId::generate());
    let item = format!("/faq/items/{}", FaqItemId::generate());
    let visitor = format!("/visitors/{}", VisitorId::generate());
    let webhook = format!("/webhooks/{}", WebhookId::generate());
    let reply = json!({"id": MessageId::generate(), "body": "Hello"});
    let draft =
        json!({"category_id": FaqCategoryId::generate(), "question": "Why?", "answer": "So."});
    let mut new_item = draft.clone();
    new_item["id"] = json!(FaqItemId::generate());
    let canned = format!("/canned-responses/{}", CannedResponseId::generate());
    let texts = json!({"keyword": "hello", "title": "Hello", "text": "Hello!"});
    let mut new_canned = texts.clone();
    new_canned["id"] = json!(CannedResponseId::generate());
    let named = json!({"id": FaqCategoryId::generate(), "name": "Care"});
    vec![
        (get(), "/store".to_owned(), None, Scope::StoreRead),
        (
            get(),
            "/settings/look".to_owned(),
            None,
            Scope::SettingsRead,
        ),
        (
            Method::PUT,
            "/settings/look".to_owned(),
            Some(json!({})),
            Scope::SettingsWrite,
        ),
        (
            get(),
            "/conversations".to_owned(),
            None,
            Scope::ConversationsRead,
        ),
        (get(), conversation.clone(), None, Scope::ConversationsRead),
        (
            get(),
            format!("{conversation}/messages"),
            None,
            Scope::ConversationsRead,
        ),
        (
            post(),
            format!("{conversation}/messages"),
            Some(reply),
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/resolve"),
            None,
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/reopen"),
            None,
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/snooze"),
            Some(json!({"until": 1})),
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/spam"),
            Some(json!({"spam": true})),
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/block"),
            Some(json!({"blocked": true})),
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/merge"),
            Some(json!({"from": ConversationId::generate()})),
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/unmerge"),
            Some(json!({"from": ConversationId::generate()})),
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/read"),
            None,
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/assign"),
            Some(json!({"assignee_id": null})),
            Scope::ConversationsWrite,
        ),
        (
            get(),
            "/search?q=lamp".to_owned(),
            None,
            Scope::ConversationsRead,
        ),
        (get(), "/visitors".to_owned(), None, Scope::VisitorsRead),
        (get(), "/tags".to_owned(), None, Scope::ConversationsRead),
        (
            post(),
            "/tags".to_owned(),
            Some(json!({"id": TagId::generate(), "name": "Refund"})),
            Scope::ConversationsWrite,
        ),
        (
            Method::PUT,
            format!("/tags/{}", TagId::generate()),
            Some(json!({"name": "Refund"})),
            Scope::ConversationsWrite,
        ),
        (
            Method::DELETE,
            format!("/tags/{}", TagId::generate()),
            None,
            Scope::ConversationsWrite,
        ),
        (
            post(),
            format!("{conversation}/tags"),
            Some(json!({"tag_id": TagId::generate()})),
            Scope::ConversationsWrite,
        ),
        (
            Method::DELETE,
            format!("{conversation}/tags/{}", TagId::generate()),
            None,
            Scope::ConversationsWrite,
        ),
        (get(), visitor, None, Scope::VisitorsRead),
        (get(), "/team/members".to_owned(), None, Scope::TeamRead),
        (
            get(),
            "/team/invitations".to_owned(),
            None,
            Scope::TeamWrite,
        ),
        (
            post(),
            "/team/invitations".to_owned(),
            Some(json!({"id": InvitationId::generate(), "role": "agent"})),
            Scope::TeamWrite,
        ),
        (
            Method::DELETE,
            format!("/team/invitations/{}", InvitationId::generate()),
            None,
            Scope::TeamWrite,
        ),
        (get(), "/faq/categories".to_owned(), None, Scope::FaqRead),
        (
            post(),
            "/faq/categories".to_owned(),
            Some(named.clone()),
            Scope::FaqWrite,
        ),
        (Method::PUT, category.clone(), Some(named), Scope::FaqWrite),
        (
            Method::PUT,
            format!("{category}/place"),
            Some(json!({"position": 0})),
            Scope::FaqWrite,
        ),
        (Method::DELETE, category, None, Scope::FaqWrite),
        (get(), "/faq/items".to_owned(), None, Scope::FaqRead),
        (
            post(),
            "/faq/items".to_owned(),
            Some(new_item),
            Scope::FaqWrite,
        ),
        (get(), item.clone(), None, Scope::FaqRead),
        (Method::PUT, item.clone(), Some(draft), Scope::FaqWrite),
        (
            Method::PUT,
            format!("{item}/place"),
            Some(json!({"category_id": FaqCategoryId::generate(), "position": 0})),
            Scope::FaqWrite,
        ),
        (
            post(),
            "/faq/try".to_owned(),
            Some(json!({"question": "Why?"})),
            Scope::FaqRead,
        ),
        (Method::DELETE, item, None, Scope::FaqWrite),
        (
            get(),
            "/canned-responses".to_owned(),
            None,
            Scope::CannedResponsesRead,
        ),
        (
            post(),
            "/canned-responses".to_owned(),
            Some(new_canned),
            Scope::CannedResponsesWrite,
        ),
        (get(), canned.clone(), None, Scope::CannedResponsesRead),
        (
            Method::PUT,
            canned.clone(),
            Some(texts),
            Scope::CannedResponsesWrite,
        ),
        (Method::DELETE, canned, None, Scope::CannedResponsesWrite),
        (get(), "/order-sources".to_owned(), None, Scope::OrdersRead),
        (get(), "/orders".to_owned(), None, Scope::OrdersRead),
        (get(), "/orders/1001".to_owned(), None, Scope::OrdersRead),
        (
            Method::PUT,
            "/orders/1001".to_owned(),
            Some(order("1001")),
            Scope::OrdersWrite,
        ),
        (
            Method::DELETE,
            "/orders/1001".to_owned(),
            None,
            Scope::OrdersWrite,
        ),
        (get(), "/webhooks".to_owned(), None, Scope::WebhooksWrite),
        (
            post(),
            "/webhooks".to_owned(),
            Some(json!({
                "id": WebhookId::generate(),
                "address": "https://hooks.example.com",
                "events": ["message.created"],
            })),
            Scope::WebhooksWrite,
        ),
        (Method::DELETE, webhook.clone(), None, Scope::WebhooksWrite),
        (
            get(),
            format!("{webhook}/deliveries"),
            None,
            Scope::WebhooksWrite,
        ),
        (
            post(),
            format!(
                "/webhook-deliveries/{}/replay",
                WebhookDeliveryId::generate()
            ),
            None,
            Scope::WebhooksWrite,
        ),
    ]
}

#[tokio::test]
async fn pages_in_browsers_are_not_let_in() {
    // A key is for servers: whoever put it into a page would give it to everybody.
    let api = Api::start().await;
    for (method, path, ..) in operations() {
        let url = api.server.url(&format!("/api/v1{path}"));
        let foreign = ("origin", "https://shop.example.com");
        let preflight = client().request(Method::OPTIONS, &url);
        let preflight = preflight
            .header(foreign.0, foreign.1)
            .header("access-control-request-method", method.as_str())
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            );
        let preflight = Reply::to(preflight).await;
        let itself = client().get(&url).header(foreign.0, foreign.1);
        let itself = Reply::to(itself.bearer_auth(&api.key.token)).await;
        for reply in [preflight, itself] {
            let mut names = reply.headers.keys().map(|name| name.as_str());
            let opened = names.find(|name| name.starts_with("access-control-allow"));
            assert_eq!(opened, None, "{method} {path}");
        }
    }
    api.server.finish().await;
}

#[tokio::test]
async fn every_operation_of_the_document_is_tried_here() {
    let api = Api::start().await;
    let document: Value = api.server.get("/api/v1/openapi.json").await.json(200);
    let paths = document["paths"].as_object().expect("paths");
    let documented: usize = paths
        .values()
        .map(|methods| methods.as_object().expect("methods").len())
        .sum();
    assert_eq!(operations().len(), documented);
    api.server.finish().await;
}

#[tokio::test]
async fn nothing_is_done_without_a_known_key() {
    let api = Api::start().await;
    for (method, path, body, _) in operations() {
        for token in [None, Some("sd_made-up"), Some("")] {
            let reply = api
                .call_with(token, method.clone(), &path, body.as_ref())
                .await;
            let problem = reply.problem(401);
            assert!(problem.is(Code::WrongApiKey), "{method} {path}");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
    api.server.finish().await;
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_one_is_missing() {
    let api = Api::start().await;
    for (method, path, body, scope) in operations() {
        let others: Vec<_> = Scope::ALL
            .iter()
            .copied()
            .filter(|other| *other != scope)
            .collect();
        let key = new_key(&api.server, &api.shop, &others).await;
        let reply = api
            .call_with(Some(&key.token), method.clone(), &path, body.as_ref())
            .await;
        let problem = reply.problem(403);
        assert!(problem.is(Code::MissingScope), "{method} {path}");
        assert!(problem.detail.contains(scope.as_str()), "{problem:?}");
        api_keys::revoke(&api.server.ctx, &api.shop.member, key.key.id)
            .await
            .expect("a revoked key");
    }
    api.server.finish().await;
}

#[tokio::test]
async fn a_key_that_is_revoked_is_refused_at_once() {
    let api = Api::start().await;
    assert_eq!(api.get("/store").await.status, 200);
    api_keys::revoke(&api.server.ctx, &api.shop.member, api.key.key.id)
        .await
        .expect("a revoked key");
    api.get("/store").await.problem(401);
    api.server.finish().await;
}

#[tokio::test]
async fn a_key_shows_its_store_and_who_is_in_its_team() {
    let api = Api::start().await;
    let store: StoreProfile = api.get("/store").await.json(200);
    assert_eq!(
        (store.id, store.public_key),
        (api.shop.id, api.shop.key.clone())
    );
    let team: Vec<_> = store.team.iter().map(|member| member.id).collect();
    assert_eq!(team, [api.owner.user.id]);
    api.server.finish().await;
}

#[tokio::test]
async fn what_is_left_of_the_limit_is_told_and_it_ends() {
    let api = Api::start().await;
    let reply = api.get("/store").await;
    let left = |reply: &Reply| {
        reply
            .header("ratelimit-remaining")
            .parse::<u32>()
            .expect("a number")
    };
    assert_eq!(reply.header("ratelimit-limit"), "600");
    assert_eq!(left(&reply), 599);
    let limit = &api.server.ctx.limits().api_call;
    let key = api.key.key.id.to_string();
    let mut reply = reply;
    // One comes back every tenth of a second.
    for _ in 0..100 {
        while limit.check(key.as_str()).await.is_ok() {}
        reply = api.get("/store").await;
        if reply.status == 429 {
            break;
        }
    }
    reply.problem(429);
    assert_eq!(left(&reply), 0);
    assert!(reply.header("retry-after").parse::<u32>().is_ok());
    let other = new_key(&api.server, &api.shop, Scope::ALL).await;
    let reply = api
        .call_with(Some(&other.token), Method::GET, "/store", None)
        .await;
    assert_eq!(reply.status, 200, "another key's limit is its own");
    api.server.finish().await;
}

#[tokio::test]
async fn no_page_of_another_origin_may_call() {
    let api = Api::start().await;
    let request = api
        .server
        .http
        .get(api.server.url("/api/v1/store"))
        .bearer_auth(&api.key.token)
        .header("origin", "https://shop.example.com");
    let reply = Reply::to(request).await;
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
    api.server.finish().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let api = Api::start().await;
    let long = json!({"name": "x".repeat(300_000)});
    api.post("/faq/categories", &long).await.problem(413);
    let send = async |content_type: &'static str, body: &'static str| {
        let request = api
            .server
            .http
            .post(api.server.url("/api/v1/faq/categories"))
            .bearer_auth(&api.key.token)
            .header("content-type", content_type)
            .body(body);
        Reply::to(request).await
    };
    send("text/plain", "{}").await.problem(415);
    send("application/json", "{").await.problem(400);
    send("application/json", "{}").await.problem(422);
    api.server.finish().await;
}

#[tokio::test]
async fn the_page_about_the_interface_is_there_for_everybody() {
    let server = TestServer::start().await;
    let page = server.get("/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
    assert!(page.body.contains("/api/v1/conversations"));
    server.finish().await;
}

#[tokio::test]
async fn the_demos_key_ends_with_the_demo() {
    let home = Home::new().await;
    let store = async |addr: std::net::SocketAddr| {
        let request = client()
            .get(format!("http://{addr}/api/v1/store"))
            .bearer_auth(demo::API_KEY);
        Reply::to(request).await
    };
    let mut server = home.start(&["--demo"]);
    let addr = server.address().await;
    let profile: StoreProfile = store(addr).await.json(200);
    assert_eq!(profile.name, "Demo Shop");
    server.terminate().await;

    let mut server = home.start(&[]);
    let addr = server.address().await;
    store(addr).await.problem(401);
    server.terminate().await;

    let mut server = home.start(&["--demo"]);
    let addr = server.address().await;
    assert_eq!(store(addr).await.status, 200);
    server.kill();
}
