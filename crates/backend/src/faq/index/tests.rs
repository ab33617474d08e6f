use super::*;
use crate::{faq, testing::shop::Shop};
use domain::{
    faq::{FaqDraft, FaqItem},
    ids::{FaqCategoryId, FaqItemId},
};

const MODEL: &str = "a model";

/// A shop's FAQ, with its index.
struct Faq {
    shop: Shop,
    category_id: FaqCategoryId,
}

impl Faq {
    async fn new() -> Self {
        let shop = Shop::new().await;
        let (ctx, member) = (&shop.test.ctx, &shop.member);
        let id = FaqCategoryId::generate();
        let category = faq::create_category(ctx, member, id, "Everything").await;
        let (category, _) = category.expect("a category");
        Self {
            shop,
            category_id: category.id,
        }
    }

    fn draft(&self, question: &str) -> FaqDraft {
        FaqDraft {
            category_id: self.category_id,
            question: question.to_owned(),
            answer: "Yes.".to_owned(),
        }
    }

    async fn add(&self, question: &str) -> FaqItem {
        let draft = self.draft(question);
        let (ctx, member) = (&self.shop.test.ctx, &self.shop.member);
        let added = faq::add_item(ctx, member, FaqItemId::generate(), draft).await;
        added.expect("an item").0
    }

    fn indexes(&self) -> &Indexes {
        self.shop.test.ctx.indexes()
    }

    fn slot(&self) -> Arc<Slot> {
        self.indexes().slot(self.shop.member.store_id)
    }

    async fn current(&self) -> Arc<FaqIndex> {
        let (db, store_id) = (self.shop.test.ctx.db(), self.shop.member.store_id);
        let index = self.indexes().current(db, store_id, MODEL).await;
        index.expect("an index")
    }

    async fn recent(&self) -> Arc<FaqIndex> {
        let (db, store_id) = (self.shop.test.ctx.db(), self.shop.member.store_id);
        let index = self.indexes().recent(db, store_id, MODEL).await;
        index.expect("an index")
    }
}

fn finds(index: &FaqIndex, question: &str) -> bool {
    let hits = index.look_up(question, None, 1);
    hits.first().is_some_and(|hit| hit.is_same_question)
}

#[test]
fn vectors_come_back_as_they_were() {
    let vectors = vec![vec![0.5, -1.0, 3.25], vec![1.0, 2.0, f32::MIN]];
    assert_eq!(from_bytes(&to_bytes(&vectors), 2), vectors);
    assert!(from_bytes(&[], 0).is_empty());
}

#[tokio::test]
async fn every_change_is_in_the_current_index() {
    let faq = Faq::new().await;
    let (ctx, member) = (&faq.shop.test.ctx, &faq.shop.member);
    assert!(faq.current().await.is_empty());
    let (socks, mugs) = (
        faq.add("Do you sell socks?").await,
        faq.add("Do you sell mugs?").await,
    );
    let index = faq.current().await;
    assert!(finds(&index, "do you sell socks") && finds(&index, "do you sell mugs"));

    let draft = faq.draft("Do you sell scarves?");
    faq::update_item(ctx, member, socks.id, draft)
        .await
        .expect("a change");
    let index = faq.current().await;
    assert!(finds(&index, "do you sell scarves") && !finds(&index, "do you sell socks"));

    faq::delete_item(ctx, member, mugs.id)
        .await
        .expect("a deletion");
    faq.add("Do you sell lamps?").await;
    let index = faq.current().await;
    assert!(finds(&index, "do you sell lamps") && !finds(&index, "do you sell mugs"));

    faq::delete_category(ctx, member, faq.category_id)
        .await
        .expect("a deletion");
    assert!(faq.current().await.is_empty());
}

