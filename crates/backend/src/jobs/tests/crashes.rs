//! Workers that die, hang or fail.

use super::*;
use crate::{
    error::{Conflict, Error},
    faq,
    jobs::worker::Worker,
};
use domain::{
    faq::{FaqDraft, FaqItemState},
    ids::{FaqCategoryId, FaqItemId},
    job::Failure,
};
use probe::{Deed, Restless};

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_over_and_takes_effect_once() {
    let shop = Shop::new().await;
    for slow_one_comes_first in [true, false] {
        let thread = shop.conversation().await;
        shop.ask(&thread).await;
        let first = shop.claim().await.remove(0);
        let lease_end = shop.row(first.id).await.expect("a row").lease_until;
        assert!(shop.claim_at(lease_end).await.is_empty(), "the lease holds");
        let second = shop.claim_at(lease_end + 1).await.remove(0);
        assert_eq!((second.id, second.attempts), (first.id, 2));
        assert!(shop.claim_at(lease_end + 1).await.is_empty());

        // The first was only slow, and goes on without knowing.
        if slow_one_comes_first {
            assert!(shop.run(&first).await.is_err());
            assert!(shop.answers(thread.1).await.is_empty());
            shop.run(&second).await.expect("the holder of the lease");
        } else {
            shop.run(&second).await.expect("the holder of the lease");
            assert!(shop.run(&first).await.is_err());
        }
        let answers = shop.answers(thread.1).await;
        let answers: Vec<_> = answers.iter().map(|answer| answer.id.uuid()).collect();
        assert_eq!(answers, [first.id.uuid()]);
        assert!(shop.row(first.id).await.is_none());
        // Its failure changes nothing either.
        worker::run(&shop.test.ctx, first.clone()).await;
        assert!(shop.row(first.id).await.is_none());
        assert_eq!(shop.answers(thread.1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_later_and_given_up_in_the_end() {
    let shop = Shop::new().await;
    let mut bad = Probe::new("a", 1);
    bad.deed = Deed::Fail;
    shop.enqueue([bad, Probe::new("a", 2)]).await;
    let mut now = 0;
    let mut pauses = Vec::new();
    let id = loop {
        let claimed = shop.claim_at(now).await.remove(0);
        let (id, attempts) = (claimed.id, claimed.attempts);
        let begun = shop.test.ctx.now();
        worker::run(&shop.test.ctx, claimed).await;
        let row = shop.row(id).await.expect("a row");
        assert_eq!(row.attempts, attempts);
        assert!(row.error.is_some_and(|error| error.contains("told")));
        if row.state == State::Dead {
            break id;
        }
        assert_eq!(row.state, State::Later);
        assert!(
            shop.claim_at(row.run_at - 1).await.is_empty(),
            "neither it nor the one behind it"
        );
        pauses.push(row.run_at - begun);
        now = row.run_at;
    };
    assert_eq!(pauses.len(), 2);
    assert!(pauses.windows(2).all(|two| two[0] < two[1]), "{pauses:?}");
    assert_eq!(shop.row(id).await.expect("a row").attempts, 3);

    // What is given up holds up nobody.
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["a 1 is dead", "a 2"]);
}

#[tokio::test]
async fn a_dead_ai_reply_leaves_the_conversation_to_a_person() {
    let shop = Shop::new().await;
    let (waiting, taken_over) = (shop.conversation().await, shop.conversation().await);
    for thread in [&waiting, &taken_over] {
        shop.ask(thread).await;
    }
    let (ctx, member) = (&shop.test.ctx, &shop.member);
    conversations::set_ai_active(ctx, member, taken_over.1, false)
        .await
        .expect("a change");
    for job in shop.claim().await {
        queue::bury(ctx, &job, Failure::Timeout, "too long")
            .await
            .expect("an end");
    }
    assert!(shop.needs_human(waiting.1).await);
    assert!(!shop.needs_human(taken_over.1).await);
}

#[tokio::test]
async fn jobs_that_panic_or_hang_come_to_their_end() {
    let shop = Shop::new().await;
    for (lane, deed) in [("a", Deed::Panic), ("b", Deed::Hang)] {
        let mut bad = Probe::new(lane, 1);
        bad.deed = deed;
        shop.enqueue([bad, Probe::new(lane, 2)]).await;
    }
    let worker = Worker::start(shop.test.ctx.clone());
    shop.drained().await;
    worker.stop().await;
    let mut signatures = shop.signatures().await;
    signatures.sort();
    assert_eq!(signatures, ["a 1 is dead", "a 2", "b 1 is dead", "b 2"]);
}

#[tokio::test]
async fn a_job_that_ends_the_process_each_time_is_given_up() {
    let shop = Shop::new().await;
    shop.enqueue([Probe::new("a", 1), Probe::new("a", 2)]).await;
    for attempt in 1..=3 {
        let died = shop.claim().await.remove(0);
        assert_eq!(died.attempts, attempt);
        shop.execute("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
            .await;
    }
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["a 1 is dead", "a 2"]);
}

#[tokio::test]
async fn a_long_job_keeps_its_lease() {
    let shop = Shop::new().await;
    let id = shop.enqueue([Restless {}]).await[0];
    let claimed = shop.claim().await.remove(0);
    let lease_end = shop.row(id).await.expect("a row").lease_until;
    let ctx = shop.test.ctx.clone();
    let other = claimed.clone();
    let running = tokio::spawn(async move { worker::run(&ctx, claimed).await });
    while shop.row(id).await.expect("a row").lease_until <= lease_end {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.abort();

    // Taken over, it can't be renewed any more.
    shop.execute("UPDATE jobs SET lease_until = 0").await;
    assert_eq!(shop.claim().await.len(), 1);
    let renewed = worker::renew(&shop.test.ctx, &other).await;
    assert!(!renewed.expect("a database"));
}

#[tokio::test]
async fn a_restarted_server_goes_on_at_once_with_what_was_interrupted() {
    let shop = Shop::new().await;
    let thread = shop.conversation().await;
    shop.ask(&thread).await;
    let interrupted = shop.claim().await.remove(0);
    if shop.test.ctx.db().kind() == crate::db::Kind::Postgres {
        // Another server may be working on it: its lease must run out.
        shop.execute("UPDATE jobs SET lease_until = 0").await;
    }
    let worker = Worker::start(shop.test.ctx.clone());
    shop.drained().await;
    worker.stop().await;
    assert_eq!(shop.answers(thread.1).await.len(), 1);
    assert!(matches!(
        shop.run(&interrupted).await,
        Err(Error::Conflict(Conflict::LeaseLost))
    ));
}

#[tokio::test]
async fn an_item_whose_indexing_kills_the_process_says_that_it_failed() {
    let shop = Shop::new().await;
    let (ctx, member) = (&shop.test.ctx, &shop.member);
    let (category, _) = faq::create_category(ctx, member, FaqCategoryId::generate(), "Returns")
        .await
        .expect("a category");
    let draft = FaqDraft {
        category_id: category.id,
        question: "How do I return an item?".to_owned(),
        answer: "Print the label.".to_owned(),
    };
    let added = faq::add_item(ctx, member, FaqItemId::generate(), draft).await;
    let (item, _) = added.expect("an item");
    assert_eq!(shop.claim().await.len(), 1);
    shop.execute("UPDATE jobs SET attempts = 6, lease_until = 0")
        .await;
    assert!(shop.claim().await.is_empty());
    let categories = faq::list(ctx, member).await.expect("the FAQ");
    assert_eq!(categories[0].items[0].state, FaqItemState::Failed);
    // Trying again is a new job.
    faq::retry_item(ctx, member, item.id)
        .await
        .expect("a retry");
    assert_eq!(shop.claim().await.len(), 1);
}
