//! `/ws`: an agent's live connection, known by the session cookie.

use crate::{
    http::{
        error::ApiUpgrade,
        socket::{self, Audience},
        socket_place::SocketPlace,
    },
    middleware::{origin, request_log::SocketLog},
    state::Door,
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::CookieJar;
use backend::{
    Ctx,
    auth::{self, SESSION_COOKIE},
    error::{Error, Noun, Unauthorized},
    stores,
};

/// Opens the socket, for our own pages only: browsers send cookies with any
/// page's WebSocket.
pub async fn upgrade(
    State(ctx): State<Ctx>,
    State(door): State<Door>,
    headers: HeaderMap,
    cookies: CookieJar,
    place: SocketPlace,
    ApiUpgrade(upgrade): ApiUpgrade,
) -> Response {
    if !origin::is_same_origin(&headers, door) {
        return origin::foreign_origin().into_response();
    }
    let token = cookies
        .get(SESSION_COOKIE)
        .map(|cookie| cookie.value().to_owned());
    let log = SocketLog::begin();
    socket::limited(upgrade).on_upgrade(move |socket| {
        let socket = Box::new(socket);
        log.until_end_of(async move {
            let authenticate = |hello: domain::events::Hello| {
                let (ctx, token) = (ctx.clone(), token.clone());
                async move {
                    let signed_out = Error::Unauthorized(Unauthorized::SignedOut);
                    let user = match token {
                        Some(token) => auth::user_of_session(&ctx, &token).await?,
                        None => None,
                    };
                    let user = user.ok_or(signed_out)?;
                    let store_id = hello.store.ok_or(Error::NotFound(Noun::Store))?;
                    Ok(Audience::Agent(
                        stores::member(&ctx, &user, store_id).await?,
                    ))
                }
            };
            socket::serve(socket, ctx.clone(), token.as_deref(), authenticate).await;
            drop(place);
        })
    })
}
