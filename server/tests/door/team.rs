//! The team: invitations, roles, leaving, and the sessions of an account.

mod invitations;
mod places;
mod sessions;

use crate::common::{Owner, Reply, Shop, TestServer, database};
use crate::forms::{call, fields};
use domain::{
    ids::{InvitationId, StoreId, UserId},
    role::Role,
    team::{CreatedInvitation, Team},
};

/// Adds somebody with an account to a store's team.
pub async fn add(server: &TestServer, shop: &Shop, name: &str, role: Role) -> Owner {
    let email = format!("{}@example.com", name.to_lowercase());
    let person = server.add_owner(name, &email).await;
    let (store, user, role) = (shop.id, person.user.id, role.as_str());
    database::write(
        &server.ctx,
        format!("INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', '{role}')"),
    )
    .await;
    person
}

/// What the Team page shows somebody.
async fn team(server: &TestServer, by: &Owner, store: StoreId) -> Team {
    let store = store.to_string();
    let form = fields([("store", store.as_str())]);
    call(server, &by.cookie, "team/list", &form).await.json(200)
}

/// Does something about somebody's place.
async fn about(
    server: &TestServer,
    by: &Owner,
    what: &str,
    (store, user): (StoreId, UserId),
    role: Option<Role>,
) -> Reply {
    let (store, user) = (store.to_string(), user.to_string());
    let mut form = fields([("store", store.as_str()), ("user", user.as_str())]);
    if let Some(role) = role {
        form.extend(fields([("role", role.as_str())]));
    }
    call(server, &by.cookie, &format!("team/{what}"), &form).await
}

/// Tries to invite somebody.
async fn try_to_invite(
    server: &TestServer,
    by: &Owner,
    store: StoreId,
    (role, email): (Role, &str),
) -> Reply {
    let (store, id) = (store.to_string(), InvitationId::generate().to_string());
    let mut form = fields([
        ("store", store.as_str()),
        ("new[id]", id.as_str()),
        ("new[role]", role.as_str()),
    ]);
    if !email.is_empty() {
        form.extend(fields([("new[email]", email)]));
    }
    call(server, &by.cookie, "team/invite", &form).await
}

/// Invites somebody; the invitation, and the token of its link.
async fn invite(
    server: &TestServer,
    by: &Owner,
    store: StoreId,
    role: Role,
) -> (CreatedInvitation, String) {
    let made: CreatedInvitation = try_to_invite(server, by, store, (role, "")).await.json(200);
    let token = token_of(&made);
    (made, token)
}

fn token_of(made: &CreatedInvitation) -> String {
    let link = made.link.as_deref().expect("a link");
    let (_, token) = link.split_once("/join/").expect("a link to join");
    token.to_owned()
}
