//! Backend errors as RFC 9457 problems: the one edge of the API.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, Path, Query, Request, WebSocketUpgrade,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::problem::Problem;
use serde::de::DeserializeOwned;
use std::any::Any;

/// A request that could not be done.
#[derive(Debug)]
pub struct ApiError {
    problem: Problem,
    retry_after_seconds: Option<u64>,
}

/// Shorthand for handlers.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A problem of the request itself.
    #[must_use]
    pub fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            problem: Problem {
                kind: format!("/problems/{kind}"),
                title: title.to_owned(),
                status: status.as_u16(),
                detail: detail.into(),
                field: None,
            },
            retry_after_seconds: None,
        }
    }

    /// What the client is told.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<backend::Error> for ApiError {
    fn from(error: backend::Error) -> Self {
        if error.status() >= 500 {
            tracing::error!(%error, "a request failed");
        }
        Self {
            problem: error.problem(),
            retry_after_seconds: error.retry_after_seconds(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = refusal(self.problem);
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
        upgrade.map(Self).map_err(|_| {
            ApiError::new(
                StatusCode::UPGRADE_REQUIRED,
                "upgrade-required",
                "A WebSocket is needed",
                "This address takes WebSocket connections only. See docs/API.md.",
            )
        })
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
            JsonRejection::MissingJsonContentType(_) => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Not JSON",
                "Please send JSON with the header Content-Type: application/json.",
            ),
            JsonRejection::BytesRejection(_) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "Too large",
                "This is more than can be sent at once. Please shorten it.",
            ),
            JsonRejection::JsonDataError(error) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "Can't be taken",
                format!(
                    "The JSON doesn't have the expected form: {}",
                    error.body_text()
                ),
            ),
            other => Self::new(
                StatusCode::BAD_REQUEST,
                "malformed",
                "Malformed JSON",
                format!("The body is not valid JSON: {}", other.body_text()),
            ),
        }
    }
}

/// Path parameters; a malformed id is simply not found.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> ApiResult<Self> {
        let Path(value) =
            Path::<T>::from_request_parts(parts, state)
                .await
                .map_err(|_: PathRejection| {
                    Self::Rejection::new(
                        StatusCode::NOT_FOUND,
                        "not-found",
                        "Not found",
                        "There is nothing with this id.",
                    )
                })?;
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
                ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "malformed",
                    "Malformed query",
                    format!("The query can't be read: {}", error.body_text()),
                )
            },
        )?;
        Ok(Self(value))
    }
}
