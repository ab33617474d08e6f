//! Roles, and how somebody gets out of a team.

use super::{about, add, invite, team, try_to_invite};
use crate::common::{Owner, Reply, Socket, TestServer, people::new_message};
use crate::forms::{call, fields};
use backend::{canned, conversations, stores};
use domain::{
    canned::CannedDraft,
    events::{Noun, ServerEvent},
    ids::{CannedResponseId, StoreId, UserId},
    inbox::Triage,
    message::{MessageKind, Sender},
    problem::{Code, Problem},
    role::Role,
};

async fn leave(server: &TestServer, who: &Owner, store: StoreId) -> Reply {
    let store = store.to_string();
    let form = fields([("store", store.as_str())]);
    call(server, &who.cookie, "team/leave", &form).await
}

fn roles(team: &domain::team::Team) -> Vec<(UserId, Role)> {
    let roles = team.members.iter().map(|member| (member.id, member.role));
    roles.collect()
}

async fn hears_of_team(socket: &mut Socket) {
    socket
        .until(|event| event.is_change_of(Noun::Team).then_some(()))
        .await;
}

#[tokio::test]
async fn a_role_changes_at_once_and_live() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let mut socket = server.agent_socket(&owner, shop.id, &[]).await;
    socket.ready().await;
    // He is known as an agent, and it is kept in memory.
    assert_eq!(
        try_to_invite(&server, &tom, shop.id, (Role::Agent, ""))
            .await
            .status,
        403
    );

    let place = (shop.id, tom.user.id);
    let reply = about(&server, &owner, "change-role", place, Some(Role::Admin)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    hears_of_team(&mut socket).await;
    let (_, token) = invite(&server, &tom, shop.id, Role::Admin).await;

    let reply = about(&server, &owner, "change-role", place, Some(Role::Agent)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        try_to_invite(&server, &tom, shop.id, (Role::Agent, ""))
            .await
            .status,
        403
    );
    // What he has given out as an admin is worth nothing any more.
    let form = fields([("token", token.as_str())]);
    let eva = server.add_owner("Eva", "eva@example.com").await;
    let refused = call(&server, &eva.cookie, "join/accept", &form).await;
    let problem: Problem = refused.json(409);
    assert!(problem.is(Code::InvitationRevoked), "{problem:?}");
    server.finish().await;
}

#[tokio::test]
async fn admins_manage_everybody_but_owners() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let admin = add(&server, &shop, "Eva", Role::Admin).await;
    let agent = add(&server, &shop, "Tom", Role::Agent).await;
    for (by, what, whom, role, status) in [
        (&admin, "change-role", &owner, Some(Role::Agent), 403),
        (&admin, "remove", &owner, None, 403),
        (&admin, "change-role", &agent, Some(Role::Owner), 403),
        (&admin, "change-role", &admin, Some(Role::Owner), 403),
        (&admin, "hand-over", &agent, None, 403),
        (&agent, "change-role", &agent, Some(Role::Admin), 403),
        (&agent, "remove", &admin, None, 403),
        (&admin, "change-role", &agent, Some(Role::Admin), 200),
        (&agent, "change-role", &admin, Some(Role::Agent), 200),
        (&owner, "change-role", &admin, Some(Role::Owner), 200),
    ] {
        let place = (shop.id, whom.user.id);
        let reply = about(&server, by, what, place, role).await;
        let name = &by.user.name;
        assert_eq!(reply.status, status, "{what} by {name}: {}", reply.body);
    }
    server.finish().await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_and_what_they_had_is_nobodys() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let toms = stores::member(&server.ctx, &tom.user, shop.id)
        .await
        .expect("a member");
    let mine = CannedDraft {
        keyword: "mine".into(),
        title: "Mine".into(),
        text: "Only mine".into(),
        category: None,
        mine: true,
    };
    let id = CannedResponseId::generate();
    canned::create(&server.ctx, &toms, id, mine)
        .await
        .expect("a response");
    let mut shoppers = Vec::new();
    for _ in 0..3 {
        let shopper = server.shopper(&shop).await;
        shopper.send("Hello").await;
        let assign = Triage::Assign(tom.user.id);
        let id = shopper.conversation;
        let given = conversations::triage(&server.ctx, &shop.member, id, assign).await;
        given.expect("assigned");
        shoppers.push(shopper);
    }
    let [open, resolved, spoken] = [0, 1, 2].map(|n: usize| shoppers[n].conversation);
    let reply = new_message("I look into it");
    let said_id = reply.id;
    conversations::reply(&server.ctx, &toms, spoken, reply, None)
        .await
        .expect("a reply");
    conversations::resolve(&server.ctx, &shop.member, resolved)
        .await
        .expect("resolved");
    let mut socket = server.agent_socket(&tom, shop.id, &[(open, 0)]).await;
    let mut others = server.agent_socket(&owner, shop.id, &[]).await;
    socket.ready().await;
    others.ready().await;

    let removed = about(&server, &owner, "remove", (shop.id, tom.user.id), None).await;
    assert_eq!(removed.status, 200, "{}", removed.body);
    let (problem, code) = socket.refusal().await;
    assert_eq!((problem.status, code), (404, 4400), "{problem:?}");
    hears_of_team(&mut others).await;
    let form = fields([("store", shop.id.to_string().as_str())]);
    assert_eq!(
        call(&server, &tom.cookie, "inbox/counts", &form)
            .await
            .status,
        404
    );
    // The account is there, with its own store.
    let account = stores::account(&server.ctx, &tom.user)
        .await
        .expect("an account");
    assert_eq!(account.role_in(shop.id), None);
    assert_eq!(account.stores.len(), 1);

    server.idle().await;
    for id in [open, resolved, spoken] {
        let row = conversations::get(&server.ctx, &shop.member, id)
            .await
            .expect("a row");
        assert_eq!(row.assignee_id, None, "{id}");
    }
    let thread = conversations::thread(&server.ctx, &shop.member, open, None)
        .await
        .expect("a thread");
    let last = thread.messages.last().expect("an event");
    assert_eq!(
        (last.kind, last.sender),
        (MessageKind::Assigned, Sender::Note)
    );
    let thread = conversations::thread(&server.ctx, &shop.member, spoken, None)
        .await
        .expect("a thread");
    let said = thread.messages.iter().find(|message| message.id == said_id);
    assert_eq!(
        said.and_then(|said| said.agent_name.as_deref()),
        Some("Tom")
    );
    // His own keyword is free again.
    let list = canned::list(&server.ctx, &shop.member)
        .await
        .expect("a list");
    assert!(list.responses.is_empty());
    server.finish().await;
}

