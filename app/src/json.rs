//! JSON as the server answers it, in resources and from server functions.

#[cfg(feature = "hydrate")]
#[path = "../../widget/src/json.rs"]
mod reader;

use leptos::{
    server::codee::{Decoder, Encoder},
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post},
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// How server functions answer.
pub type Answer = Post<Json>;

/// JSON, read by one reader wherever it comes from: in the browser by the browser's own. What `serde_json` needs to read a type is several times as large.
#[derive(Debug, Clone, Copy)]
pub struct Json;

/// The text isn't JSON, or not of the expected shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(json: &str) -> Result<T, Self::Error> {
        parse(json)
    }
}

impl ContentType for Json {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Json {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Json {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Json {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        parse_bytes(&bytes)
    }
}

/// Reads JSON as [`Json`] does.
///
/// # Errors
/// If it is not a `T`.
pub fn parse<T: DeserializeOwned>(json: &str) -> Result<T, Unreadable> {
    #[cfg(feature = "hydrate")]
    let read = reader::parse(json).map_err(|_| Unreadable);
    #[cfg(not(feature = "hydrate"))]
    let read = serde_json::from_str(json).map_err(|_| Unreadable);
    read
}

/// As [`parse`], from the bytes of a text.
///
/// # Errors
/// As [`parse`].
pub fn parse_bytes<T: DeserializeOwned>(json: &[u8]) -> Result<T, Unreadable> {
    parse(std::str::from_utf8(json).map_err(|_| Unreadable)?)
}
