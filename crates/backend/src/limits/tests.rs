use super::{
    rules::{LOOKUPS_OF_CLIENT, LOOKUPS_OF_VISITOR, MISSES_OF_STORE},
    *,
};
use crate::testing::redis::Redis as RedisServer;

fn secret() -> Secret {
    Secret::of_this_process().expect("a secret")
}

fn in_memory() -> Limits {
    Limits::new(true, &secret(), None).expect("limits")
}

/// Limits as they are counted in each way; the Redis goes with them.
async fn everywhere() -> (RedisServer, [Limits; 2]) {
    let redis = RedisServer::start().await;
    let shared = Limits::new(true, &secret(), Some(&redis.url())).expect("limits");
    (redis, [in_memory(), shared])
}

/// How many of 12 sign-ins are let through.
async fn sign_ins(limits: &Limits, account: &str) -> usize {
    let mut allowed = 0;
    for _ in 0..12 {
        if limits.sign_in_account.check(account).await.is_ok() {
            allowed += 1;
        }
    }
    allowed
}

#[tokio::test]
async fn one_client_is_slowed_down_and_others_are_not() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        let counted_in = limits.counted_in();
        assert_eq!(sign_ins(&limits, "jane").await, 10, "{counted_in}");
        assert!(limits.sign_in_account.check("john").await.is_ok());
        let waiting = limits.sign_in_account.check("jane").await;
        let waiting = waiting.expect_err("too many");
        assert!(
            matches!(
                waiting,
                Error::RateLimited {
                    retry_after_seconds: 1..=30,
                    ..
                }
            ),
            "{counted_in}: {waiting:?}"
        );
    }
}

#[tokio::test]
async fn trying_out_order_numbers_ends_soon() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        let store = StoreId::generate();
        let may = async |visitor: &str, lookups: &[i32]| {
            limits.may_look_up(visitor, None, store, lookups).await
        };
        let mut allowed = 0;
        while allowed < 100 && may("visitor", &[1_001 + allowed]).await {
            allowed += 1;
        }
        assert_eq!(usize::try_from(allowed).ok(), Some(LOOKUPS_OF_VISITOR));
        // What was shown may be shown again, and others aren't concerned.
        assert!(may("visitor", &[1_001]).await);
        assert!(may("another", &[1_050]).await);
        assert!(!may("third", &(0..9).collect::<Vec<_>>()).await);
    }
}

#[tokio::test]
async fn a_new_conversation_makes_nobody_another_guesser() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        let store = StoreId::generate();
        let client = limits.client("203.0.113.7");
        let may = async |client, number: usize| {
            let visitor = format!("visitor {number}");
            limits
                .may_look_up(&visitor, Some(client), store, &[number])
                .await
        };
        let mut allowed = 0;
        while allowed < 100 && may(client, allowed).await {
            allowed += 1;
        }
        assert_eq!(allowed, LOOKUPS_OF_CLIENT);
        assert!(may(client, 0).await);
        assert!(may(limits.client("203.0.113.8"), 99).await);
    }
}

#[tokio::test]
async fn many_addresses_that_guess_are_stopped_together() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        let store = StoreId::generate();
        let miss = async |client, number: usize| {
            limits
                .order_lookup_missed("anybody", Some(client), store, &number)
                .await;
        };
        let may = async |store| limits.may_look_up("anybody", None, store, &[1]).await;
        // One address repeats itself in vain.
        for _ in 0..2 * MISSES_OF_STORE {
            miss(limits.client("203.0.113.7"), 1).await;
        }
        assert!(may(store).await);
        for number in 0..MISSES_OF_STORE {
            let address = format!("203.0.113.{}", number % 250);
            miss(limits.client(&address), number).await;
        }
        assert!(!may(store).await);
        assert!(may(StoreId::generate()).await);
    }
}

#[tokio::test]
async fn servers_of_one_installation_count_together_in_redis() {
    let (redis, secret) = (RedisServer::start().await, secret());
    let server = || Limits::new(true, &secret, Some(&redis.url())).expect("limits");
    let (one, other) = (server(), server());
    assert_eq!(one.client("203.0.113.7"), other.client("203.0.113.7"));
    assert_eq!(sign_ins(&one, "jane").await, 10);
    assert!(other.sign_in_account.check("jane").await.is_err());
}

#[tokio::test]
async fn installations_that_share_a_redis_count_apart() {
    let redis = RedisServer::start().await;
    let installation = || Limits::new(true, &secret(), Some(&redis.url())).expect("limits");
    let (ours, theirs) = (installation(), installation());
    assert_eq!(sign_ins(&ours, "jane").await, 10);
    assert!(theirs.sign_in_account.check("jane").await.is_ok());
}

#[tokio::test]
async fn while_redis_is_away_a_server_counts_for_itself() {
    let mut redis = RedisServer::start().await;
    let limits = Limits::new(true, &secret(), Some(&redis.url())).expect("limits");
    assert!(limits.sign_in_account.check("jane").await.is_ok());
    redis.stop();
    assert_eq!(sign_ins(&limits, "jane").await, 10);
    let store = StoreId::generate();
    assert!(limits.may_look_up("visitor", None, store, &[1]).await);
    let many: Vec<_> = (0..9).collect();
    assert!(!limits.may_look_up("visitor", None, store, &many).await);
}

#[tokio::test]
async fn limits_can_be_switched_off_for_benchmarks() {
    let limits = Limits::new(false, &secret(), None).expect("limits");
    for _ in 0..1_000 {
        assert!(limits.sign_in_account.check("jane").await.is_ok());
    }
}
