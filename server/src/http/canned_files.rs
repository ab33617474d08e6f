//! Files of canned responses, which the dashboard takes in and gives out.

use super::{
    error::{ApiPath, ApiQuery, ApiResult},
    parts::{file, member},
    upload::{self, Pace},
};
use axum::{Json, body::Body, extract::State, http::HeaderMap, response::Response};
use axum_extra::extract::cookie::CookieJar;
use backend::{
    Ctx,
    canned::{
        CannedFormat,
        import::{self, FILE_MAX, Imported},
    },
};
use domain::ids::StoreId;
use serde::Deserialize;

/// `POST /api/app/stores/{store}/canned-responses/import`, with the file as the body. The
/// answer is a sentence.
///
/// # Errors
/// 401, 404, 408, 409, 413, 422.
pub async fn import(
    State(ctx): State<Ctx>,
    State(pace): State<Pace>,
    cookies: CookieJar,
    ApiPath(store_id): ApiPath<StoreId>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<Json<String>> {
    let member = member(&ctx, &cookies, store_id).await?;
    let sent = upload::take_in(&headers, body, FILE_MAX, pace).await?;
    let Imported {
        added,
        changed,
        unchanged,
    } = import::import(&ctx, &member, sent).await?;
    Ok(Json(format!(
        "{added} added, {changed} changed, {unchanged} as before."
    )))
}

/// Which file is wanted.
#[derive(Debug, Deserialize)]
pub struct ExportQuery {
    format: CannedFormat,
}

/// `GET /api/app/stores/{store}/canned-responses/export?format=csv`, or `json`.
///
/// # Errors
/// 401, 404.
pub async fn export(
    State(ctx): State<Ctx>,
    cookies: CookieJar,
    ApiPath(store_id): ApiPath<StoreId>,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> ApiResult<Response> {
    let member = member(&ctx, &cookies, store_id).await?;
    let body = Body::from(import::export(&ctx, &member, query.format).await?);
    Ok(match query.format {
        CannedFormat::Csv => file(
            "text/csv; charset=utf-8",
            "attachment; filename=\"canned-responses.csv\"",
            body,
        ),
        CannedFormat::Json => file(
            "application/json",
            "attachment; filename=\"canned-responses.json\"",
            body,
        ),
    })
}
