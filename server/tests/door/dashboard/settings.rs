//! Stores, Widget Settings and the FAQ Knowledge Base.

use super::in_store;
use crate::{
    common::{Owner, Shop, TestServer, database, people::start_request},
    forms::{Fields, call, fields, page, section_fields, send_form},
};
use domain::{
    faq::{ADDED_TOAST, FaqCategory, FaqItem, FaqItemState, FaqTrial, STARTER_CATEGORIES},
    ids::StoreId,
    problem::{Code, Problem},
    settings::{Chat, Look, Section, SectionName, StoredSection, StoredSettings},
    store::StoreOverview,
    widget_api,
};

#[tokio::test]
async fn a_new_store_begins_with_its_widget_switched_off() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    for wrong in ["", " ", &"x".repeat(81)] {
        let problem: Problem = call(&server, &owner.cookie, "stores/create", &[("name", wrong)])
            .await
            .json(422);
        assert_eq!(problem.field.as_deref(), Some("name"));
    }
    let created = send_form(
        &server,
        &owner.cookie,
        "stores/create",
        &[("name", "Second")],
        "/stores",
    )
    .await;
    assert_eq!(created.status, 302);
    let id: StoreId = created
        .header("location")
        .strip_prefix("/stores/")
        .and_then(|id| id.parse().ok())
        .expect("its page");
    let overview: StoreOverview = in_store(&server, &owner, id, "stores/overview", vec![])
        .await
        .json(200);
    assert_eq!(
        (
            overview.widget_enabled,
            overview.ai_enabled,
            overview.name.as_str()
        ),
        (false, false, "Second")
    );
    let settings: StoredSettings = in_store(&server, &owner, id, "widget/settings", vec![])
        .await
        .json(200);
    assert_eq!(settings, StoredSettings::default());
    assert!(
        page(&server, &owner.cookie, created.header("location"))
            .await
            .body
            .contains("see the chat yet")
    );

    let key = overview.public_key;
    let config: widget_api::Config = server
        .get(&format!("/widget/v1/stores/{key}/config"))
        .await
        .json(200);
    assert_eq!((config.enabled, config.store_name.as_str()), (false, ""));
    server
        .start_conversation(&key, &start_request())
        .await
        .problem(403);
    server.finish().await;
}

#[tokio::test]
async fn settings_that_cannot_be_taken_change_nothing() {
    let server = TestServer::start().await;
    let (owner, Shop { id, .. }) = server.owner_with_shop().await;
    let before: StoredSettings = in_store(&server, &owner, id, "widget/settings", vec![])
        .await
        .json(200);
    let (long, origins) = (
        "x".repeat(501),
        Vec::from_iter((0..51).map(|n| format!("https://{n}.example"))),
    );
    let (look, chat) = (&before.settings.look, &before.settings.chat);
    let version = |name| before.revision(name).version;
    let look_with = |change: &dyn Fn(&mut Look)| {
        let mut look = look.clone();
        change(&mut look);
        section_fields(look, version(SectionName::Look))
    };
    let chat_with = |change: &dyn Fn(&mut Chat)| {
        let mut chat = chat.clone();
        change(&mut chat);
        section_fields(chat, version(SectionName::Chat))
    };
    for (field, form) in [
        ("greeting", chat_with(&|chat| chat.greeting = " \n".into())),
        ("greeting", chat_with(&|chat| chat.greeting = long.clone())),
        (
            "greeting",
            chat_with(&|chat| chat.greeting = "a\u{7}b".into()),
        ),
        (
            "offline_message",
            chat_with(&|chat| chat.offline_message = long.clone()),
        ),
        (
            "response_time",
            chat_with(&|chat| chat.response_time = long.clone()),
        ),
        ("side_spacing", look_with(&|look| look.side_spacing = 201)),
        (
            "bottom_spacing",
            look_with(&|look| look.bottom_spacing = 65_535),
        ),
        (
            "allowed_origins",
            chat_with(&|chat| chat.allowed_origins = origins.clone()),
        ),
        (
            "allowed_origins",
            chat_with(&|chat| chat.allowed_origins = vec!["javascript:alert(1)".into()]),
        ),
    ] {
        let problem: Problem = in_store(&server, &owner, id, "widget/save", form)
            .await
            .json(422);
        assert_eq!(problem.field.as_deref(), Some(field), "{problem:?}");
    }
    // Values that no form of ours can send.
    for (name, value) in [
        ("section[look][side_spacing]", "-1"),
        ("section[look][side_spacing]", "70000"),
        ("section[look][colour]", "red;}"),
        ("section[look][position]", "top"),
        ("section[chat][enabled]", "perhaps"),
        ("version", "latest"),
    ] {
        let mut form = if name.contains("chat") {
            chat_with(&|_| {})
        } else {
            look_with(&|_| {})
        };
        form.iter_mut()
            .filter(|(field, _)| field == name)
            .for_each(|(_, good)| *good = value.to_owned());
        in_store(&server, &owner, id, "widget/save", form)
            .await
            .json::<Problem>(400);
    }
    let now: StoredSettings = in_store(&server, &owner, id, "widget/settings", vec![])
        .await
        .json(200);
    assert_eq!(now, before);

    let good = chat_with(&|chat| {
        chat.greeting = "  Grüß Gott 👋  ".into();
        chat.allowed_origins = vec![
            "https://Shop.Example/".into(),
            "https://shop.example".into(),
        ];
    });
    let saved: StoredSection = in_store(&server, &owner, id, "widget/save", good)
        .await
        .json(200);
    let Section::Chat(chat) = saved.section else {
        panic!("another section");
    };
    assert_eq!(
        (chat.greeting.as_str(), chat.allowed_origins),
        ("Grüß Gott 👋", vec!["https://shop.example".to_owned()])
    );
    server.finish().await;
}

#[tokio::test]
async fn who_saves_a_section_late_is_told_and_overwrites_nothing() {
    let server = TestServer::start().await;
    let (owner, Shop { id, .. }) = server.owner_with_shop().await;
    let save = |form| in_store(&server, &owner, id, "widget/save", form);
    let load = || async {
        in_store(&server, &owner, id, "widget/settings", vec![])
            .await
            .json::<StoredSettings>(200)
    };
    let before = load().await;
    let version = before.revision(SectionName::Chat).version;
    let greeting = |text: &str| Chat {
        greeting: text.to_owned(),
        ..before.settings.chat.clone()
    };
    let first: StoredSection = save(section_fields(greeting("First"), version))
        .await
        .json(200);
    assert_eq!(first.revision.version, version + 1);
    assert_eq!(first.revision.changed_by.as_deref(), Some("Ada Olsen"));
    let refused: Problem = save(section_fields(greeting("Second"), version))
        .await
        .json(409);
    assert!(refused.is(Code::VersionConflict), "{refused:?}");
    assert_eq!(refused.current.as_deref(), Some(&first));
    let now = load().await;
    assert_eq!(now.settings.chat.greeting, "First");
    assert_eq!(now.revision(SectionName::Chat), first.revision);

    // Another section doesn't mind.
    let look = section_fields(
        Look {
            side_spacing: 40,
            ..Look::default()
        },
        0,
    );
    save(look).await.json::<StoredSection>(200);
    // And on the state that is stored now, the second one may.
    save(section_fields(greeting("Second"), version + 1))
        .await
        .json::<StoredSection>(200);
    assert_eq!(load().await.settings.chat.greeting, "Second");
    server.finish().await;
}

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
