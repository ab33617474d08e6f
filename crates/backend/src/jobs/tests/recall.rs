//! Jobs that were claimed together read together.

use super::*;
use crate::conversations::{Seen as SeenMessage, seen, seen_together};
use domain::{ids::MessageId, widget_api::NewMessage};

#[tokio::test]
async fn jobs_that_were_claimed_together_remember_what_each_would_read() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    for _ in 0..3 {
        shop.ask(&shop.conversation().await).await;
    }
    let held = shop.claim_up_to(10, 0).await;
    assert_eq!(held.len(), 3);
    for Held { claimed, .. } in registry::recall(ctx, held).await {
        let remembered: &SeenMessage = claimed.remembered().expect("a message");
        let message = &remembered.message;
        let read = seen(ctx, claimed.store_id, message.conversation_id, message.id).await;
        let read = read.expect("a database").expect("a message");
        assert_eq!(claimed.lane, message.conversation_id.to_string());
        assert_eq!(read.message, *message);
        assert_eq!(
            format!("{:?}", read.stored),
            format!("{:?}", remembered.stored)
        );
        shop.run(&claimed).await.expect("an end");
        assert_eq!(shop.answers(message.conversation_id).await.len(), 1);
    }
}

#[tokio::test]
async fn an_answer_is_dropped_if_a_person_took_over_after_it_was_remembered() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let threads = [shop.conversation().await, shop.conversation().await];
    for thread in &threads {
        shop.ask(thread).await;
    }
    let held = registry::recall(ctx, shop.claim_up_to(10, 0).await).await;
    let reply = NewMessage::text(MessageId::generate(), "I'll look it up.");
    conversations::reply(ctx, &shop.member, threads[0].1, reply, None)
        .await
        .expect("a reply");
    for Held { claimed, .. } in held {
        shop.run(&claimed).await.expect("an end");
    }
    assert_eq!(shop.answers(threads[0].1).await.len(), 0);
    assert_eq!(shop.answers(threads[1].1).await.len(), 1);
    assert_eq!(shop.unfinished().await, 0);
}

#[tokio::test]
async fn a_message_is_seen_in_its_own_conversation_and_store_alone() {
    let (shop, other) = (Shop::new().await, Shop::new().await);
    let (own, second) = (shop.conversation().await, shop.conversation().await);
    shop.ask(&own).await;
    let store_id = shop.member.store_id;
    let claimed = shop.claim().await.remove(0);
    let asked = seen_by(&claimed);
    let ids = async |store_id, conversation_id| -> Vec<MessageId> {
        let asked = [(conversation_id, asked)];
        let seen = seen_together(&shop.test.ctx, store_id, &asked).await;
        seen.expect("a database").into_keys().collect()
    };
    assert_eq!(ids(store_id, own.1).await, [asked]);
    assert!(ids(store_id, second.1).await.is_empty());
    assert!(ids(other.member.store_id, own.1).await.is_empty());
}

fn seen_by(claimed: &Claimed) -> MessageId {
    let job: crate::jobs::kinds::ai_reply::AiReply = claimed.job().expect("a job");
    job.message_id
}
