//! Who is asking: identities that a storefront's server has signed.

mod code;
mod examples;
mod history;
mod medusa;
mod orders;
mod pages;
mod proof;

use crate::common::{
    Owner, Reply, Shop, Shopper, TestServer, database,
    people::{new_message, start_request},
};
use domain::{
    conversation::Conversation,
    inbox::Visitor,
    problem::{Code, Problem},
    widget_api::{ConversationStarted, Identified, StartConversation, VisitorDetails},
};
use serde_json::{Value, json};

/// What a storefront's server signs: Jane, for ten minutes, with `changed` claims.
pub fn token(secret: &str, changed: Value) -> String {
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).expect("a clock");
    let mut claims = json!({
        "customer_id": "cus_7",
        "email": "Jane@Example.com",
        "name": "Jane Doe",
        "exp": now.as_secs() + 600,
    });
    for (name, value) in changed.as_object().expect("claims") {
        claims[name] = value.clone();
    }
    backend::identity::sign(secret, &json!({"alg": "HS256", "typ": "JWT"}), &claims)
}

/// A shop whose website knows who is signed in.
struct Signing {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    secret: String,
}

impl Signing {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let (owner, shop) = server.owner_with_shop().await;
        Self::with(server, owner, shop).await
    }

    async fn with(server: TestServer, owner: Owner, shop: Shop) -> Self {
        let made = backend::identity::make_secret(&server.ctx, &shop.member).await;
        let secret = made.expect("a secret").secret;
        Self {
            server,
            owner,
            shop,
            secret,
        }
    }

    /// Jane's identity.
    fn jane(&self) -> String {
        token(&self.secret, json!({}))
    }

    /// Somebody else's.
    fn omar(&self) -> String {
        token(
            &self.secret,
            json!({"customer_id": "cus_8", "email": "omar@example.com", "name": null}),
        )
    }

    /// Somebody who is signed in, in a new conversation with a message in it.
    async fn signed_in(&self, identity: String) -> Shopper {
        let request = StartConversation {
            identity: Some(identity),
            message: Some(new_message("Hello")),
            ..start_request()
        };
        self.server.shopper_with(&self.shop, &request).await
    }

    /// The visitor of a conversation, as agents see them; and whether they are verified.
    async fn visitor(&self, shopper: &Shopper) -> (Visitor, bool) {
        let (ctx, member) = (&self.server.ctx, &self.shop.member);
        let thread = backend::conversations::thread(ctx, member, shopper.conversation, None).await;
        let conversation = thread.expect("a thread").conversation;
        (conversation.visitor, conversation.verified)
    }
}

impl Shopper {
    /// Says who they are, whatever comes of it.
    async fn identify(&self, identity: &str) -> Reply {
        self.post("/identify", &json!({"token": identity})).await
    }

    /// Says who they are, which must be believed.
    async fn identified(&self, identity: &str) -> Self {
        let identified: Identified = self.identify(identity).await.json(200);
        assert!(identified.conversation.verified);
        Self {
            token: identified.token,
            ..self.clone()
        }
    }

    /// The status of their history in `conversation`.
    async fn sees(&self, other: &Self) -> u16 {
        let reader = Self {
            conversation: other.conversation,
            ..self.clone()
        };
        reader.get("?after_seq=0").await.status
    }
}

#[track_caller]
fn assert_refused(reply: &Reply) {
    let problem: Problem = reply.problem(401);
    assert!(problem.is(Code::IdentityRefused), "{problem:?}");
}

#[tokio::test]
async fn an_identity_makes_a_conversation_verified() {
    let signing = Signing::new().await;
    let request = StartConversation {
        visitor: VisitorDetails {
            name: Some("J.".to_owned()),
            email: Some("typed@example.com".to_owned()),
            locale: Some("de".to_owned()),
        },
        message: Some(new_message("Hello")),
        ..start_request()
    };
    let guest = signing.server.shopper_with(&signing.shop, &request).await;
    assert!(!guest.conversation().await.verified);
    assert_eq!(signing.visitor(&guest).await.0.customer_id, None);

    let jane = guest.identified(&signing.jane()).await;
    assert!(jane.conversation().await.verified);
    let (visitor, verified) = signing.visitor(&jane).await;
    assert!(verified);
    assert_eq!(visitor.customer_id.as_deref(), Some("cus_7"));
    assert_eq!(visitor.email.as_deref(), Some("jane@example.com"));
    assert_eq!(visitor.name.as_deref(), Some("Jane Doe"));
    assert_eq!(visitor.locale.as_deref(), Some("de"));
    jane.send("And another thing").await;
    signing.server.finish().await;
}

#[tokio::test]
async fn a_conversation_may_start_with_an_identity() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let conversation: Conversation = jane.conversation().await;
    assert!(conversation.verified);
    assert_eq!(
        signing.visitor(&jane).await.0.name.as_deref(),
        Some("Jane Doe")
    );
    signing.server.finish().await;
}

#[tokio::test]
async fn the_token_from_before_opens_nothing_any_more() {
    let signing = Signing::new().await;
    let guest = signing.server.shopper(&signing.shop).await;
    let jane = guest.identified(&signing.jane()).await;
    assert_ne!(jane.token, guest.token);
    assert_eq!(guest.sees(&jane).await, 401);
    // Said again, by whoever has proven it, it changes nothing.
    let again = jane.identified(&signing.jane()).await;
    assert_eq!(again.token, jane.token);
    signing.server.finish().await;
}

