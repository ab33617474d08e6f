//! Errors as RFC 9457 problems: the one edge of the API.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, Path, Query, Request, WebSocketUpgrade,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::problem::{Cause, Malformed, Noun, Problem};
use serde::de::DeserializeOwned;
use std::any::Any;

/// A request that could not be done.
#[derive(Debug)]
pub struct ApiError {
    /// Rare, and large.
    problem: Box<Problem>,
    retry_after_seconds: Option<u64>,
}

/// Shorthand for handlers.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<Cause> for ApiError {
    fn from(cause: Cause) -> Self {
        Self {
            retry_after_seconds: cause.retry_after_seconds(),
            problem: Box::new(cause.into()),
        }
    }
}

impl From<backend::Error> for ApiError {
    fn from(error: backend::Error) -> Self {
        if error.is_failure() {
            tracing::error!(%error, "a request failed");
        }
        error.cause().into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = refusal(*self.problem);
        if let Some(seconds) = self.retry_after_seconds {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// `problem` as a response.
#[must_use]
pub fn refusal(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    let content_type = HeaderValue::from_static("application/problem+json");
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a client is told when a handler panicked; the log has the rest.
#[must_use]
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    ApiError::from(backend::Error::Internal("a handler panicked".to_owned())).into_response()
}

/// A WebSocket's beginning whose rejection is a problem, too.
#[derive(Debug)]
pub struct ApiUpgrade(pub WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for ApiUpgrade {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        let upgrade = WebSocketUpgrade::from_request_parts(parts, state).await;
        upgrade.map(Self).map_err(|_| Cause::UpgradeRequired.into())
    }
}

/// A JSON body whose rejection is a problem, too.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> ApiResult<Self> {
        let Json(value) = Json::<T>::from_request(request, state).await?;
        Ok(Self(value))
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => Cause::UnsupportedMediaType,
            JsonRejection::BytesRejection(_) => Cause::TooLarge,
            JsonRejection::JsonDataError(error) => Cause::WrongShape(error.body_text()),
            other => Cause::Malformed(Malformed::Json(other.body_text())),
        }
        .into()
    }
}

/// Path parameters; a malformed id is simply not found.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        let Path(value) = Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|_: PathRejection| ApiError::from(Cause::NotFound(Noun::Id)))?;
        Ok(Self(value))
    }
}

/// Query parameters whose rejection is a problem, too.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        let Query(value) = Query::<T>::from_request_parts(parts, state).await.map_err(
            |error: QueryRejection| {
                ApiError::from(Cause::Malformed(Malformed::Query(error.body_text())))
            },
        )?;
        Ok(Self(value))
    }
}
