//! How somebody gets into a team.

use super::{add, invite, team, token_of, try_to_invite};
use crate::common::{Owner, Reply, TestServer, database, people::PASSWORD};
use crate::forms::{Fields, call, fields, page, send_form, session_of};
use domain::{
    account::Account,
    problem::{Code, Problem},
    role::Role,
    team::{CreatedInvitation, Offer, OfferState},
};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn newcomer(token: &str, email: &str) -> Fields {
    fields([
        ("token", token),
        ("name", "Tom Berg"),
        ("email", email),
        ("password", PASSWORD),
    ])
}

async fn offer(server: &TestServer, cookie: &str, token: &str) -> Offer {
    let form = fields([("token", token)]);
    call(server, cookie, "join/offer", &form).await.json(200)
}

async fn accept(server: &TestServer, by: &Owner, token: &str) -> Reply {
    let form = fields([("token", token)]);
    call(server, &by.cookie, "join/accept", &form).await
}

#[track_caller]
fn assert_code(reply: &Reply, code: Code) {
    let problem: Problem = reply.json(code.status());
    assert!(problem.is(code), "{problem:?}");
}

#[tokio::test]
async fn somebody_without_an_account_joins_by_a_link_with_and_without_script() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    for (email, by_script) in [("tom@example.com", true), ("eva@example.com", false)] {
        let (made, token) = invite(&server, &owner, shop.id, Role::Agent).await;
        assert!(!made.is_mailed);
        let path = format!("/join/{token}");
        let shown = page(&server, "", &path).await;
        assert_eq!(shown.status, 200);
        for text in [
            "Lamps &amp; Light",
            "Ada Olsen invites you",
            "agent",
            "Sign in and join",
        ] {
            assert!(shown.body.contains(text), "{text}: {}", shown.body);
        }
        let form = newcomer(&token, email);
        let joined = if by_script {
            call(&server, "", "join/sign-up", &form).await
        } else {
            send_form(&server, "", "join/sign-up", &form, &path).await
        };
        assert_eq!(joined.header("location"), format!("/stores/{}", shop.id));
        let account = call(
            &server,
            &session_of(&joined),
            "account/current",
            &fields([]),
        )
        .await;
        let account: Account = account.json(200);
        assert_eq!(account.role_in(shop.id), Some(Role::Agent));
        assert_eq!(account.stores.len(), 1);
    }
    let seen = team(&server, &owner, shop.id).await;
    assert_eq!((seen.members.len(), seen.invitations.len()), (3, 0));
    let tom = seen
        .members
        .iter()
        .find(|m| m.email.as_str() == "tom@example.com");
    assert!(tom.is_some_and(|tom| tom.since > 0 && tom.last_seen_at.is_none()));
    server.finish().await;
}

#[tokio::test]
async fn who_is_signed_in_joins_with_their_account_and_who_is_in_the_team_does_not() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let eva = server.add_owner("Eva", "eva@example.com").await;
    let (_, token) = invite(&server, &owner, shop.id, Role::Admin).await;
    let path = format!("/join/{token}");
    let shown = page(&server, &eva.cookie, &path).await.body;
    assert!(shown.contains("eva@example.com") && shown.contains("Join the team"));

    // The owner looks at it, and is offered nothing: it would make them less.
    let own = offer(&server, &owner.cookie, &token).await;
    assert_eq!(own.you.and_then(|you| you.member_of), Some(shop.id));
    assert_code(&accept(&server, &owner, &token).await, Code::AlreadyMember);
    assert!(
        page(&server, &owner.cookie, &path)
            .await
            .body
            .contains("Open the store")
    );

    let joined = accept(&server, &eva, &token).await;
    assert_eq!(joined.header("location"), format!("/stores/{}", shop.id));
    let seen = team(&server, &eva, shop.id).await;
    assert_eq!((seen.me, seen.role), (eva.user.id, Role::Admin));
    // Who isn't signed in can't accept for somebody.
    let nobody = call(
        &server,
        "",
        "join/accept",
        &fields([("token", token.as_str())]),
    )
    .await;
    assert_eq!(nobody.status, 401);
    server.finish().await;
}

