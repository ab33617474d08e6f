//! Every route of the product.

use crate::{
    assets,
    http::{
        agent_socket,
        api::{docs, v1},
        canned_files, dashboard, demo,
        error::ApiError,
        health, order_files, widget, widget_socket,
    },
    middleware::{client_ip, headers, origin, request_log},
    state::AppState,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, Method, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use domain::problem::Cause;
use leptos::prelude::provide_context;
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use std::{sync::LazyLock, time::Duration};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, cors};

/// Largest body taken by the widget's interface: the longest message, with
/// every character escaped, and room for the rest.
const WIDGET_BODY_MAX: usize = 128 * 1024;
/// Largest body taken by the developers' interface.
const API_BODY_MAX: usize = 256 * 1024;
/// Largest body taken by the dashboard's server functions.
const DASHBOARD_BODY_MAX: usize = 256 * 1024;
/// How long a request may take; the language model's time-out, and more.
const TIMEOUT: Duration = Duration::from_secs(45);

/// The dashboard's pages. Listed once for all routers of the process: as long as
/// leptos lists them, resources of pages that are being rendered never load.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// The dashboard's pages that no script takes over, listed likewise.
static PLAIN_PAGES: LazyLock<Vec<AxumRouteListing>> =
    LazyLock::new(|| generate_route_list(app::PlainApp));

/// The whole product behind one address.
pub fn router(state: AppState) -> Router {
    let mut router = Router::new()
        .merge(dashboard_routes(&state))
        .nest("/widget/v1", widget_routes(&state))
        .nest("/api/v1", api_routes(&state))
        .route("/api/docs", get(docs::page))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready));
    if state.door.demo {
        router = router
            .route("/demo", get(demo::shop))
            .route("/demo/checkout", get(demo::checkout))
            .route("/demo/assets/{file}", get(demo::asset));
    }
    // Compressed when they were built.
    let files = Router::new()
        .route("/widget.js", get(assets::loader))
        .route("/widget/{file}", get(assets::widget))
        .route("/pkg/{file}", get(assets::package))
        .route("/pkg/{version}/{file}", get(assets::package_of))
        .route("/fonts/{file}", get(assets::font))
        .route("/icons/{file}", get(assets::icon))
        .route("/manifest.webmanifest", get(assets::manifest))
        .route("/push-worker.js", get(assets::push_worker))
        .route("/favicon.svg", get(assets::favicon));
    let trust_proxy = state.door.trust_proxy;
    let sockets = Router::new()
        .route("/ws", get(agent_socket::upgrade))
        .route("/widget/v1/ws", get(widget_socket::upgrade))
        .method_not_allowed_fallback(widget::method_not_allowed)
        .layer(from_fn_with_state(state.ctx.clone(), widget::limit_calls));
    router
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .merge(files)
        .layer(from_fn(time_out))
        .merge(file_routes(&state))
        .merge(sockets)
        .layer(from_fn(headers::security))
        .layer(from_fn(move |request, next| {
            client_ip::identify(trust_proxy, request, next)
        }))
        .layer(CatchPanicLayer::custom(crate::http::error::panicked))
        .layer(from_fn(move |request, next| {
            request_log::log(trust_proxy, request, next)
        }))
        .with_state(state)
}

/// Ends a request that takes too long.
async fn time_out(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::from(Cause::TimedOut).into_response(),
    }
}

/// The dashboard: pages, and the server functions that they call.
fn dashboard_routes(state: &AppState) -> Router<AppState> {
    let ctx = state.ctx.clone();
    let options = state.leptos.clone();
    let plain = {
        let (ctx, options) = (ctx.clone(), options.clone());
        leptos_axum::render_app_async_with_context(
            move || provide_context(ctx.clone()),
            move || app::plain_shell(&options, &assets::dashboard_files()),
        )
    };
    let pages = Router::new().leptos_routes_with_context(
        state,
        PAGES.clone(),
        move || provide_context(ctx.clone()),
        move || app::shell(options.clone(), &assets::dashboard_files()),
    );
    PLAIN_PAGES
        .iter()
        .fold(pages, |pages, page| {
            pages.route(page.path(), get(plain.clone()))
        })
        .fallback(dashboard::not_found)
        .layer(DefaultBodyLimit::max(DASHBOARD_BODY_MAX))
        .layer(from_fn_with_state(state.door, origin::same_origin))
}

