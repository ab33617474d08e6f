//! Writes that don't see each other's rows, and ends that meet them.

use super::*;
use crate::{
    access::Actor,
    conversations::{
        append::{append, append_and_finish},
        change::{Change, Entry},
    },
    db::{Kind, Tx},
    dialect,
    error::{Conflict, Error},
    jobs,
};
use domain::{
    message::{AiTrace, AnswerKind, MessageKind},
    widget_api::NewMessage,
};
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::{
    sync::{Semaphore, oneshot},
    task::JoinHandle,
};

type Work = Box<dyn for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<()>> + Send>;

/// Does `work` in a transaction that stays open until the gate lets it go on.
async fn hold(shop: &Shop, work: Work) -> (JoinHandle<Result<()>>, Arc<Semaphore>) {
    let db = shop.test.ctx.db().clone();
    let (entered, is_inside) = oneshot::channel();
    let gate = Arc::new(Semaphore::new(0));
    let closed = Arc::clone(&gate);
    let held = tokio::spawn(async move {
        db.write(move |tx| {
            Box::pin(async move {
                work(tx).await?;
                entered.send(()).expect("somebody who waits");
                closed.acquire().await.expect("a gate").forget();
                Ok(())
            })
        })
        .await
    });
    is_inside.await.expect("a write that has begun");
    (held, gate)
}

/// Ends a job in the one query that the AI ends its jobs in; `false` if it was
/// passed over.
async fn finish_at_once(shop: &Shop, claimed: &Claimed, of: ConversationId) -> bool {
    let values = vec![
        claimed.store_id.to_string().into(),
        of.to_string().into(),
        claimed.id.to_string().into(),
        claimed.lease.as_str().into(),
        claimed.lane.as_str().into(),
        None::<String>.into(),
        0.into(),
    ];
    let ended = shop
        .test
        .ctx
        .db()
        .write_query(&dialect::FINISH, values, |rows, _| Ok(!rows?.is_empty()));
    ended.await.expect("a database")
}

