//! `/widget/v1/ws`: a shopper's live connection.

use crate::{
    http::{
        error::ApiUpgrade,
        socket::{self, Audience},
        socket_place::SocketPlace,
        widget::origin,
    },
    middleware::request_log::SocketLog,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use backend::{Ctx, visitors};

/// Opens the socket; the first frame carries the visitor's token, and the
/// store's allowed origins are checked with it.
pub async fn upgrade(
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    place: SocketPlace,
    ApiUpgrade(upgrade): ApiUpgrade,
) -> Response {
    let origin = origin(&headers).map(str::to_owned);
    let log = SocketLog::begin();
    socket::limited(upgrade).on_upgrade(move |socket| {
        let socket = Box::new(socket);
        log.until_end_of(async move {
            let authenticate = |hello: domain::events::Hello| {
                let (ctx, origin) = (ctx.clone(), origin.clone());
                async move {
                    let token = hello.token.ok_or(visitors::UNKNOWN_TOKEN)?;
                    let session = visitors::session(&ctx, &token, origin.as_deref()).await?;
                    Ok(Audience::Visitor(session))
                }
            };
            socket::serve(socket, ctx.clone(), None, authenticate).await;
            drop(place);
        })
    })
}
