//! Jobs that are written as running and handed over in memory.

use super::*;
use crate::{error::Error, jobs::worker::Worker};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Stands in for a worker: what is handed over is received here.
async fn open(shop: &Shop) -> UnboundedReceiver<Held> {
    let (worker, handed_over) = unbounded_channel();
    shop.test.ctx.jobs().open(worker).expect("random bytes");
    // The first look finds that nothing waits.
    assert!(shop.claim().await.is_empty());
    handed_over
}

#[tokio::test]
async fn a_job_is_born_claimed_where_there_is_a_place() {
    let shop = Shop::new().await;
    let mut handed_over = open(&shop).await;
    let id = shop.enqueue([Probe::new("a", 1)]).await[0];
    let row = shop.row(id).await.expect("a row");
    assert_eq!((row.state, row.attempts), (State::Running, 1));
    let held = handed_over.try_recv().expect("a job");
    assert_eq!(held.claimed.id, id);
    shop.run(&held.claimed).await.expect("an end");
    assert_eq!(shop.unfinished().await, 0);
}

#[tokio::test]
async fn without_a_worker_no_job_is_born_claimed() {
    let shop = Shop::new().await;
    let id = shop.enqueue([Probe::new("a", 1)]).await[0];
    assert_eq!(shop.row(id).await.expect("a row").state, State::Ready);
}

#[tokio::test]
async fn the_next_of_a_lane_waits_for_one_that_was_born_claimed() {
    let shop = Shop::new().await;
    let mut handed_over = open(&shop).await;
    let first = shop.enqueue([Probe::new("a", 1)]).await[0];
    let second = shop.enqueue([Probe::new("a", 2)]).await[0];
    assert_eq!(shop.row(second).await.expect("a row").state, State::Queued);
    let held = handed_over.try_recv().expect("a job");
    assert_eq!(held.claimed.id, first);
    assert!(handed_over.try_recv().is_err());
    shop.run(&held.claimed).await.expect("an end");
    drop(held);
    // The second one is to be claimed, so the third can't be before it.
    let third = shop.enqueue([Probe::new("a", 3)]).await[0];
    assert_eq!(shop.row(third).await.expect("a row").state, State::Queued);
    assert_eq!(shop.run_all().await, [second, third]);
    assert_eq!(shop.signatures().await, ["a 1", "a 2", "a 3"]);
}

#[tokio::test]
async fn who_waits_comes_before_who_is_born() {
    let shop = Shop::new().await;
    let waiting = shop.enqueue([Probe::new("a", 1)]).await[0];
    let (worker, mut handed_over) = unbounded_channel();
    shop.test.ctx.jobs().open(worker).expect("random bytes");
    shop.enqueue([Probe::new("b", 1)]).await;
    assert!(handed_over.try_recv().is_err());
    assert_eq!(shop.claim_up_to(1, 0).await[0].claimed.id, waiting);
}

#[tokio::test]
async fn a_place_is_free_again_if_the_write_fails() {
    let shop = Shop::new().await;
    let mut handed_over = open(&shop).await;
    let job = prepare(shop.member.store_id, Probe::new("a", 1)).expect("a job");
    let failed = shop.test.ctx.db().write(move |tx| {
        Box::pin(async move {
            enqueue(tx, vec![job]).await?;
            Err::<(), _>(Error::Internal("changed its mind".to_owned()))
        })
    });
    assert!(failed.await.is_err());
    assert!(handed_over.try_recv().is_err());
    let id = shop.enqueue([Probe::new("a", 1)]).await[0];
    assert_eq!(handed_over.try_recv().expect("a job").claimed.id, id);
}

#[tokio::test]
async fn a_job_that_was_never_begun_is_claimed_after_its_lease() {
    let shop = Shop::new().await;
    let mut handed_over = open(&shop).await;
    let id = shop.enqueue([Probe::new("a", 1)]).await[0];
    // The process ends here.
    let lost = handed_over.try_recv().expect("a job");
    let lease_end = shop.row(id).await.expect("a row").lease_until;
    assert!(shop.claim_at(lease_end).await.is_empty());
    let again = shop.claim_at(lease_end + 1).await.remove(0);
    assert_eq!((again.id, again.attempts), (id, 2));
    shop.run(&again).await.expect("an end");
    assert!(shop.run(&lost.claimed).await.is_err());
    assert_eq!(shop.signatures().await, ["a 1"]);
}

#[tokio::test]
async fn no_more_are_born_claimed_than_there_are_places() {
    let shop = Shop::new().await;
    let mut handed_over = open(&shop).await;
    let many = Probe::POLICY.concurrency + 3;
    for number in 0..many {
        shop.enqueue([Probe::new(&format!("lane {number}"), 1)])
            .await;
    }
    let mut held = Vec::new();
    while let Ok(one) = handed_over.try_recv() {
        held.push(one);
    }
    assert_eq!(held.len(), Probe::POLICY.concurrency);
    assert!(shop.claim().await.is_empty(), "no place is free");
    drop(held);
    assert_eq!(shop.claim().await.len(), 3);
}

#[tokio::test]
async fn a_worker_that_stops_finishes_what_is_handed_over() {
    let shop = Shop::new().await;
    let worker = Worker::start(shop.test.ctx.clone());
    for number in 0..50 {
        shop.enqueue([Probe::new(&format!("lane {}", number % 7), number)])
            .await;
    }
    worker.stop().await;
    let unbegun = "SELECT COUNT(*) AS n FROM jobs WHERE state = 'running'";
    assert_eq!(shop.count(unbegun).await, 0);
    shop.run_all().await;
    assert_eq!(shop.signatures().await.len(), 50);
}
