//! Customers whom a connected Medusa has signed in: its own token is their identity.

mod orders;

use super::{assert_refused, token};
use crate::{
    common::{
        Owner, Reply, Shop, Shopper, TestServer, database,
        people::{new_message, start_request},
    },
    forms::{call, fields},
    shops::{
        medusa::{self, LIAR, Medusa, PUBLISHABLE_KEY},
        scripted::Mode,
    },
};
use backend::orders::connect;
use domain::{
    ids::OrderSourceId,
    inbox::Visitor,
    order_source::{ConnectShop, OrderSourceList, SourceTrouble},
    problem::{Code, Problem},
    shop_customer::ShopCustomer,
    widget_api::{ConversationStarted, Identified, StartConversation},
};
use futures::future::join_all;
use serde_json::{Value, json};

/// A store whose Medusa says who its customers are.
struct Signed {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    medusa: Medusa,
    /// What the store's Medusa is called here.
    source_id: OrderSourceId,
}

impl Signed {
    async fn new() -> Self {
        Self::connected(Medusa::shop_with_customers).await
    }

    /// With a Medusa that is connected so.
    async fn connected(form: fn(&Medusa) -> ConnectShop) -> Self {
        Self::of(Medusa::start().await, form).await
    }

    async fn of(medusa: Medusa, form: fn(&Medusa) -> ConnectShop) -> Self {
        let server = TestServer::start().await;
        let (owner, shop) = server.owner_with_shop().await;
        let connected = connect::connect(&server.ctx, &shop.member, form(&medusa)).await;
        let (source, _) = connected.expect("a shop that answers");
        Self {
            server,
            owner,
            shop,
            medusa,
            source_id: source.id,
        }
    }

    /// The id of the Medusa's customer.
    fn id(&self, customer: &str) -> Option<String> {
        let customer = ShopCustomer {
            source_id: self.source_id,
            id: customer.to_owned(),
        };
        Some(customer.to_string())
    }

    async fn guest(&self) -> Shopper {
        self.server.shopper(&self.shop).await
    }

    /// The visitor of a conversation, and whether they are verified.
    async fn visitor(&self, shopper: &Shopper) -> (Visitor, bool) {
        let (ctx, member) = (&self.server.ctx, &self.shop.member);
        let thread = backend::conversations::thread(ctx, member, shopper.conversation, None).await;
        let conversation = thread.expect("a thread").conversation;
        (conversation.visitor, conversation.verified)
    }

    /// Starts a conversation with a message and this identity.
    async fn start(&self, request: &StartConversation) -> Reply {
        let key = &self.shop.key;
        self.server.start_conversation(key, request).await
    }

    async fn set_publishable_key(&self, key: &str) -> Reply {
        let form = fields([
            ("store", self.shop.id.to_string().as_str()),
            ("source", self.source_id.to_string().as_str()),
            ("publishable_key", key),
        ]);
        let cookie = &self.owner.cookie;
        call(&self.server, cookie, "orders/set-publishable-key", &form).await
    }
}

fn starting_as(customer: &str) -> StartConversation {
    StartConversation {
        identity: Some(medusa::token(customer)),
        message: Some(new_message("Hello")),
        ..start_request()
    }
}

#[track_caller]
fn assert_unreachable(reply: &Reply) {
    let problem: Problem = reply.problem(503);
    assert!(problem.is(Code::ShopUnreachable), "{problem:?}");
    assert!(reply.header("retry-after").parse::<u64>().is_ok());
}

#[tokio::test]
async fn the_shops_own_token_makes_a_conversation_verified() {
    let signed = Signed::new().await;
    let guest = signed.guest().await;
    let before = signed.medusa.asked_who();
    let anna = guest.identified(&medusa::token("cus_anna")).await;
    assert_eq!(signed.medusa.asked_who(), before + 1);
    let (visitor, verified) = signed.visitor(&anna).await;
    assert!(verified);
    assert_eq!(visitor.customer_id, signed.id("cus_anna"));
    assert_eq!(visitor.email, None, "anybody can name any address there");
    assert_eq!(visitor.name.as_deref(), Some("Anna Berg"));
    // Asked each time: nobody remembers whose it was.
    anna.identified(&medusa::token("cus_anna")).await;
    assert_eq!(signed.medusa.asked_who(), before + 2);
    signed.server.finish().await;
}

