use super::{
    rules::{
        LOOKUPS_OF_ORGANISATION, LOOKUPS_OF_SITE, LOOKUPS_OF_SUBSCRIBER, LOOKUPS_OF_VISITOR,
        NUMBERS_OF_STORE, numbers_of_organisation,
    },
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

/// An order number and nothing else, in a shop that takes no orders to speak of.
const NUMBER: Given = Given::NumberAlone { orders_a_day: 0 };

/// Looks `number` up, as a visitor of one's own from `client`.
async fn look_up(limits: &Limits, client: Client, store: StoreId, number: usize) -> MayLookUp {
    let visitor = format!("visitor {number}");
    limits
        .may_look_up(&visitor, Some(client), store, &[number], NUMBER)
        .await
}

/// How many look-ups come through if each is from the client that `client` says, and in a
/// store of its own.
async fn come_through(limits: &Limits, client: impl Fn(usize) -> String) -> usize {
    let mut allowed = 0;
    while allowed < 1_000 {
        let client = limits.client(&client(allowed));
        let store = StoreId::generate();
        if look_up(limits, client, store, allowed).await != MayLookUp::Yes {
            break;
        }
        allowed += 1;
    }
    allowed
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
            let given = Given::Email;
            let may = limits.may_look_up(visitor, None, store, lookups, given);
            may.await == MayLookUp::Yes
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
        let from_one = come_through(&limits, |_| "203.0.113.7".to_owned()).await;
        assert_eq!(from_one, LOOKUPS_OF_SUBSCRIBER);
        let same = limits.client("203.0.113.7");
        let store = StoreId::generate();
        assert_eq!(look_up(&limits, same, store, 0).await, MayLookUp::Yes);
        let other = limits.client("203.0.113.8");
        assert_eq!(look_up(&limits, other, store, 999).await, MayLookUp::Yes);
    }
}

#[tokio::test]
async fn another_address_of_the_same_network_makes_nobody_another_guesser() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        // Networks of 64 bits in one of 56, and in one of 48.
        let of_a_site = |at: usize| format!("2001:db8:1:{:x}::1", at % 256);
        let of_an_organisation = |at: usize| format!("2001:db8:2:{at:x}00::1");
        let of_a_rack = |at: usize| format!("203.0.113.{}", at % 256);
        let others = |at: usize| format!("2001:db8:{:x}::1", 0x100 + at);
        assert_eq!(come_through(&limits, of_a_site).await, LOOKUPS_OF_SITE);
        assert_eq!(
            come_through(&limits, of_an_organisation).await,
            LOOKUPS_OF_ORGANISATION
        );
        assert_eq!(
            come_through(&limits, of_a_rack).await,
            LOOKUPS_OF_ORGANISATION
        );
        assert_eq!(come_through(&limits, others).await, 1_000);
    }
}

#[test]
fn an_address_is_counted_as_its_network() {
    let limits = in_memory();
    let client = |address: &str| limits.client(address);
    assert_eq!(client("2001:db8::1"), client("2001:db8::2"));
    assert_eq!(client("::ffff:203.0.113.7"), client("203.0.113.7"));
    let name = |address: &str| client(address).to_string();
    assert_ne!(name("2001:db8::1"), name("2001:db8:0:1::1"));
    assert_ne!(name("203.0.113.7"), name("203.0.113.8"));
    assert_ne!(name("unknown"), name("203.0.113.7"));
}

/// A network of its own for each.
fn network(at: usize) -> String {
    format!("2001:db8:{at:x}::1")
}

#[tokio::test]
async fn many_networks_that_count_up_numbers_must_give_the_email_in_the_end() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        for orders_a_day in [0, 20] {
            let store = StoreId::generate();
            let given = Given::NumberAlone { orders_a_day };
            let ask = async |at: usize, number: usize, given| {
                let client = limits.client(&network(at));
                let visitor = format!("visitor {at}");
                limits
                    .may_look_up(&visitor, Some(client), store, &[number], given)
                    .await
            };
            let mut shown = 0;
            while shown < 1_000 && ask(shown, shown, given).await == MayLookUp::Yes {
                shown += 1;
            }
            let most = NUMBERS_OF_STORE + usize::try_from(orders_a_day).expect("a count");
            assert_eq!(shown, most);
            // Not even what another has been shown; who was shown it may see it again.
            assert_eq!(ask(998, 0, given).await, MayLookUp::WithEmail);
            assert_eq!(ask(0, 0, given).await, MayLookUp::Yes);
            // Who gives an email isn't concerned, nor is another store.
            assert_eq!(ask(999, 5, Given::Email).await, MayLookUp::Yes);
            let client = limits.client(&network(999));
            let other = look_up(&limits, client, StoreId::generate(), 6).await;
            assert_eq!(other, MayLookUp::Yes);
        }
    }
}

#[tokio::test]
async fn one_network_cannot_have_everybody_asked_for_the_email() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        let store = StoreId::generate();
        let guesser = |at: usize| limits.client(&format!("203.0.113.{}", at % 256));
        let mut shown = 0;
        while shown < 1_000
            && look_up(&limits, guesser(shown), store, shown).await == MayLookUp::Yes
        {
            shown += 1;
        }
        assert_eq!(shown, numbers_of_organisation(NUMBERS_OF_STORE));
        let refused = look_up(&limits, guesser(0), store, 998).await;
        assert_eq!(refused, MayLookUp::WithEmail);
        let honest = limits.client("198.51.100.7");
        assert_eq!(look_up(&limits, honest, store, 1_001).await, MayLookUp::Yes);
    }
}

#[tokio::test]
async fn nobodys_guesses_switch_tracking_off_for_others() {
    let (_redis, all) = everywhere().await;
    for limits in all {
        let store = StoreId::generate();
        for number in 0..500 {
            let guesser = limits.client(&network(number));
            assert_ne!(
                look_up(&limits, guesser, store, number).await,
                MayLookUp::No
            );
        }
        let honest = Some(limits.client("203.0.113.7"));
        let may = limits.may_look_up("honest", honest, store, &[1_001], Given::Email);
        assert_eq!(may.await, MayLookUp::Yes);
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
    let may = async |lookups: &[i32]| {
        let given = Given::Email;
        limits
            .may_look_up("visitor", None, store, lookups, given)
            .await
    };
    assert_eq!(may(&[1]).await, MayLookUp::Yes);
    let many: Vec<_> = (0..9).collect();
    assert_eq!(may(&many).await, MayLookUp::No);
}

#[tokio::test]
async fn what_is_left_is_told_wherever_it_is_counted() {
    let (_redis, everywhere) = everywhere().await;
    for limits in everywhere {
        let limit = &limits.api_call;
        let first = limit.count("key").await.expect("a use");
        assert_eq!(first, limit.burst() - 1, "{}", limits.counted_in());
        // Some may have come back meanwhile.
        let second = limit.count("key").await.expect("a use");
        assert!((first - 1..=first).contains(&second));
        assert_eq!(limit.full_after(first), Duration::from_millis(100));
    }
}

#[tokio::test]
async fn limits_can_be_switched_off_for_benchmarks() {
    let limits = Limits::new(false, &secret(), None).expect("limits");
    for _ in 0..1_000 {
        assert!(limits.sign_in_account.check("jane").await.is_ok());
    }
}
