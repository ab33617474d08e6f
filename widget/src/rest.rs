//! The widget's REST calls.

use crate::{backoff, browser, json, storage::Session};
use domain::{
    ids::ConversationId,
    message::Message,
    problem::Problem,
    widget_api::{Config, ConversationStarted, History, NewMessage, ReadUpTo, StartConversation},
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestCredentials, RequestInit, Response};

/// An attempt that takes longer has failed, in milliseconds.
const TIMEOUT_MS: u32 = 20_000;
/// Messages per page of history. The server may give fewer.
pub const PAGE: i64 = 50;

/// Why a call had no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Worth another attempt, not before the milliseconds are over that the
    /// server asked for.
    Later(Option<u32>),
    /// The token or the conversation is unknown.
    Unknown(Refusal),
    /// The server won't take this, however often it is sent.
    Refused(Refusal),
}

/// What the server said no with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// The input that was wrong, if it was one.
    pub field: String,
}

/// What proves who the shopper is: a body of `domain::widget_api` each.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The storefront's word for it.
    Token(String),
    /// An address, which a code is sent to. Proves nothing by itself.
    Email(String),
    /// The code that came.
    Code(String),
}

/// The server's widget interface for one store.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    store_key: String,
    /// The shopper's language tag.
    pub locale: String,
}

impl Api {
    /// Of the server at `origin`, for the store with this public key and a
    /// shopper of this language.
    pub fn new(origin: &str, store_key: String, locale: String) -> Self {
        Self {
            base: format!("{origin}/widget/v1"),
            store_key,
            locale,
        }
    }

    /// The WebSocket's address.
    pub fn socket_url(&self) -> String {
        // "http" becomes "ws" and "https" becomes "wss".
        let rest = self.base.strip_prefix("http").unwrap_or(&self.base);
        format!("ws{rest}/ws")
    }

    /// The settings, past the browser's cache but not past the server's ETag;
    /// and their JSON, for the loader.
    pub async fn config(&self) -> Result<(Config, String), Failure> {
        let path = format!(
            "/stores/{}/config?locale={}",
            js_sys::encode_uri_component(&self.store_key),
            self.locale
        );
        let text = text_in(self.call("GET", &path, None, None).await?).await?;
        Ok((json::parse(&text).map_err(unreachable)?, text))
    }

    /// Starts a conversation.
    pub async fn start(&self, start: &StartConversation) -> Result<ConversationStarted, Failure> {
        let path = format!(
            "/stores/{}/conversations",
            js_sys::encode_uri_component(&self.store_key)
        );
        read(self.call("POST", &path, None, text_of(start)).await?).await
    }

    /// Proves who the shopper is in their conversation, or finds the one that they wrote in
    /// last, on whichever device, if there is one. Read as a start without messages, which
    /// this module can read anyway.
    pub async fn identify(
        &self,
        session: Option<&Session>,
        proof: Proof,
    ) -> Result<Option<ConversationStarted>, Failure> {
        let end = match proof {
            Proof::Token(_) => "identify",
            Proof::Email(_) => "code",
            Proof::Code(_) => "code/verify",
        };
        let path = match session {
            Some(session) => format!("/conversations/{}/{end}", session.conversation_id),
            None => format!(
                "/stores/{}/{end}",
                js_sys::encode_uri_component(&self.store_key)
            ),
        };
        let token = session.map(|session| &*session.token);
        let response = self.call("POST", &path, token, text_of(&proof)).await?;
        match response.status() {
            204 => Ok(None),
            _ => read(response).await,
        }
    }

    /// Messages after a number.
    pub async fn history(
        &self,
        token: &str,
        id: ConversationId,
        after_seq: i64,
    ) -> Result<History, Failure> {
        let path = format!("/conversations/{id}?after_seq={after_seq}&limit={PAGE}");
        read(self.call("GET", &path, Some(token), None).await?).await
    }

    /// Sends a message.
    pub async fn send(
        &self,
        token: &str,
        id: ConversationId,
        message: &NewMessage,
    ) -> Result<Message, Failure> {
        let path = format!("/conversations/{id}/messages");
        read(
            self.call("POST", &path, Some(token), text_of(message))
                .await?,
        )
        .await
    }

    /// Says what has been read.
    pub async fn mark_read(
        &self,
        token: &str,
        id: ConversationId,
        seq: i64,
    ) -> Result<(), Failure> {
        let path = format!("/conversations/{id}/read");
        self.call("POST", &path, Some(token), text_of(&ReadUpTo { seq }))
            .await
            .map(drop)
    }

    /// Asks for a person.
    pub async fn ask_for_person(&self, token: &str, id: ConversationId) -> Result<(), Failure> {
        let path = format!("/conversations/{id}/human");
        self.call("POST", &path, Some(token), None).await.map(drop)
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
    ) -> Result<Response, Failure> {
        let request = prepare(method, token, body).map_err(unreachable)?;
        let abort = AbortController::new().map_err(unreachable)?;
        request.set_signal(Some(&abort.signal()));
        browser::spawn(async move {
            browser::sleep(TIMEOUT_MS).await;
            abort.abort();
        });
        let url = format!("{}{path}", self.base);
        let fetched = browser::window().fetch_with_str_and_init(&url, &request);
        let response: Response = JsFuture::from(fetched)
            .await
            .map_err(unreachable)?
            .dyn_into()
            .map_err(unreachable)?;
        if response.ok() {
            Ok(response)
        } else {
            Err(failure_of(response).await)
        }
    }
}

fn prepare(
    method: &str,
    token: Option<&str>,
    body: Option<String>,
) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    if let Some(token) = token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    let request = RequestInit::new();
    request.set_method(method);
    request.set_credentials(RequestCredentials::Omit);
    request.set_cache(RequestCache::NoCache);
    if let Some(body) = body {
        headers.set("content-type", "application/json")?;
        request.set_body(&body.into());
    }
    request.set_headers(&headers);
    Ok(request)
}

async fn failure_of(response: Response) -> Failure {
    let status = response.status();
    let is_passing = matches!(status, 408 | 425 | 429) || !(400..500).contains(&status);
    if is_passing {
        let header = response.headers().get("retry-after").ok().flatten();
        return Failure::Later(header.as_deref().and_then(backoff::parse_retry_after));
    }
    let problem = read::<Problem>(response).await.ok();
    let refusal = Refusal {
        status,
        field: problem
            .and_then(|problem| problem.field)
            .unwrap_or_default(),
    };
    match status {
        401 | 404 => Failure::Unknown(refusal),
        _ => Failure::Refused(refusal),
    }
}

/// An answer that isn't what was agreed comes from somebody in between, such
/// as the sign-in page of a hotel's network.
async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    json::parse(&text_in(response).await?).map_err(unreachable)
}

async fn text_in(response: Response) -> Result<String, Failure> {
    let text = JsFuture::from(response.text().map_err(unreachable)?)
        .await
        .map_err(unreachable)?;
    Ok(text.as_string().unwrap_or_default())
}

fn text_of(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

fn unreachable<E>(_: E) -> Failure {
    Failure::Later(None)
}