#[tokio::test]
async fn a_customer_of_the_shop_has_one_history_on_all_devices() {
    let signed = Signed::new().await;
    let started: ConversationStarted = signed.start(&starting_as("cus_anna")).await.json(201);
    assert!(started.conversation.verified);
    let path = format!("/widget/v1/stores/{}/identify", signed.shop.key);
    let asked = json!({"token": medusa::token("cus_anna")});
    let known: Identified = signed.server.post(&path, &asked).await.json(200);
    assert_eq!(known.conversation.id, started.conversation.id);
    let ben = json!({"token": medusa::token("cus_ben")});
    assert_eq!(signed.server.post(&path, &ben).await.body, "null");
    signed.server.finish().await;
}

#[tokio::test]
async fn what_the_shop_refuses_is_refused_like_everything_else() {
    let signed = Signed::new().await;
    let guest = signed.guest().await;
    let forged = backend::identity::sign(
        "somebody's secret",
        &json!({"alg": "HS256"}),
        &medusa::claims("cus_anna"),
    );
    let deleted = medusa::token("cus_gone");
    let mut bodies = std::collections::BTreeSet::new();
    // The last one is answered for somebody else.
    for identity in [forged, deleted, medusa::token(LIAR), "nonsense".to_owned()] {
        let reply = guest.identify(&identity).await;
        assert_refused(&reply);
        bodies.insert(reply.body);
    }
    assert_eq!(bodies.len(), 1, "nobody learns what was wrong: {bodies:?}");
    assert!(!guest.conversation().await.verified);
    signed.server.finish().await;
}

#[tokio::test]
async fn only_what_looks_like_its_customers_token_is_shown_to_a_shop() {
    let signed = Signed::new().await;
    let guest = signed.guest().await;
    let before = signed.medusa.asked_who();
    let with = |name: &str, value: Value| {
        let mut claims = medusa::claims("cus_anna");
        claims[name] = value;
        medusa::signed(&claims)
    };
    let under = |header: Value| {
        backend::identity::sign("supersecret", &header, &medusa::claims("cus_anna"))
    };
    let good = medusa::token("cus_anna");
    let (content, _) = good.rsplit_once('.').expect("a signature");
    for identity in [
        under(json!({"alg": "none"})),
        under(json!({"alg": "RS256"})),
        under(json!({"alg": "HS256", "crit": ["b64"]})),
        format!("{content}."),
        // Its admin's, one that has expired, one of nobody, and one of ours.
        with("actor_type", json!("user")),
        with("exp", json!(1_700_000_000)),
        with("actor_id", json!("")),
        token("identity_of_somebody_else", json!({})),
        with("more", json!("x".repeat(5_000))),
    ] {
        assert_refused(&guest.identify(&identity).await);
    }
    assert_eq!(signed.medusa.asked_who(), before);
    signed.server.finish().await;
}

#[tokio::test]
async fn a_token_is_shown_to_the_shops_of_its_store_alone() {
    let signed = Signed::new().await;
    let other = signed.server.open_shop(&signed.owner, "Another", |_| {});
    let guest = signed.server.shopper(&other.await).await;
    let before = signed.medusa.asked_who();
    assert_refused(&guest.identify(&medusa::token("cus_anna")).await);
    assert_eq!(signed.medusa.asked_who(), before);
    signed.server.finish().await;
}

#[tokio::test]
async fn without_a_publishable_key_no_token_is_shown_to_anybody() {
    let signed = Signed::connected(Medusa::shop).await;
    let guest = signed.guest().await;
    assert_refused(&guest.identify(&medusa::token("cus_anna")).await);
    assert_eq!(signed.medusa.asked_who(), 0);

    assert_eq!(
        signed.set_publishable_key(PUBLISHABLE_KEY).await.status,
        200
    );
    guest.identified(&medusa::token("cus_anna")).await;
    assert_eq!(signed.set_publishable_key("").await.status, 200);
    let asked = signed.medusa.asked_who();
    let other = signed.guest().await;
    assert_refused(&other.identify(&medusa::token("cus_anna")).await);
    assert_eq!(signed.medusa.asked_who(), asked);
    signed.server.finish().await;
}

