//! The FAQ Knowledge Base.

use super::in_store;
use crate::{
    common::{Owner, Shop, TestServer, database},
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

#[tokio::test]
async fn the_faq_is_learnt_edited_and_forgotten() {
    let server = TestServer::with().embeddings().start().await;
    let (owner, Shop { id: store, .. }) = server.owner_with_shop().await;
    let do_it = |path: &'static str, form: Fields| in_store(&server, &owner, store, path, form);
    let tried = || async {
        do_it(
            "faq/try-question",
            fields([("question", "How can I wash linen?")]),
        )
        .await
        .json::<FaqTrial>(200)
    };
    let care = category(&server, &owner, store, "Care").await;
    let starters: Vec<FaqCategory> = do_it("faq/add-starter-categories", vec![]).await.json(200);
    let again: Vec<FaqCategory> = do_it("faq/add-starter-categories", vec![]).await.json(200);
    assert_eq!(
        (starters.len(), again.len()),
        (STARTER_CATEGORIES.len() + 1, starters.len())
    );
    let of_care =
        |more: Fields| [fields([("category", care.id.to_string().as_str())]), more].concat();
    for (path, form) in [
        ("faq/create-category", fields([("name", " cARE ")])),
        ("faq/create-category", fields([("name", "")])),
        ("faq/rename-category", of_care(fields([("name", "orders")]))),
    ] {
        assert_eq!(
            do_it(path, form)
                .await
                .json::<Problem>(422)
                .field
                .as_deref(),
            Some("name"),
            "{path}"
        );
    }
    assert_eq!(
        do_it("faq/rename-category", of_care(fields([("name", "CARE")])))
            .await
            .status,
        200,
        "its own name"
    );
    for (field, form) in [
        ("question", draft(&care, " ", "Yes.")),
        ("question", draft(&care, &"x".repeat(301), "Yes.")),
        ("answer", draft(&care, "Why?", "")),
        ("answer", draft(&care, "Why?", &"x".repeat(5_001))),
    ] {
        assert_eq!(
            do_it("faq/add-item", form)
                .await
                .json::<Problem>(422)
                .field
                .as_deref(),
            Some(field)
        );
    }

    let added = add_item(
        &server,
        &owner,
        store,
        &care,
        "How do I wash linen?",
        "At 40 °C.",
    )
    .await;
    assert_eq!(added.state, FaqItemState::Indexing);
    server.idle().await;
    let vectors = "SELECT COUNT(*) AS n FROM faq_embeddings";
    let with_model = i64::from(server.ctx.embedder().probe().is_ok());
    let listed = || async {
        do_it("faq/list", vec![])
            .await
            .json::<Vec<FaqCategory>>(200)
            .remove(0)
            .items
    };
    assert_eq!(listed().await[0].state, FaqItemState::Ready);
    assert_eq!(
        database::count(&server.ctx, vectors.to_owned()).await,
        with_model
    );
    assert_eq!(tried().await.answer.as_deref(), Some("At 40 °C."));

    let of_item = fields([("item", added.id.to_string().as_str())]);
    let edited = [
        of_item.clone(),
        draft(&care, "How do I wash linen?", "At 30 °C."),
    ]
    .concat();
    assert_eq!(
        do_it("faq/update-item", edited)
            .await
            .json::<FaqItem>(200)
            .state,
        FaqItemState::Indexing
    );
    assert_eq!(
        tried().await.answer.as_deref(),
        Some("At 30 °C."),
        "never the replaced text, not even meanwhile"
    );
    server.idle().await;
    assert_eq!(listed().await[0].state, FaqItemState::Ready);
    assert_eq!(
        database::count(&server.ctx, vectors.to_owned()).await,
        with_model
    );
    assert_eq!(tried().await.sources[0].item_id, added.id);

    assert_eq!(do_it("faq/delete-item", of_item.clone()).await.status, 200);
    assert_eq!(tried().await.answer, None);
    assert_eq!(database::count(&server.ctx, vectors.to_owned()).await, 0);
    for path in ["faq/delete-item", "faq/retry-item"] {
        assert_eq!(do_it(path, of_item.clone()).await.status, 404, "{path}");
    }
    assert_eq!(
        ADDED_TOAST,
        "FAQ item added — AI will learn from it shortly."
    );
    server.finish().await;
}