#[tokio::test]
async fn a_link_that_is_over_says_why_and_lets_nobody_in() {
    let server = TestServer::with().without_rate_limits().start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let eva = server.add_owner("Eva", "eva@example.com").await;
    let (used, revoked, expired) = (
        invite(&server, &owner, shop.id, Role::Agent).await.1,
        invite(&server, &owner, shop.id, Role::Agent).await,
        invite(&server, &owner, shop.id, Role::Agent).await.1,
    );
    let form = newcomer(&used, "tom@example.com");
    assert_eq!(call(&server, "", "join/sign-up", &form).await.status, 200);
    let store = shop.id.to_string();
    let id = revoked.0.invitation.id.to_string();
    let form = fields([("store", store.as_str()), ("invitation", id.as_str())]);
    // To take it back again changes nothing.
    for _ in 0..2 {
        let reply = call(&server, &owner.cookie, "team/revoke-invitation", &form).await;
        assert_eq!(reply.status, 200);
    }
    server.ctx.clock().advance(7 * DAY);
    // The sessions of before have lasted.
    for (token, state, code, text) in [
        (&used, OfferState::Used, Code::InvitationUsed, "was used"),
        (
            &revoked.1,
            OfferState::Revoked,
            Code::InvitationRevoked,
            "taken back",
        ),
        (
            &expired,
            OfferState::Expired,
            Code::InvitationExpired,
            "has expired",
        ),
    ] {
        assert_eq!(offer(&server, "", token).await.state, state);
        let shown = page(&server, "", &format!("/join/{token}")).await;
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
        assert!(!shown.body.contains("Create account"), "{text}");
        assert_code(&accept(&server, &eva, token).await, code);
        let form = newcomer(token, "nora@example.com");
        assert_code(&call(&server, "", "join/sign-up", &form).await, code);
    }
    for never in ["made-up", &"x".repeat(500)] {
        assert_code(&accept(&server, &eva, never).await, Code::NotFound);
        let shown = page(&server, "", &format!("/join/{never}")).await;
        assert_eq!(shown.status, 404);
        assert!(
            shown.body.contains("This link doesn&#x27;t work")
                || shown.body.contains("This link doesn't work"),
            "{}",
            shown.body
        );
    }
    assert_eq!(database::rows(&server.ctx, "users").await, 3);
    let seen = team(&server, &owner, shop.id).await;
    assert_eq!((seen.members.len(), seen.invitations.len()), (2, 0));
    server.finish().await;
}

#[tokio::test]
async fn of_several_who_use_one_link_at_once_one_gets_in() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let (eva, max) = (
        server.add_owner("Eva", "eva@example.com").await,
        server.add_owner("Max", "max@example.com").await,
    );
    let (_, token) = invite(&server, &owner, shop.id, Role::Agent).await;
    let (tom, nora) = (
        newcomer(&token, "tom@example.com"),
        newcomer(&token, "nora@example.com"),
    );
    let users = database::rows(&server.ctx, "users").await;
    let replies: [Reply; 4] = tokio::join!(
        accept(&server, &eva, &token),
        accept(&server, &max, &token),
        call(&server, "", "join/sign-up", &tom),
        call(&server, "", "join/sign-up", &nora),
    )
    .into();
    let inside = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(inside, 1, "{replies:?}");
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        assert_code(refused, Code::InvitationUsed);
    }
    assert_eq!(team(&server, &owner, shop.id).await.members.len(), 2);
    // Whoever was too late has no account of it either.
    let new = database::rows(&server.ctx, "users").await - users;
    let by_sign_up = replies[2..].iter().filter(|reply| reply.status == 200);
    assert_eq!(usize::try_from(new).ok(), Some(by_sign_up.count()));
    server.finish().await;
}