#[tokio::test]
async fn a_publishable_key_that_the_shop_does_not_know_is_refused_by_its_field() {
    let signed = Signed::connected(Medusa::shop).await;
    let wrong = SourceTrouble::WrongPublishableKey.sentence();
    for (key, detail) in [("pk_made_up", Some(wrong)), (medusa::KEY, None)] {
        let problem = signed.set_publishable_key(key).await.json::<Problem>(422);
        assert_eq!(problem.field.as_deref(), Some("publishable_key"));
        assert!(detail.is_none_or(|detail| problem.detail == detail));
    }
    let made_up = ConnectShop {
        publishable_key: Some("pk_made_up".to_owned()),
        ..signed.medusa.shop()
    };
    let (ctx, member) = (&signed.server.ctx, &signed.shop.member);
    let refused = connect::connect(ctx, member, made_up).await;
    let refused = Problem::from(refused.expect_err("a wrong key").cause());
    assert_eq!(refused.field.as_deref(), Some("publishable_key"));

    // Connected again with another secret key, it keeps the publishable one.
    assert_eq!(
        signed.set_publishable_key(PUBLISHABLE_KEY).await.status,
        200
    );
    let again = connect::connect(ctx, member, signed.medusa.shop()).await;
    again.expect("a shop that answers");
    let of_store = fields([("store", signed.shop.id.to_string().as_str())]);
    let cookie = &signed.owner.cookie;
    let listed = call(&signed.server, cookie, "orders/sources", &of_store).await;
    let listed: OrderSourceList = listed.json(200);
    assert_eq!(
        listed.shops[0].publishable_key.as_deref(),
        Some(PUBLISHABLE_KEY)
    );
    signed.server.finish().await;
}

#[tokio::test]
async fn while_the_shop_is_down_a_guests_chat_stays_and_may_try_again() {
    let signed = Signed::new().await;
    let guest = signed.guest().await;
    guest.send("Hello").await;
    let identity = medusa::token("cus_anna");
    for mode in [Mode::Failing, Mode::Storefront] {
        signed.medusa.does(mode);
        assert_unreachable(&guest.identify(&identity).await);
        assert!(!guest.conversation().await.verified);
    }
    signed.medusa.does(Mode::Well);
    let anna = guest.identified(&identity).await;
    assert_eq!(anna.history(0).await.messages[0].body, "Hello");
    signed.server.finish().await;
}

#[tokio::test]
async fn a_token_does_not_follow_a_shop_to_another_address() {
    let signed = Signed::new().await;
    let elsewhere = Medusa::start().await;
    let guest = signed.guest().await;
    let address = format!("{}{}", elsewhere.address(), medusa::ME);
    signed.medusa.does(Mode::Redirects(address));
    assert_unreachable(&guest.identify(&medusa::token("cus_anna")).await);
    assert_eq!(elsewhere.calls(), Vec::<String>::new());
    signed.server.finish().await;
}

#[tokio::test]
async fn while_the_shop_is_down_a_conversation_starts_as_a_guests() {
    let signed = Signed::new().await;
    let customers = starting_as("cus_anna");
    signed.start(&customers).await.json::<Value>(201);
    signed.medusa.does(Mode::Failing);
    let request = starting_as("cus_ben");
    let started: ConversationStarted = signed.start(&request).await.json(201);
    assert!(!started.conversation.verified);
    assert_eq!(started.messages.len(), 1);
    // Whose answer was lost waits: it may be theirs, or it may not.
    assert_unreachable(&signed.start(&customers).await);

    signed.medusa.does(Mode::Well);
    let guest = Shopper {
        http: signed.server.http.clone(),
        addr: signed.server.addr,
        token: started.token,
        conversation: started.conversation.id,
    };
    let ben = guest.identified(&medusa::token("cus_ben")).await;
    let (visitor, _) = signed.visitor(&ben).await;
    assert_eq!(visitor.customer_id, signed.id("cus_ben"));
    assert_eq!(ben.history(0).await.messages[0].body, "Hello");
    for request in [customers, request] {
        signed.start(&request).await.json::<Value>(200);
    }
    signed.server.finish().await;
}

