//! Several servers are as one: three real processes on one PostgreSQL database,
//! connected by it or by Redis.
//!
//! SQLite belongs to one server, so there is nothing to test on it.

mod clients;
mod cluster;
mod services;

use crate::{
    common::{Reply, Socket, client, executable::Home, within},
    forms::{fields, section_fields},
    identity::token,
};
use backend::testing::redis::Redis;
use clients::{Agent, Confirmed, Followed, Servers, Shopper};
use cluster::Cluster;
use domain::{
    api_key::CreatedApiKey,
    conversation::Status,
    events::{AiState, ServerEvent, Side},
    identity::NewIdentitySecret,
    ids::{ConversationId, MessageId, StoreId},
    message::{Message, Sender},
    settings::{Chat, SectionName, StoredSettings},
    widget_api::Config,
};
use futures::future::join_all;
use serde_json::json;
use services::Postgres;
use sqlx::Row;
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::watch;

/// Shoppers who write while things break.
const SHOPPERS: usize = 4;

/// Whether there is a PostgreSQL server to test on.
fn is_possible() -> bool {
    let given = std::env::var("SHOPDESK_TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty());
    if !given {
        eprintln!("not tested: several servers need PostgreSQL (SHOPDESK_TEST_DATABASE_URL)");
    }
    given
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_an_agent_and_the_job_meet_over_postgres() {
    if is_possible() {
        meet(None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_an_agent_and_the_job_meet_over_redis() {
    if is_possible() {
        meet(Some(Redis::start().await)).await;
    }
}

/// The shopper is on the first server, the agent on the second, and only the
/// third does jobs.
async fn meet(redis: Option<Redis>) {
    let more = arguments(redis.as_ref());
    let web_only = || [more.clone(), vec!["--no-worker".to_owned()]].concat();
    let all = [web_only(), web_only(), more.clone()];
    let cluster = Cluster::start(Home::new().await, all).await;
    let [mut first, mut second, _] =
        [0, 1, 2].map(|server| Servers::new(&cluster.addrs[server..=server], 0));
    let store = demo_store(&cluster).await;
    let shopper = Shopper::start(&mut first).await;
    let agent = Agent::sign_in(&mut second, store).await;
    let id = shopper.conversation;
    let mut visitor = shopper.socket(cluster.addrs[0], 0).await;
    let mut tab = shopper.socket(cluster.addrs[2], 0).await;
    let mut inbox = agent.socket(cluster.addrs[1], id).await;
    for socket in [&mut visitor, &mut tab, &mut inbox] {
        socket.ready().await;
    }

    shopper.send(&mut first, "Where is my order #1001?").await;
    let question = inbox.message().await;
    assert_eq!((question.seq, question.sender), (1, Sender::Customer));
    let is_thinking = |event| match event {
        ServerEvent::Ai(activity) => Some(activity.state),
        _ => None,
    };
    assert_eq!(visitor.until(is_thinking).await, AiState::Thinking);
    for socket in [&mut visitor, &mut tab, &mut inbox] {
        let answer = socket.message_from(Sender::Ai).await;
        assert_eq!(answer.seq, 2);
    }
    assert!(until_row(&mut inbox, 2).await.contains("#1001"));

    let typing = json!({"typing": {"conversation_id": id}});
    let typed = |event| match event {
        ServerEvent::Typing(typing) => Some((typing.by, typing.name.is_some())),
        _ => None,
    };
    visitor.send_json(&typing).await;
    assert_eq!(inbox.until(typed).await, (Side::Visitor, false));
    inbox.send_json(&typing).await;
    assert_eq!(visitor.until(typed).await, (Side::Agent, true));

    let sent = agent.reply(&mut second, id, "I'll look it up.").await;
    for socket in [&mut visitor, &mut tab] {
        let reply = socket.message().await;
        assert_eq!((reply.id, reply.seq), (sent.id, 3));
        assert_eq!(reply.agent_name, sent.agent_name);
    }
    let read = first
        .insist(|http, addr| {
            http.post(format!("http://{addr}/widget/v1/conversations/{id}/read"))
                .bearer_auth(&shopper.token)
                .json(&json!({"seq": 3}))
        })
        .await;
    assert_eq!(read.status, 204);
    let read_by_visitor = |event| match event {
        ServerEvent::Read(read) if read.by == Side::Visitor => Some(read.seq),
        _ => None,
    };
    assert_eq!(inbox.until(read_by_visitor).await, 3);

    agent
        .about(&mut second, "inbox/act", id, [("action", "resolve")])
        .await;
    let status = |event| match event {
        ServerEvent::Status(conversation) if conversation.last_seq == 4 => {
            Some(conversation.status)
        }
        _ => None,
    };
    assert_eq!(visitor.until(status).await, Status::Resolved);

    // The first server has the settings in its memory by now.
    let in_store = fields([("store", store.to_string().as_str())]);
    let loaded = agent.post(&mut second, "widget/settings", &in_store).await;
    let before: StoredSettings = loaded.json(200);
    let version = before.revision(SectionName::Chat).version;
    let chat = Chat {
        greeting: "Hello from another server".into(),
        ..before.settings.chat
    };
    let fields = [section_fields(chat, version), in_store].concat();
    let saved = agent.post(&mut second, "widget/save", &fields).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let changed = |event| (event == ServerEvent::ConfigChanged {}).then_some(());
    visitor.until(changed).await;
    let config = first
        .insist(|http, addr| http.get(format!("http://{addr}/widget/v1/stores/demo/config")))
        .await;
    let config: Config = config.json(200);
    assert_eq!(config.greeting, "Hello from another server");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_on_one_server_is_signed_out_on_all() {
    if !is_possible() {
        return;
    }
    let cluster = Cluster::start(Home::new().await, Default::default()).await;
    let mut all = [0, 1, 2].map(|server| Servers::new(&cluster.addrs[server..=server], 0));
    let store = demo_store(&cluster).await;
    let agent = Agent::sign_in(&mut all[0], store).await;
    let shopper = Shopper::start(&mut all[0]).await;
    let in_store = fields([("store", store.to_string().as_str())]);
    for server in &mut all {
        // From now on each of them remembers the session.
        let settings = agent.post(server, "widget/settings", &in_store).await;
        assert_eq!(settings.status, 200, "{}", settings.body);
    }
    let mut inbox = agent.socket(cluster.addrs[2], shopper.conversation).await;
    inbox.ready().await;

    let none: [(&str, &str); 0] = [];
    let signed_out = agent.post(&mut all[1], "account/sign-out", &none).await;
    assert!(signed_out.status < 400, "{}", signed_out.body);
    inbox.ended().await;
    // At the latest when what they remember is too old to be believed.
    for server in &mut all {
        within("the session's end", async {
            while agent
                .post(server, "widget/settings", &in_store)
                .await
                .status
                != 401
            {
                pass(1).await;
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_on_another_server_ends_when_its_shopper_proves_who_they_are() {
    if !is_possible() {
        return;
    }
    let cluster = Cluster::start(Home::new().await, Default::default()).await;
    let mut all = [0, 1].map(|server| Servers::new(&cluster.addrs[server..=server], 0));
    let store = demo_store(&cluster).await;
    let agent = Agent::sign_in(&mut all[0], store).await;
    let in_store = fields([("store", store.to_string().as_str())]);
    let made = agent
        .post(&mut all[0], "identity/make-secret", &in_store)
        .await;
    let made: NewIdentitySecret = made.json(200);
    let (shopper, other) = (
        Shopper::start(&mut all[0]).await,
        Shopper::start(&mut all[0]).await,
    );
    let mut socket = shopper.socket(cluster.addrs[2], 0).await;
    let mut others = other.socket(cluster.addrs[2], 0).await;
    for socket in [&mut socket, &mut others] {
        socket.ready().await;
    }
    let identity = json!({"token": token(&made.secret, json!({}))});
    let id = shopper.conversation;
    let proven = all[1]
        .insist(|http, addr| {
            http.post(format!(
                "http://{addr}/widget/v1/conversations/{id}/identify"
            ))
            .bearer_auth(&shopper.token)
            .json(&identity)
        })
        .await;
    assert_eq!(proven.status, 200, "{}", proven.body);
    socket.ended().await;
    others.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_on_one_server_is_refused_on_all() {
    if !is_possible() {
        return;
    }
    let cluster = Cluster::start(Home::new().await, Default::default()).await;
    let mut all = [0, 1, 2].map(|server| Servers::new(&cluster.addrs[server..=server], 0));
    let store = demo_store(&cluster).await.to_string();
    let agent = Agent::sign_in(&mut all[0], store.parse().expect("an id")).await;
    let new = fields([
        ("store", store.as_str()),
        ("new[name]", "Back office"),
        ("new[scopes][0]", "store:read"),
    ]);
    let made = agent.post(&mut all[0], "api-keys/create", &new).await;
    let made: CreatedApiKey = made.json(200);
    let call = async |addr| {
        let address = format!("http://{addr}/api/v1/store");
        let request = client().get(address).bearer_auth(&made.token);
        Reply::to(request).await.status
    };
    for addr in cluster.addrs {
        // From now on each of them remembers the key.
        assert_eq!(call(addr).await, 200);
    }

    let key = made.key.id.to_string();
    let form = fields([("store", store.as_str()), ("key", key.as_str())]);
    let revoked = agent.post(&mut all[1], "api-keys/revoke", &form).await;
    assert_eq!(revoked.status, 200, "{}", revoked.body);
    for addr in cluster.addrs {
        within("the key's end", async {
            while call(addr).await != 401 {
                pass(1).await;
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_not_to_be_tried_out_on_several_servers() {
    if !is_possible() {
        return;
    }
    let redis = Redis::start().await;
    let more = arguments(Some(&redis));
    let all = [more.clone(), more.clone(), more];
    let cluster = Cluster::start(Home::new().await, all).await;
    let guess = async |server: usize| {
        let mut server = Servers::new(&cluster.addrs[server..=server], 0);
        let nobody = Agent {
            cookie: String::new(),
            store: StoreId::generate(),
        };
        let form = [
            ("email", "owner@demo.shop"),
            ("password", "not the password"),
        ];
        nobody
            .post(&mut server, "account/sign-in", &form)
            .await
            .status
    };
    let mut guesses = 0;
    while guess(guesses % cluster::SERVERS).await != 429 {
        guesses += 1;
        // Counted by each server alone it would be ten on each.
        assert!(guesses < 20, "no limit is shared");
    }
    assert!(guesses >= 10, "refused after {guesses}");
}

/// The excerpt of the inbox's row once it has come to number `seq`.
async fn until_row(inbox: &mut Socket, seq: i64) -> String {
    let row = |event| match event {
        ServerEvent::Conversation(row) if row.last_seq >= seq => Some(row.last_excerpt),
        _ => None,
    };
    inbox.until(row).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_servers_and_postgres_go_and_come_back() {
    if !is_possible() {
        return;
    }
    let mut postgres = Postgres::start().await;
    let written = Written::begin(&postgres, None).await;
    let mut cluster = written.cluster;
    pass(2).await;
    cluster.kill(0);
    pass(1).await;
    cluster.start_again(0).await;
    pass(1).await;
    postgres.stop();
    pass(3).await;
    postgres.start_again().await;
    pass(2).await;
    cluster.kill(2);
    pass(2).await;
    cluster.start_again(2).await;
    pass(2).await;
    Written { cluster, ..written }.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_servers_and_redis_go_and_come_back() {
    if !is_possible() {
        return;
    }
    let postgres = Postgres::start().await;
    let mut redis = Redis::start().await;
    let written = Written::begin(&postgres, Some(&redis)).await;
    let mut cluster = written.cluster;
    pass(2).await;
    redis.stop();
    pass(6).await;
    cluster.kill(1);
    pass(2).await;
    cluster.start_again(1).await;
    pass(12).await;
    redis.start_again().await;
    pass(4).await;
    Written { cluster, ..written }.end().await;
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Both sides write, and follow what is written.
struct Written {
    cluster: Cluster,
    conversations: Vec<ConversationId>,
    stop: watch::Sender<bool>,
    end: watch::Sender<Option<BTreeMap<ConversationId, i64>>>,
    shoppers: Vec<tokio::task::JoinHandle<Confirmed>>,
    agent: tokio::task::JoinHandle<Vec<(ConversationId, Message)>>,
    following: Vec<tokio::task::JoinHandle<Followed>>,
}

impl Written {
    async fn begin(postgres: &Postgres, redis: Option<&Redis>) -> Self {
        let more = [arguments(redis), vec!["--no-rate-limits".to_owned()]].concat();
        let all = [more.clone(), more.clone(), more];
        let cluster = Cluster::start(Home::on(postgres.url()), all).await;
        let addrs = cluster.addrs;
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(None);
        let mut shoppers = Vec::new();
        for at in 0..SHOPPERS {
            let shopper = Shopper::start(&mut Servers::new(&addrs, at)).await;
            shoppers.push(shopper);
        }
        let conversations: Vec<_> = shoppers
            .iter()
            .map(|shopper| shopper.conversation)
            .collect();
        let agent = Agent::sign_in(&mut Servers::new(&addrs, 1), demo_store(&cluster).await).await;
        let mut following = Vec::new();
        for (at, shopper) in shoppers.iter().enumerate() {
            // Not where they write.
            let servers = Servers::new(&addrs, at + 1);
            following.push(tokio::spawn(shopper.clone().follow(servers, ended.clone())));
        }
        for at in 0..cluster::SERVERS {
            let servers = Servers::new(&addrs, at);
            following.push(tokio::spawn(agent.clone().follow(
                servers,
                conversations.clone(),
                ended.clone(),
            )));
        }
        let shoppers = shoppers
            .into_iter()
            .enumerate()
            .map(|(at, shopper)| {
                tokio::spawn(shopper.write(Servers::new(&addrs, at), stopped.clone()))
            })
            .collect();
        let agent =
            tokio::spawn(agent.write(Servers::new(&addrs, 2), conversations.clone(), stopped));
        Self {
            cluster,
            conversations,
            stop,
            end,
            shoppers,
            agent,
            following,
        }
    }

    /// What was confirmed stands in its place, once, and everybody has seen all.
    async fn end(self) {
        self.stop.send_replace(true);
        let mut confirmed: BTreeMap<(ConversationId, i64), (MessageId, String)> = BTreeMap::new();
        let shoppers = within("the shoppers", join_all(self.shoppers)).await;
        for (id, shopper) in self.conversations.iter().zip(shoppers) {
            for (message, (seq, body)) in shopper.expect("a shopper") {
                confirmed.insert((*id, seq), (message, body));
            }
        }
        let replies = within("the agent", self.agent).await.expect("the agent");
        for (id, message) in replies {
            confirmed.insert((id, message.seq), (message.id, message.body));
        }

        let mut stored = BTreeMap::new();
        let mut ends = BTreeMap::new();
        let mut database = self.cluster.home().connect().await;
        for id in &self.conversations {
            let rows = sqlx::query(
                "SELECT id, seq, body FROM messages WHERE conversation_id = $1 ORDER BY seq",
            )
            .bind(id.to_string())
            .fetch_all(&mut database)
            .await
            .expect("messages");
            for (row, expected) in rows.iter().zip(1_i64..) {
                let seq = row.get::<i64, _>("seq");
                assert_eq!(seq, expected, "a gap or a repeat in {id}");
                let message: MessageId = row.get::<String, _>("id").parse().expect("an id");
                stored.insert((*id, seq), (message, row.get::<String, _>("body")));
                ends.insert(*id, seq);
            }
        }
        for (place, message) in &confirmed {
            assert_eq!(stored.get(place), Some(message), "confirmed at {place:?}");
        }
        let texts = |messages: &BTreeMap<_, (MessageId, String)>| {
            let ours =
                |body: &&String| body.starts_with("My message") || body.starts_with("Our reply");
            messages.values().map(|(_, body)| body).filter(ours).count()
        };
        assert_eq!(
            texts(&stored),
            texts(&confirmed),
            "nothing is stored that nobody was told of"
        );

        self.end.send_replace(Some(ends));
        let following = within("everybody to see everything", join_all(self.following)).await;
        let mut connections = Vec::new();
        for followed in following {
            let followed = followed.expect("a follower");
            connections.push(followed.connections);
            for (place, message) in followed.seen {
                // A message that came later than the look into the database is left out.
                if let (Some((stored, _)), Some(message)) = (stored.get(&place), message) {
                    assert_eq!(message, *stored, "seen at {place:?}");
                }
            }
        }
        eprintln!(
            "{} messages, {} confirmed; connections: {connections:?}",
            stored.len(),
            confirmed.len()
        );
        assert!(
            confirmed.len() > 50,
            "too little happened to prove anything"
        );
    }
}

fn arguments(redis: Option<&Redis>) -> Vec<String> {
    match redis {
        Some(redis) => vec!["--redis-url".to_owned(), redis.url()],
        None => Vec::new(),
    }
}

async fn demo_store(cluster: &Cluster) -> StoreId {
    let row = sqlx::query("SELECT id FROM stores WHERE public_key = 'demo'")
        .fetch_one(&mut cluster.home().connect().await)
        .await
        .expect("the demo store");
    row.get::<String, _>("id").parse().expect("an id")
}
