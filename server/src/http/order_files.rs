//! Files of orders, which the dashboard takes in and gives out. Server functions take no
//! bodies of this size, and give no answers in parts.

use super::{
    error::{ApiPath, ApiQuery, ApiResult},
    parts::{file, member},
    upload::{self, Pace},
};
use axum::{Json, body::Body, extract::State, http::HeaderMap, response::Response};
use axum_extra::extract::cookie::CookieJar;
use backend::{
    Ctx,
    error::Error,
    orders::{
        export::{self, ExportFormat},
        import,
    },
};
use domain::{
    ids::StoreId,
    order::{OrderStatus, PaymentStatus},
    order_import::{FILE_MAX, ImportOptions, ImportReport, ImportStep, mapping_from_words},
};
use futures::StreamExt;
use serde::Deserialize;

/// How a file is to be read. See [`ImportOptions`].
#[derive(Debug, Deserialize)]
pub struct ImportQuery {
    step: ImportStep,
    /// Words between commas; guessed if it isn't there.
    columns: Option<String>,
    status: Option<OrderStatus>,
    payment_status: Option<PaymentStatus>,
    currency: Option<String>,
}

/// `POST /api/app/stores/{store}/orders/import?step=`, with the file as the body.
///
/// # Errors
/// 401, 403, 404, 408, 409 (the store imports another file), 413, 422, 429 (so does the
/// account, into other stores), 503.
pub async fn import(
    State(ctx): State<Ctx>,
    State(pace): State<Pace>,
    cookies: CookieJar,
    ApiPath(store_id): ApiPath<StoreId>,
    ApiQuery(query): ApiQuery<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<Json<ImportReport>> {
    let member = member(&ctx, &cookies, store_id).await?;
    let mapping = query.columns.as_deref().map(mapping_from_words);
    let mapping = mapping.transpose().map_err(Error::from)?;
    let import = import::begin(&ctx, &member)?;
    let file = import.file(&ctx)?;
    let sent = upload::take_in_file(&headers, body, FILE_MAX, pace, file).await?;
    let options = ImportOptions {
        mapping,
        status: query.status,
        payment_status: query.payment_status,
        currency: query.currency,
    };
    Ok(Json(import.run(&ctx, sent, query.step, options).await?))
}

/// Which file is wanted.
#[derive(Debug, Deserialize)]
pub struct ExportQuery {
    format: ExportFormat,
}

/// `GET /api/app/stores/{store}/orders/export?format=csv`, or `json`.
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
    let parts = export::export(&ctx, &member, query.format)?.inspect(|part| {
        if let Err(error) = part {
            tracing::error!(%error, "an export broke off");
        }
    });
    let (kind, name) = match query.format {
        ExportFormat::Csv => (
            "text/csv; charset=utf-8",
            "attachment; filename=\"orders.csv\"",
        ),
        ExportFormat::Json => ("application/json", "attachment; filename=\"orders.json\""),
    };
    Ok(file(kind, name, Body::from_stream(parts)))
}