#[tokio::test]
async fn the_stores_own_secret_signs_no_customer_of_the_medusa() {
    let signed = Signed::new().await;
    let made = backend::identity::make_secret(&signed.server.ctx, &signed.shop.member).await;
    let secret = made.expect("a secret").secret;
    let guest = signed.guest().await;
    let before = signed.medusa.asked_who();
    let anna = signed.id("cus_anna");
    let spaced = anna.as_ref().map(|id| format!(" {id} "));
    let bare = Some("medusa:cus_anna".to_owned());
    for customer in [anna, spaced, bare] {
        let named = token(&secret, json!({"customer_id": customer}));
        assert_refused(&guest.identify(&named).await);
    }
    // Its own tokens are read without asking anybody.
    guest.identified(&token(&secret, json!({}))).await;
    assert_eq!(signed.medusa.asked_who(), before);
    signed.server.finish().await;
}

#[tokio::test]
async fn customers_of_two_medusas_are_two_whatever_their_id() {
    let signed = Signed::new().await;
    let its = medusa::Its {
        jwt_secret: "another secret",
        ..medusa::Its::default()
    };
    let secret = its.jwt_secret;
    let other = Medusa::start_with(its).await;
    let (ctx, member) = (&signed.server.ctx, &signed.shop.member);
    let connected = connect::connect(ctx, member, other.shop_with_customers()).await;
    let (other_source, _) = connected.expect("a shop that answers");
    let anna = signed.guest().await;
    let anna = anna.identified(&medusa::token("cus_anna")).await;
    anna.send("Hello").await;
    // The first one is asked first, and refuses it.
    let token = medusa::signed_with(secret, &medusa::claims("cus_anna"));
    let problem: Problem = anna.identify(&token).await.problem(409);
    assert!(problem.is(Code::OtherCustomer), "{problem:?}");
    let second = signed.guest().await.identified(&token).await;
    let (visitor, _) = signed.visitor(&second).await;
    let expected = ShopCustomer {
        source_id: other_source.id,
        id: "cus_anna".to_owned(),
    };
    assert_eq!(visitor.customer_id, Some(expected.to_string()));
    assert_ne!(visitor.id, signed.visitor(&anna).await.0.id);
    assert_eq!(second.sees(&anna).await, 404);
    signed.server.finish().await;
}

#[tokio::test]
async fn too_many_tokens_leave_the_shop_alone_and_the_chat_open() {
    let signed = Signed::new().await;
    let guest = signed.guest().await;
    let before = signed.medusa.asked_who();
    let forged = backend::identity::sign(
        "somebody's secret",
        &json!({"alg": "HS256"}),
        &medusa::claims("cus_anna"),
    );
    for _ in 0..10 {
        // Many at once: what is allowed grows while one waits.
        let replies = join_all((0..25).map(|_| guest.identify(&forged))).await;
        if let Some(reply) = replies.into_iter().find(|reply| reply.status == 429) {
            assert!(reply.problem(429).is(Code::RateLimited));
            let started: ConversationStarted =
                signed.start(&starting_as("cus_ben")).await.json(201);
            assert_eq!(started.messages.len(), 1);
            assert!(signed.medusa.asked_who() < before + 250);
            return signed.server.finish().await;
        }
    }
    panic!("there is no limit");
}

#[tokio::test]
async fn no_token_is_stored() {
    let signed = Signed::new().await;
    let identity = medusa::token("cus_anna");
    let request = StartConversation {
        identity: Some(identity.clone()),
        ..starting_as("cus_anna")
    };
    signed.start(&request).await.json::<Value>(201);
    signed.server.idle().await;
    for (table, column) in [
        ("visitors", "customer_id"),
        ("conversations", "request_hash"),
        ("messages", "body"),
        ("jobs", "payload"),
    ] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} LIKE '%{identity}%'");
        assert_eq!(database::count(&signed.server.ctx, sql).await, 0, "{table}");
    }
    signed.server.finish().await;
}
