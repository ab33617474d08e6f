//! Server functions of the team.

use crate::{error::AppError, json::Answer};
use domain::{
    ids::{InvitationId, StoreId, UserId},
    role::Role,
    team::{CreatedInvitation, NewInvitation, Team},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    crate::{addresses, request},
    backend::team,
};

/// Everybody, and who is invited.
#[server(prefix = "/api/app", endpoint = "team/list", output = Answer)]
pub async fn list(store: StoreId) -> Result<Team, AppError> {
    let (ctx, member) = request::member(store).await?;
    team::team(&ctx, &member).await.map_err(request::refuse)
}

/// Invites somebody; the link is shown this once.
#[server(prefix = "/api/app", endpoint = "team/invite", output = Answer)]
pub async fn invite(store: StoreId, new: NewInvitation) -> Result<CreatedInvitation, AppError> {
    let (ctx, member) = request::member(store).await?;
    let (made, _) = team::invitations::invite(&ctx, &member, new)
        .await
        .map_err(request::refuse)?;
    Ok(made)
}

/// Takes an invitation back.
#[server(prefix = "/api/app", endpoint = "team/revoke-invitation", output = Answer)]
pub async fn revoke_invitation(store: StoreId, invitation: InvitationId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    team::invitations::revoke(&ctx, &member, invitation)
        .await
        .map_err(request::refuse)
}

/// Gives somebody of the team another role.
#[server(prefix = "/api/app", endpoint = "team/change-role", output = Answer)]
pub async fn change_role(store: StoreId, user: UserId, role: Role) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    team::change_role(&ctx, &member, user, role)
        .await
        .map_err(request::refuse)
}

/// Makes somebody of the team the owner in one's own place.
#[server(prefix = "/api/app", endpoint = "team/hand-over", output = Answer)]
pub async fn hand_over(store: StoreId, user: UserId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    team::hand_over(&ctx, &member, user)
        .await
        .map_err(request::refuse)
}

/// Requires a second factor of everybody in the team, or doesn't any more.
#[server(prefix = "/api/app", endpoint = "team/require-two-factor", output = Answer)]
pub async fn require_two_factor(store: StoreId, required: bool) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    team::require_two_factor(&ctx, &member, required)
        .await
        .map_err(request::refuse)
}

/// Takes somebody out of the team.
#[server(prefix = "/api/app", endpoint = "team/remove", output = Answer)]
pub async fn remove(store: StoreId, user: UserId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    team::remove(&ctx, &member, user)
        .await
        .map_err(request::refuse)
}

/// Leaves the team, and goes to the other stores.
#[server(prefix = "/api/app", endpoint = "team/leave", output = Answer)]
pub async fn leave(store: StoreId) -> Result<(), AppError> {
    let (ctx, member) = request::member(store).await?;
    team::leave(&ctx, &member).await.map_err(request::refuse)?;
    leptos_axum::redirect(addresses::STORES);
    Ok(())
}
