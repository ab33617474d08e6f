//! What the loader hands over.

use domain::widget_api::Config;
use serde::Deserialize;

/// What the loader knows when it brings the window in.
#[derive(Debug, Deserialize)]
pub struct Options {
    /// The server's origin.
    pub origin: String,
    /// The store's public key.
    pub store: String,
    /// The shopper's language tag, as a browser takes it.
    pub locale: String,
    /// The store's settings.
    pub config: Config,
    /// Who the shopper is, as the storefront's server has signed it.
    #[serde(default)]
    pub identity: Option<String>,
    /// Whether the window is open from the start.
    pub open: bool,
    /// Whether the shopper has just opened it, so that the focus belongs there.
    pub focus: bool,
}
