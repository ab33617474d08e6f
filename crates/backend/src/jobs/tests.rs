use super::{kinds::ai_reply, queries, worker};
use crate::{
    access,
    auth::{self, SignUp},
    conversations,
    error::{Conflict, Error, Result},
    faq,
    jobs::{self, Claimed, Job, worker::Worker},
    settings, stores,
    testing::TestCtx,
    visitors,
};
use domain::{
    UnixMillis,
    faq::{FaqDraft, FaqItemState},
    ids::{ConversationId, FaqItemId, JobId, MessageId},
    message::{Message, Sender},
    settings::Chat,
    widget_api::{NewMessage, StartConversation},
};
use sqlx::Row;
use std::{collections::BTreeSet, time::Duration};

const MINUTE: UnixMillis = 60_000;

/// A shop whose customers' messages enqueue jobs that nobody works on yet.
struct Shop {
    test: TestCtx,
    member: access::Principal,
    public: stores::PublicStore,
}

impl Shop {
    async fn new() -> Self {
        let test = TestCtx::with(|config| {
            config.embedding_model_dir = None;
            config.rate_limits = false;
        })
        .await
        .expect("a database");
        let ctx = &test.ctx;
        let form = SignUp {
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            password: "correct horse battery".to_owned(),
            store_name: "Lamps".to_owned(),
        };
        let session = auth::sign_up_first_owner(ctx, form)
            .await
            .expect("an owner");
        let user = auth::user_of_session(ctx, &session.token)
            .await
            .expect("a database");
        let user = user.expect("a session");
        let account = stores::account(ctx, &user).await.expect("an account");
        let member = stores::member(ctx, &user, account.stores[0].id)
            .await
            .expect("a member");
        let chat = Chat {
            enabled: true,
            ..Chat::default()
        };
        settings::save(ctx, &member, chat, 0)
            .await
            .expect("settings");
        let overview = stores::overview(ctx, &member).await.expect("a store");
        let public = stores::by_public_key(ctx, &overview.public_key)
            .await
            .expect("a store");
        Self {
            test,
            member,
            public,
        }
    }

    /// A new conversation of a new visitor.
    async fn conversation(&self) -> (visitors::Session, ConversationId) {
        let request = StartConversation {
            id: ConversationId::generate(),
            visitor: Default::default(),
            page: Default::default(),
            message: None,
        };
        let ctx = &self.test.ctx;
        let client = ctx.limits().client("192.0.2.1");
        let (started, _) = conversations::start(ctx, &self.public, None, request, client)
            .await
            .expect("a start");
        let session = visitors::session(ctx, &started.token, None)
            .await
            .expect("a session");
        (session, started.conversation.id)
    }

    /// A question that the AI always answers, and its message's id.
    async fn ask(&self, (session, id): &(visitors::Session, ConversationId)) -> MessageId {
        let message = NewMessage {
            id: MessageId::generate(),
            body: "Where is my order?".to_owned(),
        };
        let ctx = &self.test.ctx;
        let client = ctx.limits().client("192.0.2.1");
        let (stored, _) = conversations::send(ctx, session, *id, message, client)
            .await
            .expect("a message");
        stored.id
    }

    async fn claim(&self, lease: &str, now: UnixMillis) -> Vec<Claimed> {
        self.claim_up_to(10, lease, now).await
    }

    async fn claim_up_to(&self, limit: i64, lease: &str, now: UnixMillis) -> Vec<Claimed> {
        let lease = lease.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                queries::claim(tx.connection, now, &lease, now + MINUTE, limit).await
            })
        })
        .await
    }

    /// Runs what is due, as a worker would.
    async fn run_due(&self, now: UnixMillis) -> usize {
        let claimed = self.claim("worker", now).await;
        let number = claimed.len();
        for job in claimed {
            worker::run(&self.test.ctx, job).await;
        }
        number
    }

    async fn run_ai(&self, claimed: &Claimed) -> Result<()> {
        match claimed.job {
            Job::AiReply {
                conversation_id,
                message_id,
                client,
            } => ai_reply::run(&self.test.ctx, claimed, conversation_id, message_id, client).await,
            Job::EmbedFaq { .. } => panic!("no FAQ was written"),
        }
    }

    async fn execute(&self, sql: &'static str) {
        self.write(move |tx| {
            Box::pin(async move {
                sqlx::query(sql).execute(&mut *tx.connection).await?;
                Ok(())
            })
        })
        .await;
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl for<'t, 'c> FnOnce(
            &'t mut crate::db::Tx<'c>,
        ) -> futures::future::BoxFuture<'t, Result<T>>
        + Send
        + 'static,
    ) -> T {
        self.test.ctx.db().write(work).await.expect("a write")
    }

    /// State, attempts, due time and last error of a job.
    async fn row(&self, id: JobId) -> (String, i64, UnixMillis, Option<String>) {
        let mut connection = self.test.ctx.db().read().await.expect("a connection");
        let row = sqlx::query("SELECT state, attempts, run_at, last_error FROM jobs WHERE id = $1")
            .bind(id.to_string())
            .fetch_one(&mut *connection)
            .await
            .expect("a job");
        (
            row.get("state"),
            row.get("attempts"),
            row.get("run_at"),
            row.get("last_error"),
        )
    }

    async fn unfinished(&self) -> i64 {
        let mut connection = self.test.ctx.db().read().await.expect("a connection");
        let row = sqlx::query("SELECT COUNT(*) AS n FROM jobs WHERE state <> 'done'")
            .fetch_one(&mut *connection)
            .await
            .expect("a count");
        row.get("n")
    }

    async fn answers(&self, id: ConversationId) -> Vec<Message> {
        let (messages, _) = conversations::messages_after(&self.test.ctx, &self.member, id, 0, 200)
            .await
            .expect("messages");
        messages
            .into_iter()
            .filter(|message| message.sender == Sender::Ai)
            .collect()
    }
}

