use super::*;
use crate::{Ctx, auth, settings, stores, testing::TestCtx, visitors};
use domain::settings::Chat;

/// Asks for what is `now`; what is answered.
async fn ask(cached: &Cached<u8, i64>, now: i64) -> Option<i64> {
    let answer = cached.get(&1, async { Ok(Some(now)) }).await;
    answer.expect("an answer")
}

#[tokio::test]
async fn an_answer_is_kept_until_it_is_forgotten() {
    let cached = Cached::default();
    assert_eq!(ask(&cached, 1).await, Some(1));
    assert_eq!(ask(&cached, 2).await, Some(1));
    cached.forget(&1);
    assert_eq!(ask(&cached, 3).await, Some(3));
    cached.forget_all();
    assert_eq!(ask(&cached, 4).await, Some(4));
}

#[tokio::test]
async fn what_was_read_before_a_change_is_not_kept_after_it() {
    let cached = Cached::default();
    let changed_meanwhile = cached.get(&1, async {
        cached.forget(&1);
        Ok(Some(1))
    });
    assert_eq!(changed_meanwhile.await.expect("an answer"), Some(1));
    assert_eq!(ask(&cached, 2).await, Some(2));
}

#[tokio::test]
async fn that_there_is_nothing_is_not_kept() {
    let cached = Cached::<u8, i64>::default();
    let none = cached.get(&1, async { Ok(None) }).await;
    assert_eq!(none.expect("an answer"), None);
    assert_eq!(ask(&cached, 1).await, Some(1));
}

async fn owner(ctx: &Ctx) -> (auth::NewSession, User) {
    let form = auth::SignUp {
        name: "Ada Olsen".to_owned(),
        email: "ada@example.com".to_owned(),
        password: "correct horse battery".to_owned(),
        store_name: "Lamps".to_owned(),
    };
    let session = auth::sign_up_first_owner(ctx, form, auth::Caller::UNKNOWN)
        .await
        .expect("an owner");
    let user = auth::user_of_session(ctx, &session.token).await;
    let user = user.expect("a database").expect("a session");
    (session, user)
}

#[tokio::test]
async fn who_signs_out_is_out_at_once() {
    let test = TestCtx::new().await.expect("a database");
    let (session, _) = owner(&test.ctx).await;
    auth::sign_out(&test.ctx, &session.token)
        .await
        .expect("out");
    let user = auth::user_of_session(&test.ctx, &session.token).await;
    assert_eq!(user.expect("a database"), None);
}

#[tokio::test]
async fn a_new_password_ends_every_session_at_once() {
    let test = TestCtx::new().await.expect("a database");
    let (session, user) = owner(&test.ctx).await;
    auth::password::change_password(
        &test.ctx,
        &user,
        "correct horse battery",
        "another one of mine",
        auth::Caller::UNKNOWN,
    )
    .await
    .expect("changed");
    let user = auth::user_of_session(&test.ctx, &session.token).await;
    assert_eq!(user.expect("a database"), None);
}

#[tokio::test]
async fn saved_settings_are_followed_at_once() {
    let test = TestCtx::new().await.expect("a database");
    let (_, user) = owner(&test.ctx).await;
    let account = stores::account(&test.ctx, &user).await.expect("an account");
    let store_id = account.stores.first().expect("a store").id;
    let who = stores::member(&test.ctx, &user, store_id)
        .await
        .expect("a member");
    let before = settings::load(&test.ctx, store_id).await.expect("settings");
    assert!(!before.chat.enabled);
    let chat = Chat {
        enabled: true,
        ..before.chat.clone()
    };
    settings::save(&test.ctx, &who, chat, 0)
        .await
        .expect("saved");
    let after = settings::load(&test.ctx, store_id).await.expect("settings");
    assert!(after.chat.enabled);
}

#[tokio::test]
async fn an_unknown_token_is_asked_for_again() {
    let test = TestCtx::new().await.expect("a database");
    for _ in 0..2 {
        let session = visitors::session(&test.ctx, "unknown", None).await;
        assert_eq!(session.expect_err("unknown").code().status(), 401);
    }
}