#[tokio::test]
async fn a_job_whose_predecessor_can_not_be_seen_yet_is_not_forgotten() {
    let shop = Shop::new().await;
    let (_, thread) = shop.conversation().await;
    let store_id = shop.member.store_id;
    let first = shop.enqueue([Probe::new("a", 1)]).await[0];
    let running = shop.claim().await.remove(0);
    assert_eq!(running.id, first);

    let second = prepare(store_id, Probe::new("a", 2)).expect("a job");
    let second_id = second.id();
    let write: Work = Box::new(|tx| Box::pin(async move { enqueue(tx, vec![second]).await }));
    let (held, gate) = hold(&shop, write).await;
    // It begins to read before the second one is committed.
    let third = prepare(store_id, Probe::new("a", 3)).expect("a job");
    let third_id = third.id();
    let db = shop.test.ctx.db().clone();
    let writing = tokio::spawn(async move {
        db.write(|tx| Box::pin(async move { enqueue(tx, vec![third]).await }))
            .await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    gate.add_permits(1);
    held.await.expect("a task").expect("a write");
    writing.await.expect("a task").expect("a write");

    let states = [second_id, third_id].map(|id| shop.row(id));
    let [second, third] = futures::future::join_all(states)
        .await
        .try_into()
        .expect("two");
    assert_eq!(second.expect("a row").state, State::Queued);
    let expected = match shop.test.ctx.db().kind() {
        Kind::Sqlite => State::Queued,
        Kind::Postgres => State::Ready,
    };
    assert_eq!(third.expect("a row").state, expected);

    let mut done = Vec::new();
    let mut claimed = running;
    while finish_at_once(&shop, &claimed, thread).await {
        done.push(claimed.id);
        match shop.claim().await.pop() {
            Some(next) => claimed = next,
            None => break,
        }
    }
    assert_eq!(done, [first, second_id, third_id]);
    assert_eq!(shop.unfinished().await, 0);
}

#[tokio::test]
async fn a_job_is_not_ended_at_once_while_somebody_writes_behind_it() {
    let shop = Shop::new().await;
    let (_, thread) = shop.conversation().await;
    let store_id = shop.member.store_id;
    shop.enqueue([Probe::new("a", 1)]).await;
    let running = shop.claim().await.remove(0);
    if shop.test.ctx.db().kind() == Kind::Sqlite {
        // One writer: nobody writes meanwhile.
        assert!(finish_at_once(&shop, &running, thread).await);
        return;
    }
    let second = prepare(store_id, Probe::new("a", 2)).expect("a job");
    let write: Work = Box::new(|tx| Box::pin(async move { enqueue(tx, vec![second]).await }));
    let (held, gate) = hold(&shop, write).await;
    assert!(
        !finish_at_once(&shop, &running, thread).await,
        "passed over"
    );
    gate.add_permits(1);
    held.await.expect("a task").expect("a write");
    assert!(finish_at_once(&shop, &running, thread).await);
    assert_eq!(shop.claim().await.len(), 1, "the second one may begin");
}

#[tokio::test]
async fn a_job_waits_while_a_younger_one_of_its_lane_runs() {
    let shop = Shop::new().await;
    let ids = shop.enqueue([Probe::new("a", 1), Probe::new("a", 2)]).await;
    // As if the second one's write had not seen the first.
    shop.execute("UPDATE jobs SET state = 'running', lease = 'l', lease_until = 9000000000000000 WHERE state = 'queued'")
        .await;
    let claimed = shop.claim().await;
    match shop.test.ctx.db().kind() {
        // One writer sees all.
        Kind::Sqlite => assert_eq!(claimed.len(), 1),
        Kind::Postgres => {
            assert!(claimed.is_empty());
            shop.execute("DELETE FROM jobs WHERE state = 'running'")
                .await;
            assert_eq!(super::ids(&shop.claim().await), ids[..1]);
        }
    }
}

#[tokio::test]
async fn an_answer_waits_for_whoever_holds_its_conversation() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    let claimed = shop.claim().await.remove(0);
    let (store_id, id) = (shop.member.store_id, thread.1);
    let touch: Work = Box::new(move |tx| {
        Box::pin(async move { conversations::queries::hold(tx, store_id, id).await })
    });
    let (held, gate) = hold(&shop, touch).await;
    let work = registry::work(&claimed).expect("a job");
    let (ctx, answered) = (shop.test.ctx.clone(), claimed.clone());
    let running = tokio::spawn(async move { work.run(&ctx, &answered).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(shop.answers(id).await.is_empty());
    gate.add_permits(1);
    held.await.expect("a task").expect("a write");
    running.await.expect("a task").expect("an answer");
    let answers = shop.answers(id).await;
    let answers: Vec<_> = answers.iter().map(|answer| answer.id.uuid()).collect();
    assert_eq!(answers, [claimed.id.uuid()]);
    assert_eq!(shop.unfinished().await, 0);
}

/// Adds an answer of the epoch to the thread, as the job would.
async fn answer(shop: &Shop, claimed: &Claimed, id: ConversationId, epoch: i64) -> Result<()> {
    let entry = Entry::ai(
        claimed.id.uuid().into(),
        "The answer".to_owned(),
        AnswerKind::Faq,
        AiTrace {
            model: "rule".to_owned(),
            sources: Vec::new(),
            orders: Vec::new(),
            tokens: None,
            latency_ms: 0,
            fallback: None,
        },
    );
    let change = Change::ai_reply(epoch, false);
    let (ctx, now) = (&shop.test.ctx, shop.test.ctx.now());
    append_and_finish((ctx.db(), ctx.jobs()), claimed, id, entry, change, now).await
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_dropped_with_its_job_and_takes_no_number() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    let claimed = shop.claim().await.remove(0);
    answer(&shop, &claimed, thread.1, 7).await.expect("an end");
    assert!(shop.answers(thread.1).await.is_empty());
    assert_eq!(shop.unfinished().await, 0);
    shop.ask(&thread).await;
    let stored = conversations::messages_after(&shop.test.ctx, &shop.member, thread.1, 0, 9).await;
    let (messages, last) = stored.expect("messages");
    let seqs: Vec<_> = messages.iter().map(|message| message.seq).collect();
    assert_eq!((seqs, last), (vec![1, 2], 2));
}

#[tokio::test]
async fn an_answer_that_is_dropped_step_by_step_takes_no_number_either() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    let claimed = shop.claim().await.remove(0);
    let (store_id, id, now) = (shop.member.store_id, thread.1, shop.test.ctx.now());
    let refused = shop
        .write(move |tx| {
            Box::pin(async move {
                let entry = Entry::team_event(MessageKind::AiFailed, Actor::Ai);
                let change = Change::ai_reply(7, false);
                let added = append(tx, store_id, id, entry, change, now).await;
                jobs::finish(tx, &claimed).await?;
                Ok(added.err())
            })
        })
        .await;
    let too_late = Error::Conflict(Conflict::EpochChanged).to_string();
    assert_eq!(refused.map(|error| error.to_string()), Some(too_late));
    assert_eq!(shop.unfinished().await, 0);
    let stored = conversations::messages_after(&shop.test.ctx, &shop.member, id, 0, 9).await;
    assert_eq!(stored.expect("messages").1, 1);
}

#[tokio::test]
async fn an_answer_whose_id_is_taken_is_not_dropped_in_silence() {
    let shop = Shop::new().await;
    let (thread, other) = (shop.conversation().await, shop.conversation().await);
    shop.ask(&thread).await;
    let claimed = shop.claim().await.remove(0);
    let ctx = &shop.test.ctx;
    let client = ctx.limits().client("192.0.2.1");
    let taken = NewMessage::text(claimed.id.uuid().into(), "Mine");
    conversations::send(ctx, &other.0, other.1, taken, client)
        .await
        .expect("a message");
    let answered = answer(&shop, &claimed, thread.1, 0).await;
    assert!(answered.is_err(), "{answered:?}");
    assert!(shop.answers(thread.1).await.is_empty());
    let row = shop.row(claimed.id).await.expect("the job");
    assert_eq!(row.state, State::Running, "it is still to be done");
}
