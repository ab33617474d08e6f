//! The FAQ Knowledge Base.

use super::in_store;
use crate::{
    common::{Owner, Reply, Shop, TestServer, database},
    forms::{Fields, fields},
};
use domain::{
    faq::{ADDED_TOAST, FaqCategory, FaqItem, FaqItemState, FaqTrial, STARTER_CATEGORIES},
    ids::StoreId,
    problem::Problem,
};

pub async fn category(
    server: &TestServer,
    owner: &Owner,
    store: StoreId,
    name: &str,
) -> FaqCategory {
    in_store(
        server,
        owner,
        store,
        "faq/create-category",
        fields([("name", name)]),
    )
    .await
    .json(200)
}

fn draft(category: &FaqCategory, question: &str, answer: &str) -> Fields {
    let id = category.id.to_string();
    fields([
        ("draft[category_id]", id.as_str()),
        ("draft[question]", question),
        ("draft[answer]", answer),
    ])
}

pub async fn add_item(
    server: &TestServer,
    owner: &Owner,
    store: StoreId,
    category: &FaqCategory,
    question: &str,
    answer: &str,
) -> FaqItem {
    in_store(
        server,
        owner,
        store,
        "faq/add-item",
        draft(category, question, answer),
    )
    .await
    .json(200)
}

/// A store with one category of questions, about the care of things.
struct Faq {
    server: TestServer,
    owner: Owner,
    store: StoreId,
    care: FaqCategory,
}

impl Faq {
    async fn on(server: TestServer) -> Self {
        let (owner, Shop { id: store, .. }) = server.owner_with_shop().await;
        let care = category(&server, &owner, store, "Care").await;
        Self {
            server,
            owner,
            store,
            care,
        }
    }

    async fn without_model() -> Self {
        Self::on(TestServer::start().await).await
    }

    /// With the machine's embedding model, if it has one, and an item that has
    /// been learnt.
    async fn with_linen() -> (Self, FaqItem) {
        let faq = Self::on(TestServer::with().embeddings().start().await).await;
        let item = faq.add("How do I wash linen?", "At 40 °C.").await;
        assert_eq!(item.state, FaqItemState::Indexing);
        faq.server.idle().await;
        (faq, item)
    }

    async fn call(&self, path: &str, form: Fields) -> Reply {
        in_store(&self.server, &self.owner, self.store, path, form).await
    }

    async fn refused_field(&self, path: &str, form: Fields) -> Option<String> {
        self.call(path, form).await.json::<Problem>(422).field
    }

    async fn add(&self, question: &str, answer: &str) -> FaqItem {
        add_item(
            &self.server,
            &self.owner,
            self.store,
            &self.care,
            question,
            answer,
        )
        .await
    }

    async fn add_starters(&self) -> Vec<FaqCategory> {
        self.call("faq/add-starter-categories", vec![])
            .await
            .json(200)
    }

    async fn rename_care(&self, name: &str) -> Reply {
        let category = self.care.id.to_string();
        let form = fields([("category", category.as_str()), ("name", name)]);
        self.call("faq/rename-category", form).await
    }

    async fn state_of_first(&self) -> FaqItemState {
        let categories: Vec<FaqCategory> = self.call("faq/list", vec![]).await.json(200);
        categories[0].items[0].state
    }

    /// What the AI makes of a question that is put in other words.
    async fn tried(&self) -> FaqTrial {
        let form = fields([("question", "How can I wash linen?")]);
        self.call("faq/try-question", form).await.json(200)
    }

    async fn vectors(&self) -> i64 {
        let count = "SELECT COUNT(*) AS n FROM faq_embeddings";
        database::count(&self.server.ctx, count.to_owned()).await
    }

    /// How many vectors an item has on this machine.
    fn vectors_of_one(&self) -> i64 {
        i64::from(self.server.ctx.embedder().probe().is_ok())
    }
}

fn of_item(item: &FaqItem) -> Fields {
    fields([("item", item.id.to_string().as_str())])
}

#[tokio::test]
async fn the_starter_categories_are_added_once() {
    let faq = Faq::without_model().await;
    let starters = faq.add_starters().await;
    assert_eq!(starters.len(), STARTER_CATEGORIES.len() + 1);
    assert_eq!(faq.add_starters().await.len(), starters.len());
    faq.server.finish().await;
}

#[tokio::test]
async fn a_category_has_a_name_that_no_other_has() {
    let faq = Faq::without_model().await;
    faq.add_starters().await;
    for name in [" cARE ", ""] {
        let form = fields([("name", name)]);
        let field = faq.refused_field("faq/create-category", form).await;
        assert_eq!(field.as_deref(), Some("name"), "{name}");
    }
    let taken: Problem = faq.rename_care("orders").await.json(422);
    assert_eq!(taken.field.as_deref(), Some("name"));
    assert_eq!(faq.rename_care("CARE").await.status, 200, "its own name");
    faq.server.finish().await;
}

#[tokio::test]
async fn an_item_that_cannot_be_taken_is_refused_by_its_field() {
    let faq = Faq::without_model().await;
    for (field, question, answer) in [
        ("question", " ", "Yes."),
        ("question", &*"x".repeat(301), "Yes."),
        ("answer", "Why?", ""),
        ("answer", "Why?", &*"x".repeat(5_001)),
    ] {
        let form = draft(&faq.care, question, answer);
        let refused = faq.refused_field("faq/add-item", form).await;
        assert_eq!(refused.as_deref(), Some(field));
    }
    faq.server.finish().await;
}

#[tokio::test]
async fn an_item_that_was_added_is_learnt_and_answered_with() {
    let (faq, _) = Faq::with_linen().await;
    assert_eq!(faq.state_of_first().await, FaqItemState::Ready);
    assert_eq!(faq.vectors().await, faq.vectors_of_one());
    assert_eq!(faq.tried().await.answer.as_deref(), Some("At 40 °C."));
    assert_eq!(
        ADDED_TOAST,
        "FAQ item added — AI will learn from it shortly."
    );
    faq.server.finish().await;
}

#[tokio::test]
async fn an_item_that_was_edited_is_never_answered_with_as_it_was() {
    let (faq, item) = Faq::with_linen().await;
    let edited = draft(&faq.care, "How do I wash linen?", "At 30 °C.");
    let edited = [of_item(&item), edited].concat();
    let edited: FaqItem = faq.call("faq/update-item", edited).await.json(200);
    assert_eq!(edited.state, FaqItemState::Indexing);
    let meanwhile = faq.tried().await;
    assert_eq!(meanwhile.answer.as_deref(), Some("At 30 °C."));
    faq.server.idle().await;
    assert_eq!(faq.state_of_first().await, FaqItemState::Ready);
    assert_eq!(faq.vectors().await, faq.vectors_of_one());
    assert_eq!(faq.tried().await.sources[0].item_id, item.id);
    faq.server.finish().await;
}

#[tokio::test]
async fn an_item_that_was_deleted_is_forgotten() {
    let (faq, item) = Faq::with_linen().await;
    let deleted = faq.call("faq/delete-item", of_item(&item)).await;
    assert_eq!(deleted.status, 200);
    assert_eq!(faq.tried().await.answer, None);
    assert_eq!(faq.vectors().await, 0);
    for path in ["faq/delete-item", "faq/retry-item"] {
        assert_eq!(faq.call(path, of_item(&item)).await.status, 404, "{path}");
    }
    faq.server.finish().await;
}
