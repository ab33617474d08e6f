//! Conversations.

use super::list::{self, List};
use crate::http::error::{ApiJson, ApiPath, ApiQuery, ApiResult};
use axum::{Extension, Json, extract::State};
use backend::{Ctx, access::Principal, conversations};
use domain::{
    Invalid, UnixMillis,
    conversation::Status,
    ids::{ConversationId, TagId, UserId, VisitorId},
    inbox::{ConversationFilter, ConversationSummary, Whose},
    sentiment::Sentiment,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which conversations are asked for: those that fit all of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationQuery {
    /// Where they stand.
    status: Option<Status>,
    /// Whether they wait for a person.
    needs_human: Option<bool>,
    /// Whether they have customer messages that nobody of the team has read.
    unread: Option<bool>,
    /// Whose they are.
    visitor_id: Option<VisitorId>,
    /// Who of the team has them: a person's id, or `none`.
    #[param(max_length = 36)]
    assignee_id: Option<String>,
    /// Which tag they have.
    tag_id: Option<TagId>,
    /// Whether they are spam.
    spam: Option<bool>,
    /// How their shoppers sound by their last messages.
    sentiment: Option<Sentiment>,
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    after: Option<String>,
    /// Most items in the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

/// Where a conversation stands. Who may only write is not told who it is with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConversationState {
    /// Which one.
    pub id: ConversationId,
    /// Where it stands.
    pub status: Status,
    /// When it comes back, if it is snoozed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub snoozed_until: Option<UnixMillis>,
    /// The person of the team who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<UserId>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagId>,
    /// Whether it is nobody's to answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub spam: bool,
}

/// Who is to have a conversation.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Assign {
    /// A person of the team; nobody without.
    #[serde(default)]
    pub assignee_id: Option<UserId>,
}

/// How long a conversation is snoozed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Snooze {
    /// When it comes back: milliseconds since 1970 UTC, within the next year.
    #[schema(value_type = i64)]
    pub until: UnixMillis,
}

/// Whether a conversation is spam.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct MarkSpam {
    /// Nobody's to answer, or somebody's after all.
    pub spam: bool,
}

/// Whether a visitor is blocked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct BlockVisitor {
    /// What they write is spam from now on, or isn't any more.
    pub blocked: bool,
}

/// Which conversation is merged into another, or was.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct MergeWith {
    /// The other conversation of the same shopper.
    pub from: ConversationId,
}

impl From<ConversationSummary> for ConversationState {
    fn from(summary: ConversationSummary) -> Self {
        Self {
            id: summary.id,
            status: summary.status,
            snoozed_until: summary.snoozed_until,
            assignee_id: summary.assignee_id,
            tags: summary.tags,
            spam: summary.spam,
        }
    }
}

/// Conversations, the newest first. Each keeps its place in the list, so that whoever
/// reads page by page misses none.
///
/// # Errors
/// 400, 401, 403, 422.
#[utoipa::path(
    get, path = "/api/v1/conversations", operation_id = "listConversations",
    tag = "Conversations", params(ConversationQuery),
    responses((status = 200, description = "A page", body = List<ConversationSummary>)),
    security(("api_key" = ["conversations:read"])),
)]
pub async fn list(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiQuery(query): ApiQuery<ConversationQuery>,
) -> ApiResult<Json<List<ConversationSummary>>> {
    let filter = ConversationFilter {
        status: query.status,
        needs_human: query.needs_human,
        unread: query.unread,
        visitor_id: query.visitor_id,
        whose: whose(query.assignee_id.as_deref())?,
        tag: query.tag_id,
        spam: query.spam,
        sentiment: query.sentiment,
    };
    let (after, limit) = (
        list::after(query.after.as_deref())?,
        list::limit(query.limit)?,
    );
    let page = conversations::browse(&ctx, &who, filter, after, limit).await?;
    Ok(Json(List::of(page, |row| row.id.to_string())))
}

/// One conversation.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    get, path = "/api/v1/conversations/{id}", operation_id = "getConversation",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation", body = ConversationSummary)),
    security(("api_key" = ["conversations:read"])),
)]
pub async fn get(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
) -> ApiResult<Json<ConversationSummary>> {
    Ok(Json(conversations::get(&ctx, &who, id).await?))
}

/// Resolves a conversation. To resolve a resolved one changes nothing.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/resolve", operation_id = "resolveConversation",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn resolve(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
) -> ApiResult<Json<ConversationState>> {
    Ok(Json(conversations::resolve(&ctx, &who, id).await?.into()))
}

