//! The promise: an acknowledged message is never lost, stored once, in order,
//! and answered once, however often the server is killed.
//!
//! Rounds differ from run to run; `SHOPDESK_TEST_SEED` repeats the random part
//! of one (the operating system's part of it can't be repeated).

mod clients;
mod random;

use crate::common::{executable::Home, within};
use clients::{Agent, QUESTIONS, Shopper};
use domain::ids::{ConversationId, MessageId, StoreId};
use futures::future::join_all;
use random::Random;
use sqlx::{AnyConnection, Row};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::mpsc;

/// How often the server is killed while it works.
const ROUNDS: u64 = 60;
/// Shoppers at the beginning; one more comes every tenth round.
const SHOPPERS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_at_any_moment() {
    let mut random = Random::new(seed());
    let home = Home::new().await;
    let mut server = home.start(&["--demo"]);
    let addr = server.address().await;
    let store = demo_store(&mut home.connect().await).await;
    let mut agent = Agent::sign_in(addr, store).await;
    server.kill();

    let mut shoppers: Vec<_> = (0..SHOPPERS).map(|_| Shopper::new(random.fork())).collect();
    for round in 0..ROUNDS {
        if round % 10 == 9 {
            shoppers.push(Shopper::new(random.fork()));
        }
        release_leases(&home).await;
        (shoppers, agent) = live_and_die(&home, shoppers, agent, &mut random).await;
    }

    release_leases(&home).await;
    let mut server = home.start(&["--demo"]);
    let addr = server.address().await;
    let mut database = home.connect().await;
    within("the queue to drain", drained(&mut database)).await;
    let ours: Vec<_> = shoppers.iter().map(Shopper::conversation).collect();
    let threads = threads(&mut database, store, &ours).await;
    let stored: usize = threads.values().map(Vec::len).sum();
    let exist = threads
        .iter()
        .filter(|(_, thread)| !thread.is_empty())
        .map(|(id, _)| *id)
        .collect();
    // Those that the demo brings are heard of, too, once it is known how they sound.
    let all = ours.clone();
    let of_ours = move |agent: &Agent| agent.seen.keys().filter(|(id, _)| all.contains(id)).count();
    let following = agent.follow(addr, exist, move |agent| of_ours(agent) >= stored);
    let mut agent = within("the agent to see everything", following).await;
    server.kill();
    agent.seen.retain(|(id, _), _| ours.contains(id));

    assert_eq!(jobs(&mut database, store).await, 0, "jobs are left");
    check_messages(&mut database, store, &threads, &shoppers).await;
    check_answers(&threads);
    let seen: BTreeMap<_, _> = threads
        .iter()
        .flat_map(|(id, thread)| {
            thread
                .iter()
                .map(|message| ((*id, message.seq), message.id))
        })
        .collect();
    assert_eq!(
        agent.seen, seen,
        "the agent saw everything, once, in its place"
    );

    let acknowledged: usize = shoppers
        .iter()
        .map(|shopper| shopper.acknowledged.len())
        .sum();
    let found_stored: usize = shoppers.iter().map(|shopper| shopper.found_stored).sum();
    eprintln!(
        "{ROUNDS} kills, {} conversations, {stored} messages, {acknowledged} acknowledged \
         ({found_stored} only when sent again)",
        ours.len(),
    );
    assert!(acknowledged >= 500, "too little happened to prove anything");
}

fn seed() -> u64 {
    let given = std::env::var("SHOPDESK_TEST_SEED").ok();
    let seed = given.map_or_else(
        || {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            u64::from(now.subsec_nanos())
        },
        |text| text.parse().expect("a number in SHOPDESK_TEST_SEED"),
    );
    eprintln!("SHOPDESK_TEST_SEED={seed}");
    seed
}

/// Starts the server, lets everybody work, and kills it at some moment.
async fn live_and_die(
    home: &Home,
    shoppers: Vec<Shopper>,
    agent: Agent,
    random: &mut Random,
) -> (Vec<Shopper>, Agent) {
    let mut server = home.start(&["--demo"]);
    if random.one_in(10) {
        // While it starts.
        tokio::time::sleep(Duration::from_millis(random.below(200))).await;
        server.kill();
        return (shoppers, agent);
    }
    let addr = server.address().await;
    let (confirmed, mut confirmations) = mpsc::unbounded_channel();
    let started = shoppers.iter().filter(|shopper| shopper.has_started());
    let started: Vec<_> = started.map(Shopper::conversation).collect();
    let following = tokio::spawn(agent.follow(addr, started, |_| false));
    let writing: Vec<_> = shoppers
        .into_iter()
        .map(|shopper| tokio::spawn(shopper.write(addr, confirmed.clone())))
        .collect();
    drop(confirmed);

    for _ in 0..=random.below(30) {
        within("an acknowledgement", confirmations.recv())
            .await
            .expect("somebody who writes");
    }
    tokio::time::sleep(Duration::from_millis(random.below(200))).await;
    server.kill();

    let shoppers = within("the shoppers to notice", join_all(writing)).await;
    let shoppers = shoppers
        .into_iter()
        .map(|shopper| shopper.expect("a shopper"))
        .collect();
    (
        shoppers,
        within("the agent to notice", following)
            .await
            .expect("the agent"),
    )
}

