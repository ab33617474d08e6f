//! Stores and Widget Settings.

use super::in_store;
use crate::{
    common::{Owner, Reply, Shop, TestServer, people::start_request},
    forms::{Fields, call, page, section_fields, send_form},
};
use domain::{
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

/// A shop's settings as somebody edits them.
struct Editor {
    server: TestServer,
    owner: Owner,
    store: StoreId,
    /// As they were when the page was loaded.
    loaded: StoredSettings,
}

impl Editor {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let (owner, Shop { id: store, .. }) = server.owner_with_shop().await;
        let loaded = StoredSettings::default();
        let mut editor = Self {
            server,
            owner,
            store,
            loaded,
        };
        editor.loaded = editor.load().await;
        editor
    }

    async fn load(&self) -> StoredSettings {
        in_store(
            &self.server,
            &self.owner,
            self.store,
            "widget/settings",
            vec![],
        )
        .await
        .json(200)
    }

    async fn save(&self, form: Fields) -> Reply {
        in_store(&self.server, &self.owner, self.store, "widget/save", form).await
    }

    fn look(&self, change: impl FnOnce(&mut Look)) -> Fields {
        let mut look = self.loaded.settings.look.clone();
        change(&mut look);
        section_fields(look, self.loaded.revision(SectionName::Look).version)
    }

    fn chat(&self, change: impl FnOnce(&mut Chat)) -> Fields {
        let mut chat = self.loaded.settings.chat.clone();
        change(&mut chat);
        section_fields(chat, self.loaded.revision(SectionName::Chat).version)
    }
}

#[tokio::test]
async fn settings_out_of_range_are_refused_by_field_and_change_nothing() {
    let editor = Editor::new().await;
    let long = || "x".repeat(501);
    let origins = Vec::from_iter((0..51).map(|n| format!("https://{n}.example")));
    let script = vec!["javascript:alert(1)".to_owned()];
    for (field, form) in [
        ("greeting", editor.chat(|chat| chat.greeting = " \n".into())),
        ("greeting", editor.chat(|chat| chat.greeting = long())),
        (
            "greeting",
            editor.chat(|chat| chat.greeting = "a\u{7}b".into()),
        ),
        (
            "offline_message",
            editor.chat(|chat| chat.offline_message = long()),
        ),
        (
            "response_time",
            editor.chat(|chat| chat.response_time = long()),
        ),
        ("side_spacing", editor.look(|look| look.side_spacing = 201)),
        (
            "bottom_spacing",
            editor.look(|look| look.bottom_spacing = 65_535),
        ),
        (
            "allowed_origins",
            editor.chat(|chat| chat.allowed_origins = origins),
        ),
        (
            "allowed_origins",
            editor.chat(|chat| chat.allowed_origins = script),
        ),
    ] {
        let problem: Problem = editor.save(form).await.json(422);
        assert_eq!(problem.field.as_deref(), Some(field), "{problem:?}");
    }
    assert_eq!(editor.load().await, editor.loaded);
    editor.server.finish().await;
}

#[tokio::test]
async fn settings_that_no_form_can_send_are_refused_and_change_nothing() {
    let editor = Editor::new().await;
    for (name, value) in [
        ("section[look][side_spacing]", "-1"),
        ("section[look][side_spacing]", "70000"),
        ("section[look][colour]", "red;}"),
        ("section[look][position]", "top"),
        ("section[chat][enabled]", "perhaps"),
        ("version", "latest"),
    ] {
        let mut form = if name.contains("chat") {
            editor.chat(|_| {})
        } else {
            editor.look(|_| {})
        };
        form.iter_mut()
            .filter(|(field, _)| field == name)
            .for_each(|(_, good)| *good = value.to_owned());
        editor.save(form).await.json::<Problem>(400);
    }
    assert_eq!(editor.load().await, editor.loaded);
    editor.server.finish().await;
}

#[tokio::test]
async fn settings_are_tidied_as_they_are_saved() {
    let editor = Editor::new().await;
    let form = editor.chat(|chat| {
        chat.greeting = "  Grüß Gott 👋  ".into();
        chat.allowed_origins = vec![
            "https://Shop.Example/".into(),
            "https://shop.example".into(),
        ];
    });
    let saved: StoredSection = editor.save(form).await.json(200);
    let Section::Chat(chat) = saved.section else {
        panic!("another section");
    };
    assert_eq!(
        (chat.greeting.as_str(), chat.allowed_origins),
        ("Grüß Gott 👋", vec!["https://shop.example".to_owned()])
    );
    editor.server.finish().await;
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
