//! What the team does to conversations besides writing in them.

mod assign;
mod list;
mod many;
mod mention;
mod merge;
mod snooze;
mod spam;
mod tag;
mod unread;
mod views;

use crate::common::{Owner, Reply, Shop, TestServer};
use crate::forms::{call, fields};
use backend::conversations;
use domain::{
    ids::ConversationId,
    inbox::{ConversationSummary, InboxCounts, InboxPage, Tab},
    message::Message,
};

/// Does something to a conversation, as the dashboard does.
async fn act(
    server: &TestServer,
    owner: &Owner,
    shop: &Shop,
    id: ConversationId,
    action: (&str, &str),
) -> Reply {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", id.to_string().as_str()),
        action,
    ]);
    call(server, &owner.cookie, "inbox/act", &form).await
}

/// The conversations that a tab of the inbox shows.
async fn shown(server: &TestServer, shop: &Shop, tab: Tab) -> Vec<ConversationSummary> {
    let page = conversations::list(&server.ctx, &shop.member, tab.into(), None).await;
    page.expect("a page").rows
}

fn ids(rows: &[ConversationSummary]) -> Vec<ConversationId> {
    rows.iter().map(|row| row.id).collect()
}

async fn counts(server: &TestServer, shop: &Shop) -> InboxCounts {
    let counts = conversations::counts(&server.ctx, &shop.member).await;
    counts.expect("counts")
}

async fn messages(server: &TestServer, shop: &Shop, id: ConversationId) -> Vec<Message> {
    let page = conversations::messages_page(&server.ctx, &shop.member, id, 0, 100).await;
    page.expect("messages").items
}

#[tokio::test]
async fn the_tab_of_all_has_every_conversation_once_page_by_page() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (_, shop) = server.owner_with_shop().await;
    let mut expected = Vec::new();
    for at in 0..60 {
        let shopper = server.shopper(&shop).await;
        shopper.send("Hello").await;
        let id = shopper.conversation;
        let until = server.ctx.now() + 60_000;
        match at % 3 {
            0 => drop(conversations::resolve(&server.ctx, &shop.member, id).await),
            1 => drop(conversations::snooze(&server.ctx, &shop.member, id, until).await),
            _ => {}
        }
        expected.insert(0, id);
    }
    let list = |after| conversations::list(&server.ctx, &shop.member, Tab::All.into(), after);
    let InboxPage { rows, next, .. } = list(None).await.expect("a page");
    assert_eq!(rows.len(), 50);
    let rest = list(next).await.expect("the next page");
    assert_eq!(rest.next, None);
    assert_eq!([ids(&rows), ids(&rest.rows)].concat(), expected);
    let counts = counts(&server, &shop).await;
    assert_eq!((counts.open, counts.snoozed, counts.resolved), (20, 20, 20));
    assert_eq!(counts.of(Tab::All), 60);
    server.finish().await;
}