#[tokio::test]
async fn an_identity_whose_reply_was_lost_can_be_proven_again() {
    let signing = Signing::new().await;
    let guest = signing.server.shopper(&signing.shop).await;
    let lost = guest.identified(&signing.jane()).await;
    let jane = guest.identified(&signing.jane()).await;
    assert_eq!(jane.sees(&lost).await, 200);
    // By the same customer only.
    guest.identify(&signing.omar()).await.problem(401);
    signing.server.finish().await;
}

#[tokio::test]
async fn what_cannot_be_believed_is_refused_alike_and_changes_nothing() {
    let signing = Signing::new().await;
    let guest = signing.server.shopper(&signing.shop).await;
    let visitors = database::rows(&signing.server.ctx, "visitors").await;
    let unsigned = backend::identity::sign(
        &signing.secret,
        &json!({"alg": "none"}),
        &json!({"customer_id": "cus_7", "exp": 9_999_999_999_i64}),
    );
    let secret = &signing.secret;
    let wrong = [
        String::new(),
        "nonsense".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(100_000),
        unsigned,
        token("identity_of_somebody_else", json!({})),
        token(secret, json!({"exp": 1_700_000_000})),
        token(secret, json!({"exp": 9_999_999_999_i64})),
        token(secret, json!({"exp": null})),
        token(secret, json!({"customer_id": null})),
        token(secret, json!({"email": "not an address"})),
        signing.jane() + "x",
    ];
    let mut bodies = std::collections::BTreeSet::new();
    for identity in wrong {
        let reply = guest.identify(&identity).await;
        assert_refused(&reply);
        bodies.insert(reply.body);
        let request = StartConversation {
            identity: Some(identity),
            ..start_request()
        };
        let started = signing
            .server
            .start_conversation(&signing.shop.key, &request)
            .await;
        assert_refused(&started);
        bodies.insert(started.body);
    }
    assert_eq!(bodies.len(), 1, "nobody learns what was wrong: {bodies:?}");
    assert!(!guest.conversation().await.verified);
    assert_eq!(
        database::rows(&signing.server.ctx, "visitors").await,
        visitors
    );
    signing.server.finish().await;
}

#[tokio::test]
async fn an_identity_is_one_stores() {
    let signing = Signing::new().await;
    let other = signing
        .server
        .open_shop(&signing.owner, "Another", |_| {})
        .await;
    let guest = signing.server.shopper(&other).await;
    assert_refused(&guest.identify(&signing.jane()).await);
    // Nor once the other store has a secret of its own.
    let made = backend::identity::make_secret(&signing.server.ctx, &other.member).await;
    assert_refused(&guest.identify(&signing.jane()).await);
    let jane = guest
        .identified(&token(&made.expect("a secret").secret, json!({})))
        .await;
    // The same id in two shops is two customers.
    let here = signing.signed_in(signing.jane()).await;
    assert_eq!((jane.sees(&here).await, here.sees(&jane).await), (404, 404));
    signing.server.finish().await;
}

#[tokio::test]
async fn a_conversation_stays_with_its_customer() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let problem = jane.identify(&signing.omar()).await.problem(409);
    assert!(problem.is(Code::OtherCustomer), "{problem:?}");
    assert_eq!(
        signing.visitor(&jane).await.0.customer_id.as_deref(),
        Some("cus_7")
    );
    signing.server.finish().await;
}

#[tokio::test]
async fn the_storefront_may_correct_what_it_said() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let moved = token(
        &signing.secret,
        json!({"email": "jane.doe@example.com", "name": "Jane Roe"}),
    );
    jane.identified(&moved).await;
    let (visitor, _) = signing.visitor(&jane).await;
    assert_eq!(visitor.email.as_deref(), Some("jane.doe@example.com"));
    assert_eq!(visitor.name.as_deref(), Some("Jane Roe"));
    signing.server.finish().await;
}

#[tokio::test]
async fn what_a_customer_types_does_not_replace_the_storefronts_word() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let mut request = start_request();
    request.visitor.email = Some("omar@example.com".to_owned());
    let url = format!("/widget/v1/stores/{}/conversations", signing.shop.key);
    let post = signing.server.http.post(signing.server.url(&url));
    let started: ConversationStarted = Reply::to(post.bearer_auth(&jane.token).json(&request))
        .await
        .json(201);
    assert!(started.conversation.verified);
    assert_eq!(
        signing.visitor(&jane).await.0.email.as_deref(),
        Some("jane@example.com")
    );
    signing.server.finish().await;
}

#[tokio::test]
async fn too_many_identities_from_one_address_have_to_wait() {
    let signing = Signing::new().await;
    let guest = signing.server.shopper(&signing.shop).await;
    for _ in 0..1_000 {
        let reply = guest.identify("a.b.c").await;
        if reply.status == 429 {
            assert!(reply.problem(429).is(Code::RateLimited));
            assert!(reply.header("retry-after").parse::<u64>().is_ok());
            return signing.server.finish().await;
        }
    }
    panic!("there is no limit");
}