#[tokio::test]
async fn nobody_invites_above_themselves_and_a_key_invites_agents_only() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let admin = add(&server, &shop, "Eva", Role::Admin).await;
    let agent = add(&server, &shop, "Tom", Role::Agent).await;
    for (by, role, status) in [
        (&owner, Role::Owner, 200),
        (&admin, Role::Owner, 403),
        (&admin, Role::Admin, 200),
        (&admin, Role::Agent, 200),
        (&agent, Role::Agent, 403),
    ] {
        let reply = try_to_invite(&server, by, shop.id, (role, "")).await;
        assert_eq!(reply.status, status, "{role:?}: {}", reply.body);
    }
    // Agents see the team, and no invitations.
    let seen = team(&server, &agent, shop.id).await;
    assert_eq!((seen.members.len(), seen.invitations.len()), (3, 0));
    assert_eq!(team(&server, &admin, shop.id).await.invitations.len(), 3);
    server.finish().await;
}

#[tokio::test]
async fn a_token_is_stored_as_its_hash_and_shown_once() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let (_, token) = invite(&server, &owner, shop.id, Role::Agent).await;
    let found = database::count(
        &server.ctx,
        format!("SELECT COUNT(*) AS n FROM invitations WHERE token_hash = '{token}'"),
    )
    .await;
    assert_eq!(found, 0);
    let shown = page(&server, &owner.cookie, &format!("/stores/{}/team", shop.id)).await;
    assert!(!shown.body.contains(&token));
    server.finish().await;
}

#[tokio::test]
async fn an_invitation_goes_out_by_mail_where_mails_are_read() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let reply = try_to_invite(&server, &owner, shop.id, (Role::Agent, "Tom@Example.com ")).await;
    let made: CreatedInvitation = reply.json(200);
    assert!(made.is_mailed);
    server.idle().await;
    let folder = server.data_dir().join("mail");
    let mails: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a mail"))
        .collect();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len())
    };
    assert!(mail.contains("To: tom@example.com"), "{mail}");
    // A long line is folded by quoted-printable.
    let body = mail.replace("=\r\n", "");
    assert!(
        body.contains(&format!("/join/{}", token_of(&made))),
        "{mail}"
    );
    assert!(body.contains("Ada Olsen"), "{mail}");
    let wrong = try_to_invite(&server, &owner, shop.id, (Role::Agent, "tom")).await;
    let problem: Problem = wrong.json(422);
    assert_eq!(problem.field.as_deref(), Some("email"));
    // No address is mailed to again and again.
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let again = try_to_invite(&server, &owner, shop.id, (Role::Agent, "tom@example.com")).await;
        statuses.push(again.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    server.finish().await;
}

#[tokio::test]
async fn an_address_that_has_an_account_signs_in_and_comes_back() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    server.add_owner("Eva", "eva@example.com").await;
    let (_, token) = invite(&server, &owner, shop.id, Role::Agent).await;
    let taken = call(
        &server,
        "",
        "join/sign-up",
        &newcomer(&token, "eva@example.com"),
    )
    .await;
    assert_code(&taken, Code::EmailTaken);
    let path = format!("/join/{token}");
    let form = fields([
        ("email", "eva@example.com"),
        ("password", PASSWORD),
        ("next", path.as_str()),
    ]);
    let back = call(&server, "", "account/sign-in", &form).await;
    assert_eq!(back.header("location"), path);
    let shown = page(&server, &session_of(&back), &path).await.body;
    assert!(shown.contains("Join the team"));
    // Signing out leads back as well: somebody else uses the link.
    let out = send_form(
        &server,
        &session_of(&back),
        "account/sign-out",
        &fields([("next", path.as_str())]),
        &path,
    )
    .await;
    assert_eq!(out.header("location"), path);
    server.finish().await;
}

#[tokio::test]
async fn trying_links_is_slowed_down() {
    let server = TestServer::start().await;
    let eva = server.sign_up().await;
    let mut statuses = Vec::new();
    for n in 0..21 {
        statuses.push(accept(&server, &eva, &format!("made-up-{n}")).await.status);
    }
    assert_eq!((statuses[0], statuses[19], statuses[20]), (404, 404, 429));
    server.finish().await;
}