/// On PostgreSQL another server might hold a lease, so that it must run out:
/// the minute that this takes passes here.
async fn release_leases(home: &Home) {
    if home.is_postgres() {
        sqlx::query("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
            .execute(&mut home.connect().await)
            .await
            .expect("an update");
    }
}

async fn demo_store(database: &mut AnyConnection) -> StoreId {
    let row = sqlx::query("SELECT id FROM stores WHERE public_key = 'demo'")
        .fetch_one(database)
        .await;
    row.expect("the demo store")
        .get::<String, _>("id")
        .parse()
        .expect("an id")
}

async fn drained(database: &mut AnyConnection) {
    loop {
        let waiting = sqlx::query("SELECT COUNT(*) AS n FROM jobs WHERE state <> 'dead'");
        if waiting
            .fetch_one(&mut *database)
            .await
            .expect("a count")
            .get::<i64, _>("n")
            == 0
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

struct Stored {
    id: MessageId,
    seq: i64,
    sender: String,
    body: String,
}

/// The messages of each of `ours` in order of their numbers.
async fn threads(
    database: &mut AnyConnection,
    store: StoreId,
    ours: &[ConversationId],
) -> BTreeMap<ConversationId, Vec<Stored>> {
    let rows = sqlx::query("SELECT conversation_id, id, seq, sender, body FROM messages WHERE store_id = $1 ORDER BY seq")
        .bind(store.to_string())
        .fetch_all(database)
        .await
        .expect("messages");
    let mut threads: BTreeMap<ConversationId, Vec<Stored>> =
        ours.iter().map(|id| (*id, Vec::new())).collect();
    for row in rows {
        let id = |name: &str| row.get::<String, _>(name);
        // The demo has conversations of its own.
        if let Some(thread) = threads.get_mut(&id("conversation_id").parse().expect("an id")) {
            thread.push(Stored {
                id: id("id").parse().expect("an id"),
                seq: row.get("seq"),
                sender: id("sender"),
                body: id("body"),
            });
        }
    }
    threads
}

/// How many jobs are left, given up or not.
async fn jobs(database: &mut AnyConnection, store: StoreId) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM jobs WHERE store_id = $1")
        .bind(store.to_string())
        .fetch_one(database)
        .await;
    row.expect("a count").get("n")
}

/// Numbers without gaps; nothing acknowledged is missing or elsewhere, and
/// nothing is there that nobody sent.
async fn check_messages(
    database: &mut AnyConnection,
    store: StoreId,
    threads: &BTreeMap<ConversationId, Vec<Stored>>,
    shoppers: &[Shopper],
) {
    let mut ids = BTreeSet::new();
    for shopper in shoppers {
        let id = shopper.conversation();
        let thread = &threads[&id];
        let numbers: Vec<_> = thread.iter().map(|message| message.seq).collect();
        let expected: Vec<_> = (1..).take(thread.len()).collect();
        assert_eq!(numbers, expected, "{id}");
        assert!(
            thread.iter().all(|message| ids.insert(message.id)),
            "twice the same in {id}"
        );

        let questions: BTreeMap<_, _> = thread
            .iter()
            .filter(|message| message.sender == "customer")
            .map(|message| (message.id, (message.seq, message.body.clone())))
            .collect();
        for (message, acknowledged) in &shopper.acknowledged {
            assert_eq!(
                questions.get(message),
                Some(acknowledged),
                "{message} in {id}"
            );
        }
        let pending: BTreeSet<_> = shopper.pending().collect();
        for message in questions.keys() {
            assert!(
                shopper.acknowledged.contains_key(message) || pending.contains(message),
                "{message} in {id}"
            );
        }
        let row = sqlx::query("SELECT last_seq FROM conversations WHERE store_id = $1 AND id = $2")
            .bind(store.to_string())
            .bind(id.to_string())
            .fetch_optional(&mut *database)
            .await
            .expect("a query");
        let last_seq = row.map_or(0, |row| row.get::<i64, _>("last_seq"));
        assert_eq!(last_seq, numbers.last().copied().unwrap_or(0), "{id}");
    }
}

/// Each question has one answer, which fits it; and they came in the questions'
/// order.
fn check_answers(threads: &BTreeMap<ConversationId, Vec<Stored>>) {
    for (id, thread) in threads {
        let of = |sender: &'static str| {
            thread
                .iter()
                .filter(move |message| message.sender == sender)
        };
        assert_eq!(of("ai").count(), of("customer").count(), "{id}");
        assert!(
            thread
                .iter()
                .all(|message| ["customer", "ai"].contains(&&*message.sender)),
            "{id}"
        );
        for (question, answer) in of("customer").zip(of("ai")) {
            let (_, order) = QUESTIONS
                .iter()
                .find(|(text, _)| *text == question.body)
                .expect("a question of ours");
            assert!(
                answer.body.contains(order),
                "{}: {}",
                question.body,
                answer.body
            );
            assert!(answer.seq > question.seq, "{id}");
        }
    }
}
