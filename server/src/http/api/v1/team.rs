//! The team, and who is invited.

use super::list::List;
use crate::http::{
    error::{ApiJson, ApiPath, ApiResult},
    parts::created_or_ok,
};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use backend::{Ctx, access::Principal, team, team::invitations};
use domain::{
    ids::InvitationId,
    team::{CreatedInvitation, Invitation, Member, NewInvitation},
};

/// Everybody of the team, by name: at most 500, so all are in one page.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/team/members", operation_id = "listMembers", tag = "Team",
    responses((status = 200, description = "The team", body = List<Member>)),
    security(("api_key" = ["team:read"])),
)]
pub async fn members(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<List<Member>>> {
    let items = team::members(&ctx, &who).await?;
    Ok(Json(List { items, next: None }))
}

/// The invitations that can be accepted, the newest first: at most 50, so all are in one
/// page.
///
/// # Errors
/// 401, 403.
#[utoipa::path(
    get, path = "/api/v1/team/invitations", operation_id = "listInvitations", tag = "Team",
    responses((status = 200, description = "The invitations", body = List<Invitation>)),
    security(("api_key" = ["team:write"])),
)]
pub async fn invitations(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
) -> ApiResult<Json<List<Invitation>>> {
    let items = invitations::list(&ctx, &who).await?;
    Ok(Json(List { items, next: None }))
}

/// Invites an agent. The link is in this answer only, is good for one person and for seven
/// days. Admins and owners are invited by people.
///
/// # Errors
/// 400, 401, 403, 409, 413, 415, 422, 429.
#[utoipa::path(
    post, path = "/api/v1/team/invitations", operation_id = "createInvitation", tag = "Team",
    request_body = NewInvitation,
    responses(
        (status = 201, description = "The invitation as it was stored, and its link", body = CreatedInvitation),
        (status = 200, description = "It was stored before: a retry changes nothing, and shows no link", body = CreatedInvitation),
        (status = 409, description = "id-taken, invitation-limit"),
    ),
    security(("api_key" = ["team:write"])),
)]
pub async fn invite(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiJson(new): ApiJson<NewInvitation>,
) -> ApiResult<Response> {
    let (made, created) = invitations::invite(&ctx, &who, new).await?;
    Ok((created_or_ok(created), Json(made)).into_response())
}

/// Takes an invitation back. To take it back again changes nothing.
///
/// # Errors
/// 401, 403, 404, 409.
#[utoipa::path(
    delete, path = "/api/v1/team/invitations/{id}", operation_id = "revokeInvitation", tag = "Team",
    params(("id" = InvitationId, Path, description = "The invitation's id")),
    responses(
        (status = 204, description = "It can't be accepted any more"),
        (status = 409, description = "invitation-used"),
    ),
    security(("api_key" = ["team:write"])),
)]
pub async fn revoke(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<InvitationId>,
) -> ApiResult<StatusCode> {
    invitations::revoke(&ctx, &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
