//! Who of a team is there: available, away or offline.

use crate::common::{Owner, Reply, Shop, Socket, TestServer};
use crate::forms::{call, fields};
use crate::team::add;
use backend::{access::Principal, presence, stores};
use domain::{
    UnixMillis,
    account::Account,
    events::ServerEvent,
    ids::{StoreId, UserId},
    inbox::InboxPage,
    presence::{OFFLINE_AFTER, Presence, PresenceOf},
    role::Role,
    team::Team,
};

/// Says that somebody is away, or back.
pub async fn say(server: &TestServer, who: &Owner, away: bool) -> Reply {
    let form = fields([("away", if away { "true" } else { "false" })]);
    call(server, &who.cookie, "account/set-away", &form).await
}

/// Somebody of a store's team.
pub async fn member(server: &TestServer, who: &Owner, store: StoreId) -> Principal {
    let member = stores::member(&server.ctx, &who.user, store).await;
    member.expect("a member")
}

/// Somebody opens a page of the store.
pub async fn open_page(server: &TestServer, who: &Owner, store: StoreId) {
    let member = member(server, who, store).await;
    presence::note_open(&server.ctx, &member)
        .await
        .expect("noted");
}

/// So much time passes, and somebody looks who is gone.
async fn pass(server: &TestServer, time: UnixMillis) {
    server.ctx.clock().advance(time);
    presence::note_gone(&server.ctx).await.expect("a database");
}

/// What the team page shows of each, by name.
async fn shown(server: &TestServer, by: &Owner, shop: &Shop) -> Vec<(String, Presence)> {
    let form = fields([("store", shop.id.to_string().as_str())]);
    let team: Team = call(server, &by.cookie, "team/list", &form).await.json(200);
    let shown = team.members.into_iter();
    shown.map(|one| (one.name, one.presence)).collect()
}

/// The next presence of somebody that a page is told.
async fn told(socket: &mut Socket, user: UserId) -> Presence {
    socket
        .until(|event| match event {
            ServerEvent::Presence(PresenceOf {
                user: who,
                presence,
            }) if who == user => Some(presence),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn whoever_has_a_page_of_the_store_open_is_available() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let offline = |name: &str| (name.to_owned(), Presence::Offline);
    let available = |name: &str| (name.to_owned(), Presence::Available);
    assert_eq!(
        shown(&server, &owner, &shop).await,
        [offline("Ada Olsen"), offline("Tom")]
    );
    let mut page = server.agent_socket(&owner, shop.id, &[]).await;
    page.ready().await;
    // It is noted before the page asks for what it shows.
    assert_eq!(
        shown(&server, &owner, &shop).await,
        [available("Ada Olsen"), offline("Tom")]
    );

    let mut theirs = server.agent_socket(&tom, shop.id, &[]).await;
    theirs.ready().await;
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Available);
    // One more page of theirs is no news.
    let mut second = server.agent_socket(&tom, shop.id, &[]).await;
    second.ready().await;
    assert_eq!(say(&server, &tom, true).await.status, 200);
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Away);
    assert_eq!(told(&mut second, tom.user.id).await, Presence::Away);
    server.finish().await;
}

#[tokio::test]
async fn whoever_has_none_open_for_a_minute_is_offline_and_everybody_is_told() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let mut page = server.agent_socket(&owner, shop.id, &[]).await;
    page.ready().await;
    open_page(&server, &tom, shop.id).await;
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Available);
    // A page that is loaded anew is no leaving.
    pass(&server, OFFLINE_AFTER / 2).await;
    open_page(&server, &tom, shop.id).await;
    pass(&server, OFFLINE_AFTER / 2 + 1).await;
    let of_tom = |shown: Vec<(String, Presence)>| {
        let tom = shown.into_iter().find(|(name, _)| name == "Tom");
        tom.expect("Tom").1
    };
    assert_eq!(
        of_tom(shown(&server, &owner, &shop).await),
        Presence::Available
    );

    pass(&server, OFFLINE_AFTER / 2).await;
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Offline);
    assert_eq!(
        of_tom(shown(&server, &owner, &shop).await),
        Presence::Offline
    );
    open_page(&server, &tom, shop.id).await;
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Available);
    server.finish().await;
}

#[tokio::test]
async fn away_is_kept_and_is_the_same_in_all_stores() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    assert_eq!(say(&server, &tom, true).await.status, 200);
    // Offline is what the others see of them until they come.
    assert!(
        shown(&server, &owner, &shop)
            .await
            .contains(&("Tom".to_owned(), Presence::Offline))
    );
    for store in [shop.id, tom.first_store] {
        open_page(&server, &tom, store).await;
        let form = fields([("store", store.to_string().as_str()), ("view[tab]", "open")]);
        let page: InboxPage = call(&server, &tom.cookie, "inbox/list", &form)
            .await
            .json(200);
        assert_eq!(page.desk.presence_of(tom.user.id), Presence::Away);
    }
    let account: Account = call(&server, &tom.cookie, "account/current", &fields([]))
        .await
        .json(200);
    assert!(account.away);
    let mut page = server.agent_socket(&tom, tom.first_store, &[]).await;
    page.ready().await;
    assert_eq!(say(&server, &tom, false).await.status, 200);
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Available);
    let account: Account = call(&server, &tom.cookie, "account/current", &fields([]))
        .await
        .json(200);
    assert!(!account.away);
    server.finish().await;
}

#[tokio::test]
async fn another_store_hears_nothing_of_who_comes_and_goes() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let eve = server.add_owner("Eve", "eve@example.com").await;
    let mut elsewhere = server.agent_socket(&eve, eve.first_store, &[]).await;
    elsewhere.ready().await;
    let mut page = server.agent_socket(&owner, shop.id, &[]).await;
    page.ready().await;
    open_page(&server, &tom, shop.id).await;
    say(&server, &tom, true).await;
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Available);
    assert_eq!(told(&mut page, tom.user.id).await, Presence::Away);
    // What comes next there is hers.
    say(&server, &eve, true).await;
    let heard = elsewhere
        .until(|event| match event {
            ServerEvent::Presence(of) if of.presence == Presence::Away => Some(of.user),
            ServerEvent::Presence(of) if of.user != eve.user.id => Some(of.user),
            _ => None,
        })
        .await;
    assert_eq!(heard, eve.user.id);
    server.finish().await;
}

#[tokio::test]
async fn nobody_says_it_for_somebody_else_and_nobody_says_it_all_the_time() {
    let server = TestServer::start().await;
    let (owner, _) = server.owner_with_shop().await;
    let form = fields([("away", "true")]);
    let unknown = call(&server, "", "account/set-away", &form).await;
    assert_eq!(unknown.status, 401);
    let odd = call(
        &server,
        &owner.cookie,
        "account/set-away",
        &fields([("away", "x")]),
    )
    .await;
    assert_eq!(odd.status, 400);
    let mut refused = false;
    for count in 0..40 {
        refused |= say(&server, &owner, count % 2 == 0).await.status == 429;
    }
    assert!(refused);
    server.finish().await;
}
