//! Widget Settings: what a merchant decides about the chat widget.

use crate::{Invalid, colour::Colour, text};
use serde::{Deserialize, Serialize};

/// Longest greeting and offline message, in characters.
pub const MESSAGE_MAX: usize = 500;
/// Longest response-time expectation, in characters.
pub const RESPONSE_TIME_MAX: usize = 120;
/// Largest distance from the edges of the page, in CSS pixels.
pub const SPACING_MAX: u16 = 200;
/// Most storefront origins that can be listed.
pub const ORIGINS_MAX: usize = 50;
/// The greeting of a new store.
pub const DEFAULT_GREETING: &str = "👋 Hi! How can I help you today?";

/// The bubble's corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Where most shops have it.
    #[default]
    BottomRight,
    /// For pages whose right corner is taken.
    BottomLeft,
}

/// What a shopper must give before an order is shown to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderLookupCheck {
    /// The order's number, or the email it was placed with.
    #[default]
    NumberOrEmail,
    /// Both, and they must belong together.
    NumberAndEmail,
    /// Only orders of a customer whom the storefront has signed in.
    VerifiedCustomerOnly,
}

/// What the AI does with a relevant FAQ item when no language model is
/// configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutModel {
    /// Send the item's answer as the merchant wrote it, labelled AI.
    #[default]
    Quote,
    /// Say nothing.
    Silent,
}

/// Everything on the Widget Settings page. `Default` is a new store's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WidgetSettings {
    /// Whether shoppers see the widget at all.
    pub enabled: bool,
    /// The bubble's corner.
    pub position: Position,
    /// Distance from the side, 0–200 CSS pixels.
    pub side_spacing: u16,
    /// Distance from the bottom, 0–200 CSS pixels.
    pub bottom_spacing: u16,
    /// Header, bubble and send button.
    pub colour: Colour,
    /// The first message shown when the widget opens, ≤ 500 characters.
    pub greeting: String,
    /// Shown while nobody is there to answer, ≤ 500 characters.
    pub offline_message: String,
    /// Shown with the header and the offline message, e.g. "We reply within a
    /// few minutes".
    pub response_time: String,
    /// Ask for name and email before the chat.
    pub pre_chat_form: bool,
    /// Let the AI answer from the FAQ.
    pub ai_enabled: bool,
    /// What the AI does when no language model is configured.
    pub without_model: WithoutModel,
    /// What a shopper must give to see an order.
    pub order_lookup_check: OrderLookupCheck,
    /// Origins such as `https://shop.example.com` that may use the widget; any
    /// origin if empty.
    pub allowed_origins: Vec<String>,
}

impl Default for WidgetSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            position: Position::default(),
            side_spacing: 20,
            bottom_spacing: 20,
            colour: crate::colour::PRESETS[0].1,
            greeting: DEFAULT_GREETING.to_owned(),
            offline_message: "We're away right now. Leave us a message and we'll get back to you."
                .to_owned(),
            response_time: "We usually reply within a few minutes".to_owned(),
            pre_chat_form: false,
            ai_enabled: false,
            without_model: WithoutModel::default(),
            order_lookup_check: OrderLookupCheck::default(),
            allowed_origins: Vec::new(),
        }
    }
}

impl WidgetSettings {
    /// Checks and normalises what a form or an API client sent.
    ///
    /// # Errors
    /// The first field that can't be taken, with the reason.
    pub fn validated(self) -> Result<Self, Invalid> {
        for (field, value) in [
            ("side_spacing", self.side_spacing),
            ("bottom_spacing", self.bottom_spacing),
        ] {
            if value > SPACING_MAX {
                return Err(Invalid::new(
                    field,
                    format!("Please choose a spacing from 0 to {SPACING_MAX} pixels."),
                ));
            }
        }
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
    use super::*;

    #[test]
    fn a_new_store_is_switched_off() {
        let settings = WidgetSettings::default();
        assert!(!settings.enabled);
        assert!(!settings.ai_enabled);
        assert_eq!(settings.clone().validated(), Ok(settings));
    }

    #[test]
    fn settings_of_an_older_version_still_read() {
        let settings: WidgetSettings =
            serde_json::from_str(r#"{"enabled":true,"unknown":1}"#).expect("readable");
        assert!(settings.enabled);
        assert_eq!(settings.greeting, DEFAULT_GREETING);
    }

    #[test]
    fn out_of_range_values_name_their_field() {
        let field = |settings: WidgetSettings| settings.validated().map_err(|e| e.field);
        let base = WidgetSettings::default;
        assert_eq!(
            field(WidgetSettings {
                side_spacing: 201,
                ..base()
            }),
            Err("side_spacing".into())
        );
        assert_eq!(
            field(WidgetSettings {
                greeting: " ".into(),
                ..base()
            }),
            Err("greeting".into())
        );
        assert_eq!(
            field(WidgetSettings {
                offline_message: "x".repeat(501),
                ..base()
            }),
            Err("offline_message".into())
        );
        assert_eq!(
            field(WidgetSettings {
                allowed_origins: vec!["shop.example.com".into()],
                ..base()
            }),
            Err("allowed_origins".into())
        );
    }

    #[test]
    fn origins_are_compared_whole() {
        let settings = WidgetSettings {
            allowed_origins: vec!["https://Shop.Example.com/".into()],
            ..WidgetSettings::default()
        }
        .validated()
        .expect("a good origin");
        assert!(settings.allows_origin(Some("https://shop.example.com")));
        assert!(settings.allows_origin(None));
        assert!(!settings.allows_origin(Some("https://shop.example.com.evil.test")));
        assert!(!settings.allows_origin(Some("http://shop.example.com")));
        assert!(!settings.allows_origin(Some("null")));
    }
}
