//! One customer, one history, and nobody else in it.

use super::{Signing, assert_refused, token};
use crate::common::{
    Reply, Shopper, database,
    people::{new_message, start_request},
};
use backend::conversations;
use domain::{
    problem::Code,
    widget_api::{ConversationStarted, Identified, StartConversation},
};
use serde_json::json;

#[tokio::test]
async fn a_customer_has_one_history_on_all_devices() {
    let signing = Signing::new().await;
    let phone = signing.signed_in(signing.jane()).await;
    let laptop = signing.signed_in(signing.jane()).await;
    assert_ne!(phone.token, laptop.token);
    assert_eq!(
        (phone.sees(&laptop).await, laptop.sees(&phone).await),
        (200, 200)
    );
    let (first, second) = (
        signing.visitor(&phone).await,
        signing.visitor(&laptop).await,
    );
    assert_eq!(first.0.id, second.0.id);
    assert_eq!(database::rows(&signing.server.ctx, "visitors").await, 1);
    signing.server.finish().await;
}

#[tokio::test]
async fn a_new_device_goes_on_where_the_customer_wrote_last() {
    let signing = Signing::new().await;
    let path = format!("/widget/v1/stores/{}/identify", signing.shop.key);
    let resume = async |identity: String| {
        let body = json!({"token": identity});
        signing.server.post(&path, &body).await
    };
    assert_eq!(resume(signing.jane()).await.body, "null");
    let earlier = signing.signed_in(signing.jane()).await;
    let later = signing.signed_in(signing.jane()).await;
    // Nothing has been said in this one.
    let request = StartConversation {
        identity: Some(signing.jane()),
        ..start_request()
    };
    signing.server.shopper_with(&signing.shop, &request).await;
    earlier.send("One more thing").await;
    let resumed: Identified = resume(signing.jane()).await.json(200);
    assert_eq!(resumed.conversation.id, earlier.conversation);
    assert!(resumed.conversation.verified);
    let laptop = Shopper {
        token: resumed.token,
        ..earlier.clone()
    };
    assert_eq!(
        (laptop.sees(&earlier).await, laptop.sees(&later).await),
        (200, 200)
    );
    laptop.send("And another").await;
    // Nobody else's.
    assert_eq!(resume(signing.omar()).await.body, "null");
    assert_refused(&resume("a.b.c".to_owned()).await);
    let other = signing
        .server
        .open_shop(&signing.owner, "Another", |_| {})
        .await;
    let path = format!("/widget/v1/stores/{}/identify", other.key);
    let body = json!({"token": signing.jane()});
    assert_refused(&signing.server.post(&path, &body).await);
    let path = "/widget/v1/stores/unknown-key/identify";
    signing.server.post(path, &body).await.problem(404);
    signing.server.finish().await;
}

#[tokio::test]
async fn what_a_guest_wrote_becomes_theirs_once_they_sign_in() {
    let signing = Signing::new().await;
    let phone = signing.signed_in(signing.jane()).await;
    let guest = signing.server.shopper(&signing.shop).await;
    let sent = guest.send("I have a question").await;
    let laptop = guest.identified(&signing.jane()).await;
    assert_eq!(
        (phone.sees(&laptop).await, laptop.sees(&phone).await),
        (200, 200)
    );
    assert_eq!(guest.sees(&laptop).await, 401);
    assert_eq!(database::rows(&signing.server.ctx, "visitors").await, 1);
    // It is the same thread, and goes on.
    assert_eq!(laptop.history(0).await.messages[0].id, sent.id);
    laptop.send("Are you there?").await;
    // No row is left that says another wrote it.
    let strangers = "SELECT COUNT(*) AS n FROM messages
        WHERE author_kind = 'visitor' AND author_id NOT IN (SELECT id FROM visitors)";
    let strangers = database::count(&signing.server.ctx, strangers.to_owned()).await;
    assert_eq!(strangers, 0);
    signing.server.finish().await;
}

#[tokio::test]
async fn who_only_typed_the_address_is_not_the_customer() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let mut request = start_request();
    request.visitor.email = Some("jane@example.com".to_owned());
    let guest = signing.server.shopper_with(&signing.shop, &request).await;
    assert!(!guest.conversation().await.verified);
    assert_eq!(
        (guest.sees(&jane).await, jane.sees(&guest).await),
        (404, 404)
    );
    assert_ne!(
        signing.visitor(&guest).await.0.id,
        signing.visitor(&jane).await.0.id
    );
    signing.server.finish().await;
}

#[tokio::test]
async fn two_customers_see_nothing_of_each_other() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let omar = signing.signed_in(signing.omar()).await;
    assert_eq!((jane.sees(&omar).await, omar.sees(&jane).await), (404, 404));
    // An identity opens no conversation of somebody else's.
    omar.identify(&signing.omar()).await.json::<Identified>(200);
    let at_janes = Shopper {
        conversation: jane.conversation,
        ..omar.clone()
    };
    at_janes.identify(&signing.omar()).await.problem(404);
    signing.server.finish().await;
}

#[tokio::test]
async fn who_signs_in_at_anothers_browser_starts_as_themselves() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let request = StartConversation {
        identity: Some(signing.omar()),
        message: Some(new_message("Hello")),
        ..start_request()
    };
    let url = format!("/widget/v1/stores/{}/conversations", signing.shop.key);
    let post = signing.server.http.post(signing.server.url(&url));
    let started: ConversationStarted = Reply::to(post.bearer_auth(&jane.token).json(&request))
        .await
        .json(201);
    assert_ne!(started.token, jane.token);
    let omar = Shopper {
        token: started.token,
        conversation: started.conversation.id,
        ..jane.clone()
    };
    assert_eq!((jane.sees(&omar).await, omar.sees(&jane).await), (404, 404));
    signing.server.finish().await;
}

