use super::{load, save, stored};
use crate::{
    access::Principal,
    auth::{self, SignUp},
    error::Error,
    stores,
    testing::TestCtx,
};
use domain::settings::{Ai, Chat, Look, Position, SectionName, StoreSettings, StoredSettings};
use futures::future::join_all;

/// A new store and its owner.
async fn shop() -> (TestCtx, Principal) {
    let test = TestCtx::new().await.expect("a database");
    let form = SignUp {
        name: "Maya".to_owned(),
        email: "maya@example.com".to_owned(),
        password: "correct horse battery".to_owned(),
        store_name: "Lamps".to_owned(),
    };
    let session = auth::sign_up_first_owner(&test.ctx, form, auth::Caller::UNKNOWN)
        .await
        .expect("an owner");
    let user = auth::user_of_session(&test.ctx, &session.token)
        .await
        .expect("a database")
        .expect("a session");
    let account = stores::account(&test.ctx, &user).await.expect("an account");
    let member = stores::member(&test.ctx, &user, account.stores[0].id)
        .await
        .expect("a member");
    (test, member)
}

fn greeting(text: &str) -> Chat {
    Chat {
        greeting: text.to_owned(),
        ..Chat::default()
    }
}

#[tokio::test]
async fn a_section_that_nobody_saved_is_the_default_at_version_0() {
    let (test, member) = shop().await;
    let found = stored(&test.ctx, &member).await.expect("settings");
    assert_eq!(found, StoredSettings::default());
    for name in SectionName::ALL {
        assert_eq!(found.revision(name).version, 0);
    }
}

#[tokio::test]
async fn a_saved_section_is_read_with_who_saved_it() {
    let (test, member) = shop().await;
    for (expected, text) in [(0, "One"), (1, "Two")] {
        let saved = save(&test.ctx, &member, greeting(text), expected)
            .await
            .expect("the only saver");
        assert_eq!(saved.revision.version, expected + 1);
        let found = stored(&test.ctx, &member).await.expect("settings");
        assert_eq!(found.settings.section(SectionName::Chat), saved.section);
        assert_eq!(found.revision(SectionName::Chat), saved.revision);
        assert_eq!(saved.revision.changed_by.as_deref(), Some("Maya"));
        assert!(saved.revision.changed_at.is_some());
        let followed = load(&test.ctx, member.store_id).await.expect("settings");
        assert_eq!(*followed, found.settings);
    }
}

#[tokio::test]
async fn of_savers_at_the_same_time_exactly_one_wins() {
    let (test, member) = shop().await;
    for expected in [0, 1, 2] {
        let texts = ["A", "B", "C", "D", "E", "F"];
        let savers = texts.map(|text| save(&test.ctx, &member, greeting(text), expected));
        let (mut winners, mut losers) = (Vec::new(), Vec::new());
        for result in join_all(savers).await {
            match result {
                Ok(saved) => winners.push(saved),
                Err(Error::VersionConflict(current)) => losers.push(*current),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((winners.len(), losers.len()), (1, texts.len() - 1));
        // Each loser has learned what the winner saved.
        assert!(losers.iter().all(|current| *current == winners[0]));
        let found = stored(&test.ctx, &member).await.expect("settings");
        assert_eq!(found.revision(SectionName::Chat), winners[0].revision);
        assert_eq!(
            found.settings.section(SectionName::Chat),
            winners[0].section
        );
    }
}

#[tokio::test]
async fn a_version_that_never_was_is_refused() {
    let (test, member) = shop().await;
    for expected in [-1, 1, i64::MAX] {
        let refused = save(&test.ctx, &member, greeting("No"), expected).await;
        assert!(
            matches!(refused, Err(Error::VersionConflict(_))),
            "{expected}"
        );
    }
    let found = stored(&test.ctx, &member).await.expect("settings");
    assert_eq!(found.settings, StoreSettings::default());
}

#[tokio::test]
async fn different_sections_do_not_collide() {
    let (test, member) = shop().await;
    let look = Look {
        position: Position::BottomLeft,
        ..Look::default()
    };
    let ai = Ai {
        enabled: true,
        ..Ai::default()
    };
    let (looks, chats, ais) = tokio::join!(
        save(&test.ctx, &member, look.clone(), 0),
        save(&test.ctx, &member, greeting("Hello"), 0),
        save(&test.ctx, &member, ai.clone(), 0),
    );
    for saved in [looks, chats, ais] {
        assert_eq!(saved.expect("its own section").revision.version, 1);
    }
    let found = stored(&test.ctx, &member).await.expect("settings");
    assert_eq!(
        found.settings,
        StoreSettings {
            look,
            chat: greeting("Hello"),
            ai,
            ..StoreSettings::default()
        }
    );
}

#[tokio::test]
async fn a_section_of_a_newer_server_is_left_alone() {
    let (test, member) = shop().await;
    let store_id = member.store_id.to_string();
    test.ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO store_settings (store_id, section, version, json, changed_at)
                     VALUES ($1, 'horoscope', 7, '[]', 1)",
                )
                .bind(store_id)
                .execute(&mut *tx.connection)
                .await?;
                Ok(())
            })
        })
        .await
        .expect("a row");
    let found = stored(&test.ctx, &member).await.expect("settings");
    assert_eq!(found, StoredSettings::default());
}
