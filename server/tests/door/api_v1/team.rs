//! The team, for programs.

use super::{Api, new_key};
use domain::{
    api_key::Scope,
    ids::InvitationId,
    problem::Code,
    role::Role,
    team::{CreatedInvitation, Invitation, Member},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

async fn listed<T: DeserializeOwned>(api: &Api, path: &str) -> Vec<T> {
    let mut list: Value = api.get(path).await.json(200);
    assert_eq!(list["next"], Value::Null);
    serde_json::from_value(list["items"].take()).expect("items")
}

fn new_invitation(role: Role) -> Value {
    json!({"id": InvitationId::generate(), "role": role, "email": "tom@example.com"})
}

#[tokio::test]
async fn a_program_invites_an_agent_once_and_sees_the_link_once() {
    let api = Api::start().await;
    let new = new_invitation(Role::Agent);
    let made: CreatedInvitation = api.post("/team/invitations", &new).await.json(201);
    let link = made.link.expect("a link");
    // Mails don't reach people from here.
    assert!(link.contains("/join/") && !made.is_mailed, "{link}");
    let again: CreatedInvitation = api.post("/team/invitations", &new).await.json(200);
    assert_eq!(
        (&again.invitation.id, again.link),
        (&made.invitation.id, None)
    );
    let mut other = new.clone();
    other["email"] = json!("nora@example.com");
    let taken = api.post("/team/invitations", &other).await.problem(409);
    assert!(taken.is(Code::IdTaken));
    let waiting: Vec<Invitation> = listed(&api, "/team/invitations").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        waiting[0].email.as_ref().map(|to| to.as_str()),
        Some("tom@example.com")
    );
    assert!(!api.get("/team/invitations").await.body.contains("/join/"));

    let path = format!("/team/invitations/{}", waiting[0].id);
    for _ in 0..2 {
        assert_eq!(api.delete(&path).await.status, 204);
    }
    let none: Vec<Invitation> = listed(&api, "/team/invitations").await;
    assert!(none.is_empty());
    let unknown = format!("/team/invitations/{}", InvitationId::generate());
    api.delete(&unknown).await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn no_program_invites_anybody_above_an_agent() {
    let api = Api::start().await;
    for role in [Role::Admin, Role::Owner] {
        let refused = api.post("/team/invitations", &new_invitation(role)).await;
        assert!(refused.problem(403).is(Code::Forbidden));
    }
    let none: Vec<Invitation> = listed(&api, "/team/invitations").await;
    assert!(none.is_empty());
    api.server.finish().await;
}

#[tokio::test]
async fn a_program_reads_the_team_with_the_scope_for_it() {
    let api = Api::start().await;
    let members: Vec<Member> = listed(&api, "/team/members").await;
    assert_eq!(members.len(), 1);
    assert_eq!(
        (members[0].id, members[0].role),
        (api.owner.user.id, Role::Owner)
    );
    let writer = new_key(&api.server, &api.shop, &[Scope::TeamWrite]).await;
    let refused = api
        .call_with(
            Some(&writer.token),
            reqwest::Method::GET,
            "/team/members",
            None,
        )
        .await;
    assert!(refused.problem(403).is(Code::MissingScope));
    api.server.finish().await;
}
