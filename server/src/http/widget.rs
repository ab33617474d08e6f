//! The widget's REST interface, `/widget/v1`.

use crate::http::{
    error::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult},
    parts::{bearer, created_or_ok},
};
use app::ClientIp;
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use backend::{Ctx, conversations, stores, tokens, visitors};
use domain::{
    conversation::Conversation,
    ids::ConversationId,
    problem::{Cause, Noun},
    texts,
    widget_api::{
        History, Identified, Identify, NewMessage, ReadUpTo, SendCode, StartConversation,
        VerifyCode,
    },
};
use serde::Deserialize;

/// How long the config may be cached: one minute, as the settings page says.
const CONFIG_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Which part of the history is asked for.
#[derive(Debug, Deserialize)]
pub struct HistoryQuery {
    #[serde(default)]
    after_seq: i64,
    #[serde(default = "default_limit")]
    limit: i64,
}

fn default_limit() -> i64 {
    100
}

/// Counts every call by its address.
pub async fn limit_calls(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let address = request
        .extensions()
        .get::<ClientIp>()
        .map(|ClientIp(address)| address.clone());
    match ctx
        .limits()
        .widget_call
        .check(address.unwrap_or_default())
        .await
    {
        Ok(()) => next.run(request).await,
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// The shopper of a config.
#[derive(Debug, Deserialize)]
pub struct ConfigQuery {
    /// Their language tag; the texts are English without it.
    #[serde(default)]
    locale: String,
}

/// `GET /stores/{key}/config?locale=`
///
/// # Errors
/// 404 for an unknown key, 403 for a page that may not use the widget.
pub async fn config(
    State(ctx): State<Ctx>,
    ApiPath(key): ApiPath<String>,
    ApiQuery(query): ApiQuery<ConfigQuery>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let store = stores::by_public_key(&ctx, &key).await?;
    if store.settings.chat.enabled {
        store.admit(origin(&headers))?;
    }
    let body = serde_json::to_string(&store.widget_config(texts::of(&query.locale)))
        .map_err(|error| backend::Error::Internal(error.to_string()))?;
    let etag = format!("\"{}\"", &tokens::hash(&body)[..16]);
    let unchanged = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.contains(&etag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CONFIG_CACHE);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    Ok(response)
}

/// `POST /stores/{key}/conversations`: 201 with a new conversation, 200 for a
/// retry.
///
/// # Errors
/// 404, 403, 409 (the id is somebody else's), 422, 429.
pub async fn start_conversation(
    State(ctx): State<Ctx>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    ApiPath(key): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<StartConversation>,
) -> ApiResult<Response> {
    let store = stores::by_public_key(&ctx, &key).await?;
    store.admit(origin(&headers))?;
    let client = ctx.limits().client(&address);
    ctx.limits().start_conversation.check(address).await?;
    let (started, created) =
        conversations::start(&ctx, &store, bearer(&headers), request, client).await?;
    Ok((created_or_ok(created), Json(started)).into_response())
}

/// `POST /stores/{key}/identify`: the conversation that a customer wrote in last, or null.
///
/// # Errors
/// 401 for an identity that can't be believed, 404 for an unknown key, 403, 429.
pub async fn customers_conversation(
    State(ctx): State<Ctx>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    ApiPath(key): ApiPath<String>,
    headers: HeaderMap,
    ApiJson(Identify { token: identity }): ApiJson<Identify>,
) -> ApiResult<Json<Option<Identified>>> {
    let store = stores::by_public_key(&ctx, &key).await?;
    store.admit(origin(&headers))?;
    let client = ctx.limits().client(&address);
    Ok(Json(
        conversations::of_customer(&ctx, &store, &identity, client).await?,
    ))
}

/// `GET /conversations/{id}?after_seq=N&limit=`
///
/// # Errors
/// 401 without a good token, 404 for conversations of others.
pub async fn history(
    State(ctx): State<Ctx>,
    ApiPath(id): ApiPath<ConversationId>,
    ApiQuery(query): ApiQuery<HistoryQuery>,
    headers: HeaderMap,
) -> ApiResult<Json<History>> {
    let session = session(&ctx, &headers).await?;
    Ok(Json(
        conversations::history(&ctx, &session, id, query.after_seq, query.limit).await?,
    ))
}

/// `POST /conversations/{id}/messages`: 201 with the stored message, 200 for a
/// retry.
///
/// # Errors
/// 401, 404, 409 (the id is another message's), 422, 429.
pub async fn send_message(
    State(ctx): State<Ctx>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    ApiPath(id): ApiPath<ConversationId>,
    headers: HeaderMap,
    ApiJson(message): ApiJson<NewMessage>,
) -> ApiResult<Response> {
    let session = session(&ctx, &headers).await?;
    let client = ctx.limits().client(&address);
    let (message, created) = conversations::send(&ctx, &session, id, message, client).await?;
    Ok((created_or_ok(created), Json(message.for_visitor())).into_response())
}

/// `POST /conversations/{id}/read`
///
/// # Errors
/// 401, 404.
pub async fn read_up_to(
    State(ctx): State<Ctx>,
    ApiPath(id): ApiPath<ConversationId>,
    headers: HeaderMap,
    ApiJson(read): ApiJson<ReadUpTo>,
) -> ApiResult<StatusCode> {
    let session = session(&ctx, &headers).await?;
    conversations::read_by_visitor(&ctx, &session, id, read.seq).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /conversations/{id}/identify`
///
/// # Errors
/// 401 without a known token, and for an identity that can't be believed; 404, 409 (the
/// conversation is another customer's), 429.
pub async fn identify(
    State(ctx): State<Ctx>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    ApiPath(id): ApiPath<ConversationId>,
    headers: HeaderMap,
    ApiJson(Identify { token: identity }): ApiJson<Identify>,
) -> ApiResult<Json<Identified>> {
    let token = bearer(&headers).ok_or(visitors::UNKNOWN_TOKEN)?;
    let client = ctx.limits().client(&address);
    let page = origin(&headers);
    Ok(Json(
        conversations::identify(&ctx, token, page, id, &identity, client).await?,
    ))
}

/// `POST /conversations/{id}/code`: 204 once a code is on its way.
///
/// # Errors
/// 401, 404, 422, 429.
pub async fn send_code(
    State(ctx): State<Ctx>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    ApiPath(id): ApiPath<ConversationId>,
    headers: HeaderMap,
    ApiJson(SendCode { email }): ApiJson<SendCode>,
) -> ApiResult<StatusCode> {
    let session = session(&ctx, &headers).await?;
    let client = ctx.limits().client(&address);
    conversations::send_code(&ctx, &session, id, &email, client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /conversations/{id}/code/verify`: the conversation, verified, and a new token.
///
/// # Errors
/// 401 without a good token, and for a code that can't be taken; 404, 429.
pub async fn verify_code(
    State(ctx): State<Ctx>,
    Extension(ClientIp(address)): Extension<ClientIp>,
    ApiPath(id): ApiPath<ConversationId>,
    headers: HeaderMap,
    ApiJson(VerifyCode { code }): ApiJson<VerifyCode>,
) -> ApiResult<Json<Identified>> {
    let session = session(&ctx, &headers).await?;
    let client = ctx.limits().client(&address);
    Ok(Json(
        conversations::verify_code(&ctx, &session, id, &code, client).await?,
    ))
}

/// `POST /conversations/{id}/human`
///
/// # Errors
/// 401, 404.
pub async fn ask_for_human(
    State(ctx): State<Ctx>,
    ApiPath(id): ApiPath<ConversationId>,
    headers: HeaderMap,
) -> ApiResult<Json<Conversation>> {
    let session = session(&ctx, &headers).await?;
    Ok(Json(
        conversations::ask_for_human(&ctx, &session, id).await?,
    ))
}

/// Anything else below `/widget/v1`.
pub async fn not_found() -> ApiError {
    Cause::NotFound(Noun::Address).into()
}

/// The right address, the wrong method.
pub async fn method_not_allowed() -> ApiError {
    Cause::MethodNotAllowed.into()
}

async fn session(ctx: &Ctx, headers: &HeaderMap) -> ApiResult<visitors::Session> {
    let token = bearer(headers).ok_or(visitors::UNKNOWN_TOKEN)?;
    Ok(visitors::session(ctx, token, origin(headers)).await?)
}

/// The page's origin, as its browser says.
pub(super) fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN)?.to_str().ok()
}
