//! The messages of a conversation.

use super::list::{self, List};
use crate::http::{
    error::{ApiJson, ApiPath, ApiQuery, ApiResult},
    parts::created_or_ok,
};
use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use backend::{Ctx, access::Principal, conversations};
use domain::{
    Invalid,
    ids::{ConversationId, MessageId, UserId},
    message::Message,
    widget_api::NewMessage,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A reply to be sent, or a note to be kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewReply {
    /// A UUIDv7 of the client's making; the same in every retry.
    pub id: MessageId,
    /// The text, plain.
    #[schema(min_length = 1, max_length = 10_000)]
    pub body: String,
    /// Whether it is a note: for the team only, never sent to the shopper. `@` and the full name
    /// of somebody of the team in it tells them.
    #[serde(default)]
    pub note: bool,
    /// The person of the team whom it is from; without, it carries the key's name.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
}

/// Which of a conversation's messages are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessagesQuery {
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    after: Option<String>,
    /// A message that is to be in the middle of the page; not together with `after`.
    around: Option<MessageId>,
    /// Most items in the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// A conversation's messages in order, the team's notes among them. A page may hold fewer
/// than `limit` where they are long.
///
/// # Errors
/// 400, 401, 403, 404, 422.
#[utoipa::path(
    get, path = "/api/v1/conversations/{id}/messages", operation_id = "listMessages",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id"), MessagesQuery),
    responses((status = 200, description = "A page", body = List<Message>)),
    security(("api_key" = ["conversations:read"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiQuery(query): ApiQuery<MessagesQuery>,
) -> ApiResult<Json<List<Message>>> {
    let limit = list::limit(query.limit)?;
    let page = match (query.around, query.after) {
        (Some(_), Some(_)) => {
            let text = "Please give “around” or “after”, not both.";
            return Err(backend::Error::from(Invalid::new("around", text)).into());
        }
        (Some(message), None) => {
            conversations::messages_around(&ctx, &who, id, message, limit).await?
        }
        (None, after) => {
            let after = list::after(after.as_deref())?.unwrap_or(0);
            conversations::messages_page(&ctx, &who, id, after, limit).await?
        }
    };
    Ok(Json(List::of(page, |message| message.seq.to_string())))
}

/// Replies to the shopper, or adds a note for the team. A reply ends the AI's work in the
/// conversation, as a person's does.
///
/// # Errors
/// 400, 401, 403, 404, 409 if the id is another message's, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/messages", operation_id = "sendMessage",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = NewReply,
    responses(
        (status = 201, description = "The message as it was stored", body = Message),
        (status = 200, description = "It was stored before: a retry changes nothing", body = Message),
        (status = 409, description = "id-taken"),
    ),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn create(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(reply): ApiJson<NewReply>,
) -> ApiResult<Response> {
    let NewReply {
        id: message_id,
        body,
        note,
        agent,
    } = reply;
    let message = NewMessage::text(message_id, body);
    let (message, created) = if note {
        conversations::note(&ctx, &who, id, message, agent).await?
    } else {
        conversations::reply(&ctx, &who, id, message, agent).await?
    };
    Ok((created_or_ok(created), Json(message)).into_response())
}
