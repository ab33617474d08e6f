//! Whether and how shoppers can write.

use crate::{Invalid, text, waiting};
use serde::{Deserialize, Serialize};

/// Longest greeting and offline message, in characters.
pub const MESSAGE_MAX: usize = 500;
/// Longest response-time expectation, in characters.
pub const RESPONSE_TIME_MAX: usize = 120;
/// Most storefront origins that can be listed.
pub const ORIGINS_MAX: usize = 50;
/// The greeting of a new store.
pub const DEFAULT_GREETING: &str = "👋 Hi! How can I help you today?";

/// The chat itself: on or off, its texts, who may embed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Chat {
    /// Whether shoppers see the widget at all.
    pub enabled: bool,
    /// The first message shown when the widget opens, ≤ 500 characters.
    pub greeting: String,
    /// Shown while nobody is there to answer, ≤ 500 characters.
    pub offline_message: String,
    /// Shown with the header and the offline message, e.g. "We reply within a
    /// few minutes".
    pub response_time: String,
    /// Within how many minutes a person is to answer, 1–10,080. Shoppers who wait longer raise
    /// an alarm for the team; they are told nothing of it. `null`: nothing is promised.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_080))]
    pub response_promise_minutes: Option<u32>,
    /// Ask for name and email before the chat.
    pub pre_chat_form: bool,
    /// Origins such as `https://shop.example.com` that may use the widget; any
    /// origin if empty.
    pub allowed_origins: Vec<String>,
}

impl Default for Chat {
    fn default() -> Self {
        Self {
            enabled: false,
            greeting: DEFAULT_GREETING.to_owned(),
            offline_message: "We're away right now. Leave us a message and we'll get back to you."
                .to_owned(),
            response_time: "We usually reply within a few minutes".to_owned(),
            response_promise_minutes: None,
            pre_chat_form: false,
            allowed_origins: Vec::new(),
        }
    }
}

impl Chat {
    /// See [`super::Section::validated`].
    ///
    /// # Errors
    /// Any text, `response_promise_minutes`, or `allowed_origins`.
    pub fn validated(self) -> Result<Self, Invalid> {
        if self.allowed_origins.len() > ORIGINS_MAX {
            return Err(Invalid::new(
                "allowed_origins",
                format!("Please list at most {ORIGINS_MAX} origins."),
            ));
        }
        let mut allowed_origins = Vec::new();
        for raw in &self.allowed_origins {
            let origin = parse_origin(raw)?;
            if !allowed_origins.contains(&origin) {
                allowed_origins.push(origin);
            }
        }
        Ok(Self {
            greeting: text::required("greeting", &self.greeting, MESSAGE_MAX)?,
            offline_message: text::optional("offline_message", &self.offline_message, MESSAGE_MAX)?,
            response_time: text::optional("response_time", &self.response_time, RESPONSE_TIME_MAX)?,
            response_promise_minutes: waiting::check_promise(self.response_promise_minutes)?,
            allowed_origins,
            ..self
        })
    }

    /// Whether a page of `origin` may use the widget. A request without an
    /// origin doesn't come from a browser page, and is let through: the list
    /// protects shoppers from foreign pages, it is no secret.
    #[must_use]
    pub fn allows_origin(&self, origin: Option<&str>) -> bool {
        match origin {
            _ if self.allowed_origins.is_empty() => true,
            None => true,
            Some(origin) => self
                .allowed_origins
                .iter()
                .any(|allowed| allowed.eq_ignore_ascii_case(origin)),
        }
    }
}

/// Reads `https://shop.example.com[:port]`, lower-cased and without a path.
///
/// # Errors
/// [`Invalid`] if there's no http(s) scheme or host, or more than an origin.
pub fn parse_origin(raw: &str) -> Result<String, Invalid> {
    let origin = raw.trim().trim_end_matches('/').to_lowercase();
    // Browsers leave the scheme's own port out.
    let origin = match origin.split_once("://") {
        Some(("https", host)) => format!("https://{}", host.trim_end_matches(":443")),
        Some(("http", host)) => format!("http://{}", host.trim_end_matches(":80")),
        _ => origin,
    };
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"))
        .unwrap_or_default();
    let fits = !host.is_empty()
        && host.len() <= 255
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    if fits {
        Ok(origin)
    } else {
        Err(Invalid::new(
            "allowed_origins",
            format!(
                "“{}” is not an origin. Write it like https://shop.example.com.",
                text::excerpt(raw, 60)
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::Chat;

    #[test]
    fn origins_are_compared_whole() {
        let chat = Chat {
            allowed_origins: vec!["https://Shop.Example.com/".into()],
            ..Chat::default()
        }
        .validated()
        .expect("a good origin");
        assert!(chat.allows_origin(Some("https://shop.example.com")));
        assert!(chat.allows_origin(None));
        assert!(!chat.allows_origin(Some("https://shop.example.com.evil.test")));
        assert!(!chat.allows_origin(Some("http://shop.example.com")));
        assert!(!chat.allows_origin(Some("null")));
    }
}
