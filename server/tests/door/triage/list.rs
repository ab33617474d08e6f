//! What the inbox shows, and in which order.

use super::ids;
use crate::common::{Shop, Shopper, TestServer, database};
use backend::conversations;
use domain::{
    ids::ConversationId,
    inbox::{ConversationSummary, InboxPage, InboxView, Sort, Tab},
    widget_api::NewMessage,
};
use serde_json::{Value, json};

async fn page(
    server: &TestServer,
    shop: &Shop,
    view: InboxView,
    after: Option<domain::inbox::InboxCursor>,
) -> InboxPage {
    let page = conversations::list(&server.ctx, &shop.member, view, after).await;
    page.expect("a page")
}

async fn row(server: &TestServer, shop: &Shop, shopper: &Shopper) -> ConversationSummary {
    let row = conversations::get(&server.ctx, &shop.member, shopper.conversation).await;
    row.expect("a row")
}

async fn reply(server: &TestServer, shop: &Shop, shopper: &Shopper) {
    let message: NewMessage = crate::common::people::new_message("We do.");
    conversations::reply(
        &server.ctx,
        &shop.member,
        shopper.conversation,
        message,
        None,
    )
    .await
    .expect("a reply");
}

/// A shopper who has written so often.
async fn who_wrote(server: &TestServer, shop: &Shop, times: usize) -> Shopper {
    let shopper = server.shopper(shop).await;
    for at in 0..times {
        shopper.send(&format!("Hello {at}")).await;
    }
    shopper
}

#[tokio::test]
async fn a_shopper_waits_from_the_first_message_that_nobody_has_answered() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let first = shopper.send("Do you ship to Norway?").await;
    shopper.send("Hello?").await;
    let waits = |row: ConversationSummary| row.waiting_since;
    let since = waits(row(&server, &shop, &shopper).await);
    assert_eq!(since, Some(first.created_at));

    reply(&server, &shop, &shopper).await;
    assert_eq!(waits(row(&server, &shop, &shopper).await), None);
    let second = shopper.send("And to Sweden?").await;
    let since = waits(row(&server, &shop, &shopper).await);
    assert_eq!(since, Some(second.created_at));

    let id = shopper.conversation;
    conversations::resolve(&server.ctx, &shop.member, id)
        .await
        .expect("resolved");
    assert_eq!(waits(row(&server, &shop, &shopper).await), None);
    // To have it open again makes nobody wait; to ask for a person does.
    conversations::reopen(&server.ctx, &shop.member, id)
        .await
        .expect("reopened");
    assert_eq!(waits(row(&server, &shop, &shopper).await), None);
    shopper.post("/human", &json!({})).await.json::<Value>(200);
    assert!(waits(row(&server, &shop, &shopper).await).is_some());
    server.finish().await;
}

#[tokio::test]
async fn an_answer_of_the_ai_ends_the_wait_unless_a_person_is_needed() {
    let server = TestServer::with().demo().start().await;
    let owner = server.demo_owner().await;
    let shop = server.shop(&owner, owner.first_store).await;
    let answered = server.shopper(&shop).await;
    answered.send("Where is my order #1001?").await;
    let silent = server.shopper(&shop).await;
    silent.send("Qwertz asdfgh yxcvbn?").await;
    server.idle().await;
    let of_answered = row(&server, &shop, &answered).await;
    assert!(of_answered.ai_handled);
    assert_eq!(of_answered.waiting_since, None);
    assert!(row(&server, &shop, &silent).await.waiting_since.is_some());
    server.finish().await;
}

#[tokio::test]
async fn who_waits_longest_comes_first_and_those_who_do_not_wait_last_page_by_page() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (_, shop) = server.owner_with_shop().await;
    let (mut waiting, mut answered) = (Vec::new(), Vec::new());
    for at in 0..60 {
        let shopper = server.shopper(&shop).await;
        shopper.send("Hello").await;
        let id = shopper.conversation;
        if at % 2 == 0 {
            reply(&server, &shop, &shopper).await;
            answered.insert(0, id);
        } else {
            waiting.push(id);
        }
    }
    // The first who waits writes again: nobody comes before them for it.
    database::write(
        &server.ctx,
        format!(
            "UPDATE conversations SET last_message_at = last_message_at + 60000 WHERE id = '{}'",
            waiting[0]
        ),
    )
    .await;
    let view = InboxView {
        tab: Tab::Open,
        sort: Sort::Waiting,
        ..InboxView::default()
    };
    for view in [
        view,
        InboxView {
            tab: Tab::All,
            ..view
        },
    ] {
        let first = page(&server, &shop, view, None).await;
        let rest = page(&server, &shop, view, first.next).await;
        assert_eq!(rest.next, None);
        let all: Vec<ConversationId> = [ids(&first.rows), ids(&rest.rows)].concat();
        assert_eq!(all, [waiting.clone(), answered.clone()].concat());
    }
    server.finish().await;
}

#[tokio::test]
async fn filters_show_what_fits_all_of_them() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let read = who_wrote(&server, &shop, 1).await;
    let unread = who_wrote(&server, &shop, 1).await;
    let needy = who_wrote(&server, &shop, 1).await;
    needy.post("/human", &json!({})).await.json::<Value>(200);
    let handled = who_wrote(&server, &shop, 1).await;
    database::write(
        &server.ctx,
        format!(
            "UPDATE conversations SET ai_handled = 1 WHERE id = '{}'",
            handled.conversation
        ),
    )
    .await;
    for shopper in [&read, &handled] {
        conversations::mark_read(&server.ctx, &shop.member, shopper.conversation, 1)
            .await
            .expect("read");
    }
    let shown = async |unread, needs_human, ai_handled| {
        let view = InboxView {
            unread,
            needs_human,
            ai_handled,
            ..InboxView::default()
        };
        ids(&page(&server, &shop, view, None).await.rows)
    };
    let [read, unread, needy, handled] =
        [read, unread, needy, handled].map(|shopper| shopper.conversation);
    assert_eq!(
        shown(false, false, false).await,
        [handled, needy, unread, read]
    );
    assert_eq!(shown(true, false, false).await, [needy, unread]);
    assert_eq!(shown(true, true, false).await, [needy]);
    assert_eq!(shown(false, false, true).await, [handled]);
    assert_eq!(shown(false, true, true).await, []);
    server.finish().await;
}