#[tokio::test]
async fn what_has_not_changed_is_not_read_again() {
    let faq = Faq::new().await;
    let store = faq.shop.member.store_id.to_string();
    faq.add("Do you sell socks?").await;
    faq.current().await;
    // Behind everybody's back.
    let written = faq.shop.test.ctx.db().write(move |tx| {
        Box::pin(async move {
            sqlx::query("UPDATE faq_items SET question = 'Who are you?' WHERE store_id = $1")
                .bind(store)
                .execute(&mut *tx.connection)
                .await?;
            Ok(())
        })
    });
    written.await.expect("a write");
    faq.add("Do you sell mugs?").await;
    let index = faq.current().await;
    assert!(finds(&index, "do you sell socks") && finds(&index, "do you sell mugs"));
}

#[tokio::test]
async fn a_shopper_does_not_wait_for_an_index_that_is_being_made() {
    let faq = Faq::new().await;
    faq.add("Do you sell socks?").await;
    let before = faq.current().await;
    let slot = faq.slot();
    let turn = slot.turn.lock().await;
    faq.add("Do you sell mugs?").await;
    let meanwhile = faq.recent().await;
    assert!(Arc::ptr_eq(&before, &meanwhile));
    drop(turn);
    assert!(finds(&*faq.current().await, "do you sell mugs"));
}

#[tokio::test]
async fn an_index_that_may_be_old_is_waited_for() {
    let faq = Faq::new().await;
    faq.add("Do you sell socks?").await;
    faq.current().await;
    let slot = faq.slot();
    slot.kept().newest_at = Instant::now().checked_sub(RECENT);
    let turn = slot.turn.lock().await;
    faq.add("Do you sell mugs?").await;
    let asked = faq.recent();
    tokio::pin!(asked);
    let early = timeout(2 * PATIENCE, &mut asked).await;
    assert!(early.is_err(), "the old one was taken");
    drop(turn);
    assert!(finds(&*asked.await, "do you sell mugs"));
}

#[tokio::test]
async fn changes_and_readers_that_come_meanwhile_share_one_new_index() {
    let faq = Faq::new().await;
    faq.current().await;
    let slot = faq.slot();
    let turn = slot.turn.lock().await;
    let readers: Vec<_> = (0..4).map(|_| faq.current()).collect();
    let readers = futures::future::join_all(readers);
    let change = async {
        for number in 0..4 {
            faq.add(&format!("Do you sell number {number}?")).await;
        }
        drop(turn);
    };
    faq.add("Do you sell socks?").await;
    let (indexes, ()) = futures::future::join(readers, change).await;
    assert_eq!(indexes[0].len(), 5);
    assert!(indexes.iter().all(|index| Arc::ptr_eq(index, &indexes[0])));
}

#[test]
fn indexes_that_were_not_used_for_longest_make_room() {
    let [first, second, third] = [(); 3].map(|()| StoreId::generate());
    let one = Arc::new(FaqIndex::default());
    let indexes = Indexes::up_to(2 * one.bytes());
    let keep = |store_id| {
        indexes.slot(store_id).kept().index = Some(Arc::clone(&one));
        indexes.make_room(store_id);
    };
    let kept = |store_id| indexes.by_store().contains_key(&store_id);
    keep(first);
    keep(second);
    indexes.slot(first);
    keep(third);
    assert_eq!([first, second, third].map(kept), [true, false, true]);

    // One that is too large is kept as long as it is the last.
    let indexes = Indexes::up_to(0);
    for store_id in [first, second] {
        indexes.slot(store_id).kept().index = Some(Arc::clone(&one));
        indexes.make_room(store_id);
    }
    let kept = |store_id| indexes.by_store().contains_key(&store_id);
    assert_eq!([first, second].map(kept), [false, true]);
}

#[tokio::test]
async fn a_database_that_was_put_back_is_read_anew() {
    let faq = Faq::new().await;
    let item = faq.add("Do you ship to Iceland?").await;
    assert!(finds(&*faq.current().await, "Do you ship to Iceland?"));
    faq.slot().kept().version += 1_000;
    faq::delete_item(&faq.shop.test.ctx, &faq.shop.member, item.id)
        .await
        .expect("deleted");
    assert!(!finds(&*faq.current().await, "Do you ship to Iceland?"));
    assert!(faq.slot().kept().version < 1_000);
}