/// About whose message each job is.
fn messages_of(claimed: &[Claimed]) -> Vec<MessageId> {
    let mut ids: Vec<_> = claimed
        .iter()
        .map(|claimed| match claimed.job {
            Job::AiReply { message_id, .. } => message_id,
            Job::EmbedFaq { .. } => panic!("no FAQ was written"),
        })
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_over_and_takes_effect_once() {
    let shop = Shop::new().await;
    for slow_one_comes_first in [true, false] {
        let thread = shop.conversation().await;
        shop.ask(&thread).await;
        let now = shop.test.ctx.now();
        let first = shop.claim("first", now).await.remove(0);
        assert!(
            shop.claim("second", now + MINUTE).await.is_empty(),
            "the lease holds"
        );
        let second = shop.claim("second", now + MINUTE + 1).await.remove(0);
        assert_eq!((second.id, second.attempts), (first.id, 2));
        assert!(shop.claim("third", now + MINUTE + 1).await.is_empty());

        // The first was only slow, and goes on without knowing.
        if slow_one_comes_first {
            assert!(shop.run_ai(&first).await.is_err());
            assert!(shop.answers(thread.1).await.is_empty());
            shop.run_ai(&second).await.expect("the holder of the lease");
        } else {
            shop.run_ai(&second).await.expect("the holder of the lease");
            assert!(shop.run_ai(&first).await.is_err());
        }
        let answers = shop.answers(thread.1).await;
        assert_eq!(
            answers
                .iter()
                .map(|answer| answer.id.uuid())
                .collect::<Vec<_>>(),
            [first.id.uuid()]
        );
        assert_eq!(shop.row(first.id).await.0, "done");
        // Its failure changes nothing either.
        worker::run(&shop.test.ctx, first.clone()).await;
        assert_eq!(shop.row(first.id).await.0, "done");
        assert_eq!(shop.answers(thread.1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_later_and_given_up_in_the_end() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    let next = shop.ask(&thread).await;
    let settings = "UPDATE store_settings SET json = '{\"enabled\":true}'";
    shop.execute("UPDATE store_settings SET json = 'not what it should be'")
        .await;

    let mut now = shop.test.ctx.now();
    let mut pauses = Vec::new();
    let id = loop {
        let claimed = shop.claim("worker", now).await.remove(0);
        let (id, attempts, begun) = (claimed.id, claimed.attempts, shop.test.ctx.now());
        worker::run(&shop.test.ctx, claimed).await;
        let (state, counted, run_at, error) = shop.row(id).await;
        assert_eq!(counted, attempts);
        assert!(error.is_some_and(|error| error.contains("settings")));
        if state == "dead" {
            break id;
        }
        assert_eq!(state, "ready");
        assert!(
            shop.claim("worker", run_at - 1).await.is_empty(),
            "neither it nor the one behind it"
        );
        pauses.push(run_at - begun);
        now = run_at;
    };
    assert_eq!(pauses.len(), 5);
    assert!(pauses.windows(2).all(|two| two[0] < two[1]), "{pauses:?}");
    assert_eq!(shop.row(id).await.1, 6);
    {
        let mut connection = shop.test.ctx.db().read().await.expect("a connection");
        let dead = queries::count_dead(&mut connection, shop.member.store_id).await;
        assert_eq!(dead.expect("a count"), 1);
    }

    // What is given up holds up nobody.
    shop.execute(settings).await;
    let claimed = shop.claim("worker", now).await;
    assert_eq!(messages_of(&claimed), [next]);
    shop.run_ai(&claimed[0]).await.expect("an answer");
    assert_eq!(shop.answers(thread.1).await.len(), 1);
}

#[tokio::test]
async fn jobs_of_one_conversation_run_in_order_and_others_beside_them() {
    let shop = Shop::new().await;
    let (one, two) = (shop.conversation().await, shop.conversation().await);
    let first = [shop.ask(&one).await, shop.ask(&two).await];
    let second = [shop.ask(&one).await, shop.ask(&two).await];
    let third = shop.ask(&one).await;

    let now = shop.test.ctx.now();
    let claimed = shop.claim("a", now).await;
    assert_eq!(messages_of(&claimed), first);
    assert!(shop.claim("b", now).await.is_empty(), "the next ones wait");
    for job in &claimed {
        shop.run_ai(job).await.expect("an answer");
    }
    let claimed = shop.claim("b", now).await;
    assert_eq!(messages_of(&claimed), second);
    for job in &claimed {
        shop.run_ai(job).await.expect("an answer");
    }
    assert_eq!(messages_of(&shop.claim("a", now).await), [third]);
}

#[tokio::test]
async fn a_job_of_another_version_is_put_away_and_holds_up_nobody() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    shop.execute("UPDATE jobs SET payload = '{\"kind\":\"dance\"}'")
        .await;
    shop.ask(&thread).await;
    let now = shop.test.ctx.now();
    assert!(shop.claim("worker", now).await.is_empty());
    assert_eq!(shop.run_due(now).await, 1);
    assert_eq!(shop.answers(thread.1).await.len(), 1);
    assert_eq!(shop.unfinished().await, 1, "the dead letter");
}

#[tokio::test]
async fn workers_that_compete_answer_each_question_once_and_in_order() {
    let shop = Shop::new().await;
    let workers: Vec<_> = (0..3)
        .map(|_| Worker::start(shop.test.ctx.clone()))
        .collect();
    let mut threads = Vec::new();
    for _ in 0..5 {
        threads.push(shop.conversation().await);
    }
    for _ in 0..8 {
        for thread in &threads {
            shop.ask(thread).await;
        }
    }
    drained(&shop).await;
    for (_, id) in &threads {
        let ids: Vec<_> = shop
            .answers(*id)
            .await
            .iter()
            .map(|answer| answer.id)
            .collect();
        assert_eq!(ids.len(), 8);
        // They are the jobs' ids, and these sort by time.
        assert!(ids.is_sorted());
    }
    for worker in workers {
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_restarted_server_goes_on_at_once_with_what_was_interrupted() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    let interrupted = shop.claim("died", shop.test.ctx.now()).await.remove(0);
    if shop.test.ctx.db().kind() == crate::db::Kind::Postgres {
        // Another server may be working on it: its lease must run out.
        shop.execute("UPDATE jobs SET lease_until = 0").await;
    }
    let worker = Worker::start(shop.test.ctx.clone());
    drained(&shop).await;
    worker.stop().await;
    assert_eq!(shop.row(interrupted.id).await.1, 2);
    assert_eq!(shop.answers(thread.1).await.len(), 1);
    assert!(matches!(
        shop.run_ai(&interrupted).await,
        Err(Error::Conflict(Conflict::IdTaken))
    ));
}

async fn drained(shop: &Shop) {
    while shop.unfinished().await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_flood_holds_up_nobody_else() {
    let shop = Shop::new().await;
    for _ in 0..12 {
        let thread = shop.conversation().await;
        shop.ask(&thread).await;
    }
    let ctx = &shop.test.ctx;
    let now = ctx.now();
    // As many as there are places.
    assert_eq!(shop.claim("worker", now).await.len(), 10);
    // Later than all of them: another kind of work, and another store's.
    let other = stores::create(ctx, shop.member.user().expect("a person"), "Shades")
        .await
        .expect("a store");
    let mut waiting = BTreeSet::from([shop.member.store_id, other.id]);
    for store_id in waiting.clone() {
        shop.write(move |tx| {
            Box::pin(async move {
                let job = Job::EmbedFaq {
                    item_id: FaqItemId::generate(),
                    revision: 1,
                };
                jobs::enqueue(tx, store_id, &job, now).await
            })
        })
        .await;
    }
    // A place gets free, and another.
    for _ in 0..2 {
        let claimed = shop.claim_up_to(1, "worker", now).await.remove(0);
        assert!(matches!(claimed.job, Job::EmbedFaq { .. }));
        assert!(waiting.remove(&claimed.store_id));
    }
}

#[tokio::test]
async fn an_item_whose_indexing_kills_the_process_says_that_it_failed() {
    let shop = Shop::new().await;
    let (ctx, member) = (&shop.test.ctx, &shop.member);
    let category = faq::create_category(ctx, member, "Returns")
        .await
        .expect("a category");
    let draft = FaqDraft {
        category_id: category.id,
        question: "How do I return an item?".to_owned(),
        answer: "Print the label.".to_owned(),
    };
    let item = faq::add_item(ctx, member, draft).await.expect("an item");
    assert_eq!(shop.claim("died", ctx.now()).await.len(), 1);
    shop.execute("UPDATE jobs SET attempts = 6, lease_until = 0")
        .await;
    let worker = Worker::start(ctx.clone());
    let state = loop {
        let categories = faq::list(ctx, member).await.expect("the FAQ");
        let state = categories[0].items[0].state;
        if state != FaqItemState::Indexing {
            break state;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    worker.stop().await;
    assert_eq!(state, FaqItemState::Failed);
    // Trying again is a new job.
    faq::retry_item(ctx, member, item.id)
        .await
        .expect("a retry");
    assert_eq!(shop.claim("worker", ctx.now()).await.len(), 1);
}
