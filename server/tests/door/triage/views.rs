//! Views of the inbox that a person keeps.

use crate::common::{Owner, Reply, Shop, TestServer, database};
use crate::forms::{Fields, call, fields};
use domain::{
    inbox::{InboxPage, InboxView, SavedView, Sort, Tab, VIEWS_MAX, Who},
    problem::Problem,
};

async fn keep(server: &TestServer, by: &Owner, shop: &Shop, name: &str, more: Fields) -> Reply {
    let mut form = fields([
        ("store", shop.id.to_string().as_str()),
        ("saved[name]", name),
        ("saved[view][tab]", "resolved"),
    ]);
    form.extend(more);
    call(server, &by.cookie, "inbox/save-view", &form).await
}

async fn kept(server: &TestServer, by: &Owner, shop: &Shop) -> Vec<SavedView> {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("view[tab]", "open"),
    ]);
    let reply = call(server, &by.cookie, "inbox/list", &form).await;
    reply.json::<InboxPage>(200).desk.views
}

#[tokio::test]
async fn a_view_is_kept_changed_and_removed_by_whom_it_belongs_to() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let other = server.add_owner("Tom Berg", "tom@example.com").await;
    let sql = format!(
        "INSERT INTO memberships (store_id, user_id, role) VALUES ('{}', '{}', 'agent')",
        shop.id, other.user.id
    );
    database::write(&server.ctx, sql).await;
    let more = fields([("saved[view][who]", "me"), ("saved[view][sort]", "waiting")]);
    keep(&server, &owner, &shop, "  Mine, done ", more)
        .await
        .json::<Vec<SavedView>>(200);
    let view = InboxView {
        who: Some(Who::Me),
        sort: Sort::Waiting,
        ..Tab::Resolved.into()
    };
    let name = "Mine, done".to_owned();
    let saved = SavedView { name, view };
    let all = kept(&server, &owner, &shop).await;
    assert_eq!(all, std::slice::from_ref(&saved));
    assert_eq!(kept(&server, &other, &shop).await, []);
    // The same name shows something else from then on.
    keep(&server, &owner, &shop, "Mine, done", Fields::new())
        .await
        .json::<Vec<SavedView>>(200);
    let changed = SavedView {
        view: Tab::Resolved.into(),
        ..saved
    };
    assert_eq!(kept(&server, &owner, &shop).await, [changed]);
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("name", "Mine, done"),
    ]);
    // Somebody else's of that name isn't this one.
    for by in [&other, &owner, &owner] {
        let reply = call(&server, &by.cookie, "inbox/forget-view", &form).await;
        assert_eq!(reply.json::<Vec<SavedView>>(200), []);
        let left = kept(&server, &owner, &shop).await.len();
        assert_eq!(left, usize::from(by.user.id == other.user.id));
    }
    server.finish().await;
}

#[tokio::test]
async fn a_view_without_a_name_and_one_too_many_are_refused() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop) = server.owner_with_shop().await;
    for name in ["", "  ", &"n".repeat(41)] {
        let reply = keep(&server, &owner, &shop, name, Fields::new()).await;
        let problem: Problem = reply.json(422);
        assert_eq!(problem.field.as_deref(), Some("name"), "{name:?}");
    }
    for at in 0..VIEWS_MAX {
        keep(&server, &owner, &shop, &format!("View {at}"), Fields::new())
            .await
            .json::<Vec<SavedView>>(200);
    }
    let one_more = keep(&server, &owner, &shop, "One more", Fields::new()).await;
    let problem: Problem = one_more.json(422);
    assert!(problem.detail.contains("Remove one first"), "{problem:?}");
    assert_eq!(kept(&server, &owner, &shop).await.len(), VIEWS_MAX);
    // One that is there can still be changed.
    keep(&server, &owner, &shop, "View 3", Fields::new())
        .await
        .json::<Vec<SavedView>>(200);
    server.finish().await;
}