/// What developers' programs call with their keys, from no page.
fn api_routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/store", get(v1::store::get))
        .route(
            "/settings/{section}",
            get(v1::settings::get).put(v1::settings::put),
        )
        .route("/conversations", get(v1::conversations::list))
        .route("/conversations/{id}", get(v1::conversations::get))
        .route(
            "/conversations/{id}/messages",
            get(v1::messages::list).post(v1::messages::create),
        )
        .route(
            "/conversations/{id}/resolve",
            post(v1::conversations::resolve),
        )
        .route(
            "/conversations/{id}/reopen",
            post(v1::conversations::reopen),
        )
        .route(
            "/conversations/{id}/snooze",
            post(v1::conversations::snooze),
        )
        .route(
            "/conversations/{id}/assign",
            post(v1::conversations::assign),
        )
        .route("/conversations/{id}/spam", post(v1::conversations::spam))
        .route("/conversations/{id}/block", post(v1::conversations::block))
        .route("/conversations/{id}/read", post(v1::conversations::read))
        .route("/conversations/{id}/merge", post(v1::conversations::merge))
        .route(
            "/conversations/{id}/unmerge",
            post(v1::conversations::unmerge),
        )
        .route("/conversations/{id}/tags", post(v1::tags::put_on))
        .route(
            "/conversations/{id}/tags/{tag_id}",
            delete(v1::tags::take_off),
        )
        .route("/search", get(v1::search::find))
        .route("/tags", get(v1::tags::list).post(v1::tags::create))
        .route("/tags/{id}", put(v1::tags::update).delete(v1::tags::delete))
        .route("/visitors", get(v1::visitors::list))
        .route("/visitors/{id}", get(v1::visitors::get))
        .route(
            "/faq/categories",
            get(v1::faq::list_categories).post(v1::faq::create_category),
        )
        .route(
            "/faq/categories/{id}",
            put(v1::faq::rename_category).delete(v1::faq::delete_category),
        )
        .route("/faq/categories/{id}/place", put(v1::faq::place_category))
        .route(
            "/faq/items",
            get(v1::faq::list_items).post(v1::faq::create_item),
        )
        .route(
            "/faq/items/{id}",
            get(v1::faq::get_item)
                .put(v1::faq::update_item)
                .delete(v1::faq::delete_item),
        )
        .route("/faq/items/{id}/place", put(v1::faq::place_item))
        .route("/faq/try", post(v1::faq::try_question))
        .route(
            "/canned-responses",
            get(v1::canned::list).post(v1::canned::create),
        )
        .route(
            "/canned-responses/{id}",
            get(v1::canned::get)
                .put(v1::canned::update)
                .delete(v1::canned::delete),
        )
        .route("/order-sources", get(v1::orders::list_sources))
        .route("/orders", get(v1::orders::list))
        .route(
            "/orders/{number}",
            get(v1::orders::get)
                .put(v1::orders::put)
                .delete(v1::orders::delete),
        )
        .route("/team/members", get(v1::team::members))
        .route(
            "/team/invitations",
            get(v1::team::invitations).post(v1::team::invite),
        )
        .route("/team/invitations/{id}", delete(v1::team::revoke))
        .route(
            "/webhooks",
            get(v1::webhooks::list).post(v1::webhooks::create),
        )
        .route("/webhooks/{id}", delete(v1::webhooks::delete))
        .route("/webhooks/{id}/deliveries", get(v1::webhooks::deliveries))
        .route(
            "/webhook-deliveries/{id}/replay",
            post(v1::webhooks::replay),
        )
        .fallback(widget::not_found)
        .method_not_allowed_fallback(widget::method_not_allowed)
        .layer(DefaultBodyLimit::max(API_BODY_MAX))
        .layer(from_fn_with_state(state.ctx.clone(), v1::admission::admit))
        .layer(from_fn_with_state(state.ctx.clone(), widget::limit_calls))
        // What there is may be known to everybody.
        .route("/openapi.json", get(v1::document::get))
}

/// Files of the dashboard's. They may be larger than other bodies and take longer; who takes
/// orders in and gives them out says how much.
fn file_routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route(
            "/api/app/stores/{store}/orders/import",
            post(order_files::import),
        )
        .route(
            "/api/app/stores/{store}/orders/export",
            get(order_files::export),
        )
        .route(
            "/api/app/stores/{store}/canned-responses/import",
            post(canned_files::import),
        )
        .route(
            "/api/app/stores/{store}/canned-responses/export",
            get(canned_files::export),
        )
        .layer(from_fn_with_state(state.door, origin::same_origin))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
}

/// What shoppers' widgets call, from any page.
fn widget_routes(state: &AppState) -> Router<AppState> {
    let cross_origin = cors::CorsLayer::new()
        .allow_origin(cors::Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
        ])
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(Duration::from_secs(24 * 60 * 60));
    Router::new()
        .route("/stores/{key}/config", get(widget::config))
        .route(
            "/stores/{key}/conversations",
            post(widget::start_conversation),
        )
        .route(
            "/stores/{key}/identify",
            post(widget::customers_conversation),
        )
        .route("/conversations/{id}", get(widget::history))
        .route("/conversations/{id}/messages", post(widget::send_message))
        .route("/conversations/{id}/read", post(widget::read_up_to))
        .route("/conversations/{id}/identify", post(widget::identify))
        .route("/conversations/{id}/code", post(widget::send_code))
        .route("/conversations/{id}/code/verify", post(widget::verify_code))
        .route("/conversations/{id}/human", post(widget::ask_for_human))
        .fallback(widget::not_found)
        .method_not_allowed_fallback(widget::method_not_allowed)
        .layer(DefaultBodyLimit::max(WIDGET_BODY_MAX))
        .layer(from_fn_with_state(state.ctx.clone(), widget::limit_calls))
        .layer(cross_origin)
}
