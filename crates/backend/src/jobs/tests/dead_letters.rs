//! What failed for good, and what people do about it.

use super::*;
use crate::{
    error::Error,
    jobs::dead_letters::{dead_letters, discard, retry},
};
use domain::{job::Failure, role::Role};

/// The ids of as many dead letters.
async fn bury(shop: &Shop, number: i64) -> Vec<JobId> {
    let ids = shop
        .enqueue((0..number).map(|n| Probe::new(&format!("lane {n}"), 1)))
        .await;
    for job in shop.claim().await {
        queue::bury(&shop.test.ctx, &job, Failure::Timeout, "SELECT secret")
            .await
            .expect("an end");
    }
    ids
}

#[tokio::test]
async fn a_dead_letter_says_what_it_was_and_nothing_internal() {
    let shop = Shop::new().await;
    let id = bury(&shop, 1).await[0];
    let found = dead_letters(&shop.test.ctx, &shop.member)
        .await
        .expect("dead letters");
    let letters = found.letters;
    assert!(found.may_retry);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].id, id);
    assert_eq!(letters[0].title.as_deref(), Some(Probe::TITLE));
    assert_eq!(letters[0].failure, Failure::Timeout);
    assert_eq!(letters[0].attempts, 1);
    assert!(!format!("{letters:?}").contains("SELECT"));
}

#[tokio::test]
async fn a_dead_letter_can_be_tried_again_or_thrown_away() {
    let shop = Shop::new().await;
    let (ctx, member) = (&shop.test.ctx, &shop.member);
    let ids = bury(&shop, 2).await;
    // Newer work of the same lane is not overtaken.
    shop.enqueue([Probe::new("lane 0", 2)]).await;
    retry(ctx, member, ids[0]).await.expect("a retry");
    discard(ctx, member, ids[1]).await.expect("no more");
    let left = dead_letters(ctx, member).await.expect("none");
    assert!(left.letters.is_empty());
    shop.run_all().await;
    let signatures = shop.signatures().await;
    assert_eq!(signatures[2..], ["lane 0 2", "lane 0 1"]);
    for gone in ids {
        assert!(matches!(
            retry(ctx, member, gone).await,
            Err(Error::NotFound(_))
        ));
    }
}

#[tokio::test]
async fn a_retry_is_not_written_beside_the_same_work() {
    let shop = Shop::new().await;
    let keyed = || Probe {
        key: Some("daily".to_owned()),
        ..Probe::new("a", 1)
    };
    let dead = shop.enqueue([keyed()]).await[0];
    let claimed = shop.claim().await.remove(0);
    queue::bury(&shop.test.ctx, &claimed, Failure::Panic, "")
        .await
        .expect("an end");
    shop.enqueue([keyed()]).await;
    retry(&shop.test.ctx, &shop.member, dead)
        .await
        .expect("a retry");
    assert_eq!(shop.run_all().await.len(), 1);
}

#[tokio::test]
async fn agents_may_look_and_strangers_may_not_even_that() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let id = bury(&shop, 1).await[0];
    let user = shop.member.user().expect("a person");
    let agent = Principal::member(shop.member.store_id, user.clone(), Role::Agent);
    let seen = dead_letters(ctx, &agent).await.expect("one");
    assert_eq!((seen.letters.len(), seen.may_retry), (1, false));
    for refused in [retry(ctx, &agent, id).await, discard(ctx, &agent, id).await] {
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }
    let other = stores::create(ctx, user, "Shades").await.expect("a store");
    let other = stores::member(ctx, user, other.id).await.expect("a member");
    let seen = dead_letters(ctx, &other).await.expect("none");
    assert!(seen.letters.is_empty());
    for refused in [retry(ctx, &other, id).await, discard(ctx, &other, id).await] {
        assert!(matches!(refused, Err(Error::NotFound(_))));
    }
    assert_eq!(shop.row(id).await.expect("a row").state, State::Dead);
}