#[tokio::test]
async fn a_retried_start_of_a_customer_needs_the_identity_again() {
    let signing = Signing::new().await;
    let request = StartConversation {
        identity: Some(signing.jane()),
        message: Some(new_message("Hello")),
        ..start_request()
    };
    let start = async |request: &StartConversation| {
        let key = &signing.shop.key;
        signing.server.start_conversation(key, request).await
    };
    start(&request).await.json::<ConversationStarted>(201);
    start(&request).await.json::<ConversationStarted>(200);
    for identity in [None, Some(signing.omar())] {
        let stolen = StartConversation {
            identity,
            ..request.clone()
        };
        let problem = start(&stolen).await.problem(409);
        assert!(problem.is(Code::StartedByOther), "{problem:?}");
    }
    signing.server.finish().await;
}

#[tokio::test]
async fn two_devices_that_identify_at_once_become_one_visitor() {
    let signing = Signing::new().await;
    let mut guests = Vec::new();
    for _ in 0..6 {
        guests.push(signing.server.shopper(&signing.shop).await);
    }
    let identity = signing.jane();
    let said = guests.iter().map(|guest| guest.identify(&identity));
    for reply in futures::future::join_all(said).await {
        reply.json::<Identified>(200);
    }
    assert_eq!(database::rows(&signing.server.ctx, "visitors").await, 1);
    signing.server.finish().await;
}

#[tokio::test]
async fn who_is_blocked_stays_so_when_the_storefront_says_who_they_are() {
    let signing = Signing::new().await;
    let (ctx, team) = (&signing.server.ctx, &signing.shop.member);
    // As a guest, who then signs in as somebody known.
    let jane = signing.signed_in(signing.jane()).await;
    let guest = signing.server.shopper(&signing.shop).await;
    guest.send("Buy my pills").await;
    conversations::block(ctx, team, guest.conversation)
        .await
        .expect("a conversation");
    guest.identified(&signing.jane()).await;
    for id in [jane.conversation, guest.conversation] {
        let seen = conversations::get(ctx, team, id)
            .await
            .expect("a conversation");
        assert!(seen.visitor.blocked && seen.spam, "{seen:?}");
    }
    // As a customer, who then writes as a guest before signing in again.
    let again = signing.server.shopper(&signing.shop).await;
    again.send("Pills!").await;
    again.identified(&signing.jane()).await;
    let seen = conversations::get(ctx, team, again.conversation)
        .await
        .expect("a conversation");
    assert!(seen.visitor.blocked && seen.spam, "{seen:?}");
    // What the team has taken out of the spam stays out, whoever comes later.
    let kept = conversations::set_spam(ctx, team, again.conversation, false).await;
    assert!(!kept.expect("no spam").spam);
    let last = signing.server.shopper(&signing.shop).await;
    last.send("And another").await;
    last.identified(&signing.jane()).await;
    for (id, is_spam) in [(again.conversation, false), (last.conversation, true)] {
        let seen = conversations::get(ctx, team, id).await;
        assert_eq!(seen.expect("a conversation").spam, is_spam);
    }
    signing.server.finish().await;
}

#[tokio::test]
async fn what_begins_in_another_tab_while_somebody_signs_in_is_not_lost() {
    const ROUNDS: i64 = 12;
    let signing = Signing::new().await;
    let identity = signing.jane();
    signing.signed_in(identity.clone()).await;
    let path = format!("/widget/v1/stores/{}/conversations", signing.shop.key);
    for _ in 0..ROUNDS {
        let guest = signing.server.shopper(&signing.shop).await;
        let request = start_request();
        let post = signing.server.http.post(signing.server.url(&path));
        let (identified, started) = futures::future::join(
            guest.identify(&identity),
            Reply::to(post.bearer_auth(&guest.token).json(&request)),
        )
        .await;
        identified.json::<Identified>(200);
        started.json::<ConversationStarted>(201);
    }
    let kept = database::rows(&signing.server.ctx, "conversations").await;
    assert_eq!(kept, 1 + 2 * ROUNDS);
    signing.server.finish().await;
}

#[tokio::test]
async fn a_new_device_brings_the_customers_address_as_it_is_now() {
    let signing = Signing::new().await;
    let jane = signing.signed_in(signing.jane()).await;
    let moved = token(&signing.secret, json!({"email": "jane.doe@example.com"}));
    let path = format!("/widget/v1/stores/{}/identify", signing.shop.key);
    let reply = signing.server.post(&path, &json!({"token": moved})).await;
    reply.json::<Identified>(200);
    let (visitor, _) = signing.visitor(&jane).await;
    assert_eq!(visitor.email.as_deref(), Some("jane.doe@example.com"));
    signing.server.finish().await;
}

#[tokio::test]
async fn one_customers_identity_leaves_no_end_of_tokens() {
    let signing = Signing::new().await;
    signing.signed_in(signing.jane()).await;
    let path = format!("/widget/v1/stores/{}/identify", signing.shop.key);
    let body = json!({"token": signing.jane()});
    for _ in 0..200 {
        let reply = signing.server.post(&path, &body).await;
        if reply.status == 429 {
            assert!(reply.problem(429).is(Code::RateLimited));
            // It keeps nobody else out.
            let omar = json!({"token": signing.omar()});
            assert_eq!(signing.server.post(&path, &omar).await.body, "null");
            return signing.server.finish().await;
        }
    }
    panic!("there is no limit");
}
