//! Whose turn it is.

use super::*;
use crate::jobs::kinds::embed_faq::EmbedFaq;
use domain::ids::{FaqItemId, StoreId};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_flood_holds_up_nobody_else() {
    let shop = Shop::new().await;
    for _ in 0..12 {
        let thread = shop.conversation().await;
        shop.ask(&thread).await;
    }
    let ctx = &shop.test.ctx;
    // As many as there are places.
    let running = shop.claim_up_to(10, 0).await;
    assert_eq!(running.len(), 10);
    // Later than all of them: another kind of work, and another store's.
    let other = stores::create(ctx, shop.member.user().expect("a person"), "Shades")
        .await
        .expect("a store");
    let mut waiting = BTreeSet::from([shop.member.store_id, other.id]);
    for store_id in waiting.clone() {
        let job = EmbedFaq {
            item_id: FaqItemId::generate(),
            revision: 1,
        };
        let job = prepare(store_id, job).expect("a job");
        shop.write(move |tx| Box::pin(async move { enqueue(tx, vec![job]).await }))
            .await;
    }
    // A place gets free, and another.
    for _ in 0..2 {
        let claimed = shop.claim_up_to(1, 0).await.remove(0).claimed;
        assert_eq!(claimed.kind.name, EmbedFaq::KIND);
        assert!(waiting.remove(&claimed.store_id));
    }
}

#[tokio::test]
async fn stores_take_turns_even_if_one_job_runs_at_a_time() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let mut stores = vec![shop.member.store_id];
    for name in ["Shades", "Shelves"] {
        let other = stores::create(ctx, shop.member.user().expect("a person"), name).await;
        stores.push(other.expect("a store").id);
    }
    for &store_id in &stores {
        let jobs: Vec<_> = (0..3)
            .map(|number| prepare(store_id, Probe::new(&format!("lane {number}"), 1)))
            .collect::<Result<_>>()
            .expect("jobs");
        shop.write(move |tx| Box::pin(async move { enqueue(tx, jobs).await }))
            .await;
    }
    let mut served: Vec<StoreId> = Vec::new();
    while let Some(held) = shop.claim_up_to(1, 0).await.pop() {
        worker::run(ctx, held.claimed.clone()).await;
        served.push(held.claimed.store_id);
    }
    assert_eq!(served.len(), 9);
    for round in served.chunks(3) {
        let round: BTreeSet<_> = round.iter().collect();
        assert_eq!(round.len(), 3, "each store once");
    }
}
