//! What the AI may do.

use crate::Invalid;
use serde::{Deserialize, Serialize};

/// What the AI does with a relevant FAQ item when no language model is
/// configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WithoutModel {
    /// Send the item's answer as the merchant wrote it, labelled AI.
    #[default]
    Quote,
    /// Say nothing.
    Silent,
}

/// The AI's freedom. Order questions are answered by rule, with or without it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Ai {
    /// Let the AI answer from the FAQ.
    pub enabled: bool,
    /// What the AI does when no language model is configured.
    pub without_model: WithoutModel,
}

impl Ai {
    /// See [`super::Section::validated`].
    ///
    /// # Errors
    /// None: every value can be taken.
    pub fn validated(self) -> Result<Self, Invalid> {
        Ok(self)
    }
}
