//! Order within a lane, keys that are written once, and kinds that only other
//! servers know.

use super::*;
use crate::jobs::worker::Worker;

#[tokio::test]
async fn jobs_of_one_conversation_run_in_order_and_others_beside_them() {
    let shop = Shop::new().await;
    let (one, two) = (shop.conversation().await, shop.conversation().await);
    for thread in [&one, &two, &one, &two, &one] {
        shop.ask(thread).await;
    }
    let mut answered = Vec::new();
    for at_once in [2, 2, 1] {
        let claimed = shop.claim().await;
        assert_eq!(claimed.len(), at_once);
        assert!(shop.claim().await.is_empty(), "the next ones wait");
        for job in &claimed {
            shop.run(job).await.expect("an answer");
        }
        answered.extend(ids(&claimed));
    }
    for (thread, answers) in [(one, 3), (two, 2)] {
        let given = shop.answers(thread.1).await;
        assert_eq!(given.len(), answers);
        // Their ids are the jobs', and these sort by time.
        assert!(given.is_sorted_by_key(|answer| answer.id));
    }
}

#[tokio::test]
async fn jobs_of_one_lane_that_are_written_together_run_in_order() {
    let shop = Shop::new().await;
    let numbers = 1..=4;
    shop.enqueue(numbers.clone().map(|number| Probe::new("a", number)))
        .await;
    shop.run_all().await;
    let expected: Vec<_> = numbers.map(|number| format!("a {number}")).collect();
    assert_eq!(shop.signatures().await, expected);
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_up_nothing_that_is_due_at_once() {
    let shop = Shop::new().await;
    let numbers = 1..=3;
    shop.enqueue(numbers.clone().map(|number| Probe::new("a", number)))
        .await;
    let later = Probe::new("b", 1);
    let later = prepare(shop.member.store_id, later).expect("a job");
    let later = later.after(Duration::from_secs(1));
    let late = later.id();
    shop.write(move |tx| Box::pin(async move { enqueue(tx, vec![later]).await }))
        .await;
    // To those that were written before, it is as if it were an hour earlier.
    shop.execute("UPDATE jobs SET run_at = run_at + 3600000, created_at = created_at + 3600000")
        .await;
    assert_eq!(shop.run_all().await.len(), 3);
    let expected: Vec<_> = numbers.map(|number| format!("a {number}")).collect();
    assert_eq!(shop.signatures().await, expected);
    // What is to wait goes by the clock.
    assert_eq!(shop.row(late).await.expect("a job").state, State::Later);
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
    shop.drained().await;
    for (_, id) in &threads {
        let answers = shop.answers(*id).await;
        assert_eq!(answers.len(), 8);
        assert!(answers.is_sorted_by_key(|answer| answer.id));
    }
    for worker in workers {
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_job_that_is_not_due_waits_and_those_of_its_lane_with_it() {
    let shop = Shop::new().await;
    let later = prepare(shop.member.store_id, Probe::new("a", 1)).expect("a job");
    let later = later.after(Duration::from_secs(60));
    shop.write(move |tx| Box::pin(async move { enqueue(tx, vec![later]).await }))
        .await;
    shop.enqueue([Probe::new("a", 2), Probe::new("b", 1)]).await;
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["b 1"]);

    let due = shop.test.ctx.now() + MINUTE + 1_000;
    let claimed = shop.claim_at(due).await.remove(0);
    shop.run(&claimed).await.expect("an end");
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["b 1", "a 1", "a 2"]);
}

#[tokio::test]
async fn a_key_is_written_once_until_its_job_is_done() {
    let shop = Shop::new().await;
    let keyed = |lane: &str, number| Probe {
        key: Some("daily".to_owned()),
        ..Probe::new(lane, number)
    };
    shop.enqueue([keyed("a", 1)]).await;
    shop.enqueue([keyed("a", 2), keyed("b", 3), Probe::new("c", 4)])
        .await;
    assert_eq!(shop.run_all().await.len(), 2);
    shop.enqueue([keyed("a", 5)]).await;
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["a 1", "c 4", "a 5"]);
}

#[tokio::test]
async fn kinds_that_only_another_server_knows_are_left_alone() {
    let shop = Shop::new().await;
    let unknown = shop.enqueue([Probe::new("a", 1), Probe::new("b", 1)]).await;
    shop.execute("UPDATE jobs SET kind = 'dance', attempts = 40")
        .await;
    shop.execute("UPDATE jobs SET state = 'running', lease = 'gone' WHERE lane = 'b'")
        .await;
    shop.enqueue([Probe::new("c", 1)]).await;
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["c 1"]);
    for id in unknown {
        assert_eq!(shop.row(id).await.expect("a row").state, State::Ready);
    }
}

#[tokio::test]
async fn a_job_that_can_not_be_read_is_put_away_and_holds_up_nobody() {
    let shop = Shop::new().await;
    let unreadable = shop.enqueue([Probe::new("a", 1), Probe::new("a", 2)]).await[0];
    shop.execute("UPDATE jobs SET payload = '{\"odd\":true}' WHERE state = 'ready'")
        .await;
    assert!(shop.claim().await.is_empty());
    let row = shop.row(unreadable).await.expect("a row");
    assert_eq!(row.state, State::Dead);
    shop.run_all().await;
    assert_eq!(shop.signatures().await, ["a 2"]);
}