#[tokio::test]
async fn the_last_owner_neither_leaves_nor_becomes_less() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let admin = add(&server, &shop, "Eva", Role::Admin).await;
    let place = (shop.id, owner.user.id);
    for refused in [
        leave(&server, &owner, shop.id).await,
        about(&server, &owner, "change-role", place, Some(Role::Admin)).await,
        about(&server, &owner, "remove", place, None).await,
    ] {
        let problem: Problem = refused.json(409);
        assert!(problem.is(Code::LastOwner), "{problem:?}");
    }
    // Handed over, it can be left.
    let over = about(&server, &owner, "hand-over", (shop.id, admin.user.id), None).await;
    assert_eq!(over.status, 200, "{}", over.body);
    let seen = team(&server, &owner, shop.id).await;
    assert_eq!(seen.role, Role::Admin);
    assert!(roles(&seen).contains(&(admin.user.id, Role::Owner)));
    let left = leave(&server, &owner, shop.id).await;
    assert_eq!(left.header("location"), "/stores");
    assert_eq!(team(&server, &admin, shop.id).await.members.len(), 1);
    server.finish().await;
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let eva = add(&server, &shop, "Eva", Role::Owner).await;
    for round in 0..3 {
        let (a, b) = tokio::join!(
            leave(&server, &owner, shop.id),
            leave(&server, &eva, shop.id),
        );
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
        let (stays, gone) = if a.status == 409 {
            (&owner, &eva)
        } else {
            (&eva, &owner)
        };
        let (_, token) = invite(&server, stays, shop.id, Role::Owner).await;
        let form = fields([("token", token.as_str())]);
        let back = call(&server, &gone.cookie, "join/accept", &form).await;
        assert_eq!(back.status, 200, "{}", back.body);
    }
    // And so of two who make one another less.
    let (a, b) = tokio::join!(
        about(
            &server,
            &owner,
            "change-role",
            (shop.id, eva.user.id),
            Some(Role::Agent)
        ),
        about(
            &server,
            &eva,
            "change-role",
            (shop.id, owner.user.id),
            Some(Role::Agent)
        ),
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
    server.finish().await;
}

#[tokio::test]
async fn a_removed_persons_socket_is_refused_when_it_comes_back() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    about(&server, &owner, "remove", (shop.id, tom.user.id), None).await;
    let mut socket = server.agent_socket(&tom, shop.id, &[]).await;
    let (problem, _) = socket.refusal().await;
    assert_eq!(problem.status, 404);
    // Somebody else's socket goes on, and hears of the store.
    let mut others = server.agent_socket(&owner, shop.id, &[]).await;
    others.ready().await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    others
        .until(|event| matches!(event, ServerEvent::Conversation(_)).then_some(()))
        .await;
    server.finish().await;
}
