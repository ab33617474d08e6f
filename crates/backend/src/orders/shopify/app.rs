//! The token of an app that merchants make for their own shop
//! (<https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant>).
//! Since 2026 no other kind can be made for one shop.

use crate::{
    orders::connected::request::{Calls, refusal, secret},
    outgoing::Outgoing,
};
use domain::order_source::SourceTrouble;
use reqwest::{
    StatusCode, Url,
    header::{HeaderMap, HeaderValue},
};
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long before its end a token isn't used any more.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// An app, and the token that it has.
pub struct App {
    id: String,
    secret: String,
    calls: Calls,
    /// With the time when it is renewed.
    token: Mutex<Option<(Instant, HeaderValue)>>,
}

#[derive(Deserialize)]
struct Grant {
    access_token: String,
    /// In seconds.
    expires_in: u64,
}

impl App {
    pub fn new(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            calls: Calls::new(),
            token: Mutex::new(None),
        }
    }

    /// The token, or a new one from `url`.
    pub async fn token(&self, outgoing: &Outgoing, url: Url) -> Result<HeaderValue, SourceTrouble> {
        // Held while it is asked for, so that many questions at once ask for one.
        let mut held = self.token.lock().await;
        if let Some((until, token)) = &*held
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let grant = self.grant(outgoing, url).await?;
        let token = secret(&grant.access_token)?;
        let lasts = Duration::from_secs(grant.expires_in).saturating_sub(MARGIN);
        // One that lasts longer than can be told isn't kept.
        let until = Instant::now().checked_add(lasts);
        *held = until.map(|until| (until, token.clone()));
        Ok(token)
    }

    /// The shop takes the token no more.
    pub async fn forget(&self) {
        *self.token.lock().await = None;
    }

    async fn grant(&self, outgoing: &Outgoing, url: Url) -> Result<Grant, SourceTrouble> {
        let body = json!({
            "grant_type": "client_credentials",
            "client_id": self.id,
            "client_secret": self.secret,
        });
        let body = body.to_string().into_bytes();
        let ask = || outgoing.post(url.clone(), HeaderMap::new(), body.clone());
        let answer = self.calls.answer(ask).await?;
        match answer.status {
            StatusCode::OK => {
                serde_json::from_slice(&answer.body).map_err(|_| SourceTrouble::NotThisShop)
            }
            // The app is unknown, or isn't installed in this shop.
            StatusCode::BAD_REQUEST => Err(SourceTrouble::WrongKey),
            status => Err(refusal(status)),
        }
    }
}
