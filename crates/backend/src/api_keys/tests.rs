use super::*;
use crate::{error::Forbidden, testing::shop::Shop};
use domain::api_key::Scope;

async fn key(shop: &Shop, scopes: &[Scope]) -> CreatedApiKey {
    let new = NewApiKey {
        name: "Shop".to_owned(),
        scopes: scopes.to_vec(),
    };
    create(&shop.test.ctx, &shop.member, new)
        .await
        .expect("a key")
}

#[tokio::test]
async fn a_key_is_its_store_with_its_scopes_and_nothing_else() {
    let shop = Shop::new().await;
    let made = key(&shop, &[Scope::FaqRead]).await;
    assert!(made.token.starts_with("sd_") && made.token.len() == 46);
    assert!(made.token.starts_with(&made.key.start));
    let who = authenticate(&shop.test.ctx, &made.token)
        .await
        .expect("a known key");
    assert_eq!(who.store_id, shop.member.store_id);
    assert!(who.has(Permission::ReadFaq));
    let refused = who.require(Permission::ChangeFaq);
    assert!(matches!(
        refused,
        Err(Error::Forbidden(Forbidden::Scope(Scope::FaqWrite)))
    ));
}

#[tokio::test]
async fn no_key_makes_keys() {
    let shop = Shop::new().await;
    let made = key(&shop, Scope::ALL).await;
    let who = authenticate(&shop.test.ctx, &made.token)
        .await
        .expect("a known key");
    assert!(list(&shop.test.ctx, &who).await.is_err());
}

#[tokio::test]
async fn a_key_that_is_revoked_counts_no_more() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let made = key(&shop, &[Scope::FaqRead]).await;
    authenticate(ctx, &made.token).await.expect("a known key");
    for _ in 0..2 {
        revoke(ctx, &shop.member, made.key.id)
            .await
            .expect("a revoked key");
    }
    assert!(authenticate(ctx, &made.token).await.is_err());
    let keys = list(ctx, &shop.member).await.expect("a list");
    assert!(keys.is_empty());
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let made = key(&shop, &[Scope::FaqRead]).await;
    let used = async || {
        authenticate(ctx, &made.token).await.expect("a known key");
        let keys = list(ctx, &shop.member).await.expect("a list");
        keys[0].last_used_at.expect("a use")
    };
    let first = used().await;
    ctx.clock().advance(USED_EVERY / 2);
    assert_eq!(used().await, first);
    ctx.clock().advance(USED_EVERY);
    assert!(used().await > first);
}

#[tokio::test]
async fn the_demos_key_is_nobodys_without_the_demo() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let (store_id, now) = (shop.member.store_id, ctx.now());
    let insert = ctx.db().write(move |tx| {
        Box::pin(async move { api_key::insert(tx.connection, store_id, now).await })
    });
    insert.await.expect("the key");
    assert!(authenticate(ctx, api_key::TOKEN).await.is_err());
}