/// Opens a conversation again, or ends its snooze, of which its shopper isn't told. To reopen
/// an open one changes nothing.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/reopen", operation_id = "reopenConversation",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn reopen(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
) -> ApiResult<Json<ConversationState>> {
    Ok(Json(conversations::reopen(&ctx, &who, id).await?.into()))
}

/// Snoozes a conversation until a time, or until another one if it is snoozed. It is open
/// again then, or as soon as its shopper writes. To snooze it until the same time changes
/// nothing.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/snooze", operation_id = "snoozeConversation",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = Snooze,
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn snooze(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(Snooze { until }): ApiJson<Snooze>,
) -> ApiResult<Json<ConversationState>> {
    let snoozed = conversations::snooze(&ctx, &who, id, until).await?;
    Ok(Json(snoozed.into()))
}

/// Gives a conversation to a person of the team, or to nobody. To give it to whom it is
/// changes nothing.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/assign", operation_id = "assignConversation",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = Assign,
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn assign(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(Assign { assignee_id }): ApiJson<Assign>,
) -> ApiResult<Json<ConversationState>> {
    let assigned = conversations::assign(&ctx, &who, id, assignee_id).await?;
    Ok(Json(assigned.into()))
}

/// Marks a conversation as spam, or as none. Spam rests as resolved, whatever its shopper
/// writes, and the AI is silent in it; its shopper isn't told. What is no spam any more is
/// open.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/spam", operation_id = "markConversationAsSpam",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = MarkSpam,
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn spam(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(MarkSpam { spam }): ApiJson<MarkSpam>,
) -> ApiResult<Json<ConversationState>> {
    let marked = conversations::set_spam(&ctx, &who, id, spam).await?;
    Ok(Json(marked.into()))
}

/// Blocks the visitor of a conversation: all that they have written is spam, and so is what
/// they write from now on, of which they are told once a conversation. Or lets them write
/// again: this conversation is open then, others of theirs stay spam.
///
/// # Errors
/// 400, 401, 403, 404, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/block", operation_id = "blockVisitor",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = BlockVisitor,
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn block(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(BlockVisitor { blocked }): ApiJson<BlockVisitor>,
) -> ApiResult<Json<ConversationState>> {
    let changed = match blocked {
        true => conversations::block(&ctx, &who, id).await?,
        false => conversations::unblock(&ctx, &who, id).await?,
    };
    Ok(Json(changed.into()))
}

/// Makes two conversations of one shopper one: the older one, whichever the address names, takes
/// the messages of the newer one under new numbers, and is the answer. The newer one's id leads
/// on: what is asked of it is refused with `merged_into`. Two that are one already stay so.
///
/// # Errors
/// 400, 401, 403, 404, 410, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/merge", operation_id = "mergeConversations",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = MergeWith,
    responses((status = 200, description = "The older conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn merge(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(MergeWith { from }): ApiJson<MergeWith>,
) -> ApiResult<Json<ConversationState>> {
    let merged = conversations::merge(&ctx, &who, id, from).await?;
    Ok(Json(merged.into()))
}

/// Takes a merge back, within ten minutes: the newer one has its messages again, under the
/// numbers that they had. What was written since stays in the older one, which is the answer. To
/// take it back again changes nothing.
///
/// # Errors
/// 400, 401, 403, 404, 409, 410, 413, 415, 422.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/unmerge", operation_id = "unmergeConversations",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    request_body = MergeWith,
    responses(
        (status = 200, description = "The older conversation as it is now", body = ConversationState),
        (status = 409, description = "merge-final"),
    ),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn unmerge(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(MergeWith { from }): ApiJson<MergeWith>,
) -> ApiResult<Json<ConversationState>> {
    let parted = conversations::unmerge(&ctx, &who, id, from).await?;
    Ok(Json(parted.into()))
}

/// Says that the team has read all of a conversation.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    post, path = "/api/v1/conversations/{id}/read", operation_id = "markConversationAsRead",
    tag = "Conversations",
    params(("id" = ConversationId, Path, description = "The conversation's id")),
    responses((status = 200, description = "The conversation as it is now", body = ConversationState)),
    security(("api_key" = ["conversations:write"])),
)]
pub async fn read(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(id): ApiPath<ConversationId>,
) -> ApiResult<Json<ConversationState>> {
    let read = conversations::mark_all_read(&ctx, &who, id).await?;
    Ok(Json(read.into()))
}

fn whose(word: Option<&str>) -> ApiResult<Whose> {
    match word {
        None => Ok(Whose::Any),
        Some("none") => Ok(Whose::Nobodys),
        Some(id) => match id.parse() {
            Ok(user) => Ok(Whose::Of(user)),
            Err(_) => {
                let text = "Please give the id of a person of the team, or \"none\".";
                Err(backend::Error::from(Invalid::new("assignee_id", text)).into())
            }
        },
    }
}
