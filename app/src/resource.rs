//! What a page asks the server for, once while it is rendered and again in the
//! browser.

use crate::error::AppError;
use leptos::{
    prelude::Resource,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// What the server answered.
pub type FromServer<T> = Resource<Result<T, AppError>, Json>;

/// Asks with `fetch`, and again whenever `source` changes.
#[must_use]
#[track_caller]
pub fn from_server<S, T, Answer>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> Answer + Send + Sync + 'static,
) -> FromServer<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<T, AppError>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}

/// JSON, read as the answers of server functions are: from bytes. Leptos' own
/// codec reads it from text, which would be the same code a second time.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(json: &str) -> Result<T, Self::Error> {
        parse(json)
    }
}

/// Reads JSON as [`Json`] does.
///
/// # Errors
/// If it is not a `T`.
pub fn parse<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    serde_json::from_slice(json.as_bytes())
}
