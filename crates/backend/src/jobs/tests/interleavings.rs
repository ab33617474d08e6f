//! Whatever happens in whatever order: each job takes effect once, and those of
//! a lane in the order in which they were written.

use super::*;
use proptest::{prelude::*, test_runner::TestRunner};
use std::collections::BTreeMap;

/// Something that happens.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A job of a lane is written.
    Enqueue(u8),
    /// A worker claims up to so many.
    Claim(usize),
    /// One of the claimed jobs ends.
    Finish(usize),
    /// One of the workers forgets its job; its lease runs out.
    Crash(usize),
    /// A worker that was slow goes on after its lease has run out.
    Late(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_u8..3).prop_map(Step::Enqueue),
        3 => (1_usize..4).prop_map(Step::Claim),
        4 => (0_usize..8).prop_map(Step::Finish),
        1 => (0_usize..8).prop_map(Step::Crash),
        1 => (0_usize..8).prop_map(Step::Late),
    ];
    prop::collection::vec(step, 1..60)
}

#[test]
fn lanes_keep_their_order_and_effects_come_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let shop = runtime.block_on(Shop::new());
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let case = std::cell::Cell::new(0_u32);
    TestRunner::new(config)
        .run(&steps(), |steps| {
            case.set(case.get() + 1);
            runtime.block_on(live(&shop, case.get(), &steps));
            Ok(())
        })
        .expect("order");
}

async fn live(shop: &Shop, case: u32, steps: &[Step]) {
    shop.execute("DELETE FROM jobs").await;
    shop.execute("DELETE FROM faq_categories").await;
    let mut written: BTreeMap<String, i64> = BTreeMap::new();
    let (mut claimed, mut lost): (Vec<Claimed>, Vec<Claimed>) = (Vec::new(), Vec::new());
    for step in steps {
        match *step {
            Step::Enqueue(lane) => {
                let lane = format!("{case}/{lane}");
                let number = written.entry(lane.clone()).or_default();
                *number += 1;
                shop.enqueue([Probe::new(&lane, *number)]).await;
            }
            Step::Claim(limit) => {
                let held = shop.claim_up_to(limit, 0).await;
                claimed.extend(held.into_iter().map(|held| held.claimed));
            }
            Step::Finish(at) if at < claimed.len() => {
                let job = claimed.swap_remove(at);
                shop.run(&job).await.expect("the holder of the lease");
            }
            // Twice at most: a third time would be its last.
            Step::Crash(at)
                if at < claimed.len() && claimed[at].attempts < Probe::POLICY.attempts =>
            {
                let job = claimed.swap_remove(at);
                end_lease(shop, &job).await;
                lost.push(job);
            }
            Step::Late(at) if at < lost.len() => {
                // Still its own if nobody has looked meanwhile: once is once.
                let _ = shop.run(&lost.swap_remove(at)).await;
            }
            _ => {}
        }
    }
    for job in claimed {
        shop.run(&job).await.expect("the holder of the lease");
    }
    shop.run_all().await;
    assert_eq!(shop.unfinished().await, 0);
    let signatures = shop.signatures().await;
    for (lane, numbers) in &written {
        let signed: Vec<_> = signatures
            .iter()
            .filter(|name| name.starts_with(&format!("{lane} ")))
            .cloned()
            .collect();
        let expected: Vec<_> = (1..=*numbers).map(|n| format!("{lane} {n}")).collect();
        assert_eq!(signed, expected);
    }
}

async fn end_lease(shop: &Shop, job: &Claimed) {
    let id = job.id.to_string();
    shop.write(move |tx| {
        Box::pin(async move {
            sqlx::query("UPDATE jobs SET lease_until = 0 WHERE id = $1")
                .bind(id)
                .execute(&mut *tx.connection)
                .await?;
            Ok(())
        })
    })
    .await;
}
