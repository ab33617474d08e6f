//! The settings, by section. Two who change the same section don't undo each other's
//! changes: each says which version it has read.

use crate::http::error::{ApiError, ApiJson, ApiPath, ApiResult};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use backend::{
    Ctx, Error,
    access::{Permission, Principal},
    settings,
};
use domain::{
    problem::Cause,
    settings::{Ai, Assignment, Chat, Look, Orders, Section, SectionName, StoredSection},
};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AnyOfBuilder, Schema},
    },
};

/// A section's value: of the section that the path names.
pub struct AnySection;

impl PartialSchema for AnySection {
    fn schema() -> RefOr<Schema> {
        let sections = [
            Look::name(),
            Chat::name(),
            Ai::name(),
            Orders::name(),
            Assignment::name(),
        ];
        let any = sections.into_iter().fold(AnyOfBuilder::new(), |any, name| {
            any.item(Ref::from_schema_name(name))
        });
        RefOr::T(Schema::AnyOf(any.build()))
    }
}

impl ToSchema for AnySection {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        fn with<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((T::name().into_owned(), T::schema()));
            T::schemas(schemas);
        }
        with::<Look>(schemas);
        with::<Chat>(schemas);
        with::<Ai>(schemas);
        with::<Orders>(schemas);
    }
}

/// A section of the settings. Its `ETag` is its version.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(
    get, path = "/api/v1/settings/{section}", operation_id = "getSettings", tag = "Settings",
    params(
        ("section" = SectionName, Path, description = "The section's name"),
        ("If-None-Match" = Option<String>, Header, description = "The version that is known"),
    ),
    responses(
        (status = 200, description = "The section", body = AnySection,
            headers(("ETag" = String, description = "The section's version"))),
        (status = 304, description = "It is still the version of `If-None-Match`"),
    ),
    security(("api_key" = ["settings:read"])),
)]
pub async fn get(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(section): ApiPath<SectionName>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let stored = settings::stored(&ctx, &who).await?.section(section);
    let version = stored.revision.version;
    if names(&headers, header::IF_NONE_MATCH).is_some_and(|named| named.is(version)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag(version)?)]).into_response());
    }
    section_reply(&stored)
}

/// Replaces a section of the settings; what is left out is the default. `If-Match` says
/// which version is replaced; `*` replaces whichever there is.
///
/// # Errors
/// 401, 403, 404, 412 if the section has another version by now, 422, 428.
#[utoipa::path(
    put, path = "/api/v1/settings/{section}", operation_id = "putSettings", tag = "Settings",
    params(
        ("section" = SectionName, Path, description = "The section's name"),
        ("If-Match" = String, Header, description = "The ETag of the version that is replaced"),
    ),
    request_body = AnySection,
    responses(
        (status = 200, description = "The section as it is stored now", body = AnySection,
            headers(("ETag" = String, description = "The section's new version"))),
        (status = 412, description = "stale-version"),
        (status = 428, description = "version-missing"),
    ),
    security(("api_key" = ["settings:write"])),
)]
pub async fn put(
    State(ctx): State<Ctx>,
    Extension(who): Extension<Principal>,
    ApiPath(name): ApiPath<SectionName>,
    headers: HeaderMap,
    ApiJson(value): ApiJson<Value>,
) -> ApiResult<Response> {
    who.require(Permission::ChangeSettings)?;
    let wrong = |why: String| ApiError::from(Cause::WrongShape(why));
    // A list would be taken for the fields in their order.
    if !value.is_object() {
        return Err(wrong("expected an object".to_owned()));
    }
    let section =
        Section::from_json(name, &value.to_string()).map_err(|error| wrong(error.to_string()))?;
    let expected = match names(&headers, header::IF_MATCH) {
        None => return Err(Cause::VersionMissing.into()),
        Some(Named::Version(version)) => version,
        Some(Named::Any) => settings::version(&ctx, &who, name).await?,
    };
    match settings::save(&ctx, &who, section, expected).await {
        Ok(stored) => section_reply(&stored),
        // Who may only write is not told what is there.
        Err(Error::VersionConflict(stored)) => {
            let stored = who.has(Permission::ReadSettings).then_some(stored);
            Err(Cause::StaleVersion(stored).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Versions that a header names.
enum Named {
    Any,
    /// One; -1, which none has, for what isn't one of ours.
    Version(i64),
}

impl Named {
    fn is(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Version(named) => *named == version,
        }
    }
}

fn names(headers: &HeaderMap, name: HeaderName) -> Option<Named> {
    let value = headers.get(name)?.to_str().unwrap_or("").trim();
    if value == "*" {
        return Some(Named::Any);
    }
    // A proxy that compresses makes a strong tag a weak one.
    let tag = value.trim_start_matches("W/").trim_matches('"');
    Some(Named::Version(tag.parse().unwrap_or(-1)))
}

fn etag(version: i64) -> ApiResult<HeaderValue> {
    HeaderValue::try_from(format!("\"{version}\""))
        .map_err(|error| Error::Internal(error.to_string()).into())
}

fn section_reply(stored: &StoredSection) -> ApiResult<Response> {
    let json = stored.section.to_json();
    let json = json.map_err(|error| ApiError::from(Error::Internal(error.to_string())))?;
    let json_type = HeaderValue::from_static("application/json");
    let headers = [
        (header::CONTENT_TYPE, json_type),
        (header::ETAG, etag(stored.revision.version)?),
    ];
    Ok((headers, json).into_response())
}
