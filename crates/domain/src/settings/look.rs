//! Where the bubble is and what colour everything has.

use crate::{Invalid, colour::Colour};
use serde::{Deserialize, Serialize};

/// Largest distance from the edges of the page, in CSS pixels.
pub const SPACING_MAX: u16 = 200;

/// The bubble's corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Where most shops have it.
    #[default]
    BottomRight,
    /// For pages whose right corner is taken.
    BottomLeft,
}

/// The widget's place and colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Look {
    /// The bubble's corner.
    pub position: Position,
    /// Distance from the side, 0–200 CSS pixels.
    pub side_spacing: u16,
    /// Distance from the bottom, 0–200 CSS pixels.
    pub bottom_spacing: u16,
    /// Header, bubble and send button.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "#4F46E5"))]
    pub colour: Colour,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            position: Position::default(),
            side_spacing: 20,
            bottom_spacing: 20,
            colour: crate::colour::PRESETS[0].1,
        }
    }
}

impl Look {
    /// See [`super::Section::validated`].
    ///
    /// # Errors
    /// `side_spacing` or `bottom_spacing`.
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
        Ok(self)
    }
}
