//! What a page asks the server for, once while it is rendered and again in the
//! browser.

use crate::{error::AppError, json::Json};
use leptos::prelude::Resource;
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
