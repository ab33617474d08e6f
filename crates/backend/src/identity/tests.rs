use super::{OVERLAP, SECRETS_MAX, customer, make_secret, revoke_secret, secrets, sign};
use crate::{error::Error, testing::shop::Shop};
use domain::{ids::IdentitySecretId, problem::Code, role::Role};
use serde_json::json;

fn code<T>(result: &Result<T, Error>) -> Option<Code> {
    result.as_ref().err().map(Error::code)
}

impl Shop {
    /// Whether what `secret` signs is believed now.
    async fn believes(&self, secret: &str) -> bool {
        let ctx = &self.test.ctx;
        let exp = ctx.now() / 1_000 + 600;
        let claims = json!({"customer_id": "cus_7", "exp": exp});
        let token = sign(secret, &json!({"alg": "HS256"}), &claims);
        match customer(ctx, self.member.store_id, &token).await {
            Ok(customer) => customer.id == "cus_7",
            Err(error) => {
                assert_eq!(error.code(), Code::IdentityRefused);
                false
            }
        }
    }

    async fn made(&self) -> String {
        let made = make_secret(&self.test.ctx, &self.member).await;
        made.expect("a secret").secret
    }
}

#[tokio::test]
async fn what_a_secret_of_the_store_signs_is_believed() {
    let shop = Shop::new().await;
    assert!(!shop.believes("").await, "there is none yet");
    let secret = shop.made().await;
    assert!(shop.believes(&secret).await);
    assert!(!shop.believes("identity_of_somebody_else").await);
}

#[tokio::test]
async fn a_replaced_secret_counts_for_24_hours_more() {
    let shop = Shop::new().await;
    let (old, new) = (shop.made().await, shop.made().await);
    let clock = shop.test.ctx.clock();
    clock.advance(OVERLAP - 60_000);
    assert!(shop.believes(&old).await && shop.believes(&new).await);
    clock.advance(120_000);
    assert!(!shop.believes(&old).await);
    assert!(shop.believes(&new).await);
}

#[tokio::test]
async fn a_revoked_secret_ends_at_once() {
    let shop = Shop::new().await;
    let secret = shop.made().await;
    let ctx = &shop.test.ctx;
    let listed = secrets(ctx, &shop.member).await.expect("secrets");
    let left = revoke_secret(ctx, &shop.member, listed[0].id).await;
    assert_eq!(left.expect("revoked"), []);
    assert!(!shop.believes(&secret).await);
    let again = revoke_secret(ctx, &shop.member, listed[0].id).await;
    assert_eq!(code(&again), Some(Code::NotFound));
}

#[tokio::test]
async fn only_a_few_secrets_count_at_a_time() {
    let shop = Shop::new().await;
    let first = shop.made().await;
    for _ in 0..SECRETS_MAX {
        shop.made().await;
    }
    let listed = secrets(&shop.test.ctx, &shop.member)
        .await
        .expect("secrets");
    assert_eq!(listed.len(), SECRETS_MAX);
    assert_eq!(listed.iter().filter(|one| one.ends_at.is_none()).count(), 1);
    assert!(listed[0].ends_at.is_none(), "the newest comes first");
    assert!(!shop.believes(&first).await);
}

#[tokio::test]
async fn agents_make_and_revoke_none() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let mut agent = shop.member.clone();
    agent.role = Some(Role::Agent);
    assert_eq!(code(&make_secret(ctx, &agent).await), Some(Code::Forbidden));
    let revoked = revoke_secret(ctx, &agent, IdentitySecretId::generate()).await;
    assert_eq!(code(&revoked), Some(Code::Forbidden));
    assert_eq!(secrets(ctx, &agent).await.expect("secrets"), []);
}

#[tokio::test]
async fn a_secret_is_kept_sealed() {
    let shop = Shop::new().await;
    let secret = shop.made().await;
    let mut connection = shop.test.ctx.db().read().await.expect("a connection");
    let now = shop.test.ctx.now();
    let sealed = super::queries::sealed(&mut connection, shop.member.store_id, now).await;
    let sealed = sealed.expect("a row");
    assert_eq!(sealed.len(), 1);
    assert!(!sealed[0].contains(&secret["identity_".len()..]));
}
